"""A device that really serves, and a person at a browser in front of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)
from typer.testing import CliRunner

from lintel.cli.user import user_app

TOP = Path(__file__).parents[1]
AXE = TOP / "web/node_modules/axe-core/axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
PASSWORD = "four words make it long"  # noqa: S105 - of a device that lives for one test
SLOW_MS = 240_000  # the machine may be busy; nothing is timed
SMALL = "size=320x200"
SCREEN: ViewportSize = {"width": 1280, "height": 860}
PATIENT = pytest.mark.timeout(3600)  # of a device and a browser on a busy machine
WATCH_POLICY = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
        window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
BARRIERS = """
    axe.run(document, { resultTypes: ["violations"] }).then((result) =>
        result.violations.map((one) => ({
            id: one.id,
            where: one.nodes.map((node) => node.html.slice(0, 200)),
        })))
"""
TOO_WIDE = """
    [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
        .map((one) => `${location.hash} ${one.outerHTML.slice(0, 120)}`)
"""

expect.set_options(timeout=SLOW_MS)


def chromium() -> str | None:
    """The browser of this machine, or of ``LINTEL_CHROMIUM``."""
    named = os.environ.get("LINTEL_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


@dataclass(frozen=True, slots=True)
class Served:
    """A running device."""

    url: str
    claim_code: str | None
    officer_key: str = ""


@contextmanager
def serving(data: Path, source: str, *more: str) -> Iterator[Served]:
    """Run ``lintel serve`` until the block ends, then stop it in order."""
    command = [sys.executable, "-m", "lintel", "serve", "--json", "--host", "127.0.0.1"]
    command += ["--port", "0", "--data", str(data), "--source", source, *more]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as device:
        try:
            assert device.stdout is not None
            said = json.loads(device.stdout.readline())
            yield Served(f"https://127.0.0.1:{said['port']}", said["claim_code"])
        finally:
            device.send_signal(signal.SIGTERM)
            code = device.wait(60)
        assert code == 0


def add_user(data: Path, name: str, role: str) -> None:
    """Make a user on the device itself, as an unattended install does."""
    on_the_device("add", name, "--role", role, data=data)


def on_the_device(*arguments: str, data: Path) -> str:
    """What ``lintel user`` says; in this process: a new one would spend its time on imports."""
    command = [*arguments, "--data", str(data)]
    done = CliRunner().invoke(user_app, command, input=PASSWORD + "\n", catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def number_in(shown: Locator) -> int:
    """A whole number as a page writes it."""
    return int(re.sub(r"\D", "", shown.inner_text()))


@dataclass
class Visitor:
    """One person at one browser; notes what a page must never do."""

    context: BrowserContext
    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    @classmethod
    def at(
        cls,
        browser: Browser,
        url: str,
        *,
        locale: str = "en-GB",
        width: int = 1280,
        dark: bool = False,
    ) -> Visitor:
        """Open the pages of the device at ``url``."""
        context = browser.new_context(
            ignore_https_errors=True,
            viewport={"width": width, "height": SCREEN["height"]},
            locale=locale,
            timezone_id="Europe/Berlin",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(SLOW_MS)
        context.add_init_script(WATCH_POLICY)
        visitor = cls(context, context.new_page(), url)
        visitor.watch(visitor.page)
        visitor.page.goto(url)
        return visitor

    def watch(self, page: Page) -> None:
        """Note what goes wrong on a page; say yes to what it asks."""
        page.on("request", self._note_request)
        page.on("response", self._note_response)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())

    def another_tab(self, place: str) -> Page:
        """The same person looks at one more page beside."""
        page = self.context.new_page()
        self.watch(page)
        page.goto(f"{self.url}/#/{place}")
        return page

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:")):
            self.faults.append(f"asked elsewhere: {request.url}")

    def _note_response(self, response: Response) -> None:
        refused = response.status == 401 and response.url.endswith("/api/v1/session")
        if response.status >= 400 and not refused:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        # Who is not signed in is told so by 401, which a browser always writes down.
        asked = message.location.get("url", "").endswith("/api/v1/session")
        if message.type == "error" and not asked:
            self.faults.append(message.text)

    def sign_in(self, name: str) -> None:
        """By name and password, as a person does."""
        self.page.locator("input[name=username]").fill(name)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("form button").click()
        expect(self.page.locator("main#content h1")).to_be_visible()

    def claim(self, served: Served) -> str:
        """Make the first user, an installer; the privacy officer's key."""
        page = self.page
        page.get_by_label("Claim code").fill(served.claim_code or "")
        page.get_by_label("Your user name").fill("ines")
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_label("The same password again").fill(PASSWORD)
        page.get_by_role("button", name="Make the first user").click()
        key = page.get_by_label("Key of the privacy officer").inner_text()
        page.get_by_label("I have kept the key").check()
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", name="Set up", level=1)).to_be_visible()
        return key

    def add_user(self, name: str, role: str) -> None:
        """On the System page, as an installer does."""
        self.go("system")
        page = self.page
        page.locator("summary", has_text="Add a user").click()
        form = page.locator("details", has_text="Add a user").locator("form")
        form.get_by_label("User name").fill(name)
        form.get_by_label("Role").select_option(role)
        form.get_by_label("New password").fill(PASSWORD)
        form.get_by_label("The same password again").fill(PASSWORD)
        form.get_by_role("button", name="Add a user").click()
        expect(page.get_by_text(f"{name} can sign in now")).to_be_visible()

    def sign_out(self) -> None:
        """From the menu of the account."""
        self.page.get_by_role("button", name="Account").click()
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()

    def go(self, place: str) -> None:
        """Open a page by its hash."""
        self.page.goto(f"{self.url}/#/{place}")
        expect(self.page.locator("main#content h1")).to_be_visible()

    def rest(self) -> None:
        """Wait on a page where nothing moves, as it was at first; what went wrong is forgotten."""
        self.page.set_viewport_size(SCREEN)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.goto(f"{self.url}/#/privacy")
        self.faults.clear()

    def settled(self) -> None:
        """Wait until the page has asked for all that it shows."""
        expect(self.page.locator("main")).not_to_contain_text("Loading")

    def is_content(self) -> None:
        """Nothing went wrong: no fault of a script, no breach of policy, nothing from elsewhere."""
        stopped: list[str] = self.page.evaluate("window.violations")
        assert [*stopped, *self.faults] == []

    def fits(self) -> None:
        """Nothing sticks out of the screen sideways."""
        beyond: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert beyond <= 0, self.page.evaluate(TOO_WIDE)

    def ask(self, path: str, **query: str) -> dict[str, Any]:
        """What the device's API says to this person."""
        answer = self.context.request.get(f"{self.url}/api/v1{path}", params=urlencode(query))
        assert answer.ok, answer.text()
        told: dict[str, Any] = answer.json()
        return told

    def is_open_to_everybody(self) -> None:
        """Nothing that axe-core finds shuts people out."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, object]] = self.page.evaluate(BARRIERS)
        assert [f"{one['id']}: {one['where']}" for one in found] == []
