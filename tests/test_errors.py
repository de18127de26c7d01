"""The error tree printed in the docstring is the real one."""

from __future__ import annotations

import inspect

from lintel import errors


def test_docstring_names_every_error() -> None:
    doc = errors.__doc__ or ""
    named = [
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.LintelError)
    ]
    assert len(named) > 5
    assert [name for name in named if name not in doc] == []
