"""What takes the privacy officer: clips under consent, the gender module, a person's data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from playwright.sync_api import Page, expect

from web_builders import PATIENT, Served, Visitor
from web_officer import changes_mode, consent_of, withdraws_consent, writes_consent_down

pytestmark = PATIENT
Enter: TypeAlias = Callable[[str], Visitor]

EVERYBODY = "everybody in the shop"
COUNCIL = "the works council"


@dataclass(frozen=True)
class Seen:
    """Somebody crosses: when in the clip, and which way."""

    t_s: float
    direction: str


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def crossings(visitor: Visitor, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """What the device counted in a span, as its API tells."""
    told = visitor.ask("/events", start=start.isoformat(), end=end.isoformat())
    return [one for one in told["events"] if one["type"] == "crossing"]


def waits_for_crossing_after(visitor: Visitor, start: datetime) -> None:
    """Until the device tells of somebody who crosses later; who crossed before is told by then."""
    visitor.page.evaluate(
        """(start) => new Promise((resolve) => {
            const stream = new EventSource("/api/v1/live/stream");
            stream.addEventListener("event", (message) => {
                const event = JSON.parse(message.data);
                if (event.type !== "crossing" || Date.parse(event.utc) < Date.parse(start)) return;
                stream.close();
                resolve();
            });
        })""",
        start.isoformat(),
    )


def records_a_clip(visitor: Visitor) -> None:
    """Of ten seconds; its end of life is told, and that nobody has counted it."""
    page = visitor.page
    page.get_by_label("Length").select_option("10 seconds")
    page.get_by_role("button", name="Record now").click()
    clip = page.get_by_role("listitem").filter(has_text="erased")
    expect(clip).to_contain_text("ready")
    expect(clip).to_contain_text("Not counted by hand yet")
    expect(clip.get_by_role("checkbox")).to_be_disabled()


def records_until_somebody_crosses(visitor: Visitor) -> tuple[dict[str, Any], list[Seen]]:
    """A clip, and what a careful person sees in it; one of nobody is erased and made anew."""
    while True:
        records_a_clip(visitor)
        (clip,) = visitor.ask("/recordings")["recordings"]
        start = moment(clip["started_utc"])
        end = start + timedelta(seconds=clip["seconds"])
        waits_for_crossing_after(visitor, end)
        seen = [
            Seen((moment(one["utc"]) - start).total_seconds(), one["direction"])
            for one in crossings(visitor, start, end)
        ]
        if seen:
            return clip, seen
        visitor.page.get_by_role("button", name="Delete the clip of").click()
        expect(visitor.page.get_by_text("No clip yet.")).to_be_visible()


def takes_marks_back(page: Page) -> None:
    """By hot keys: the mark made last goes first, wherever in the clip it stands."""
    page.get_by_role("button", name="Count by hand").click()
    marks = page.get_by_role("region", name="Count by hand")
    expect(page.locator("canvas[data-frame='0']")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("canvas[data-frame='2']")).to_be_visible()
    page.keyboard.press("i")
    expect(marks.get_by_text("1 counted by hand")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("canvas[data-frame='1']")).to_be_visible()
    page.keyboard.press("o")
    expect(marks.get_by_text("2 counted by hand")).to_be_visible()
    page.keyboard.press("u")
    expect(marks.get_by_role("listitem")).to_contain_text(["door arriving"])
    page.keyboard.press("u")
    expect(marks.get_by_text("0 counted by hand")).to_be_visible()


def counts_by_hand(page: Page, clip: dict[str, Any], seen: list[Seen]) -> None:
    """Every crossing at its moment."""
    slider = page.get_by_label("Frame", exact=True)
    per_second = clip["frames"] / clip["seconds"]
    for number, one in enumerate(seen, 1):
        frame = min(round(one.t_s * per_second), clip["frames"] - 1)
        slider.fill(str(frame))
        expect(page.locator(f"canvas[data-frame='{frame}']")).to_be_visible()
        page.keyboard.press({"in": "i", "out": "o"}[one.direction])
        expect(page.get_by_role("status").filter(has_text=f"{number} counted")).to_be_visible()


def compares(page: Page, seen: list[Seen]) -> None:
    """Count and hand count agree, and the test says how much more it wants to see."""
    page.get_by_label("Compare the clip of").check()
    page.get_by_role("button", name="Compare the chosen clips: 1").click()
    for direction, name in (("in", "arriving"), ("out", "out")):
        count = [one.direction for one in seen].count(direction)
        row = page.get_by_role("row").filter(has_text=f"door {name}")
        if count:
            cells = row.get_by_role("cell")
            expect(cells).to_contain_text([str(count), str(count), "0", "0", "", ""])
            expect(cells.last).to_contain_text("more crossings needed")
        else:
            expect(row).to_have_count(0)


def test_a_clip_under_consent_is_counted_by_hand_and_compared(enter: Enter, shop: Served) -> None:
    visitor = enter("paul")
    page = visitor.page
    visitor.go("validation")
    expect(page.get_by_text("A recording needs a consent")).to_be_visible()
    page.get_by_role("button", name="Write down a consent").click()
    writes_consent_down(page, by=EVERYBODY)
    visitor.go("validation")
    expect(page.get_by_text("Clips are made in the mode “Depth view” only.")).to_be_visible()
    visitor.go("privacy")
    changes_mode(page, "Depth view", why="to check the count", key=shop.officer_key)
    expect(page.get_by_text("Image protection is lowered: Depth view.")).to_be_visible()

    visitor.go("validation")
    clip, seen = records_until_somebody_crosses(visitor)
    takes_marks_back(page)
    counts_by_hand(page, clip, seen)
    compares(page, seen)
    visitor.is_open_to_everybody()
    visitor.fits()

    # What depends on the consent goes with it, at once.
    visitor.go("privacy")
    withdraws_consent(page, by=EVERYBODY)
    changes_mode(page, "No image", why="checked")
    expect(page.get_by_text("Image protection is lowered")).to_be_hidden()
    visitor.go("validation")
    expect(page.get_by_text("No clip yet.")).to_be_visible()
    visitor.is_content()


def test_gender_is_measured_after_its_notice_was_read_and_forgotten_when_it_ends(
    enter: Enter, shop: Served
) -> None:
    visitor = enter("paul")
    page = visitor.page
    visitor.go("privacy")
    card = page.get_by_role("region", name="Gender module")
    expect(card.locator("[data-gender=off]")).to_be_visible()
    switch = card.get_by_role("button", name="Read the notice and switch on")
    switch.click()
    dialog = page.get_by_role("dialog", name="Gender module")
    expect(dialog.locator("[data-gender-notice]")).to_contain_text("AI Act")
    expect(dialog.get_by_label("Key of the privacy officer")).to_have_count(0)
    dialog.get_by_role("button", name="Write down a consent").click()
    expect(dialog).to_be_hidden()
    writes_consent_down(page, by=COUNCIL)

    switch.click()
    expect(dialog.locator("[data-gender-notice]")).to_contain_text("GDPR, Articles 5 and 6")
    dialog.get_by_label("Key of the privacy officer").fill(shop.officer_key)
    expect(dialog.get_by_role("button", name="Switch on")).to_be_disabled()
    dialog.get_by_label("I have read this").check()
    visitor.is_open_to_everybody()
    dialog.get_by_role("button", name="Switch on").click()
    expect(card.locator("[data-gender=on]")).to_be_visible()
    assert visitor.ask("/privacy/gender")["on"] is True
    now = moment(visitor.ask("/live")["utc"])
    waits_for_crossing_after(visitor, now + timedelta(seconds=5))
    measured = crossings(visitor, now + timedelta(seconds=5), now + timedelta(hours=1))
    assert all(0.0 <= one["gender"] <= 1.0 for one in measured)

    card.get_by_role("button", name="Switch off").click()
    expect(card.locator("[data-gender=off]")).to_be_visible()
    assert visitor.ask("/privacy/gender")["on"] is False
    stored = crossings(visitor, now - timedelta(hours=1), now + timedelta(hours=1))
    assert len(stored) >= len(measured) > 0
    assert [one for one in stored if one.get("gender") is not None] == []
    withdraws_consent(page, by=COUNCIL)
    visitor.is_content()


def test_who_asks_is_told_what_is_kept_and_has_it_erased(enter: Enter, tmp_path: Path) -> None:
    visitor = enter("paul")
    page = visitor.page
    visitor.add_user("nora", "viewer")
    visitor.go("privacy")
    writes_consent_down(page, by="Nora", purpose="Still picture")
    card = page.get_by_role("region", name="Data of a person")
    card.get_by_label("Name of the person").fill("nora")
    card.get_by_role("button", name="Show what is kept").click()
    found = card.locator("[data-person-found]")
    expect(found).to_contain_text("nora, Viewer")
    expect(found).to_contain_text("Still picture")
    with page.expect_download() as handed_out:
        card.get_by_role("button", name="Download").click()
    handed_out.value.save_as(tmp_path / "nora.json")
    told = json.loads((tmp_path / "nora.json").read_text(encoding="utf-8"))
    assert (told["user"]["name"], len(told["consents"])) == ("nora", 1)

    card.get_by_label("Reason").fill("asked for it")
    card.get_by_role("button", name="Erase what may go").click()
    expect(card.locator("[data-person-erased]")).to_contain_text("Users: 1, tokens: 0, consents: 1")
    expect(found).to_contain_text("Stays as proof of who did what")
    expect(card.get_by_role("button", name="Erase what may go")).to_have_count(0)
    visitor.is_open_to_everybody()
    visitor.fits()
    expect(consent_of(page, "(erased)")).to_contain_text("withdrawn")
    assert "nora" not in [one["name"] for one in visitor.ask("/users")["users"]]
    card.get_by_label("Name of the person").fill("nobody at all")
    card.get_by_role("button", name="Show what is kept").click()
    expect(card.get_by_text("Nothing is kept under this name.")).to_be_visible()
    visitor.is_content()
