"""``lintel inspect`` as its users run it: one page that needs nothing else."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from capture_builders import Script, two_videos
from cli_builders import run_lintel

SITE = """
[[line]]
name = "door <east> & west"
points_m = [[0.0, 1.5], [0.0, -1.5]]

[[zone]]
name = "till"
polygon_m = [[-0.8, -0.8], [-0.2, -0.8], [-0.2, 0.8], [-0.8, 0.8]]
"""


class _Page(HTMLParser):
    """Collects what a browser would do with the page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.wanted: list[str] = []  # what it would fetch or follow
        self.words: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.wanted += [value or "" for name, value in attrs if name in {"src", "href", "action"}]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_shows_everything_and_needs_nothing_from_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, out = tmp_path / "site.toml", tmp_path / "new" / "page"
    site.write_text(SITE)
    scene = "analytic:cross?seconds=5&fps=10"
    done = run_lintel(
        "inspect", scene, "--site", str(site), "--out", str(out), "--json", capsys=capsys
    )
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {"page": str(out / "index.html")}

    content = (out / "index.html").read_text(encoding="utf-8")
    page = _Page(content)
    assert {"script", "link", "iframe", "object"}.isdisjoint(page.tags)
    assert page.tags.count("img") == 8  # pair and depth of four moments
    assert all(source.startswith("data:image/") for source in page.wanted)
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", content) == []

    words = " ".join(page.words)
    for said in ("door <east> & west", "till", "in 1, out 1", "Crossings: 2 of 2", "50 in 4.9 s"):
        assert said in words
    assert "beyond both sides" in words  # the reason of a crossing
    assert page.tags.count("circle") >= 2 + 2 + 1  # ends of paths, crossings, the camera
    assert list(out.iterdir()) == [out / "index.html"]


def test_without_a_site_there_is_a_page_to_draw_one_by(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = two_videos(tmp_path / "clip", Script())
    done = run_lintel("inspect", str(recording), "--out", str(tmp_path / "page"), capsys=capsys)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"look at {tmp_path / 'page' / 'index.html'}\n"
    assert "<svg" in (tmp_path / "page" / "index.html").read_text(encoding="utf-8")


def test_a_file_in_the_way_is_said_before_the_work_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page"
    out.write_text("here already")
    done = run_lintel("inspect", "analytic:cross", "--out", str(out), capsys=capsys)
    assert (done.code, done.out) == (2, "")
    assert f"{out}: cannot be written" in done.err
    assert done.err.count("\n") == 1
