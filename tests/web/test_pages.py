"""What people do on the pages of a device that counts, in a real browser."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Page, expect

from web_builders import PATIENT, SCREEN, TOP, Served, Visitor

pytestmark = PATIENT
Enter: TypeAlias = Callable[[str], Visitor]

EVERYBODY = ("live", "analytics", "privacy", "system")
SETUP = ("setup/secure", "setup/mount", "setup/lines", "setup/walk", "setup/versions")
PAGES = {
    "vera": EVERYBODY,
    "ines": (*EVERYBODY, "validation", *SETUP),
    "paul": (*EVERYBODY, "validation"),
}
LARGEST = 300_000
PHONE = 360


def tab_to(page: Page, what: str) -> None:
    """Press Tab until what has the focus is called so, as who has no mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.locator(":focus").count() and what in name_of_focus(page):
            return
    raise AssertionError(f"Tab does not lead to {what!r}")


def name_of_focus(page: Page) -> str:
    told: str = page.evaluate(
        """() => {
            const one = document.activeElement;
            const label = one.getAttribute("aria-label") ?? one.labels?.[0]?.innerText;
            return label ?? one.innerText ?? "";
        }"""
    )
    return told


def test_the_pages_are_small() -> None:
    pages = TOP / "src/lintel/device/pages"
    files = [path for path in pages.rglob("*") if path.is_file() and path.name != ".built"]
    size = sum(len(gzip.compress(path.read_bytes())) for path in files)
    assert len(files) > 2
    assert size < LARGEST


def test_a_wrong_password_is_refused_and_the_page_says_so(browser: Browser, shop: Served) -> None:
    visitor = Visitor.at(browser, shop.url)
    page = visitor.page
    page.get_by_label("User name").fill("vera")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
    visitor.is_open_to_everybody()
    visitor.is_content()


def test_a_viewer_sees_people_as_discs_and_is_offered_no_more(enter: Enter) -> None:
    visitor = enter("vera")
    page = visitor.page
    visitor.go("live")
    names = page.get_by_role("navigation").get_by_role("link").all_inner_texts()
    assert names == ["Live", "Analytics", "Privacy", "System"]
    expect(page.locator("[data-line='door'] dt").first).to_have_text("arriving")
    expect(page.locator("[data-person]").first).to_be_attached()
    expect(page.locator("canvas")).to_have_count(0)
    visitor.is_content()


@pytest.mark.parametrize(("who", "dark"), [("vera", True), ("ines", False), ("paul", True)])
def test_every_page_is_open_to_everybody_and_fits_a_phone(
    enter: Enter, who: str, *, dark: bool
) -> None:
    visitor = enter(who)
    visitor.page.emulate_media(color_scheme="dark" if dark else "light")
    for place in PAGES[who]:
        visitor.page.set_viewport_size(SCREEN)
        visitor.go(place)
        visitor.settled()
        visitor.is_open_to_everybody()
        visitor.fits()
        visitor.page.set_viewport_size({"width": PHONE, "height": 780})
        visitor.fits()
    visitor.is_open_to_everybody()
    visitor.is_content()


def test_a_german_browser_gets_german_and_may_change_it(browser: Browser, shop: Served) -> None:
    visitor = Visitor.at(browser, shop.url, locale="de-DE")
    page = visitor.page
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "de"
    visitor.sign_in("ines")
    visitor.go("setup/lines")
    page.get_by_role("button", name="door").click()
    expect(page.get_by_label("Band auf beiden Seiten (m)")).to_be_visible()
    page.get_by_role("button", name="Konto und Darstellung").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Hysteresis (m)")).to_be_visible()
    visitor.is_content()


def test_a_session_that_ends_leads_back_to_the_sign_in(browser: Browser, shop: Served) -> None:
    visitor = Visitor.at(browser, shop.url)
    visitor.sign_in("vera")
    visitor.context.clear_cookies()
    visitor.page.goto(f"{shop.url}/#/analytics")
    expect(visitor.page.get_by_text("Your session has ended")).to_be_visible()


def test_a_line_is_set_up_by_keys_alone(enter: Enter) -> None:
    visitor = enter("ines")
    page = visitor.page
    visitor.go("live")
    tab_to(page, "Set up")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Set up", level=1)).to_be_visible()
    tab_to(page, "Lines and zones")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="door")).to_be_visible()
    tab_to(page, "Line")
    page.keyboard.press("Enter")
    tab_to(page, "Place one in the middle")
    page.keyboard.press("Enter")
    tab_to(page, "Corner 1:")
    before = float(page.get_by_label("x of corner 1").input_value())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_label("x of corner 1")).to_have_value(f"{round(before + 0.04, 2):g}")
    tab_to(page, "Reason")
    page.keyboard.type("by keys")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Counting by version 2").first).to_be_visible()
    visitor.go("setup/versions")
    expect(page.get_by_role("row").filter(has_text="by keys")).to_contain_text("in force")
    page.get_by_role("button", name="Go back to this").click()
    expect(page.get_by_text("Counting by version 1 again").first).to_be_visible()
    visitor.is_content()


def test_a_change_that_cannot_be_counted_by_is_refused_where_it_was_made(enter: Enter) -> None:
    visitor = enter("ines")
    page = visitor.page
    visitor.go("setup/lines")
    page.get_by_role("button", name="door").click()
    x = page.get_by_label("x of corner 1")
    expect(x).to_have_value("0.1")
    x.fill("0.4")
    x.press("Tab")
    page.get_by_role("button", name="Undo").click()
    expect(x).to_have_value("0.1")
    name = page.get_by_label("Name", exact=True)
    name.fill("")
    name.press("Tab")
    expect(page.get_by_role("alert").filter(has_text="cannot be applied")).to_be_visible()
    expect(name).to_have_attribute("aria-invalid", "true")
    visitor.is_content()


def test_an_installer_is_told_what_is_known_of_the_cameras_and_of_updates(enter: Enter) -> None:
    visitor = enter("ines")
    page = visitor.page
    visitor.go("setup/mount")
    shown = page.locator("[data-calibration]")
    expect(shown).to_be_visible()
    known = visitor.ask("/setup/calibration")
    for told in (known["rig"], str(known["width_px"]), str(known["height_px"])):
        expect(shown).to_contain_text(told)
    expect(shown).to_contain_text(f"{known['baseline_m'] * 1000:.1f} mm")
    visitor.go("system")
    (release,) = visitor.ask("/system")["releases"]
    expect(page.locator("[data-release=running]")).to_contain_text(release["version"])
    expect(page.get_by_text("This is the first release on this device.")).to_be_visible()
    visitor.is_content()


def test_what_goes_wrong_is_told_in_the_language_of_the_reader(
    browser: Browser, shop: Served
) -> None:
    visitor = Visitor.at(browser, shop.url, locale="de-DE")
    page = visitor.page
    visitor.sign_in("paul")
    visitor.go("privacy")
    expect(page.get_by_role("cell", name="Angemeldet").first).to_be_visible()
    page.get_by_role("radio", name="Tiefenansicht").check()
    page.get_by_label("Grund", exact=True).first.fill("zum Ansehen")
    page.get_by_label("Schlüssel für den Datenschutz", exact=True).first.fill("kein Schlüssel")
    page.get_by_role("button", name="Modus ändern").click()
    expect(page.get_by_text("Das ist nicht der Schlüssel für den Datenschutz")).to_be_visible()
    visitor.go("system")
    page.get_by_role("button", name="Jetzt prüfen").click()
    expect(page.get_by_role("heading", name="Das Prüfprotokoll ist ganz")).to_be_visible()
    expect(page.get_by_text("jeder vom nächsten versiegelt")).to_be_visible()


def test_a_device_that_is_well_says_so_and_who_came_to_its_door(enter: Enter) -> None:
    visitor = enter("vera")
    page = visitor.page
    visitor.go("system")
    expect(page.get_by_role("region", name="Health").get_by_text("All is well")).to_be_visible()
    for fact, value in (("health.lost", "0"), ("health.losses", "0"), ("door.forged", "0")):
        expect(page.locator(f"[data-fact='{fact}'] dd")).to_have_text(value)
    expect(page.locator("[data-fact='door.sessions'] dd")).not_to_have_text("0")
    visitor.is_content()


def test_what_is_not_there_is_said_without_a_fault(enter: Enter) -> None:
    visitor = enter("ines")
    page = visitor.page
    visitor.go("analytics")
    page.get_by_role("button", name="Yesterday").click()
    heat = page.get_by_role("region", name="Heat map")
    expect(heat.get_by_text("No heat map in this range.")).to_be_visible()
    now = datetime.now(UTC)
    before = {"start": now - timedelta(days=2), "end": now - timedelta(days=1)}
    told = visitor.ask("/heatmap", **{name: at.isoformat() for name, at in before.items()})
    assert (told["columns"], told["rows"], told["values"]) == (0, 0, [])
    view = visitor.context.request.get(f"{visitor.url}/api/v1/images/view")
    assert (view.status, view.body()) == (204, b"")
    visitor.is_content()
