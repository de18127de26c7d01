"""Draws the pictures of docs/how-to/install.md from the pages of a running device.

.venv/bin/python scripts/draw_guide.py        needs chromium
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

TOP = Path(__file__).resolve().parent.parent
OUT = TOP / "docs" / "pictures" / "guide"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "plum-Orbit-77-window"  # noqa: S105 - of a device that lives a minute
LARGEST = 150_000  # bytes a picture may take
VIEW = ViewportSize(width=1180, height=720)


def picture(page: Page, name: str) -> None:
    """Take one picture of what is in view."""
    path = OUT / f"{name}.png"
    page.screenshot(path=path)
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path}: takes {path.stat().st_size} bytes, at most {LARGEST} are allowed")
    print(path.relative_to(TOP))


def claim(page: Page, code: str) -> None:
    """Make the first user."""
    page.get_by_label("Claim code").fill(code)
    page.get_by_label("Your user name").fill("ada")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    picture(page, "claim")
    page.get_by_role("button", name="Make the first user").click()
    page.get_by_label("I have kept the key").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("navigation", name="Steps").wait_for()


def walk(page: Page, url: str) -> None:
    """Through the steps of an installer, to the first counts."""
    page.goto(f"{url}/#/setup/mount")
    page.get_by_role("status").filter(has_text="Counting").wait_for()
    page.locator("main li.good").nth(3).wait_for()
    picture(page, "mount")
    page.goto(f"{url}/#/setup/lines")
    page.get_by_role("button", name="door").click()
    page.get_by_label("x of corner 1").wait_for()
    page.get_by_role("toolbar", name="Tools").evaluate("one => one.scrollIntoView()")
    picture(page, "lines")
    page.goto(f"{url}/#/setup/walk")
    page.get_by_role("button", name="Begin the walk").click()
    page.get_by_label("Expected").first.fill("1")
    page.locator("main .chip.good").first.wait_for()
    picture(page, "walk")
    page.goto(f"{url}/#/privacy")
    page.get_by_text("Depth view").wait_for()
    picture(page, "privacy")
    page.goto(f"{url}/#/live")
    page.locator("[data-line]").first.wait_for()
    page.locator("time").nth(4).wait_for()
    page.locator("[data-person]").nth(1).wait_for()
    picture(page, "live")


def main() -> None:
    """Start a device on a drawn doorway, and take the pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "lintel", "serve", "--loop", "--json", "--port", "0"]
        command += ["--host", "127.0.0.1", "--data", f"{folder}/device"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as device:  # noqa: S603
            try:
                reached = json.loads(device.stdout.readline() if device.stdout else "")
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(
                        executable_path=shutil.which("chromium"), args=FLAGS
                    )
                    context = browser.new_context(
                        ignore_https_errors=True, viewport=VIEW, locale="en-GB"
                    )
                    page = context.new_page()
                    page.set_default_timeout(120_000)
                    page.goto(reached["url"])
                    claim(page, reached["claim_code"])
                    walk(page, reached["url"])
            finally:
                device.terminate()


if __name__ == "__main__":
    main()
