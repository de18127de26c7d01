"""A browser for all tests of the pages, and a device that counts without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, sync_playwright

from web_builders import BROWSERS, FLAGS, SMALL, Served, Visitor, add_user, chromium, serving
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


@pytest.fixture(scope="session")
def regulars() -> dict[str, Visitor]:
    """Who stays signed in from test to test, by name."""
    return {}


@pytest.fixture
def browser(started: Browser, regulars: dict[str, Visitor]) -> Iterator[Browser]:
    """The browser; what a test opened in it is closed behind it, and costs nothing from then on."""
    yield started
    staying = [visitor.context for visitor in regulars.values()]
    for context in started.contexts:
        if context not in staying:
            context.close()


@pytest.fixture
def enter(
    started: Browser, shop: Served, regulars: dict[str, Visitor]
) -> Iterator[Callable[[str], Visitor]]:
    """Come in as somebody who is signed in already; after the test they rest on a quiet page."""

    def come_in(name: str) -> Visitor:
        if name not in regulars:
            regulars[name] = Visitor.at(started, shop.url)
            regulars[name].sign_in(name)
        return regulars[name]

    yield come_in
    for visitor in regulars.values():
        visitor.rest()


@pytest.fixture(scope="package")
def shop(
    tmp_path_factory: pytest.TempPathFactory, regulars: dict[str, Visitor]
) -> Iterator[Served]:
    """A claimed device that counts a doorway again and again, for all tests of its pages."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    data = folder / "data"
    for name, role in (("ines", "installer"), ("paul", "privacy_officer"), ("vera", "viewer")):
        add_user(data, name, role)
    key = officer_key(data)
    site = ("--site", str(folder / "site.toml"))
    with serving(data, f"analytic:doorway?{SMALL}&fps=5", "--loop", *site) as served:
        yield replace(served, officer_key=key)
        for visitor in regulars.values():
            visitor.context.close()
        regulars.clear()
