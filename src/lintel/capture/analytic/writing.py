"""Writes an analytic scene as a recording folder with its whole truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from lintel.capture.analytic.source import AnalyticSource
from lintel.capture.writing import GrayVideoWriter
from lintel.config import SiteFile
from lintel.rig import save_rig


def write_recording(
    source: AnalyticSource,
    folder: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write left.mp4, right.mp4, calibration.json, site.toml, truth.json and truth_heads.npz.

    Args:
        source: the scene, written from its first frame whatever was read before.
        folder: made if it does not exist.
        progress: called with frames done and frames in all.

    Raises:
        SourceError: a video cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    size = source.rig.image_size
    with ExitStack() as stack:
        left, right = (
            stack.enter_context(GrayVideoWriter(folder / name, size=size, fps=source.fps))
            for name in ("left.mp4", "right.mp4")
        )
        for frame in range(source.frames):
            pair = source.pair(frame)
            left.write(pair.left, t_ns=pair.t_ns)
            right.write(pair.right, t_ns=pair.t_ns)
            if progress is not None:
                progress(frame + 1, source.frames)
    save_rig(source.rig, folder / "calibration.json")
    (folder / "site.toml").write_text(site_toml(source.site_file), encoding="utf-8")
    source.truth.save(folder)
    source.heads.save(folder)


def site_toml(site: SiteFile) -> str:
    """The lines and zones of a site as site.toml; rules are left at their defaults."""
    parts = ["schema_version = 1", ""]
    if site.mount.height_m is not None:
        parts += ["[mount]", f"height_m = {site.mount.height_m!r}", ""]
    for line in site.line:
        parts += ["[[line]]", f"name = {json.dumps(line.name)}"]
        parts += [f"points_m = {json.dumps(line.points_m)}", ""]
    for zone in site.zone:
        parts += ["[[zone]]", f"name = {json.dumps(zone.name)}"]
        parts += [f"polygon_m = {json.dumps(zone.polygon_m)}", ""]
    return "\n".join(parts)
