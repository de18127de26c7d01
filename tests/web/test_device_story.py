"""From a device out of the box to counts that equal the truth, in a real browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, expect

from lintel.config import LineConfig, SiteConfig
from lintel.sim.shot import Shot
from lintel.sim.source import SimSource
from lintel.truth import TrueCrossing
from web_builders import PATIENT, SMALL, Visitor, number_in, serving
from web_officer import changes_mode, withdraws_consent, writes_consent_down

pytestmark = PATIENT

SECONDS, FPS, SEED = 29.0, 6.0, 1_000_012  # nobody is at the door in its last second
SCENE = f"sim:doorway?seconds={SECONDS:g}&fps={FPS:g}&seed={SEED}&{SMALL}"
Counts = tuple[int, int]


@dataclass(frozen=True)
class Drawn:
    """A line as the page tells its corners."""

    name: str
    points_m: tuple[tuple[float, float], ...]


class Scene:
    """What truly happens in the rendered doorway, from its first frame to its last."""

    def __init__(self) -> None:
        shot = Shot(seconds=SECONDS, fps=FPS, seed=SEED, size=(320, 200))
        self._world = SimSource("doorway", shot=shot).world

    def door(self) -> Counts:
        """In and out over the line that the scene brings along."""
        return both_ways(self._world.truth().crossings)

    def over(self, line: Drawn) -> Counts:
        """In and out over another line."""
        site = SiteConfig(lines=(LineConfig(line.name, np.array(line.points_m)),))
        return both_ways(self._world.truth(site).crossings)


def both_ways(crossings: Sequence[TrueCrossing]) -> Counts:
    directions = [crossing.direction.value for crossing in crossings]
    return directions.count("in"), directions.count("out")


def counted_before(visitor: Visitor, line: str) -> Counts:
    """What its running totals held when the device was started last."""
    started = str(visitor.ask("/system")["started_utc"])
    (since,) = [
        str(one["since_utc"]) for one in visitor.ask("/live")["lines"] if one["name"] == line
    ]
    told = visitor.ask("/events", start=since, end=started)
    assert told["next_after"] is None, "more than one page of events"
    directions = [
        one["direction"]
        for one in told["events"]
        if one["type"] == "crossing" and one["place"] == line
    ]
    return directions.count("in"), directions.count("out")


def shows(page: Page, line: str, counts: Counts) -> None:
    """The running totals of a line, as the Live page has them at last."""
    shown = page.locator(f"[data-line='{line}']")
    for direction, count in zip(("in", "out"), counts, strict=True):
        expect(shown.locator(f"[data-count={direction}]")).to_have_text(str(count))


def middle(page: Page, corner: int) -> tuple[float, float]:
    """Where a corner of the selected line is on the screen."""
    box = page.locator(f"[data-corner='{corner}']").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def top_of_floor(page: Page) -> float:
    """The drawing moves down where a word about the tool appears above it."""
    box = page.get_by_role("group", name="Floor with lines").bounding_box()
    assert box is not None
    return box["y"]


def as_told(page: Page, name: str) -> Drawn:
    """A line with its corners as the table of coordinates tells them."""
    page.get_by_role("button", name=name).click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    rows = page.get_by_role("row").filter(has=page.get_by_label("x of corner"))
    corners = [
        tuple(float(cell.input_value()) for cell in row.get_by_role("spinbutton").all())
        for row in rows.all()
    ]
    return Drawn(name, tuple((x, y) for x, y in corners))


def draws_by_mouse(page: Page, *, beyond_m: float) -> None:
    """A line beside the scene's own, by two clicks on the floor."""
    page.get_by_role("button", name="door").click()
    (left, y), (right, _) = middle(page, 0), middle(page, 1)
    before = top_of_floor(page)
    page.get_by_role("button", name="Line", exact=True).click()
    metre = (right - left) / 3.2
    clicked = y - beyond_m * metre + top_of_floor(page) - before
    page.mouse.click(left + 0.3 * metre, clicked)
    page.mouse.dblclick(right - 0.3 * metre, clicked)


def draws_by_keyboard(page: Page, *, y_m: float) -> None:
    """A line by keys alone: placed in the middle, its corners moved by their numbers."""
    page.get_by_role("button", name="Line", exact=True).press("Enter")
    page.get_by_role("button", name="Place one in the middle").press("Enter")
    for label, value in (
        ("x of corner 1", -1.3),
        ("y of corner 1", y_m),
        ("x of corner 2", 1.3),
        ("y of corner 2", y_m),
    ):
        field = page.get_by_label(label)
        field.fill(f"{value:g}")
        field.press("Tab")


def shows_more_and_less(officer: Visitor, key: str) -> None:
    """From no image to depth, to an empty still, and back; every page says so meanwhile."""
    page = officer.page
    officer.go("privacy")
    page.get_by_role("radio", name="Empty still").check()
    expect(page.get_by_text("A still needs a consent")).to_be_visible()
    expect(page.get_by_role("button", name="Change the mode")).to_have_count(0)
    page.get_by_role("region", name="Image mode").get_by_role("button", name="Write down").click()
    writes_consent_down(page, by="the landlord")
    expect(page.get_by_text("A still needs a consent")).to_have_count(0)
    for mode, view in (("Depth view", "Depth"), ("Empty still", "Still")):
        changes_mode(page, mode, why=f"a look: {mode}", key=key)
        banner = page.get_by_text(f"Image protection is lowered: {mode}.")
        expect(banner).to_be_visible()
        for place in ("analytics", "validation", "system", "live"):
            officer.go(place)
            expect(banner).to_be_visible()
        page.get_by_role("button", name=view, exact=True).click()
        if view == "Depth":
            expect(page.locator("canvas[data-shown=true]")).to_be_visible()
        officer.go("privacy")
    changes_mode(page, "No image", why="seen enough")
    expect(page.get_by_text("Image protection is lowered")).to_be_hidden()
    officer.go("live")
    expect(page.locator("canvas")).to_have_count(0)


def erases_events(page: Page, at_least: int) -> None:
    """All events; what is stored is less by their rows and bytes."""
    kept = page.locator("[data-stored=events]")
    expect(kept.locator("[data-rows]")).not_to_have_text("0")
    before = number_in(kept.locator("[data-rows]"))
    size = int(kept.get_attribute("data-bytes") or "0")
    assert before >= at_least
    page.get_by_label("Kind", exact=True).select_option("events")
    page.get_by_label("Reason").last.fill("somebody asked")
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_text("nothing is left")).to_be_visible()
    assert number_in(page.locator("[data-erased]")) >= before
    expect(kept.locator("[data-rows]")).not_to_have_text(str(before))
    assert number_in(kept.locator("[data-rows]")) < before / 2
    assert int(kept.get_attribute("data-bytes") or "0") < size


def reads_in_the_log(page: Page, *told: str) -> None:
    """The chain is whole, and every act is in it, by whom and why."""
    page.get_by_role("region", name="Audit log").get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible()
    for act in told:
        expect(page.locator("[data-audit]").filter(has_text=act).first).to_be_visible()


def draws_two_lines(visitor: Visitor) -> tuple[Drawn, Drawn]:
    """Beside the scene's own, one by mouse and one by keys, and has the device count by them."""
    page = visitor.page
    visitor.go("setup/lines")
    draws_by_mouse(page, beyond_m=0.2)
    draws_by_keyboard(page, y_m=-0.2)
    mine = as_told(page, "line 2"), as_told(page, "line 3")
    assert [len(line.points_m) for line in mine] == [2, 2]
    assert all(abs(y - 0.2) < 0.05 for _, y in mine[0].points_m)
    page.get_by_label("Reason").fill("the door, twice more")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Counting by version 2").first).to_be_visible()
    return mine


def sees_counts_rise_to_the_truth(visitor: Visitor, mine: Sequence[Drawn]) -> int:
    """From the first frame of the scene to its end; how many crossed the door, then and before."""
    scene, page = Scene(), visitor.page
    visitor.go("live")
    expected = {"door": scene.door(), **{line.name: scene.over(line) for line in mine}}
    assert min(map(min, expected.values())) > 0, "nobody comes, or nobody goes"
    chip = page.get_by_role("status").filter(has_text="Source ended")
    expect(chip).to_be_visible()
    for line, truth in expected.items():
        before = counted_before(visitor, line)
        shows(page, line, (before[0] + truth[0], before[1] + truth[1]))
    return sum(counted_before(visitor, "door")) + sum(expected["door"])


def test_a_device_from_the_box_to_counts_that_equal_the_truth(
    browser: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path / "device", SCENE, "--loop") as served:
        visitor = Visitor.at(browser, served.url)
        key = visitor.claim(served)
        mine = draws_two_lines(visitor)
        visitor.add_user("olga", "privacy_officer")
        visitor.sign_out()
        visitor.sign_in("olga")
        shows_more_and_less(visitor, key)
        visitor.is_content()
        visitor.context.close()

    # Started anew, the scene is counted from its first frame on, by the lines that were drawn.
    with serving(tmp_path / "device", SCENE) as served:
        visitor = Visitor.at(browser, served.url)
        visitor.sign_in("olga")
        page = visitor.page
        done = sees_counts_rise_to_the_truth(visitor, mine)

        visitor.go("privacy")
        erases_events(page, at_least=done)
        withdraws_consent(page, by="the landlord")
        reads_in_the_log(page, "a look: Depth view", "a look: Empty still", "seen enough")
        reads_in_the_log(page, "Consent withdrawn", "User added")
        reads_in_the_log(page, "the door, twice more", "somebody asked", "Consent written down")
        reads_in_the_log(page, "ines")

        page.get_by_role("button", name="Account").click()
        page.get_by_role("button", name="Deutsch").click()
        expect(page.get_by_role("heading", name="Datenschutz", level=1)).to_be_visible()
        page.get_by_role("button", name="Abmelden").click()
        expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
        visitor.is_content()
