"""The preview keeps of a frame what the image mode allows, and draws only while somebody looks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from detect_builders import floor_fit
from device_preview_builders import FLOOR, NOON, Scene, body_of, clock
from lintel.clock import ManualClock
from lintel.device.preview import ClipFrame, Preview, clip_picture
from lintel.device.preview.colours import STEP_M, coloured
from lintel.device.preview.looks import MAX_PX_PER_M, TALLEST_M, look_at
from lintel.errors import InputError
from lintel.frames import Image
from lintel.wire.v1.setting import ImageMode

PEOPLE = ((0.0, 0.0), (0.8, -0.6))


class Bench:
    """A preview, its mode and its clock; frames every 0.1 s."""

    def __init__(self, mode: ImageMode) -> None:
        self.mode: ImageMode = mode
        self.clock: ManualClock = clock()
        self.preview = Preview(mode=lambda: self.mode, clock=self.clock)
        self.scene = Scene()
        self.news = 0
        self.preview.tell(self._told)
        self.t_s = 0.0

    def _told(self) -> None:
        self.news += 1

    def pass_time(self, seconds: float, *people: tuple[float, float]) -> None:
        for _ in range(round(seconds * 10)):
            self.clock.advance(0.1)
            self.t_s += 0.1
            self.preview.take(*self.scene.frame(self.t_s, people))


def decoded(content: bytes) -> Image:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return np.asarray(picture, dtype=np.uint8)


@pytest.mark.parametrize("mode", ["none", "counts", "still"])
def test_no_depth_picture_leaves_in_other_modes(mode: ImageMode) -> None:
    bench = Bench(mode)
    bench.preview.depth_picture(after=0)
    bench.pass_time(1.0, *PEOPLE)
    assert bench.preview.depth_picture(after=0) is None
    assert bench.preview.view() is None
    assert bench.news == 0


@pytest.mark.parametrize("mode", ["none", "counts"])
def test_nothing_is_even_held_where_no_picture_is_shown(mode: ImageMode) -> None:
    bench = Bench(mode)
    bench.preview.depth_picture(after=0)
    bench.pass_time(15.0)
    bench.mode = "depth"
    assert bench.preview.depth_picture(after=0) is None
    bench.mode = "still"
    assert bench.preview.still_picture() is None


def test_depth_is_drawn_only_while_somebody_looks() -> None:
    bench = Bench("depth")
    bench.pass_time(2.0, *PEOPLE)
    assert bench.news == 0
    assert bench.preview.depth_picture(after=0) is None
    bench.pass_time(1.0, *PEOPLE)
    assert bench.news > 0
    bench.pass_time(10.0, *PEOPLE)
    looked_at = bench.news
    bench.pass_time(5.0, *PEOPLE)
    assert bench.news == looked_at, "nobody has looked for ten seconds"


def test_at_most_five_pictures_a_second() -> None:
    bench = Bench("depth")
    bench.preview.depth_picture(after=0)
    for _ in range(10):
        bench.pass_time(1.0)
        bench.preview.depth_picture(after=0)
    assert 45 <= bench.news <= 51


def test_each_picture_is_newer_than_the_one_before_and_than_those_of_an_earlier_run() -> None:
    bench = Bench("depth")
    bench.preview.depth_picture(after=0)
    bench.pass_time(1.0)
    first = bench.preview.depth_picture(after=0)
    assert first is not None
    assert bench.preview.depth_picture(after=first.seq) is None
    bench.pass_time(1.0)
    second = bench.preview.depth_picture(after=first.seq)
    assert second is not None
    assert second.seq > first.seq
    assert first.utc < second.utc
    bench.clock.advance(60.0)
    later = Preview(mode=lambda: "depth", clock=bench.clock)
    later.depth_picture(after=0)
    later.take(*bench.scene.frame(0.1))
    third = later.depth_picture(after=second.seq)
    assert third is not None


def test_a_change_of_the_mode_forgets_the_picture_at_once() -> None:
    bench = Bench("depth")
    bench.preview.depth_picture(after=0)
    bench.pass_time(1.0)
    bench.mode = "none"
    assert bench.preview.depth_picture(after=0) is None
    bench.pass_time(0.1)
    bench.mode = "depth"
    assert bench.preview.depth_picture(after=0) is None, "the old picture is gone"
    bench.pass_time(0.1)
    bench.preview.drop()
    assert bench.preview.depth_picture(after=0) is None


def test_a_still_comes_once_and_goes_with_the_mode() -> None:
    bench = Bench("still")
    bench.pass_time(14.0)
    still = bench.preview.still_picture()
    assert still is not None
    assert still.media_type == "image/jpeg"
    assert decoded(still.content).ndim == 2, "black and white"
    bench.pass_time(3.0, (0.0, 0.0))
    again = bench.preview.still_picture()
    assert again is not None
    assert again.content == still.content, "the same picture while people are there"
    assert bench.news == 1
    bench.mode = "none"
    bench.pass_time(0.1)
    bench.mode = "still"
    assert bench.preview.still_picture() is None


def test_unknown_depth_is_black_and_heights_go_up_through_the_colours() -> None:
    depth, _ = Scene(noise_px=0.0, holes=0.02).frame(0.0, PEOPLE)
    look = look_at(depth, FLOOR)
    picture = coloured(look)
    assert np.all(picture[np.isnan(look.depth_m)] == 0)
    colours = {tuple(colour) for colour in picture.reshape(-1, 3)}
    assert len(colours) <= 2.2 / STEP_M + 2, "a colour for each step of ten centimetres"


def test_without_a_floor_depth_is_coloured_by_nearness() -> None:
    depth, _ = Scene().frame(0.0, PEOPLE)
    picture = coloured(look_at(depth, None))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 3


@pytest.mark.parametrize("height_m", [2.4, 3.0, 4.5, 8.0])
def test_a_look_never_has_the_resolution_that_recognition_takes(height_m: float) -> None:
    depth, _ = Scene().frame(0.0)
    look = look_at(depth, floor_fit(height_m=height_m))
    nearest_m = max(height_m - TALLEST_M, 0.5)
    assert look.intrinsics.fx / nearest_m <= MAX_PX_PER_M * 1.02
    assert look.depth_m.shape[0] <= depth.depth_m.shape[0]


def test_brightness_has_no_influence_on_a_depth_picture() -> None:
    bright, _ = Scene().frame(0.0, PEOPLE, light=80)
    dark, _ = Scene().frame(0.0, PEOPLE, light=-80)
    assert not np.array_equal(bright.image, dark.image)
    assert np.array_equal(coloured(look_at(bright, FLOOR)), coloured(look_at(dark, FLOOR)))


def test_the_view_says_where_a_head_lies_in_the_picture() -> None:
    bench = Bench("depth")
    bench.scene = Scene(noise_px=0.0)
    bench.preview.depth_picture(after=0)
    bench.pass_time(0.3, (0.5, 0.3))
    picture, view = bench.preview.depth_picture(after=0), bench.preview.view()
    assert picture is not None
    assert view is not None
    shown = decoded(picture.content)
    assert (view.height_px, view.width_px) == shown.shape[:2]
    u, v, w = np.array(view.pixel_from_floor).reshape(3, 4) @ (0.5, 0.3, 1.75, 1.0)
    row, column = round(v / w), round(u / w)
    floor_colour = shown[2, 2].astype(int)
    head_colour = shown[row, column].astype(int)
    assert np.abs(head_colour - floor_colour).sum() > 150
    far_row, far_column = shown.shape[0] - 1 - row, shown.shape[1] - 1 - column
    assert np.abs(shown[far_row, far_column].astype(int) - floor_colour).sum() < 60


def test_a_clip_gets_depth_at_ten_frames_a_second_and_in_no_other_mode() -> None:
    bench = Bench("depth")
    taken: list[ClipFrame] = []
    bench.preview.record(taken.append)
    bench.pass_time(2.0, *PEOPLE)
    assert 19 <= len(taken) <= 21
    bench.mode = "none"
    bench.pass_time(1.0, *PEOPLE)
    assert 19 <= len(taken) <= 21
    bench.mode = "depth"
    bench.preview.record(None)
    bench.pass_time(1.0, *PEOPLE)
    assert 19 <= len(taken) <= 21


def test_a_clip_frame_is_drawn_like_the_live_picture() -> None:
    bench = Bench("depth")
    taken: list[ClipFrame] = []
    bench.preview.record(taken.append)
    bench.preview.depth_picture(after=0)
    bench.pass_time(0.1, *PEOPLE)
    live = bench.preview.depth_picture(after=0)
    assert live is not None
    assert live.utc > NOON
    kept, shown = decoded(clip_picture(taken[0].packed)), decoded(live.content)
    same = np.all(kept == shown, axis=2)
    assert same.mean() > 0.95, "but for a step where a centimetre decides"


@pytest.mark.parametrize("packed", [b"", b"\x00" * 20, b"\xff" * 200])
def test_what_is_no_clip_frame_is_refused(packed: bytes) -> None:
    with pytest.raises(InputError, match="clip's frame"):
        clip_picture(packed)


def test_people_stand_out_of_the_picture_as_shapes() -> None:
    depth, _ = Scene(noise_px=0.0).frame(0.0, PEOPLE)
    look = look_at(depth, FLOOR)
    body = cv2.resize(body_of(depth).astype(np.uint8), look.depth_m.shape[::-1]) > 0
    assert np.nanmedian(look.height_m[body]) > 0.8
