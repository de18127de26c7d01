"""Rules of the house that no linter knows: where code may catch broadly, how long it may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "lintel"
THE_PLACE = "device/defects.py"
BROAD = {"Exception", "BaseException"}
MOST_LINES, MOST_LINES_OF_A_FILE = 60, 500


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield str(path.relative_to(SOURCE)), ast.parse(path.read_text(encoding="utf-8"))


def is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool({n.id for n in _names(handler.type)} & BROAD)


def _names(node: ast.expr) -> Iterator[ast.Name]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Name))


def test_one_place_catches_broadly_and_others_only_clean_up_and_raise() -> None:
    found = [
        f"{name}:{handler.lineno}"
        for name, tree in trees()
        for handler in ast.walk(tree)
        if isinstance(handler, ast.ExceptHandler)
        and is_broad(handler)
        and not isinstance(handler.body[-1], ast.Raise)
    ]
    assert {place.rpartition(":")[0] for place in found} == {THE_PLACE}


def test_files_and_functions_are_short() -> None:
    long = []
    for name, tree in trees():
        lines = len((SOURCE / name).read_text(encoding="utf-8").splitlines())
        long += [f"{name}: {lines} lines"] * (lines > MOST_LINES_OF_A_FILE)
        long += [
            f"{name}, {node.name}: {length} lines"
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and (length := _length(node)) > MOST_LINES
        ]
    assert long == []


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
