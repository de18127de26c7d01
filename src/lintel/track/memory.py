"""Two people who become one blob, and who is who when they part.

Someone unseen right beside a detection that continues another track is taken to be part of
that blob: a guest of the host. The guest stays alive with the blob and remembers where it was
relative to the host and how that was changing. When the blob splits, that memory and stature
decide who went where: people who met from opposite sides have passed each other, a couple that
walked in parallel has kept its sides.

Someone small who is unseen behind a grown-up is in the shade: a guest that keeps its place beside
the host, for the two are no blob. Those who were not quite believed before may be so as well.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.geometry import Bools, Floats
from lintel.track.association import Sightings
from lintel.track.settings import TrackerSettings
from lintel.track.table import NOBODY, Table, row_of

Links = npt.NDArray[np.int64]  # (T,) detection of each track, -1 = none

NEIGHBOUR_M = 0.75  # two tracks farther apart than this do not share a blob
CLEAR_OF_BLOB_M = 0.5  # at this distance a head stands free
LEASH_M = 0.9  # a guest farther from the blob than this has left it
FORESEEN_S = 1.0  # nobody keeps a velocity for longer than this inside a blob
PASSING_MPS = 0.8  # slower than this relative to the host, or not surely: it keeps its side
SHADE_FROM_M = 0.5  # nearer to its foot the camera looks down on everybody
SHADE_HALF_M = 0.35  # half the width of what a body hides
SHADE_TALLER_M = 0.35  # who hides somebody else is taller by this
CLEAR = 4.0  # twice the log likelihood ratio by which a guest takes the blob from its host


def settle_splits(table: Table, links: Links, seen: Sightings, *, t_ns: int) -> None:
    """Decide anew, in place, which of host and guest got which detection."""
    rows = row_of(table)
    for guest in np.flatnonzero((table["host"] != NOBODY) & (links >= 0)):
        host = rows.get(int(table["host"][guest]))
        if host is None:
            continue
        if links[host] >= 0:
            if _swapped_is_likelier(table, links, seen, guest=guest, host=host, t_ns=t_ns):
                links[guest], links[host] = links[host], links[guest]
        elif _host_keeps_blob(table, links, seen, guest=guest, host=host):
            links[host], links[guest] = links[guest], -1


def hold_guests(
    table: Table, links: Links, seen: Sightings, settings: TrackerSettings, *, t_ns: int
) -> None:
    """Find the unseen who are part of a blob or in the shade; note in ``table`` whose guests."""
    parted, doubtful = links >= 0, is_doubtful(table, settings)
    table["host"][parted | doubtful] = NOBODY
    rows = row_of(table)
    hosts = np.flatnonzero(table["confirmed"] & parted)
    recent = t_ns - table["seen_ns"] <= settings.merge_s * NS_PER_S
    steady = table["confirmed"] | _often_seen(table, settings)
    for guest in np.flatnonzero(steady & ~parted & ~doubtful):
        host = rows.get(int(table["host"][guest]))
        if host is None or links[host] < 0:
            host = shade = _shade_for(table, hosts, guest=guest)
            if host is None and table["confirmed"][guest]:
                host = _host_for(table, links, seen, hosts, guest=guest, merge_m=settings.merge_m)
            if host is not None:
                _become_guest(table, guest=guest, host=host, t_ns=t_ns, shaded=shade is not None)
        if (
            host is not None
            and recent[guest]
            and _distance(table["x"][guest], seen.place_m[links[host]]) <= LEASH_M
        ):
            table["held_ns"][guest] = t_ns
        else:
            table["host"][guest] = NOBODY


def _often_seen(table: Table, settings: TrackerSettings) -> Bools:
    """Tracks (T,) seen often enough to be believed, if not clearly enough yet."""
    enough = table["sightings"] >= settings.confirm_sightings
    return np.asarray(enough & (table["sightings"] >= settings.confirm_share * table["seen_steps"]))


def is_doubtful(table: Table, settings: TrackerSettings) -> Bools:
    """Tracks (T,) only faintly, and up to their last sighting seldom seen.

    A tall person's shoulder looks like a head now and then; hidden heads are clear, or seen in step
    after step, until they are hidden.
    """
    faint = table["score"] < settings.clear_score * table["sightings"]
    seldom = table["sightings"] < settings.confirm_share * table["seen_steps"]
    return np.asarray(faint & seldom)


def guests_to_drag(
    table: Table, links: Links, seen: Sightings, settings: TrackerSettings, *, t_ns: int
) -> tuple[npt.NDArray[np.intp], Floats]:
    """Rows of the guests that go with their hosts, and where to (G, 2): the blob, or beside it.

    Someone who is passing the host keeps its own way for as long as it may coast, unless that
    way has left the blob: it would be seen there.
    """
    rows = row_of(table)
    guests = np.flatnonzero(table["host"] != NOBODY)
    hosts = [rows.get(int(number), NOBODY) for number in table["host"][guests]]
    blobs_m = seen.place_m[links[np.array(hosts, dtype=np.intp)]]
    passing = np.any(table["apart_mps"][guests] != 0.0, axis=1)
    coasting = t_ns - table["seen_ns"][guests] <= settings.coast_s * NS_PER_S
    within = np.hypot(*(table["x"][guests, :2] - blobs_m).T) < CLEAR_OF_BLOB_M
    shaded = table["shaded"][guests]
    dragged = shaded | ~(passing & coasting & within)
    places_m = blobs_m + np.where(shaded[:, None], table["apart_m"][guests], 0.0)
    return guests[dragged], places_m[dragged]


def _shade_for(table: Table, hosts: npt.NDArray[np.intp], *, guest: np.intp) -> int | None:
    """The nearest seen track behind which this unseen one walks, as the camera sees them.

    A toddler by the hand, on the far side of a grown-up, is hidden for as long as both walk past
    the camera. Whoever hides it is taller, nearer to the camera's foot (the floor's origin),
    on the way there, and goes where it goes.
    """
    hosts = hosts[table["born_ns"][hosts] <= table["seen_ns"][guest]]
    mine, theirs = table["x"][guest], table["x"][hosts]
    far_m = np.hypot(*mine[:2])
    if len(hosts) == 0 or far_m < SHADE_FROM_M:
        return None
    outward = mine[:2] / far_m
    offset = mine[:2] - theirs[:, :2]
    behind_m = offset @ outward
    beside_m = np.abs(offset[:, 0] * outward[1] - offset[:, 1] * outward[0])
    hides = (
        (behind_m > 0.0)
        & (beside_m < SHADE_HALF_M)
        & (np.hypot(*offset.T) < NEIGHBOUR_M)
        & (table["stature_m"][hosts] - table["stature_m"][guest] > SHADE_TALLER_M)
        & (np.hypot(*(mine[2:] - theirs[:, 2:]).T) < PASSING_MPS)
    )
    if not hides.any():
        return None
    return int(hosts[np.argmin(np.where(hides, np.hypot(*offset.T), np.inf))])


def _host_for(
    table: Table,
    links: Links,
    seen: Sightings,
    hosts: npt.NDArray[np.intp],
    *,
    guest: np.intp,
    merge_m: float,
) -> int | None:
    """The nearest seen track that may hide this unseen one.

    The two must have been seen at one time: a track that was born after the other was last seen
    is the same person, measured anew (a body whose head came into view).
    """
    hosts = hosts[table["born_ns"][hosts] <= table["seen_ns"][guest]]
    if len(hosts) == 0:
        return None
    place = table["x"][guest, :2]
    to_blob = np.hypot(*(seen.place_m[links[hosts]] - place).T)
    to_track = np.hypot(*(table["x"][hosts, :2] - place).T)
    to_blob[to_track > NEIGHBOUR_M] = np.inf
    best = int(np.argmin(to_blob))
    return int(hosts[best]) if to_blob[best] <= merge_m else None


def _become_guest(table: Table, *, guest: np.intp, host: int, t_ns: int, shaded: bool) -> None:
    table["host"][guest], table["shaded"][guest] = table["id"][host], shaded
    table["apart_m"][guest] = table["x"][guest, :2] - table["x"][host, :2]
    faster = table["x"][guest, 2:] - table["x"][host, 2:]
    sigma_mps = np.sqrt(table["P"][guest, 2, 2] + table["P"][host, 2, 2])
    passing = np.hypot(*faster) > max(PASSING_MPS, 2.0 * float(sigma_mps))
    table["apart_mps"][guest] = faster if passing else 0.0
    table["merged_ns"][guest] = t_ns


def _swapped_is_likelier(
    table: Table, links: Links, seen: Sightings, *, guest: np.intp, host: int, t_ns: int
) -> bool:
    """Whether the two detections of host and guest fit better the other way round."""
    passed_s = min((t_ns - int(table["merged_ns"][guest])) / NS_PER_S, FORESEEN_S)
    expected = table["apart_m"][guest] + passed_s * table["apart_mps"][guest]
    variance = 0.15**2 + (0.5 * passed_s) ** 2
    found = seen.place_m[links[guest]] - seen.place_m[links[host]]
    order = (_square(-found - expected) - _square(found - expected)) / variance
    mine, other = links[guest], links[host]
    stature = (
        _stature_cost(table, seen, row=int(guest), detection=other)
        + _stature_cost(table, seen, row=host, detection=mine)
        - _stature_cost(table, seen, row=int(guest), detection=mine)
        - _stature_cost(table, seen, row=host, detection=other)
    )
    return bool(order + stature < 0.0)


def _host_keeps_blob(
    table: Table, links: Links, seen: Sightings, *, guest: np.intp, host: int
) -> bool:
    """A lone detection stays the host's unless its height clearly speaks for the guest."""
    detection = links[guest]
    if _distance(table["x"][host], seen.place_m[detection]) > LEASH_M:
        return False
    favour = _stature_cost(table, seen, row=host, detection=detection) - _stature_cost(
        table, seen, row=int(guest), detection=detection
    )
    return bool(favour < CLEAR)


def _stature_cost(table: Table, seen: Sightings, *, row: int, detection: np.int64) -> float:
    difference = float(seen.stature_m[detection] - table["stature_m"][row])
    return difference**2 / (float(table["stature_var"][row]) + seen.stature_var)


def _square(offset: Floats) -> float:
    return float(offset @ offset)


def _distance(state: Floats, place_m: Floats) -> float:
    return float(np.hypot(state[0] - place_m[0], state[1] - place_m[1]))
