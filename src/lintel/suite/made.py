"""From which sources and libraries something kept was made: if one changes, it is made anew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import lintel


@dataclass(frozen=True, slots=True)
class Made:
    """Rooms and libraries that a kept thing follows from; ``without`` names files that do not."""

    rooms: tuple[str, ...]
    libraries: tuple[str, ...]
    without: tuple[str, ...] = ()


SCORING = Made(
    rooms=(
        "sim", "depth", "detect", "track", "count", "pipeline", "evaluate", "suite", "config",
        "records", "frames", "geometry", "rig", "truth",
    ),
    libraries=("numpy", "scipy", "opencv-python-headless", "numba", "onnxruntime"),
    # what only words or compares scores
    without=(
        "evaluate/as_json.py", "evaluate/as_text.py", "suite/comparison.py", "suite/page.py",
        "suite/side_by_side.py",
    ),
)  # fmt: skip
# A scenario's own data is told apart, so that a change in one scene leaves the others alone.
DRAWING = Made(
    rooms=("sim", "geometry", "rig"),
    libraries=("numpy", "opencv-python-headless", "numba", "av"),
    without=(
        "sim/catalogue.py", "sim/contact.py", "sim/endless.py", "sim/fast.py", "sim/opening.py",
        "sim/pace.py", "sim/source.py",
    ),
)  # fmt: skip


@cache
def made_by(made: Made) -> str:
    """Hash of the sources and of the libraries' versions."""
    home = Path(lintel.__file__).parent
    told = hashlib.sha256(repr([(name, version(name)) for name in made.libraries]).encode())
    for room in made.rooms:
        files = (home / room).rglob("*") if (home / room).is_dir() else [home / f"{room}.py"]
        for path in sorted(files):
            name = path.relative_to(home).as_posix()
            if path.is_file() and "__pycache__" not in path.parts and name not in made.without:
                told.update(name.encode() + path.read_bytes())
    return told.hexdigest()
