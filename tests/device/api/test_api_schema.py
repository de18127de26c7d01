"""schemathesis asks everything that the description allows, and much that it forbids."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from device_api_builders import PATIENT, MemoryDevice, memory_device
from lintel.device.api.app import create_app
from lintel.device.api.routes import ROUTES

SEED = 20260301
FUZZED = 2  # examples for each operation on top of the coverage of every boundary
OUR_ANSWERS = ["2xx", "401", "403", "404", "409", "422", "429"]
ENDLESS = "/api/v1/live/stream"


@schemathesis.serializer("application/toml")
def toml_as_it_is(_context: object, text: object) -> bytes:
    """TOML is text; what is no text goes as bytes that are none either."""
    return text.encode("utf-8", "replace") if isinstance(text, str) else b"\xff"


def whole(value: object) -> object:
    """JSON Schema calls 3.0 an integer, msgspec and most languages do not."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {key: whole(inner) for key, inner in value.items()}
    return [whole(inner) for inner in value] if isinstance(value, list) else value


def described(device: MemoryDevice) -> schemathesis.BaseSchema:
    """The description of the real application, asked of it."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "headers": {"Authorization": f"Bearer {device.words['all']}", "Host": "lintel.local"},
            "continue-on-failure": True,
            "generation": {"max-examples": FUZZED, "deterministic": True, "database": "none"},
            "checks": {"positive_data_acceptance": {"expected-statuses": OUR_ANSWERS}},
            "phases": {"stateful": {"max-steps": 4, "generation": {"max-examples": 4}}},
        }
    )
    app = create_app(device.ports, device.gate, None, manners=PATIENT)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    schema.hook("map_body")(lambda _context, body: whole(body))
    return schema.exclude(path=ENDLESS)


@pytest.mark.timeout(240)
def test_the_device_answers_as_described_whatever_is_asked(tmp_path: Path) -> None:
    device = memory_device(tmp_path)
    device.history.add(50)
    cases: Counter[str] = Counter()
    asked: set[str] = set()
    faults: list[str] = []
    for event in from_schema(described(device)).execute():
        if isinstance(event, events.ScenarioFinished):
            cases[event.phase.name] += len(event.recorder.cases)
            asked.add(event.recorder.label)
            faults += [
                f"{event.recorder.label}: {check.name}: {check.failure_info.failure.message}: "
                f"{check.failure_info.code_sample}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info is not None
            ]
        elif isinstance(event, events.NonFatalError):
            faults.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    assert not faults, "\n\n".join(faults[:5])
    assert asked >= {f"{r.method} /api/v1{r.path}" for r in ROUTES if r.path != "/live/stream"}
    assert cases["COVERAGE"] > 1000
    assert cases["FUZZING"] > len(ROUTES)
    print(dict(cases), cases.total())  # noqa: T201 - how many, for who runs this with -s
