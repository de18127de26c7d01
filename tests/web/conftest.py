"""A browser for all tests of the pages, and a device that counts without end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, sync_playwright

from web_builders import BROWSERS, FLAGS, SMALL, Served, add_user, chromium, serving
from web_officer import officer_key

SITE = """
[[line]]
name = "door"
points_m = [[0.1, 1.6], [0.1, -1.6]]
in_label = "arriving"

[[zone]]
name = "inside"
polygon_m = [[0.3, -1.2], [2.5, -1.2], [2.5, 1.2], [0.3, 1.2]]
"""


@pytest.fixture(scope="session")
def started() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip(f"no browser here: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def browser(started: Browser) -> Iterator[Browser]:
    """The browser; what a test opened in it is closed behind it, and costs nothing from then on."""
    yield started
    for context in started.contexts:
        context.close()


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A claimed device that counts a doorway again and again."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    data = folder / "data"
    for name, role in (("ines", "installer"), ("paul", "privacy_officer"), ("vera", "viewer")):
        add_user(data, name, role)
    key = officer_key(data)
    site = ("--site", str(folder / "site.toml"))
    with serving(data, f"analytic:doorway?{SMALL}&fps=5", "--loop", *site) as served:
        yield replace(served, officer_key=key)
