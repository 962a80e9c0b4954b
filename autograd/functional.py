"""Derivatives of functions, of any order, in both modes.

A derivative of a function is a function. Handed numbers, it gives numbers; handed
Values, or called by a function that is itself being differentiated, it gives Values,
which can be differentiated in their turn. So ``grad(grad(f))`` is the second derivative.

The function is called once, with Values in place of the numbers. It may do with them
whatever Python can do: loop, branch on them, return early, call what it closes over.
What it recorded is a `Differential`, which is then swept in the mode that suits: the
gradient of one output takes one sweep backwards, the rate of change in one direction
takes one forwards. Where the result has to be a number the sweep multiplies the floats
on the record, otherwise Values by the table's rules, so that the result is a graph like
any other.

Arguments and results may be numbers or containers of them; see `containers.py`. An argument
may be a module too: the function is called with the module itself, and it is differentiated
by its parameters, wherever the function comes across them.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from functools import update_wrapper
from reprlib import repr as shown
from types import MethodType
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from autograd.containers import (
    MismatchError,
    NotANumberError,
    Structure,
    flatten,
    holds_a_value,
    substituted,
)
from autograd.contexts import enable_grad
from autograd.engine.differential import (
    Differential,
    GradientDifferential,
    differential,
    differential_of_gradient,
)
from autograd.engine.known import backward_of_all
from autograd.engine.operands import counted, kind_of
from autograd.engine.order import order_of_unvisited
from autograd.engine.recording import differentiated, is_recording, itself, observer
from autograd.engine.value import Operand, Value

if TYPE_CHECKING:
    from autograd.typed import Gradient

Function: TypeAlias = Callable[..., Any]
Argnums: TypeAlias = int | tuple[int, ...]


def global_name(function: Any) -> str | None:
    """The name under which its module has ``function``, so that it pickles by that; else None."""
    name: str = getattr(function, "__qualname__", "")
    found: object = sys.modules.get(function.__module__)
    for step in name.split("."):
        found = getattr(found, step, None)
    return name if found is function else None


class Derivative:
    """A function derived from another, with its name and docstring, which pickles if that does."""

    def __init__(
        self,
        maker: Callable[[Function, Argnums], Derivative],
        evaluate: Callable[[_Call], Any],
        function: Function,
        argnums: Argnums,
    ) -> None:
        _check(maker.__name__, function, argnums)
        update_wrapper(self, function, ("__module__", "__name__", "__qualname__"), ())
        self._maker = maker
        self._evaluate = evaluate
        self._function = function
        self._argnums = argnums

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """The derivative at these arguments."""
        name = self._maker.__name__
        return self._evaluate(_Call(name, self._function, self._argnums, arguments, options))

    # Not copied, because an operation writes its docstring when it is asked for.
    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self._function.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> str | tuple[Any, ...]:
        name = global_name(self)
        if name is not None:  # a decorated function
            return name
        return self._maker, (self._function, self._argnums)

    def __repr__(self) -> str:
        by = "" if self._argnums == 0 else f", argnums={self._argnums}"
        return f"{self._maker.__name__}({self._function!r}{by})"


# ── Of functions ──────────────────────────────────────────────────────────────


@overload
def grad(function: Function) -> Gradient: ...
@overload
def grad(function: Function, argnums: Argnums) -> Derivative: ...
def grad(function: Function, argnums: Argnums = 0) -> Derivative:
    """The derivative of a function of any number of numbers that returns one number.

    The result is a function of the same arguments, with the name and docstring of
    ``function``. It returns the derivative in the shape of the argument: a float for a number,
    a dict for a dict, an array for an array, and for a module, such as a model, a dict by the
    names of its parameters.

    Args:
        function: takes numbers, or containers of them, and computes one number from
            them. Keyword arguments, and arguments that are not differentiated by, are
            passed on as they are.
        argnums: the position of the argument to differentiate by, counted from 0, or
            from -1 backwards. For a tuple of them the result is a tuple.

    Raises:
        TypeError: the function returns something else than one number, or an array of one, or
            an argument to differentiate by holds something else than numbers; the message says
            where.

    >>> def f(x, y):
    ...     return x**3 * y
    >>> grad(f)(2.0, 5.0), grad(f, 1)(2.0, 5.0), grad(grad(f))(2.0, 5.0)
    (60.0, 8.0, 60.0)
    >>> grad(f, argnums=(0, 1))(2.0, 5.0)
    (60.0, 8.0)
    >>> grad(lambda p: p["x"] ** 3 * p["y"])({"x": 2.0, "y": 5.0})
    {'x': 60.0, 'y': 8.0}
    """
    return Derivative(grad, _Call.gradient, function, argnums)


def value_and_grad(function: Function, argnums: Argnums = 0) -> Derivative:
    """The value of a function together with its derivative, from one call of it.

    As `grad`, except that the result returns a pair.

    >>> value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """
    return Derivative(value_and_grad, _Call.value_and_gradient, function, argnums)


def jacobian(function: Function, argnums: Argnums = 0) -> Derivative:
    """The derivative of each number that a function returns by each that it takes.

    The function is called once. Then a sweep is made for each input, or for each output,
    whichever are fewer.

    Args:
        function: takes and returns numbers or containers of them.
        argnums: as for `grad`.

    Returns:
        A function of the same arguments. What it returns has the shape of what
        ``function`` returns, with a container shaped as the argument in place of each
        number. If both are arrays, it is one array, of shape
        ``result.shape + argument.shape``.

    >>> jacobian(lambda x: (x[0] * x[1], 2 * x[0]))([3.0, 5.0])
    ([5.0, 3.0], [2.0, 0.0])
    """
    return Derivative(jacobian, _Call.jacobian, function, argnums)


def hessian(function: Function, argnums: Argnums = 0) -> Derivative:
    """The second derivatives of a function that returns one number.

    What ``jacobian(grad(function, argnums), argnums)`` gives. The function is called and
    its gradient recorded once, whatever the number of inputs.

    Args:
        function: as for `grad`.
        argnums: as for `grad`.

    Returns:
        A function of the same arguments. What it returns has the shape of the argument,
        with a container of that shape in place of each number: for a number a number,
        for an array of n an array of n by n.

    >>> hessian(lambda x: x[0] ** 3 * x[1])([2.0, 5.0])
    [[60.0, 12.0], [12.0, 0.0]]
    """
    return Derivative(hessian, _Call.hessian, function, argnums)


def jvp(function: Function, primals: Any, tangents: Any, **options: Any) -> tuple[Any, Any]:
    """The value of a function, and how fast it changes when its arguments move: forward mode.

    The Jacobian times the vector of tangents, at the price of a few calls of the function.

    Args:
        function: takes and returns numbers or containers of them.
        primals: the arguments, in a tuple or list; anything else, such as an array or a model,
            is the only argument.
        tangents: the rate at which each of them moves, in the same shape.
        options: keyword arguments, passed on to the function.

    Returns:
        The value and its rate of change, which has the same shape.

    Raises:
        TypeError, ValueError: the tangents are not shaped as the primals are.

    >>> jvp(lambda x, y: x * y, (3.0, 5.0), (1.0, 10.0))  # 1 * 5 + 3 * 10
    (15.0, 35.0)
    """
    primals, tangents = _of_arguments(primals, tangents)
    call = _call_by_all("jvp", function, primals, options)
    movement = _shaped("jvp() takes tangents shaped as the primals", call.inputs, tangents)
    rates = call.differential().push_forward(movement)
    return call.value(), call.outputs.rebuild(_finished(rates, call.values))


def vjp(
    function: Function, *primals: Any, **options: Any
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value of a function, and a function that pulls weights of it back: reverse mode.

    The Jacobian, transposed, times a vector of weights, at the price of a few calls of
    the function.

    Args:
        function: takes and returns numbers or containers of them.
        primals: the arguments.
        options: keyword arguments, passed on to the function.

    Returns:
        The value, and a function. That one takes a weight for each number in the value,
        in the same shape, and returns the derivative of the sum so weighted by each of the
        primals, as a tuple. It may be called many times.

    >>> value, pull_back = vjp(lambda x, y: (x * y, x + y), 3.0, 5.0)
    >>> value
    (15.0, 8.0)
    >>> pull_back((1.0, 0.0)), pull_back((0.0, 1.0)), pull_back((1.0, 10.0))
    ((5.0, 3.0), (1.0, 1.0), (15.0, 13.0))
    """
    call = _call_by_all("vjp", function, primals, options)
    linear = call.differential()
    inputs, outputs, values = call.inputs, call.outputs, call.values  # but not the graph

    def pull_back(weights: Any) -> tuple[Any, ...]:
        seeds = _shaped("what vjp() gives takes weights shaped as the value", outputs, weights)
        pulled = linear.pull_back(seeds)
        watcher = observer()
        if watcher is not None:
            watcher.pulled_back([_data(x) for x in pulled if x is not None])
        derivatives: tuple[Any, ...] = inputs.rebuild(_finished(pulled, values))
        return derivatives

    return call.value(), pull_back


def hvp(
    function: Function,
    primals: Any,
    tangents: Any,
    argnums: Argnums = 0,
    **options: Any,
) -> Any:
    """The Hessian of a function times a vector of tangents: the rate of change of its gradient.

    It costs a few gradients, and equals ``jvp(grad(function, argnums), primals, tangents)[1]``.

    Args:
        function: as for `grad`.
        primals: the arguments, in a tuple or list; anything else, such as an array or a model,
            is the only argument.
        tangents: the rate of change of each of them, in the same shape.
        argnums: the arguments that the gradient is by, as for `grad`.
        options: keyword arguments, passed on to the function.

    Returns:
        The product, in the shape of the argument; a tuple if ``argnums`` is one.

    Raises:
        TypeError, ValueError: the tangents are not shaped as the primals are.

    >>> hvp(lambda x: x[0] ** 3 * x[1], ([2.0, 5.0],), ([1.0, 10.0],))
    [180.0, 12.0]
    >>> hvp(lambda p: p["x"] ** 3 * p["y"], {"x": 2.0, "y": 5.0}, {"x": 1.0, "y": 10.0})
    {'x': 180.0, 'y': 12.0}
    >>> hvp(lambda x, y: x**3 * y, (2.0, 5.0), (1.0, 10.0), argnums=(0, 1))
    (180.0, 12.0)
    """
    _check("hvp", function, argnums)
    primals, tangents = _of_arguments(primals, tangents)
    call = _call_by_all("hvp", function, primals, options)
    chosen = _positions("hvp", argnums, len(primals))
    movement = _shaped("hvp() takes tangents shaped as the primals", call.inputs, tangents)
    rates = call.differential_of_gradient().push_forward(movement)
    products = call.inputs.rebuild(_finished(rates, call.values))
    return _selected(products, argnums, chosen)


# ── Of Values at hand ─────────────────────────────────────────────────────────


def gradients(output: Value, inputs: Any) -> Any:
    """The derivative of a Value by others that it was computed from, as Values.

    No ``grad`` is changed. A derivative is 0 where ``output`` does not depend on an input.
    The rules are evaluated at the data that the values have now.

    Args:
        output: the Value to differentiate.
        inputs: a Value, or a container of Values, to differentiate by.

    Returns:
        The derivatives, in the shape of ``inputs``.

    Raises:
        TypeError: ``output`` is not a Value, or something in ``inputs`` is not.

    >>> x = Value(3.0)
    >>> [slope] = gradients(x ** 3, [x])
    >>> slope.data  # 3 x**2
    27.0
    >>> slope.backward()
    >>> x.grad  # 6 x
    18.0
    """
    if not isinstance(output, Value):
        raise TypeError(f"gradients() differentiates a Value, got {kind_of(output)}")
    variables, structure = _values("gradients() takes the Values to differentiate by", inputs)
    with enable_grad():
        output, variables = itself(output), [itself(x) for x in variables]
        linear = differential([output], variables, traced=True, independent=False)
        return structure.rebuild(_finished(linear.pull_back([1.0]), values=True))


def backward(outputs: Any, gradients: Any = None) -> None:
    """Set ``grad`` of several outputs at once, and of every value they were computed from.

    One pass, which is that of the sum of the outputs, each times its gradient; see
    `Value.backward` for what it leaves.

    Args:
        outputs: a container of Values, such as a list or an array; or one Value.
        gradients: the upstream gradient of each, in the same shape; 1 for each if left out.

    Raises:
        TypeError: an output is not a Value, or a gradient is not a number.
        ValueError: there are no outputs, or the gradients are not shaped as the outputs are.

    >>> x = Value(3.0)
    >>> a, b = x * x, 5 * x
    >>> backward([a, b], [1.0, 2.0])
    >>> x.grad, a.grad, b.grad  # 1 * 6 + 2 * 5
    (16.0, 1.0, 2.0)
    """
    values, structure = _values("backward() takes Values", outputs)
    if not values:
        raise ValueError("backward() of no output: pass at least one Value")
    weights = [1.0] * len(values)
    if gradients is not None:
        weights = _shaped("backward() takes gradients shaped as the outputs", structure, gradients)
        for place, weight in zip(structure.places(), weights):
            if isinstance(weight, Value):
                raise TypeError(
                    f"backward() takes gradients that are numbers, got a Value{_at(place)}: pass "
                    "its .data, or differentiate with autograd.gradients()"
                )
    backward_of_all(values, weights)


def _values(what: str, container: Any) -> tuple[list[Value], Structure]:
    """The elements of a container of Values, and its shape."""
    try:
        values, structure = flatten(container)
    except NotANumberError as error:
        raise TypeError(f"{what}; {error}") from None
    for place, x in zip(structure.places(), values):
        if not isinstance(x, Value):
            raise TypeError(f"{what}; {x}{_at(place)} is a number")
    return values, structure


def _at(place: str) -> str:
    return f" at {place}" if place else ""


# ── A call of the function ────────────────────────────────────────────────────


class _Call:
    """A call of a function, recorded.

    Attributes:
        values: True if the results are Values, not numbers.
        inputs: the shape of what is differentiated by.
        outputs: the shape of what came out.
    """

    def __init__(
        self,
        name: str,
        function: Function,
        argnums: Argnums,
        arguments: tuple[Any, ...],
        options: dict[str, Any],
    ) -> None:
        self._name = name
        outer = differentiated.get()
        self.values = len(outer) > 0 or holds_a_value((arguments, options))
        # True if the results are recorded, so that they can be differentiated again.
        self._traced = self.values and is_recording()
        chosen = _positions(name, argnums, len(arguments))
        self._points, self.inputs = _points(name, function, argnums, chosen, arguments)
        selected = _selected(arguments, argnums, chosen)
        moved, self._variables = substituted(selected, _variable)
        _check_that_parameters_differ(name, self.inputs, self._variables)
        replaced = dict(zip(chosen, (moved,) if isinstance(argnums, int) else moved))
        given = [replaced.get(i, argument) for i, argument in enumerate(arguments)]
        token = differentiated.set((*outer, tuple(self._variables)))
        try:
            with enable_grad():
                result = function(*given, **options)
        finally:
            differentiated.reset(token)
        self._kind = kind_of(result)
        try:
            self._results, self.outputs = flatten(result)
        except NotANumberError as error:
            raise TypeError(self._refusal(error)) from None

    def value(self) -> Any:
        """The result of the function."""
        results = self._results if self._traced else [_data(x) for x in self._results]
        return self.outputs.rebuild(_finished(results, self.values))

    def gradient(self) -> Any:
        """The derivative of the one number that the function returned."""
        return self.inputs.rebuild(_finished(self._slopes(), self.values))

    def value_and_gradient(self) -> tuple[Any, Any]:
        """Both."""
        return self.value(), self.gradient()

    def jacobian(self) -> Any:
        """The derivative of each output by each input."""
        rows = [_finished(row, self.values) for row in self.differential().matrix()]
        return self.outputs.outer(self.inputs, rows)

    def hessian(self) -> Any:
        """The second derivatives of the one number that the function returned."""
        matrix = self.differential_of_gradient().matrix()
        return self.inputs.outer(self.inputs, [_finished(row, self.values) for row in matrix])

    def differential(self) -> Differential:
        """Of the outputs by the inputs."""
        return differential(self._results, self._variables, self._traced)

    def differential_of_gradient(self) -> Differential | GradientDifferential:
        """Of the gradient of the one number that the function returned."""
        if self._traced:
            return differential(self._slopes(), self._variables, traced=True)
        self._check_that_one_number_came_out()
        with enable_grad():  # second derivatives are read off what the rules record
            return differential_of_gradient(self._results[0], self._variables)

    def _slopes(self) -> list[Any]:
        self._check_that_one_number_came_out()
        slopes = self.differential().pull_back([1.0])
        if self.values and None in slopes:
            self._warn_of_what_was_closed_over(slopes)
        return slopes

    def _check_that_one_number_came_out(self) -> None:
        if not self.outputs.is_one_element:
            raise TypeError(self._refusal())

    def _warn_of_what_was_closed_over(self, slopes: list[Any]) -> None:
        """Say why a derivative is 0 by a Value that the function got from elsewhere."""
        outer = {id(x) for call in differentiated.get() for x in call}
        reached: set[Value] = set()
        if isinstance(self._results[0], Value):
            order_of_unvisited(self._results[0], reached)
        for slope, point, place in zip(slopes, self._points, self.inputs.places()):
            if slope is not None or not isinstance(point, Value) or id(point) in outer:
                continue
            if point in reached and point.op is None:
                warnings.warn(
                    f"{self._name}() gives 0{place and ' at ' + place}: the function did not use "
                    "its argument but the Value that was passed, which it found elsewhere, as in "
                    "a model that it closes over. Pass the model itself: "
                    f"{self._name}(loss)(model)",
                    RuntimeWarning,
                    stacklevel=_lines_of_this_package(),
                )
                return

    def _refusal(self, error: NotANumberError | None = None) -> str:
        """Why what the function returned cannot be differentiated."""
        wanted = "numbers" if self._name in ("jacobian", "jvp", "vjp") else "one number"
        if error is not None:
            advice = f": {error}" if error.place else ""
        elif self._name in ("hessian", "hvp"):
            advice = ": for the second derivatives of several use jacobian(jacobian(function))"
        else:
            advice = ": for the derivatives of several use jacobian()"
        return (
            f"{self._name}() differentiates a function that returns {wanted}, "
            f"and this one returned {self._kind}{advice}"
        )


def _call_by_all(
    name: str, function: Function, primals: Sequence[Any], options: dict[str, Any]
) -> _Call:
    _check(name, function)
    return _Call(name, function, tuple(range(len(primals))), tuple(primals), options)


def _of_arguments(primals: Any, tangents: Any) -> tuple[Sequence[Any], Any]:
    """The arguments and their tangents, also where one argument stands by itself."""
    if isinstance(primals, (list, tuple)):
        return primals, tangents
    return (primals,), (tangents,)


def _lines_of_this_package() -> int:
    """The number of frames, from the caller on, that are of this module."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals is globals():
        depth, frame = depth + 1, frame.f_back
    return depth


def _variable(point: Any) -> Value:
    # A value of its own, so that it is told from the same Value used elsewhere in the
    # function; times 1, so that an outer derivative still reaches the point.
    return point * 1.0 if isinstance(point, Value) else Value(point)


def _data(result: Operand) -> float:
    return result.data if isinstance(result, Value) else result


def _finished(numbers: list[Any], values: bool) -> list[Any]:
    """The numbers as they are handed out; what does not depend on an input is 0."""
    known = [0.0 if x is None else x for x in numbers]
    if not values:
        return known
    return [x if isinstance(x, Value) else Value(x) for x in known]


# ── What a caller may pass ────────────────────────────────────────────────────


def _check(name: str, function: Any, argnums: Any = 0) -> None:
    if isinstance(function, Value):
        raise TypeError(
            f"{name}() takes a function, got a Value: gradients() differentiates a Value at hand"
        )
    if not callable(function):
        raise TypeError(f"{name}() takes a function, got {kind_of(function)}")
    wanted = argnums if isinstance(argnums, tuple) else (argnums,)
    if not all(isinstance(x, int) and not isinstance(x, bool) for x in wanted):
        raise TypeError(
            "argnums is the number of one argument, counted from 0, or a tuple of such numbers; "
            f"got {shown(argnums)}"
        )


def _positions(name: str, argnums: Argnums, count: int) -> list[int]:
    """The arguments that ``argnums`` stands for, of so many."""
    positions = []
    for position in argnums if isinstance(argnums, tuple) else (argnums,):
        if not -count <= position < count:
            raise TypeError(
                f"{name}() is to differentiate by argument {position}, "
                f"but the function was called with {counted(count, 'positional argument')}"
            )
        positions.append(position % count)
    if len(set(positions)) < len(positions):
        raise ValueError(f"{name}() is to differentiate by an argument twice: argnums={argnums}")
    return positions


def _selected(arguments: Sequence[Any], argnums: Argnums, chosen: list[int]) -> Any:
    """The one argument that was asked for, or a tuple of those that were."""
    return arguments[chosen[0]] if isinstance(argnums, int) else tuple(arguments[i] for i in chosen)


def _points(
    name: str,
    function: Function,
    argnums: Argnums,
    chosen: list[int],
    arguments: tuple[Any, ...],
) -> tuple[list[Any], Structure]:
    """The numbers to differentiate at, and their shape."""
    try:
        return flatten(_selected(arguments, argnums, chosen))
    except NotANumberError:
        for position in chosen:
            try:
                flatten(arguments[position])
            except NotANumberError as error:
                argument = _described(function, position)
                place = f" {error}" if error.place else f": {error}"
                raise TypeError(f"{name}() cannot differentiate by {argument}{place}") from None
        raise


def _check_that_parameters_differ(name: str, inputs: Structure, variables: list[Any]) -> None:
    """Refuse a parameter that is in two modules, since its derivative is one number."""
    # The variable of a number, or of a Value in a container, is made for it.
    if len(set(variables)) < len(variables):
        seen: dict[Value, str] = {}
        for variable, place in zip(variables, inputs.places()):
            if variable in seen:
                raise ValueError(
                    f"{name}() is to differentiate by a parameter twice, at {seen[variable]} and "
                    f"at {place}: a module that holds both counts it once"
                )
            seen[variable] = place


def _described(function: Function, position: int) -> str:
    """An argument by its number, and by its name where that is known."""
    from inspect import Parameter, signature  # slow to import, and seldom needed

    try:
        parameters = list(signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    names = [parameter.name for parameter in parameters if parameter.kind in positional]
    return (
        f"argument {position} ({names[position]})" if names[position:] else f"argument {position}"
    )


def _shaped(what: str, shape: Structure, container: Any) -> list[Any]:
    """The numbers of a container that is to have that shape."""
    try:
        return shape.numbers_of(container)
    except MismatchError as error:
        raise ValueError(f"{what}: {error}") from None
    except NotANumberError as error:
        raise TypeError(f"{what}: {error}") from None
