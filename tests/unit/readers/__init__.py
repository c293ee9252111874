"""Tests of the reading room (a package: other rooms have a `test_dates` too)."""
