"""All that the device can say, read from its code: sentences with ``{}`` where a value stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

from lintel import device, errors
from lintel.device.api.problems import KINDS, kind_of
from lintel.errors import LintelError

DEVICE = Path(device.__file__).parent
ROOMS = DEVICE.parent
HOLE = "{}"
FINDINGS = {"failed", "passed", "unknown", "judged", "Finding"}
LETTERS = re.compile(r"[^\W\d_]{2,}")
Names = Mapping[str, list[ast.expr]]


class Module:
    """One file of the device's code, without the functions named in ``beside``."""

    def __init__(self, path: Path, *, beside: frozenset[str] = frozenset()) -> None:
        self._tree = ast.parse(path.read_text(encoding="utf-8"))
        self._beside = beside

    @cached_property
    def _calls(self) -> list[tuple[ast.Call, Names]]:
        """All calls, with what the names in sight of each stand for."""
        found: list[tuple[ast.Call, Names]] = []
        top = assigned(self._tree.body)
        for function in ast.walk(self._tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if function.name not in self._beside:
                names = {**top, **assigned(ast.walk(function))}
                calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
                found += [(call, names) for call in calls]
        return found

    def sentences(self, *callees: str) -> Iterator[str]:
        """What is handed to a call of one of these, by position or by name."""
        for call, names in self._calls:
            if called(call) in callees:
                for argument in (*call.args, *(each.value for each in call.keywords)):
                    yield from sentences(argument, names)

    def argument(self, callee: str, position: int, name: str) -> Iterator[str]:
        """One argument of each call of ``callee``."""
        for call, names in self._calls:
            if called(call) == callee:
                found = [each.value for each in call.keywords if each.arg == name]
                found += call.args[position : position + 1]
                for argument in found[:1]:
                    yield from sentences(argument, names)

    def listed(self) -> Iterator[str]:
        """What is gathered in a list before it is told: ``faults``."""
        for call, names in self._calls:
            if called(call) == "append":
                yield from sentences(call.args[0], names)


def assigned(nodes: Iterator[ast.AST] | list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """What each name was set to."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        for name, value in pairs(target, node.value):
            found.setdefault(name, []).append(value)
    return found


def pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from pairs(one, other)


def called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def sentences(node: ast.expr, names: Names) -> list[str]:
    """The texts that an expression can be; none where it is no text."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return joined(node, names)
    if isinstance(node, ast.Name):
        return [text for each in names.get(node.id, ()) for text in sentences(each, {})]
    return [text for each in choices(node) for text in sentences(each, names)]


def choices(node: ast.expr) -> list[ast.expr]:
    """What an expression is one of, or gathers."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.List):
        return node.elts
    return [node.elt] if isinstance(node, ast.ListComp) else []


def joined(node: ast.JoinedStr, names: Names) -> list[str]:
    found = [""]
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        raw = isinstance(part, ast.FormattedValue) and part.conversion != -1
        texts = [] if raw else sentences(inner, names)
        found = [before + text for before in found for text in texts or [HOLE]]
    return found


def told(texts: Iterator[str]) -> set[str]:
    """Sentences that say something beside the values in them."""
    return {text for text in texts if LETTERS.search(text.replace(HOLE, "")) and " " in text}


@cache
def module(path: Path) -> Module:
    return Module(path)


def modules(folder: Path, *, beside: frozenset[str] = frozenset()) -> Iterator[Module]:
    for path in sorted(folder.rglob("*.py")):
        if not {path.name, path.parent.name} & beside:
            yield module(path)


def codes_of(*, own_words: bool) -> dict[str, str]:
    """Code of the answer by class of error, for errors that speak for themselves, or do not."""
    classes = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, LintelError)
    ]
    kinds = {one.__name__: kind for one in classes if (kind := kind_of(one)) is not None}
    assert {kind.code for kind in kinds.values()} == {kind.code for kind in KINDS.values()}
    return {name: kind.code for name, kind in kinds.items() if (kind.detail is None) is own_words}
