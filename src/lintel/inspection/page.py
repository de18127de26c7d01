"""The page: one self-contained HTML file, no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

from lintel.config import SiteConfig
from lintel.count.summary import totals_per_line
from lintel.frames import Image
from lintel.inspection.pictures import Moment, coloured_depth, png, rectified_pair
from lintel.inspection.plan_drawing import PathsWalked, plan_svg
from lintel.pipeline import RunReport

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1100px;padding:0 1rem;
     background:#fff;color:#18222c}
img,svg{max-width:100%;height:auto;border-radius:6px}
table{border-collapse:collapse}td,th{padding:.25rem .9rem .25rem 0;text-align:left}
figure{margin:1rem 0}figcaption{color:#51606d}
.note{background:#fff4d6;padding:.6rem 1rem;border-radius:6px}
"""


@dataclass(frozen=True, slots=True, eq=False)
class PageContent:
    """Everything the page shows."""

    report: RunReport
    site: SiteConfig
    moments: tuple[Moment, ...]
    paths: PathsWalked


def write_page(content: PageContent, out: Path) -> Path:
    """Write ``out/index.html`` and give its path back.

    Raises:
        OSError: the folder cannot be made or written.
    """
    out.mkdir(parents=True, exist_ok=True)
    page = out / "index.html"
    page.write_text(_html(content), encoding="utf-8")
    return page


def _html(content: PageContent) -> str:
    title = escape(f"Inspection of {content.report.source}")
    moments = "\n".join(_moment(moment, content.site) for moment in content.moments)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>
<body><h1>{title}</h1>
<p class="note">This page holds pictures of the recording. Delete it with the recording.</p>
{_facts(content)}
<h2>Plan: lines, and the paths that people walked</h2>
<p>One square is one metre; the grey dot lies below the left camera. An arrow points to the side
that counts as in.</p>
{plan_svg(content.site, content.paths)}
{moments}
</body></html>
"""


def _facts(content: PageContent) -> str:
    report = content.report
    rows = [
        ("frames analysed", f"{report.frames} in {report.duration_s:.1f} s of scene"),
        ("frames dropped / duplicated / corrupt", _faults(report)),
        ("coverage", f"{report.coverage:.1%}"),
        *_floor_facts(report),
        *_stereo_facts(report),
    ]
    totals = totals_per_line(report.events, [line.name for line in content.site.lines])
    rows += [(f"line {name}", f"in {t.entered}, out {t.left}") for name, t in totals.items()]
    cells = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
    return f"<table>{cells}</table>"


def _faults(report: RunReport) -> str:
    return f"{report.dropped_frames} / {report.duplicated_frames} / {report.corrupt_frames}"


def _floor_facts(report: RunReport) -> list[tuple[str, str]]:
    floor = report.floor
    if floor is None:
        return [("floor", "not found: check the mount, the calibration and the light")]
    return [
        ("camera above the floor", f"{floor.height_m:.3f} +- {floor.height_sigma_m:.3f} m"),
        ("tilt", f"{math.degrees(floor.tilt_rad):.1f} degrees"),
        ("floor residual", f"{floor.residual_m * 100:.1f} cm"),
    ]


def _stereo_facts(report: RunReport) -> list[tuple[str, str]]:
    stereo = report.stereo
    if stereo is None:
        return []
    return [("vertical residual of the cameras", f"{stereo.vertical_residual_px:+.2f} px")]


def _moment(moment: Moment, site: SiteConfig) -> str:
    pair = _img(rectified_pair(moment), "left and right image, rectified, with level guides")
    depth = _img(coloured_depth(moment, site), "depth: near is red, unknown is black")
    return f"""<h2>{escape(moment.title)}</h2>
<figure>{pair}<figcaption>Both images, rectified: what lies on a guide in one image must lie on the
same guide in the other.</figcaption></figure>
<figure>{depth}<figcaption>Depth: near is red, unknown is black; circles are heads, orange the
lines on the floor.</figcaption></figure>"""


def _img(picture: Image, alt: str) -> str:
    data = base64.b64encode(png(picture)).decode()
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
