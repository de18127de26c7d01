"""``lintel teach`` end to end: staff in a uniform of their own, named by time and place."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cli_builders import run_lintel
from lintel.cli.teach import add_uniform
from lintel.config import load_site
from lintel.detect.uniform import Uniform
from lintel.errors import SiteError
from lintel.sim import casting
from lintel.sim.catalogue import find_scenario
from lintel.sim.material import Material
from lintel.sim.shot import Shot
from lintel.sim.world import World

SEED, SECONDS, FPS = 1_090_010, 5.0, 5.0
SITE = '[mount]\nheight_m = 3.0\n\n[[line]]\nname = "door"\npoints_m = [[-1.4, 0], [1.4, 0]]\n'


@pytest.fixture
def blue_vests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Staff of the simulator wear blue instead of signal yellow."""
    blue = Material((0.03, 0.10, 0.55), (0.03, 0.10, 0.55))
    monkeypatch.setattr(casting, "VEST", blue)


@pytest.mark.usefixtures("blue_vests")
def test_rendered_staff_in_blue_are_told_from_visitors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE)
    moments = [f"--staff={text}" for text in moments_of_staff()]
    scene = f"sim:staff?seed={SEED}&seconds={SECONDS:g}&fps={FPS:g}"
    done = run_lintel("teach", scene, *moments, "--site", str(site), "--json", capsys=capsys)
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert told["recognised"] == told["staff"] >= 1
    assert told["mistaken"] == 0
    assert told["red"] < 0.25  # shares after the tone curve
    assert 1.0 - told["red"] - told["green"] > 0.45
    ((red, green),) = load_site(site).attributes.uniforms
    assert (red, green) == (told["red"], told["green"])


def moments_of_staff() -> list[str]:
    """Time and place of each of the staff when nearest to the middle."""
    world = World(find_scenario("staff"), Shot(seconds=SECONDS, fps=FPS, seed=SEED, threads=1))
    found = []
    for person in (one for one in world.people if one.actor.staff):
        away_m2 = np.nan_to_num((person.heads_m[:, :2] ** 2).sum(axis=1), nan=np.inf)
        frame = int(away_m2.argmin())
        if away_m2[frame] < 0.5 and frame / FPS > 2.0:
            x, y = person.heads_m[frame, :2]
            found.append(f"{frame / FPS:.1f}@{x:.2f},{y:.2f}")
    assert found, "the clip shows no staff: choose another seed"
    return found


def test_a_uniform_is_written_below_what_the_site_says(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE + "\n[attributes]\nchild_below_m = 1.4\n")
    add_uniform(site, Uniform(0.2, 0.3))
    add_uniform(site, Uniform(0.5, 0.25))
    attributes = load_site(site).attributes
    assert attributes.uniforms == ((0.2, 0.3), (0.5, 0.25))
    assert attributes.child_below_m == 1.4
    assert [path.name for path in tmp_path.iterdir()] == ["site.toml"]


def test_a_site_file_that_cannot_take_it_stays_as_it_is(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE + "\n[attributes]\nuniform = [{ red = 0.2, green = 0.3 }]\n")
    before = site.read_text()
    with pytest.raises(SiteError, match="uniform"):
        add_uniform(site, Uniform(0.5, 0.25))
    assert site.read_text() == before


def test_what_is_no_moment_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    done = run_lintel("teach", "analytic:cross?seconds=1", "--staff", "soon", capsys=capsys)
    assert (done.code, done.out) == (2, "")
    assert "expected seconds" in done.err
