"""Machine code of kernels never outlives the sources that it was made of."""

from __future__ import annotations

from pathlib import Path

from lintel.sim.jit import forget_stale


def test_stale_machine_code_is_removed_and_fresh_kept(tmp_path: Path) -> None:
    source, index = tmp_path / "shade.py", tmp_path / "__pycache__" / "shade.kernel.nbi"
    index.parent.mkdir()
    source.write_text("@kernel\n1")
    forget_stale(tmp_path)
    index.write_bytes(b"code")
    forget_stale(tmp_path)
    assert index.exists()
    (tmp_path / "plain.py").write_text("no kernel here")
    forget_stale(tmp_path)
    assert index.exists()
    source.write_text("@kernel\n2")
    forget_stale(tmp_path)
    assert not index.exists()
