"""The track stage: heads seen in one frame in, people followed over time out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from lintel.clock import NS_PER_S
from lintel.errors import ContractError
from lintel.geometry import Bools, Floats
from lintel.records import Attributes, Detections, IntArray, Phase, Tracks
from lintel.track import kalman
from lintel.track.association import Candidates, Sightings, two_stage
from lintel.track.memory import (
    LEASH_M,
    Links,
    guests_to_drag,
    hold_guests,
    is_doubtful,
    settle_splits,
)
from lintel.track.settings import TrackerSettings
from lintel.track.table import NEVER_NS, NOBODY, TRACK_ROW, Table, empty_table

BLOB_SIGMA_M = 0.15  # how far the middle of a blob of two lies from either head
GUEST_SIGMA_M = 0.3  # how well a blob tells the place of a guest, looking for GUEST_LOOK_S
GUEST_LOOK_S = 0.1
FAINT_LOOK = 0.05  # looks that faded, or that contradict each other, say nothing
LONGEST_STEP_NS = 250_000_000  # a longer time without any frame counts as unseen
LONGEST_LOOK_S = 0.25  # time between two looks that counts as looked
EVEN_LOOK_S = 0.3  # of looks that all agree make a confidence of a half


class Tracker:
    """Stage: follow people in metres on the floor.

    State is one row per live track, at most ``settings.max_tracks``. Ids count up from 1 per
    tracker and are never used twice, not even after ``reset``; they mean nothing outside the
    run and must not leave the device.
    """

    def __init__(self, *, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._next_id = 1
        self._dropped_births = 0
        self.reset()

    def reset(self) -> None:
        """Forget all tracks; ids go on counting."""
        self._table: Table = empty_table()
        self._t_ns: int | None = None

    @property
    def dropped_births(self) -> int:
        """People who were not followed because ``max_tracks`` were alive already."""
        return self._dropped_births

    @property
    def state_bytes(self) -> int:
        """Size of all that is remembered about people."""
        return self._table.nbytes

    def step(self, detections: Detections) -> Tracks:
        """Follow everyone to the time of ``detections``.

        A repeated frame (same ``t_ns``) changes nothing. The order of the detections does not
        matter.

        Raises:
            ContractError: time steps back.
        """
        t_ns = detections.t_ns
        if self._t_ns is not None and t_ns < self._t_ns:
            raise ContractError(
                f"Tracker: t_ns must not step back, got {t_ns} after {self._t_ns}; "
                "call reset() when a source starts over"
            )
        if t_ns == self._t_ns:
            return self._tracks(np.zeros(0, dtype=np.int64), t_ns)
        gone = self._forget(t_ns)
        dt_s = 0.0 if self._t_ns is None else (t_ns - self._t_ns) / NS_PER_S
        self._t_ns = t_ns
        self._predict(dt_s)
        order = np.lexsort(detections.xyz_m.T)
        seen = self._sightings(detections, order)
        scores = detections.score[order].astype(np.float64)
        links = self._link(seen, scores >= self._settings.strong_score)
        self._see(seen, links, scores, dt_s)
        self._vote(_attribute_rows(detections.attributes)[order], links, scores, dt_s)
        self._look(detections.heading_rad[order], links, dt_s)
        self._confirm()
        table = self._table
        held = table["held_ns"] == t_ns
        table["missed_ns"] = np.where(held, NEVER_NS, np.minimum(table["missed_ns"], t_ns))
        self._bear(
            seen,
            links,
            scores,
            attributes=_attribute_rows(detections.attributes)[order],
            heading_rad=detections.heading_rad[order],
        )
        return self._tracks(gone, t_ns)

    def _forget(self, t_ns: int) -> IntArray:
        """Drop what was unseen for too long; the ids that ended."""
        table, s = self._table, self._settings
        believed = table["confirmed"] & ~is_doubtful(table, s)
        patience_s = np.where(believed, s.coast_s, s.doubt_s)
        # Counted from the first step that missed it, or 5 fps would remember for less long.
        first_ns = np.minimum(table["missed_ns"], table["held_ns"] + LONGEST_STEP_NS)
        stale = t_ns - first_ns > patience_s * NS_PER_S
        self._table = table[~stale]
        return np.asarray(table["id"][stale], dtype=np.int64)

    def _predict(self, dt_s: float) -> None:
        table, s = self._table, self._settings
        table["x"], table["P"] = kalman.predict(table["x"], table["P"], dt_s=dt_s, q=s.jerkiness)
        table["stature_var"] += s.stature_drift**2 * dt_s
        # steps behind somebody say nothing of who is not believed yet
        table["steps"] += table["confirmed"] | (table["host"] == NOBODY)

    def _sightings(self, detections: Detections, order: npt.NDArray[np.intp]) -> Sightings:
        sigma = np.fmax(detections.sigma_m[order], self._settings.position_sigma_min_m)
        xyz = detections.xyz_m[order].astype(np.float64)
        return Sightings(
            place_m=xyz[:, :2],
            place_var=sigma.astype(np.float64) ** 2,
            stature_m=xyz[:, 2],
            stature_var=self._settings.stature_sigma_m**2,
        )

    def _link(self, seen: Sightings, strong: Bools) -> Links:
        """The detection of each track, -1 = none; blobs and their splits are settled."""
        assert self._t_ns is not None  # noqa: S101 - step has set it
        table = self._table
        links = np.full(len(table), -1, dtype=np.int64)
        rows, columns = two_stage(self._candidates(), seen, strong)
        links[rows] = columns
        settle_splits(table, links, seen, t_ns=self._t_ns)
        hold_guests(table, links, seen, self._settings, t_ns=self._t_ns)
        return links

    def _candidates(self) -> Candidates:
        table, s = self._table, self._settings
        gap_s = self._unseen_s()
        guest = table["host"] != NOBODY
        lost = table["confirmed"] & (gap_s > s.lost_after_s) & ~guest
        newborn = table["sightings"] < s.confirm_sightings
        reach_m = np.where(lost, s.found_within_m, s.reach_m)
        reach_m = np.where(guest, LEASH_M, reach_m)
        reach_m = np.where(newborn, 0.2 + s.top_speed_mps * np.minimum(gap_s, 0.25), reach_m)
        return Candidates(
            x=table["x"],
            P=table["P"],
            stature_m=table["stature_m"],
            stature_var=table["stature_var"],
            reach_m=reach_m,
            stature_jump_m=np.where(lost, s.found_stature_m, s.stature_jump_m),
        )

    def _unseen_s(self) -> Floats:
        assert self._t_ns is not None  # noqa: S101 - step has set it
        return np.asarray((self._t_ns - self._table["seen_ns"]) / NS_PER_S)

    def _see(self, seen: Sightings, links: Links, scores: Floats, dt_s: float) -> None:
        """Update every track with what was seen of it."""
        table, s = self._table, self._settings
        assert self._t_ns is not None  # noqa: S101 - step has set it
        guests, blobs_m = guests_to_drag(table, links, seen, s, t_ns=self._t_ns)
        in_blob = np.isin(table["id"], table["host"][(table["host"] != NOBODY) & ~table["shaded"]])
        rows = np.flatnonzero(links >= 0)
        z, var = seen.place_m[links[rows]], seen.place_var[links[rows]]
        var = np.where(in_blob[rows], np.maximum(var, BLOB_SIGMA_M**2), var)
        missed = table["confirmed"][rows] & (self._unseen_s()[rows] > s.lost_after_s)
        fresh, back = rows[~missed], rows[missed]
        table["x"][fresh], table["P"][fresh] = kalman.update(
            table["x"][fresh], table["P"][fresh], z[~missed], var[~missed]
        )
        for row, place, variance in zip(back, z[missed], var[missed], strict=True):
            self._find_again(row, place, variance)
        plain = rows[~in_blob[rows]]  # a blob is as tall as its tallest: it tells no stature
        table["stature_m"][plain], table["stature_var"][plain] = kalman.follow_level(
            table["stature_m"][plain],
            table["stature_var"][plain],
            seen.stature_m[links[plain]],
            np.full(len(plain), seen.stature_var),
        )
        self._drag(guests, blobs_m, dt_s)
        table["seen_x"][rows], table["seen_P"][rows] = table["x"][rows], table["P"][rows]
        table["seen_ns"][rows] = table["held_ns"][rows] = self._t_ns
        table["sightings"][rows] += 1
        table["seen_steps"][rows] = table["steps"][rows]
        table["score"][rows] += scores[links[rows]]
        table["apart"][rows] += ~self._may_be_twin()[rows]

    def _may_be_twin(self) -> Bools:
        """Who (T,) was seen now in place of someone believed who was not."""
        table, s = self._table, self._settings
        seen_now = table["seen_ns"] == self._t_ns
        missing = np.flatnonzero(table["confirmed"] & ~seen_now)
        near = cdist(table["x"][:, :2], table["x"][missing, :2]) < s.twin_m
        return np.asarray(seen_now & near.any(axis=1))

    def _find_again(self, row: np.intp, place: Floats, variance: float) -> None:
        """Replay the gap along the straight way to where the track was found."""
        one, table = slice(row, row + 1), self._table
        table["x"][one], table["P"][one] = kalman.replay(
            table["seen_x"][one],
            table["seen_P"][one],
            place[None],
            np.array([variance]),
            gap_s=float(self._unseen_s()[row]),
            q=self._settings.jerkiness,
        )

    def _drag(self, guests: npt.NDArray[np.intp], blobs_m: Floats, dt_s: float) -> None:
        """Let a blob drag its guests along, as strongly per second at any frame rate."""
        variance = np.full(len(guests), GUEST_SIGMA_M**2 * GUEST_LOOK_S / max(dt_s, 1e-3))
        table = self._table
        table["x"][guests], table["P"][guests] = kalman.update(
            table["x"][guests], table["P"][guests], blobs_m, variance
        )

    def _vote(self, attributes: Floats, links: Links, scores: Floats, dt_s: float) -> None:
        """Add what was measured of child, staff and gender, weighted by score."""
        rows = np.flatnonzero(links >= 0)
        _add_votes(self._table, rows, attributes[links[rows]], scores[links[rows]], dt_s)

    def _look(self, heading_rad: npt.NDArray[np.float32], links: Links, dt_s: float) -> None:
        """Let old looks fade and add the new ones, as unit vectors: angles have no mean."""
        faded = np.exp(-dt_s / self._settings.heading_s)
        self._table["heading"] *= faded
        self._table["looks"] *= faded
        rows = np.flatnonzero(links >= 0)
        self._table["heading"][rows] += _unit_vectors(heading_rad[links[rows]])
        self._table["looks"][rows] += np.isfinite(heading_rad[links[rows]])

    def _confirm(self) -> None:
        table, s = self._table, self._settings
        span_s = (table["seen_ns"] - table["born_ns"]) / NS_PER_S
        table["confirmed"] |= (
            (table["sightings"] >= s.confirm_sightings)
            & (span_s >= s.confirm_span_s - 1e-6)
            & (table["apart"] >= s.confirm_sightings)
            & (table["score"] >= s.confirm_score)
            & (table["score"] >= self._least_mean() * table["sightings"])
            & (table["sightings"] >= s.confirm_share * table["steps"])
        )

    def _least_mean(self) -> Floats:
        """The mean score (T,) that belief takes: more beside someone believed and taller."""
        table, s = self._table, self._settings
        believed = np.flatnonzero(table["confirmed"])
        near = cdist(table["x"][:, :2], table["x"][believed, :2]) < s.beside_m
        taller = table["stature_m"][believed] - table["stature_m"][:, None] > s.taller_m
        return np.where((near & taller).any(axis=1), s.clear_score, s.confirm_mean)

    def _bear(
        self,
        seen: Sightings,
        links: Links,
        scores: Floats,
        *,
        attributes: Floats,
        heading_rad: npt.NDArray[np.float32],
    ) -> None:
        """A new track for each strong detection that is nobody's and stands free."""
        born = self._free(seen, links, scores)
        room = self._settings.max_tracks - len(self._table)
        self._dropped_births += max(0, len(born) - room)
        born = born[: max(0, room)]
        rows = np.zeros(len(born), dtype=TRACK_ROW)
        rows["id"] = np.arange(self._next_id, self._next_id + len(born))
        self._next_id += len(born)
        rows["x"], rows["P"] = kalman.start(
            seen.place_m[born],
            seen.place_var[born],
            speed_sigma_mps=self._settings.start_speed_mps,
        )
        rows["seen_x"], rows["seen_P"] = rows["x"], rows["P"]
        rows["born_ns"] = rows["seen_ns"] = rows["held_ns"] = self._t_ns
        rows["missed_ns"] = NEVER_NS
        rows["sightings"] = rows["steps"] = rows["seen_steps"] = rows["apart"] = 1
        rows["score"] = scores[born]
        rows["stature_m"], rows["stature_var"] = seen.stature_m[born], seen.stature_var
        rows["host"] = NOBODY
        rows["heading"] = _unit_vectors(heading_rad[born])
        rows["looks"] = np.isfinite(heading_rad[born])
        _add_votes(rows, np.arange(len(born)), attributes[born], scores[born], 0.0)
        self._table = np.concatenate([self._table, rows])

    def _free(self, seen: Sightings, links: Links, scores: Floats) -> npt.NDArray[np.intp]:
        """Strong detections, strongest first, with nobody else's within arm's reach."""
        taken = seen.place_m[links[links >= 0]]
        free = np.setdiff1d(np.flatnonzero(scores >= self._settings.strong_score), links)
        free = free[np.argsort(-scores[free], kind="stable")]
        known = np.concatenate([taken, seen.place_m[free]])
        near = cdist(seen.place_m[free], known) < self._settings.birth_distance_m
        earlier = np.arange(len(known)) < (len(taken) + np.arange(len(free)))[:, None]
        return free[~(near & earlier).any(axis=1)]

    def _tracks(self, ended: IntArray, t_ns: int) -> Tracks:
        table = self._table
        seen_now = table["seen_ns"] == t_ns
        phase = np.where(seen_now, Phase.CONFIRMED, Phase.COASTING)
        phase = np.where(table["confirmed"], phase, Phase.TENTATIVE)
        place = np.concatenate([table["x"][:, :2], table["stature_m"][:, None]], axis=1)
        with np.errstate(invalid="ignore"):
            scores = (table["voted"] / table["votes"]).astype(np.float32)
        return Tracks(
            id=table["id"].copy(),
            xyz_m=place.astype(np.float32),
            velocity_mps=table["x"][:, 2:].astype(np.float32),
            stature_m=table["stature_m"].astype(np.float32),
            stature_sigma_m=np.sqrt(table["stature_var"]).astype(np.float32),
            phase=phase.astype(np.int8),
            attributes=Attributes(*(column.copy() for column in scores.T)),
            ended=ended,
            t_ns=t_ns,
            heading_rad=_angles(table["heading"]),
            confidence=Attributes(*(c.copy() for c in _confidence(table, scores).T)),
            heading_confidence=_looked_alike(table["heading"], table["looks"]),
        )


def _attribute_rows(attributes: Attributes) -> Floats:
    """Child, staff, gender as (N, 3)."""
    columns = (attributes.child, attributes.staff, attributes.gender)
    return np.stack(columns, axis=1).astype(np.float64)


def _add_votes(
    table: Table, rows: npt.NDArray[np.intp], attributes: Floats, scores: Floats, dt_s: float
) -> None:
    measured = np.isfinite(attributes)
    weight = np.where(measured, scores[:, None], 0.0)
    table["voted"][rows] += weight * np.where(measured, attributes, 0.0)
    table["votes"][rows] += weight
    table["looked_s"][rows] += weight * min(dt_s, LONGEST_LOOK_S)


def _confidence(table: Table, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """How sure the voted scores (M, 3) are: how far from even, times how long was looked.

    Looks that disagree leave the mean near 0.5; a glimpse counts for little, however clear.
    """
    looked = table["looked_s"] / (table["looked_s"] + EVEN_LOOK_S)
    return np.asarray(np.abs(2.0 * scores - 1.0) * looked, dtype=np.float32)


def _looked_alike(vectors: Floats, looks: Floats) -> npt.NDArray[np.float32]:
    """How well the latest looks (M, 2) agree on a direction, 0 .. 1; NaN where there is none."""
    length = np.hypot(vectors[:, 0], vectors[:, 1])
    share = np.divide(length, looks, out=np.full(len(looks), np.nan), where=length > FAINT_LOOK)
    return np.asarray(np.minimum(share, 1.0), dtype=np.float32)


def _unit_vectors(angle_rad: npt.NDArray[np.float32]) -> Floats:
    """Directions (N, 2); zero where the angle is NaN."""
    vectors = np.stack([np.cos(angle_rad), np.sin(angle_rad)], axis=1)
    return np.asarray(np.nan_to_num(vectors, nan=0.0), dtype=np.float64)


def _angles(vectors: Floats) -> npt.NDArray[np.float32]:
    """Angles (N,) of vectors (N, 2); NaN where there is none to speak of."""
    known = np.hypot(vectors[:, 0], vectors[:, 1]) > FAINT_LOOK
    angle = np.arctan2(vectors[:, 1], vectors[:, 0])
    return np.where(known, angle, np.nan).astype(np.float32)
