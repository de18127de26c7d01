"""What a privacy officer does on the pages of a device, as a person does it."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from web_builders import on_the_device


def officer_key(data: Path) -> str:
    """The key as the device prints it at an unattended install."""
    return str(json.loads(on_the_device("officer-key", "--json", data=data))["officer_key"])


def changes_mode(page: Page, mode: str, *, why: str, key: str = "") -> None:
    """On the Privacy page; who shows more than by default is asked for the key."""
    page.get_by_role("radio", name=mode).check()
    page.get_by_label("Reason").first.fill(why)
    if key:
        page.get_by_label("Key of the privacy officer", exact=True).first.fill(key)
    page.get_by_role("button", name="Change the mode").click()


def consent_of(page: Page, giver: str) -> Locator:
    """Its row in the register."""
    return page.get_by_role("region", name="Consents").get_by_role("row").filter(has_text=giver)


def writes_consent_down(page: Page, *, by: str, purpose: str | None = None) -> None:
    """In the form, which stands open where a page led to it; for what it was led to, or else."""
    details = page.locator("details", has_text="Write down a consent")
    if purpose is not None:
        details.locator("summary").click()
        details.get_by_label("For", exact=True).select_option(purpose)
    details.get_by_label("Given by").fill(by)
    details.get_by_role("button", name="Write down", exact=True).click()
    expect(consent_of(page, by)).to_contain_text("valid")


def withdraws_consent(page: Page, *, by: str) -> None:
    """What depends on it goes with it."""
    row = consent_of(page, by)
    row.get_by_role("button", name="Withdraw").click()
    expect(row).to_contain_text("withdrawn")
