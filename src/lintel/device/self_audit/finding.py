"""Findings in few words. What could not be checked never counts as passed."""

from __future__ import annotations

from lintel.wire.v1.health import Finding


def passed(check: str, detail: str) -> Finding:
    """The promise is kept."""
    return Finding(check, True, detail, "")


def failed(check: str, detail: str, advice: str) -> Finding:
    """It is not; ``advice`` says what to do."""
    return Finding(check, False, detail, advice)


def unknown(check: str, detail: str, advice: str = "") -> Finding:
    """It could not be checked."""
    return Finding(check, None, f"not checked: {detail}", advice)


def judged(check: str, faults: list[str], *, fine: str, advice: str) -> Finding:
    """Passed when there are no faults; the first few are told otherwise."""
    if not faults:
        return passed(check, fine)
    more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
    return failed(check, "; ".join(faults[:3]) + more, advice)
