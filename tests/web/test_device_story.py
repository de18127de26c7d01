"""From a device out of the box to counts that equal the truth, in a real browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
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

SECONDS, FPS, SEED = 240.0, 6.0, 1_000_010
SCENE = f"sim:doorway?seconds={SECONDS:g}&fps={FPS:g}&seed={SEED}&{SMALL}"
LOOK_AGAIN_MS = 100
APART_S = 3.5  # a quiet long enough to press a button in
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
        self.door = self._world.truth().crossings
        self.moments_s = [crossing.t_s for crossing in self.door]

    def over(self, line: Drawn, *, after: int, until: int) -> Counts:
        """In and out over a line, between two quiet moments told by the count of the door."""
        site = SiteConfig(lines=(LineConfig(line.name, np.array(line.points_m)),))
        start_s, end_s = self._quiet_s(after), self._quiet_s(until)
        truth = self._world.truth(site).crossings
        return both_ways([one for one in truth if start_s < one.t_s < end_s])

    def roomy(self) -> list[int]:
        """How many have crossed the door whenever nobody crosses for a while."""
        ends_s = [*self.moments_s, 2 * SECONDS]
        gaps = pairwise(ends_s)
        return [k for k, (last, next_s) in enumerate(gaps, 1) if next_s - last > APART_S]

    def _quiet_s(self, crossed: int) -> float:
        if crossed == len(self.door):
            return SECONDS
        return (self.moments_s[crossed - 1] + self.moments_s[crossed]) / 2


def both_ways(crossings: Sequence[TrueCrossing]) -> Counts:
    directions = [crossing.direction.value for crossing in crossings]
    return directions.count("in"), directions.count("out")


def counted(page: Page, line: str) -> Counts:
    """Running totals as the Live page shows them."""
    shown = page.locator(f"[data-line='{line}']")
    return number_in(shown.locator("[data-count=in]")), number_in(shown.locator("[data-count=out]"))


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


def waits_for_quiet(live: Page, scene: Scene, *, more_than: int = 0) -> int:
    """Until the last who crossed the door is counted and gone, and the next is not there yet."""
    handle = live.wait_for_function(
        """(roomy) => {
            const shown = document.querySelectorAll("[data-line=door] [data-count]");
            const total = [...shown].reduce((sum, one) => sum + Number(one.textContent), 0);
            const alone = document.querySelectorAll("[data-person]").length === 0;
            return shown.length === 2 && alone && roomy.includes(total) ? total : false;
        }""",
        arg=[crossed for crossed in scene.roomy() if crossed > more_than],
        polling=LOOK_AGAIN_MS,
    )
    return int(handle.json_value())


def reads_counts(live: Page, scene: Scene, *, since: int) -> tuple[int, dict[str, Counts]]:
    """All counts at one quiet moment after another, with how many had crossed the door."""
    while True:
        crossed = waits_for_quiet(live, scene, more_than=since)
        counts = {name: counted(live, name) for name in ("door", "line 2", "line 3")}
        if sum(counted(live, "door")) == crossed:
            return crossed, counts


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


def test_a_device_from_the_box_to_counts_that_equal_the_truth(
    browser: Browser, tmp_path: Path
) -> None:
    scene = Scene()
    with serving(tmp_path / "device", SCENE) as served:
        visitor = Visitor.at(browser, served.url)
        key = visitor.claim(served)
        page = visitor.page

        # Two lines beside the scene's own, applied while nobody is about.
        visitor.go("setup/lines")
        draws_by_mouse(page, beyond_m=0.2)
        draws_by_keyboard(page, y_m=-0.2)
        mine = as_told(page, "line 2"), as_told(page, "line 3")
        assert [len(line.points_m) for line in mine] == [2, 2]
        assert all(abs(y - 0.2) < 0.05 for _, y in mine[0].points_m)
        page.get_by_label("Reason").fill("the door, twice more")
        live = visitor.another_tab("live")
        begun = waits_for_quiet(live, scene)
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text("Counting by version 2").first).to_be_visible()
        assert sum(counted(live, "door")) == begun, "somebody crossed while Apply was pressed"
        live.close()

        visitor.add_user("olga", "privacy_officer")
        visitor.sign_out()
        visitor.sign_in("olga")
        shows_more_and_less(visitor, key)

        # Counts rise, and equal the truth: of the whole scene, and of what came after the lines.
        first, counts = reads_counts(page, scene, since=begun)
        done, more = reads_counts(page, scene, since=first)
        assert sum(more["line 2"]) > sum(counts["line 2"]) > 0
        for until, shown in ((first, counts), (done, more)):
            assert shown["door"] == both_ways(scene.door[:until])
            for line in mine:
                assert shown[line.name] == scene.over(line, after=begun, until=until), line

        visitor.go("privacy")
        erases_events(page, at_least=done)
        withdraws_consent(page, by="the landlord")
        reads_in_the_log(page, "a look: Depth view", "a look: Empty still", "seen enough")
        reads_in_the_log(page, "privacy.withdrawn", "access.user_added")
        reads_in_the_log(page, "the door, twice more", "somebody asked", "privacy.consent", "ines")

        page.get_by_role("button", name="Account").click()
        page.get_by_role("button", name="Deutsch").click()
        expect(page.get_by_role("heading", name="Datenschutz", level=1)).to_be_visible()
        page.get_by_role("button", name="Abmelden").click()
        expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
        visitor.is_content()
