"""The suite as one HTML page: strata, tiers apart, and a picture of every error."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

from lintel.evaluate import score_strata, text_report
from lintel.suite.cases import Tier
from lintel.suite.result import CaseResult

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1100px;padding:0 1rem}
pre{overflow-x:auto;background:#f4f6f8;padding:1rem;border-radius:6px;font-size:13px}
img{max-width:100%;border-radius:4px}figure{margin:1rem 0}
"""


def write_page(results: Sequence[CaseResult], path: Path) -> None:
    """Write the page.

    Raises:
        OSError: it cannot be written.
    """
    path.write_text(_html(results), encoding="utf-8")


def _html(results: Sequence[CaseResult]) -> str:
    tables = "".join(_table(results, tier) for tier in Tier)
    errors = "".join(_errors(result) for result in results if result.pictures)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Accuracy suite</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>
<body><h1>Accuracy suite</h1>
<p>Rendered scenes with seeds reserved for reporting. Nothing here is field accuracy.</p>
{tables}
<h2>Every miss and every false count</h2>
<p>Half a second before, at, and half a second after the moment, as the left camera saw it.</p>
{errors or "<p>None.</p>"}
</body></html>
"""


def _table(results: Sequence[CaseResult], tier: Tier) -> str:
    scores = [result.score for result in results if result.case.tier is tier]
    if not scores:
        return ""
    text = escape(text_report([], score_strata(scores)))
    return f"<h2>{escape(tier.value.capitalize())} tier</h2><pre>{text}</pre>"


def _errors(result: CaseResult) -> str:
    figures = "".join(
        f'<figure><img alt="{escape(picture.kind)} crossing" '
        f'src="data:image/png;base64,{base64.b64encode(picture.png).decode()}">'
        f"<figcaption>{escape(picture.kind)}: {escape(picture.crossing.direction)} at "
        f"{picture.crossing.t_s:.2f} s</figcaption></figure>"
        for picture in result.pictures
    )
    return f"<h3>{escape(result.case.name)}</h3>{figures}"
