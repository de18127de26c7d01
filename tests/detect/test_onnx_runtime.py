"""A detector tells nobody that it runs: no event leaves, no identifier is written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "lintel"
RUN = """
from pathlib import Path
import numpy as np
from lintel.detect.head_model import PACKAGED, HeadModel
from lintel.detect.plan_maps import CHANNELS
model = HeadModel(PACKAGED)
model.run(np.zeros((CHANNELS, 64, 64), dtype=np.float32))
ours = {link.readlink().name for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
print("sockets", sum(name.startswith("socket:") for name in ours))
"""
# The library is silent by itself where it believes to be tested; here it must have no such reason.
TESTED = re.compile(r"CI$|^CI|BUILD|GITHUB|GITLAB|JENKINS|TF_|TEAMCITY|TRAVIS|APPVEYOR|ORT_")


def test_running_a_model_writes_no_identifier_and_opens_no_socket(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not TESTED.search(name)}
    env |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    env |= {"XDG_DATA_HOME": str(tmp_path / "data"), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "sockets 0" in done.stdout
    assert list(tmp_path.rglob("*")) == []


def test_the_library_is_imported_in_one_place() -> None:
    found = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(
            r"^\s*(import|from) onnxruntime", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    ]
    assert found == ["detect/onnx_runtime.py"]
