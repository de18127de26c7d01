"""A real Chromium signs in: by its own dialog, and as the device's pages do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, HttpCredentials, sync_playwright

from device_access_builders import OTHER_PASSWORD, PASSWORD
from device_served_builders import Served, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed (apt install chromium)"
)
SIGN_IN = """
async ([name, password]) => {
  const hash = async (text) => {
    const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return [...new Uint8Array(sum)].map((b) => b.toString(16).padStart(2, "0")).join("");
  };
  const c = await (await fetch("/api/v1/session/challenge")).json();
  const cnonce = crypto.randomUUID();
  const ha1 = await hash(`${name}:${c.realm}:${password}`);
  const ha2 = await hash("POST:/api/v1/session");
  const response = await hash(`${ha1}:${c.nonce}:00000001:${cnonce}:auth:${ha2}`);
  const answer = await fetch("/api/v1/session", {
    method: "POST",
    headers: {
      Authorization: `Digest username="${name}", realm="${c.realm}", nonce="${c.nonce}", ` +
        `uri="/api/v1/session", response="${response}", algorithm=${c.algorithm}, ` +
        `qop=auth, nc=00000001, cnonce="${cnonce}", opaque="${c.opaque}"`,
    },
  });
  return [answer.status, await answer.json()];
}
"""
CHANGE = """
async ([token]) => {
  const headers = { "Content-Type": "application/json" };
  if (token) headers["X-CSRF-Token"] = token;
  const body = JSON.stringify({ name: "Europe/Berlin" });
  return (await fetch("/api/v1/system/time-zone", { method: "PUT", headers, body })).status;
}
"""


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """A device, and a site of somebody else."""
    folder = tmp_path_factory.mktemp("doors")
    with served(folder / "device") as door, served(folder / "elsewhere") as elsewhere:
        yield door, elsewhere


@pytest.fixture
def door(doors: tuple[Served, Served]) -> Served:
    doors[0].device.clock.advance(4000)  # what an earlier test failed at is forgotten
    return doors[0]


@pytest.fixture(scope="module")
def browser(doors: tuple[Served, Served]) -> Iterator[Browser]:
    """Ends before the servers do, and with it the connections that it keeps open."""
    assert doors
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def signed_in_as_anna(browser: Browser, password: str) -> BrowserContext:
    """A browser that types this into its own dialog, to whoever asks."""
    typed: HttpCredentials = {"username": "anna", "password": password}
    return browser.new_context(ignore_https_errors=True, http_credentials=typed)


def test_the_browsers_own_dialog_signs_in_by_digest(browser: Browser, door: Served) -> None:
    before = door.device.gate.counters()
    context = signed_in_as_anna(browser, PASSWORD)
    page = context.new_page()
    answer = page.goto(door.url())
    assert answer is not None
    assert answer.status == 200
    assert json.loads(page.inner_text("pre"))["version"]
    after = door.device.gate.counters()
    assert (after.digests, after.wrong) == (before.digests + 1, before.wrong)
    context.close()


def test_a_wrong_password_in_the_dialog_does_not(browser: Browser, door: Served) -> None:
    before = door.device.gate.counters().digests
    context = signed_in_as_anna(browser, OTHER_PASSWORD)
    answer = context.new_page().goto(door.url())
    assert answer is not None
    assert answer.status in {401, 429}
    assert door.device.gate.counters().digests == before
    context.close()


def test_a_page_signs_in_by_itself_and_its_changes_need_its_token(
    browser: Browser, door: Served
) -> None:
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(door.url("/api/v1/claim"))
    assert page.evaluate("async () => (await fetch('/api/v1/system')).status") == 401
    assert page.evaluate(SIGN_IN, ["anna", OTHER_PASSWORD])[0] == 401
    status, session = page.evaluate(SIGN_IN, ["anna", PASSWORD])
    assert (status, session["user"], session["role"]) == (200, "anna", "installer")
    (cookie,) = context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["secure"]) == ("__Host-lintel", True, True)
    assert cookie["sameSite"] == "Strict"
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("async () => (await fetch('/api/v1/system')).status") == 200
    assert page.evaluate(CHANGE, [""]) == 403
    assert page.evaluate(CHANGE, [session["csrf_token"]]) == 200
    context.close()


def test_a_strangers_page_changes_nothing_though_the_browser_is_signed_in(
    browser: Browser, door: Served, doors: tuple[Served, Served]
) -> None:
    context = signed_in_as_anna(browser, PASSWORD)
    page = context.new_page()
    page.goto(door.url())
    page.evaluate(SIGN_IN, ["anna", PASSWORD])
    form = f'<form method=post action="{door.url("/api/v1/live/reset-totals")}"></form>'
    strange = f"https://127.0.0.1:{doors[1].port}/strange"
    page.route(strange, lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto(strange)
    with page.expect_navigation() as navigated:
        page.evaluate("document.forms[0].submit()")
    assert navigated.value is not None
    assert navigated.value.status == 403
    context.close()
