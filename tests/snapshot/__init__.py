"""The tests of snapshots."""
