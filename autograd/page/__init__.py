"""A graph as an interactive page: the library in JavaScript, and what shows the graph."""
