from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_the_wheel_brings_the_pages_along(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=TOP, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "lintel/device/pages/index.html" in names
    assert any(name.startswith("lintel/device/pages/assets/") for name in names)


def test_nothing_in_the_pages_is_inline_or_from_elsewhere() -> None:
    index = (TOP / "src/lintel/device/pages/index.html").read_text(encoding="utf-8")
    assert "<style" not in index
    assert "//" not in index.replace("/assets/", "")
    for script in index.split("<script")[1:]:
        assert 'src="/assets/' in script.split(">")[0]
