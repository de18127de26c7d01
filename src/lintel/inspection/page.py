"""The page: one self-contained HTML file, no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

from lintel.clock import NS_PER_S
from lintel.config import SiteConfig
from lintel.count.summary import totals_per_line
from lintel.inspection.pictures import Moment, coloured_depth, jpeg, png, rectified_pair
from lintel.inspection.plan_drawing import PathsWalked, plan_svg
from lintel.pipeline import RunReport
from lintel.records import Crossing

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1000px;padding:0 1rem;
     background:#fff;color:#18222c}
h1{font-size:1.7rem}h2{font-size:1.2rem;margin-top:2.2rem}
img,svg{display:block;max-width:100%;height:auto;border-radius:6px}
img{width:100%}
table{border-collapse:collapse;width:100%}
td,th{padding:.3rem 1rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #e4e9ee}
th{font-weight:600}td.aside{color:#51606d}
figure{margin:1rem 0}figcaption{color:#51606d;margin-top:.4rem}
.note{background:#fff4d6;padding:.6rem 1rem;border-radius:6px}
"""
MAX_EVENTS_SHOWN = 200


@dataclass(frozen=True, slots=True, eq=False)
class PageContent:
    """Everything the page shows."""

    report: RunReport
    site: SiteConfig
    moments: tuple[Moment, ...]
    paths: PathsWalked
    start_ns: int  # of the recording: times are told from here


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
{plan_svg(content.site, content.paths, content.report.events)}
<p>One square is one metre, seen from above, in the coordinates of the site file; the white dot
lies below the left camera. An arrow points to the side that counts as in. A path ends at its dot;
rings are counted crossings, green in and red out.</p>
{_events(content)}
{moments}
</body></html>
"""


def _facts(content: PageContent) -> str:
    """What was measured, and what is healthy."""
    report = content.report
    rows = [
        ("frames analysed", f"{report.frames} in {report.duration_s:.1f} s of scene", ""),
        ("dropped / duplicated / corrupt", _faults(report), "0 / 0 / 0"),
        ("coverage", f"{report.coverage:.1%}", "above 99 %: the share of the time really watched"),
        ("detector", report.detector, report.detector_fault),
        *_floor_facts(report),
        *_stereo_facts(report),
    ]
    totals = totals_per_line(report.events, [line.name for line in content.site.lines])
    rows += [(f"line {name}", f"in {t.entered}, out {t.left}", "") for name, t in totals.items()]
    cells = "".join(
        f'<tr><th>{escape(a)}</th><td>{escape(b)}</td><td class="aside">{escape(c)}</td></tr>'
        for a, b, c in rows
    )
    return (
        f'<table><tr><th>figure</th><th>measured</th><td class="aside">healthy</td></tr>'
        f"{cells}</table>"
    )


def _faults(report: RunReport) -> str:
    return f"{report.dropped_frames} / {report.duplicated_frames} / {report.corrupt_frames}"


def _floor_facts(report: RunReport) -> list[tuple[str, str, str]]:
    floor = report.floor
    if floor is None:
        return [("floor", "not found", "check the mount, the calibration and the light")]
    height = f"{floor.height_m:.3f} \N{PLUS-MINUS SIGN} {floor.height_sigma_m:.3f} m"
    return [
        ("camera above the floor", height, "within a few centimetres of the tape"),
        ("floor along the view's axis", f"{floor.distance_along_axis_m:.3f} m", ""),
        ("tilt", f"{math.degrees(floor.tilt_rad):.1f} degrees", "below 20 degrees"),
        ("floor residual", f"{floor.residual_m * 100:.1f} cm", "below 5 cm at 3 m"),
    ]


def _stereo_facts(report: RunReport) -> list[tuple[str, str, str]]:
    stereo = report.stereo
    if stereo is None:
        return []
    residual = f"{stereo.vertical_residual_px:+.2f} px, spread {stereo.vertical_spread_px:.2f} px"
    return [("rows of the two cameras differ by", residual, "within 0.5 px")]


def _events(content: PageContent) -> str:
    crossings = [event for event in content.report.events if isinstance(event, Crossing)]
    rows = "".join(
        f"<tr><td>{(event.t_ns - content.start_ns) / NS_PER_S:.2f} s</td>"
        f"<td>{escape(event.line)}</td><td>{event.direction.value}</td>"
        f'<td class="aside">{escape(event.reason)}</td></tr>'
        for event in crossings[:MAX_EVENTS_SHOWN]
    )
    if not rows:
        return "<h2>Crossings</h2><p>None.</p>"
    shown = min(len(crossings), MAX_EVENTS_SHOWN)
    return (
        f"<h2>Crossings: {shown} of {len(crossings)}</h2><table><tr><th>time</th><th>line</th>"
        f"<th>direction</th><th>why</th></tr>{rows}</table>"
    )


def _moment(moment: Moment, site: SiteConfig) -> str:
    pair = _img(jpeg(rectified_pair(moment)), "jpeg", "left and right image with level guides")
    depth = _img(png(coloured_depth(moment, site)), "png", "depth in colours")
    return f"""<h2>{escape(moment.title)}</h2>
<figure>{pair}<figcaption>Both images, rectified: what lies on a guide in one image must lie on the
same guide in the other.</figcaption></figure>
<figure>{depth}<figcaption>Depth along the view: red is near, unknown is black. White circles are
heads; orange are the lines and blue the zones on the floor.</figcaption></figure>"""


def _img(content: bytes, form: str, alt: str) -> str:
    data = base64.b64encode(content).decode()
    return f'<img alt="{escape(alt)}" src="data:image/{form};base64,{data}">'
