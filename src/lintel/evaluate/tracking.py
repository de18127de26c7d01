"""IDF1 and HOTA on the ground plane, written from the papers' formulas.

IDF1: Ristani et al., Performance Measures and a Data Set for Multi-Target, Multi-Camera
Tracking, ECCVW 2016. HOTA: Luiten et al., HOTA: A Higher Order Metric for Evaluating
Multi-Object Tracking, IJCV 2021. Similarity of two places is 1 - distance / 0.5 m, not below 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from lintel.evaluate.matching import common_frames, floor_distance_m
from lintel.evaluate.observed import FramePoints

TRACK_GATE_M = 0.5
ALPHAS = np.arange(0.05, 0.99, 0.05)  # the paper's 19 thresholds of localisation
_EPS = 1e-9

Matrix = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrackScore:
    """How well people were followed; NaN where there was neither truth nor track."""

    truth_points: int
    track_points: int
    people: int
    tracks: int
    idf1: float
    hota: float
    detection: float  # DetA, mean over thresholds
    association: float  # AssA


@dataclass(frozen=True, slots=True, eq=False)
class _Numbered:
    """Truth and tracks with identities numbered from 0, and their similarity per frame."""

    truth_id: Index  # (K,)
    track_id: Index  # (J,)
    people: int
    tracks: int
    frames: list[tuple[Index, Index, Matrix]]  # truth rows, track rows, similarity (R, C)


def score_tracks(
    truth: FramePoints, tracks: FramePoints, *, gate_m: float = TRACK_GATE_M
) -> TrackScore:
    """Score tracks against true heads, both with identities."""
    scene = _numbered(truth, tracks, gate_m)
    detection, association, hota = _hota(scene)
    return TrackScore(
        truth_points=len(truth),
        track_points=len(tracks),
        people=scene.people,
        tracks=scene.tracks,
        idf1=_idf1(scene),
        hota=hota,
        detection=detection,
        association=association,
    )


def _numbered(truth: FramePoints, tracks: FramePoints, gate_m: float) -> _Numbered:
    people, truth_id = np.unique(truth.id, return_inverse=True)
    names, track_id = np.unique(tracks.id, return_inverse=True)
    frames = []
    for rows, columns in common_frames(truth, tracks):
        apart = floor_distance_m(truth.xyz_m[rows], tracks.xyz_m[columns])
        similarity = np.maximum(0.0, 1.0 - apart / gate_m)
        first = np.arange(rows.start, rows.stop, dtype=np.int64)
        second = np.arange(columns.start, columns.stop, dtype=np.int64)
        frames.append((first, second, similarity))
    return _Numbered(
        truth_id.astype(np.int64), track_id.astype(np.int64), len(people), len(names), frames
    )


def _idf1(scene: _Numbered) -> float:
    """Compute 2 IDTP / (true points + track points) under the best one-to-one identity map."""
    both = len(scene.truth_id) + len(scene.track_id)
    if not both:
        return math.nan
    together = np.zeros((scene.people, scene.tracks))
    for rows, columns, similarity in scene.frames:
        near = similarity > 0.0
        pairs = np.ix_(scene.truth_id[rows], scene.track_id[columns])
        together[pairs] += near
    best = linear_sum_assignment(together, maximize=True)
    return float(2.0 * together[best].sum() / both)


def _hota(scene: _Numbered) -> tuple[float, float, float]:
    """DetA, AssA and HOTA, each the mean over the thresholds."""
    points, seen = len(scene.truth_id), len(scene.track_id)
    if not points + seen:
        return math.nan, math.nan, math.nan
    matches = _matches(scene)
    of_person = np.bincount(scene.truth_id, minlength=scene.people)
    of_track = np.bincount(scene.track_id, minlength=scene.tracks)
    scores = []
    for alpha in ALPHAS:
        kept = matches[matches[:, 2] >= alpha - _EPS]
        true_positives = len(kept)
        detection = true_positives / (points + seen - true_positives)
        association = _association(kept, of_person, of_track)
        scores.append((detection, association, math.sqrt(detection * association)))
    means = np.mean(scores, axis=0)
    return float(means[0]), float(means[1]), float(means[2])


def _matches(scene: _Numbered) -> Matrix:
    """Matches as rows (person, track, similarity): frame by frame, long companions first.

    As in the paper, the assignment maximises similarity weighted by how well the two identities
    agree over the whole sequence.
    """
    shared = np.zeros((scene.people, scene.tracks))
    for rows, columns, similarity in scene.frames:
        pairs = np.ix_(scene.truth_id[rows], scene.track_id[columns])
        both = similarity.sum(axis=1, keepdims=True) + similarity.sum(axis=0) - similarity
        shared[pairs] += np.where(both > _EPS, similarity / np.maximum(both, _EPS), 0.0)
    of_person = np.bincount(scene.truth_id, minlength=scene.people)[:, None]
    of_track = np.bincount(scene.track_id, minlength=scene.tracks)
    alignment = shared / np.maximum(of_person + of_track - shared, _EPS)
    found: list[tuple[int, int, float]] = []
    for rows, columns, similarity in scene.frames:
        person, track = scene.truth_id[rows], scene.track_id[columns]
        first, second = linear_sum_assignment(
            alignment[np.ix_(person, track)] * similarity, maximize=True
        )
        found += [
            (int(person[r]), int(track[c]), float(similarity[r, c]))
            for r, c in zip(first.tolist(), second.tolist(), strict=True)
            if similarity[r, c] > 0.0
        ]
    return np.array(found, dtype=np.float64).reshape(-1, 3)


def _association(kept: Matrix, of_person: Index, of_track: Index) -> float:
    """AssA: over all matches, the mean overlap of the two identities' lives."""
    if not len(kept):
        return 0.0
    pairs, times = np.unique(kept[:, :2].astype(np.int64), axis=0, return_counts=True)
    union = of_person[pairs[:, 0]] + of_track[pairs[:, 1]] - times
    return float((times * times / union).sum() / len(kept))
