"""The pages have words in both languages for all that the device can say."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import msgspec
import pytest
from msgspec.inspect import LiteralType, StructType

from lintel.config import SiteFile
from lintel.count.standing import NoticeKind
from lintel.device.api.problems import KINDS
from lintel.device.causes import KNOWN
from lintel.device.keeping.sites import faults_in
from lintel.device.privacy.contact import FIELDS
from lintel.device.privacy.retention import BOUNDS
from lintel.device.self_audit.connections import CONNECTION_CHECKS
from lintel.device.self_audit.network import CHECKS
from lintel.wire import v1
from said_by_device import DEVICE, FINDINGS, HOLE, ROOMS, Module, codes_of, modules, told

WORDS = Path(__file__).parents[2] / "web/src/lib/i18n"
LANGUAGES = ("en", "de")
SCHEMA: dict[str, Any] = SiteFile.model_json_schema()
KEY = re.compile(r'^  (?:"((?:[^"\\]|\\.)*)"|(\w+)):', re.MULTILINE)

# What no page can bring about: starting, the command line, requests that are malformed.
BESIDE = frozenset({"serving.py", "vault.py", "tls.py", "preview", "header.py", "self_audit"})

# Words of the wire by the beginning of their keys; None where a page shows no word for them.
LITERALS: dict[frozenset[str], str | None] = {
    frozenset({"info", "warning", "error"}): None,  # the colour and sign of a cause
    frozenset({"adult", "child", "unknown"}): None,  # the colour of a disc; the legend names it
    frozenset({"csv", "json"}): None,
    frozenset({"events", "intervals"}): "kind",
    frozenset({"in", "out"}): "common",
    frozenset({"over", "under"}): "live.alarm",
    frozenset({"presence", "dwell"}): "heat",
    frozenset({"recording", "ready", "failed"}): "recordings",
    frozenset({"notice", "processing_record", "impact_assessment"}): "documents",
    frozenset({"viewer", "operator", "installer", "privacy_officer"}): "role",
    frozenset({"depth", "still", "none", "counts"}): "mode",
    frozenset({"tracks", "events", "watches", "intervals", "heat", "recordings"}): "kind",
    frozenset({"validation_recording", "gender", "still"}): "purpose",
    frozenset({"starting", "counting", "blind", "no_source", "ended", "failed"}): "state",
    frozenset(
        {"crossing", "zone_enter", "zone_leave", "group_crossing", "alarm_raised", "alarm_cleared"}
    ): "live.event",
    frozenset(
        {
            "live:read", "records:read", "image:view", "config:read", "config:write",
            "users:write", "privacy:write", "audit:read", "system:write", "recordings:write",
        }
    ): "scope",
}  # fmt: skip

# Values that a form of the pages lets through and the device does not.
FAULTY: dict[str, Any] = {
    "nothing in a name": {"line": [{"name": "", "points_m": [[0, 0], [1, 0]]}]},
    "a long name": {"line": [{"name": "x" * 65, "points_m": [[0, 0], [1, 0]]}]},
    "a name on two lines": {"line": [{"name": "a\nb", "points_m": [[0, 0], [1, 0]]}]},
    "one corner": {"line": [{"name": "a", "points_m": [[0, 0]]}]},
    "two corners": {"zone": [{"name": "a", "polygon_m": [[0, 0], [1, 1]]}]},
    "too much": {"line": [{"name": "a", "points_m": [[0, 0], [1, 0]], "hysteresis_m": 1e6}]},
    "too little": {"mount": {"height_m": 0.1}},
    "nothing below": {"uturn": 1, "heat": {"reach_m": 0.1}},
    "no time": {"totals": {"reset_at": ["25:00"]}},
    "many times": {"totals": {"reset_at": ["03:00"] * 30}},
    "not whole": {"occupancy": {"alarm": [{"kind": "over", "raise_at": 1.5, "clear_at": 0}]}},
    "no choice": {"zone": [{"name": "a", "polygon_m": [[0, 0], [1, 0], [1, 1]], "use": "x"}]},
    "not above": {
        "line": [{"name": "a", "points_m": [[0, 0], [1, 0]], "uturn": {"within_s": -1.0}}]
    },
    "left out": {"capture": [{"name": "a"}]},
    "no number": {"heat": {"cell_m": "wide"}},
    "no switch": {"attributes": {"gender": "perhaps"}},
    "no list": {"line": 1, "zone": "a"},
    "no section": {"mount": 1},
    "no text": {"line": [{"name": 1, "points_m": [[0, 0], [1, 0]]}]},
}

PLAIN = re.compile(r"pattern|Input|items|permitted|required|\w_\w")


@cache
def keys_of(language: str, *catalogues: str) -> frozenset[str]:
    """Keys of some catalogues of a language."""
    texts = [(WORDS / language / f"{one}.ts").read_text(encoding="utf-8") for one in catalogues]
    found = [quoted or bare for text in texts for quoted, bare in KEY.findall(text)]
    return frozenset(json.loads(f'"{one}"') for one in found)


@cache
def all_keys(language: str) -> frozenset[str]:
    """Keys of all catalogues that are asked by key."""
    asked = [p.stem for p in (WORDS / language).glob("*.ts")]
    return keys_of(
        language, *(one for one in asked if one not in {"index", "site", "said", "findings"})
    )


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a node refers to; what stands beside the reference wins."""
    if "$ref" in node:
        beside = {name: value for name, value in node.items() if name != "$ref"}
        return {**resolved(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]), **beside}
    for one in node.get("anyOf", []):
        if one.get("type") != "null":
            return {**resolved(one), **node}
    return node


def fields(node: dict[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """All fields that forms and faults of the pages name, as ``section.field``."""
    for name, raw in node.get("properties", {}).items():
        inner = resolved(raw)
        entry = resolved(inner.get("items", {})) if inner.get("type") == "array" else inner
        drawn = entry is not inner and "properties" not in entry and entry.get("type") != "string"
        if drawn or "const" in inner:
            continue  # coordinates are no field of a form
        yield f"{section}.{name}", inner
        if "properties" in entry:
            yield from fields(entry, name)


def literals() -> Iterator[frozenset[str]]:
    """All sets of words that a message on the wire or a request can have."""
    for found in pkgutil.iter_modules(v1.__path__):
        module = importlib.import_module(f"{v1.__name__}.{found.name}")
        yield from literals_of(module)


def literals_of(module: ModuleType) -> Iterator[frozenset[str]]:
    for one in vars(module).values():
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and one is not msgspec.Struct:
            form = msgspec.inspect.type_info(one)
            assert isinstance(form, StructType)
            for each in form.fields:
                yield from words_in(each.type)


def words_in(form: object) -> Iterator[frozenset[str]]:
    if isinstance(form, LiteralType):
        words = frozenset(value for value in form.values if isinstance(value, str))
        if words:
            yield words
    for name in ("types", "item_type", "item_types", "key_type", "value_type"):
        inner = getattr(form, name, ())
        for one in inner if isinstance(inner, tuple) else (inner,):
            yield from words_in(one)


@cache
def sentences() -> frozenset[str]:
    """All sentences of the device that a page shows as they come."""
    own = codes_of(own_words=True)
    found: set[str] = set()
    for module in modules(DEVICE, beside=BESIDE):
        found |= told(module.sentences(*own, "ConfigFault"))
    for module in modules(DEVICE / "self_audit", beside=frozenset({"audit.py"})):
        found |= told(module.sentences(*FINDINGS)) | told(module.listed())
    found |= told(Module(DEVICE / "temperature.py").sentences("Temperature"))
    found |= told(Module(DEVICE / "privacy/modes.py").sentences("Setting"))
    site = Module(ROOMS / "config/site.py", beside=frozenset({"load_site"}))
    return frozenset(found | told(site.sentences("SiteError")))


def form_of(sentence: str) -> re.Pattern[str]:
    """What fits a sentence with any value where it has a place for one."""
    return re.compile(".+?".join(map(re.escape, sentence.split(HOLE))), re.DOTALL)


def test_every_field_of_the_site_file_has_german_words() -> None:
    asked = {place for place, _ in fields(SCHEMA, "site")} - {"site.schema_version"}
    german = keys_of("de", "site")
    assert german - asked == set(), "words for fields that are not there"
    assert asked - german == set(), "fields without German words"
    assert keys_of("en", "site") - asked == set(), "words for fields that are not there"


def test_no_field_is_told_in_the_words_of_the_file_itself() -> None:
    """Who fills in a form never sees a name or a word of TOML."""
    own = keys_of("en", "site")
    choices = {choice for _, node in fields(SCHEMA, "site") for choice in node.get("enum", [])}
    raw = re.compile(rf"\b\w+_\w+\b|(^|[.:] )({'|'.join(choices)}):|\w+\.md|[a-z][A-Z]")
    for place, node in fields(SCHEMA, "site"):
        if place not in own and place != "site.schema_version":
            assert "title" in node, place
            for shown in (node["title"], node.get("description", "")):
                assert raw.search(shown) is None, f"{place}: {shown}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_wire_has_words(language: str) -> None:
    found = set(literals())
    assert found == set(LITERALS), "say in LITERALS where a page has words for it"
    asked = {f"{start}.{one}" for words, start in LITERALS.items() if start for one in words}
    assert asked - all_keys(language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_and_contact_has_words(language: str) -> None:
    choices = {choice for _, node in fields(SCHEMA, "site") for choice in node.get("enum", [])}
    assert choices
    asked = {f"schema.choice.{choice}" for choice in choices} | {f"contact.{one}" for one in FIELDS}
    assert asked - all_keys(language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_and_check_has_words(language: str) -> None:
    told_of = {key for key in keys_of(language, "cause") if key.startswith("cause.")}
    assert told_of == {f"cause.{code}" for code in KNOWN}
    mount = Module(DEVICE / "mount.py")
    checks = [*mount.argument("_at_least", 0, "name"), *mount.argument("_at_most", 0, "name")]
    checks += mount.argument("MountCheck", 0, "name")
    assert "focus" in checks
    asked = {f"check.{one}{more}" for one in checks for more in ("", ".advice")}
    assert asked - all_keys(language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_of_the_audit_log_has_words(language: str) -> None:
    acts = {str(kind) for kind in get_args(NoticeKind)}
    for module in (*modules(DEVICE), *modules(ROOMS / "store")):
        for call, place in (("note", 0), ("note_in_audit", 2), ("append", 9)):
            acts.update(module.argument(call, place, "what"))
    for file in ("user.py", "token.py"):
        acts.update(Module(ROOMS / "cli" / file).argument("note", 1, "what"))
    assert {"erased", "privacy.mode", "users.added", "clock step"} <= acts
    known = {key.removeprefix("act.") for key in keys_of(language, "act")}
    assert known == {act.replace(" ", "_") for act in acts}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_promise_that_is_checked_has_words(language: str) -> None:
    checks = {*CHECKS, *CONNECTION_CHECKS, "retention"}
    checks |= {f"retention.{kind}" for kind in BOUNDS if kind != "recordings"}
    for module in modules(DEVICE / "self_audit"):
        for call in FINDINGS:
            checks |= {one for one in module.argument(call, 0, "check") if HOLE not in one}
    known = {key.removeprefix("promise.") for key in keys_of(language, "promise")}
    assert known == checks


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_words_by_its_code_or_its_sentence(language: str) -> None:
    codes = {kind.code for kind in KINDS.values() if kind.detail is not None}
    for module in modules(DEVICE):
        codes.update(module.argument("RequestError", 1, "code"))
        codes.update(module.argument("problem", 1, "code"))
        codes.update(module.argument("DeniedError", 9, "code"))
        codes.update(module.argument("_refused", 9, "code"))
    codes -= {kind.code for kind in KINDS.values() if kind.detail is None}
    assert {"sign_in", "wrong", "stale", "store", "incident", "rate"} <= codes
    known = {key.removeprefix("error.") for key in keys_of(language, "refusal")}
    assert known == codes


def test_every_sentence_of_the_device_has_german_words() -> None:
    found = sentences()
    assert len(found) > 150
    assert found - keys_of("de", "said", "findings") == set()


def test_no_sentence_is_told_in_the_names_of_the_file_or_the_api() -> None:
    raw = re.compile(r"\b[a-z]+_[a-z]+\b|\w=\w")
    named = {one for one in sentences() if raw.search(one.replace("device_key", ""))}
    assert named - keys_of("en", "said") == set()


@pytest.mark.parametrize("what", FAULTY)
def test_every_fault_of_a_form_has_words(what: str) -> None:
    faults = faults_in(FAULTY[what])
    assert faults
    for language in LANGUAGES:
        forms = [form_of(one) for one in keys_of(language, "said")]
        for fault in faults:
            plain = language == "en" and PLAIN.search(fault.message) is None
            assert plain or any(form.fullmatch(fault.message) for form in forms), fault
