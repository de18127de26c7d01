"""What the user of the track room may choose. Metres and seconds, never frames."""

from __future__ import annotations

from dataclasses import dataclass

from lintel.errors import ContractError


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings:
    """How people move, when a track is believed, and how long it is remembered."""

    # how people move and how well they are measured
    jerkiness: float = 2.0  # m2/s3: a speed is forgotten by sqrt(2 * 1 s) = 1.4 m/s in a second
    start_speed_mps: float = 1.5  # spread of an unknown velocity, per axis
    top_speed_mps: float = 4.0  # nobody in a building is faster
    position_sigma_min_m: float = 0.04
    stature_sigma_m: float = 0.05  # of one measurement: gait, hair, depth
    stature_drift: float = 0.01  # m per square root of a second
    heading_s: float = 0.4  # a look is forgotten by 1/e in this time

    # association
    strong_score: float = 0.5  # weaker detections only continue tracks
    reach_m: float = 0.7  # from the predicted place, once the velocity is known
    stature_jump_m: float = 0.30  # between two sightings that follow each other

    # belief
    confirm_sightings: int = 3
    confirm_span_s: float = 0.12
    confirm_score: float = 1.5  # sum over the sightings
    confirm_mean: float = 0.5  # score over the sightings; ``clear_score`` beside someone taller
    confirm_share: float = 0.5  # of the steps since birth
    clear_score: float = 0.6  # on average; one seen seldom and more faintly is doubtful
    beside_m: float = 0.45  # who is this near to someone taller may be that one's shoulder ...
    taller_m: float = 0.2  # ... if the other is taller by this
    twin_m: float = 0.5  # seen only while someone believed this near is not: the same person
    doubt_s: float = 0.45  # an unconfirmed or doubtful track may stay unseen for this long
    birth_distance_m: float = 0.22  # nobody stands nearer to another

    # memory
    coast_s: float = 0.7  # a confirmed track may stay unseen for this long
    lost_after_s: float = 0.25  # unseen for longer: found again only by the rules below
    found_within_m: float = 0.5
    found_stature_m: float = 0.10
    merge_m: float = 0.45  # an unseen person this near to a blob may be part of it
    merge_s: float = 3.0  # longer unseen within a blob: gone
    max_tracks: int = 256

    def __post_init__(self) -> None:
        if self.max_tracks < 1 or self.confirm_sightings < 1:
            raise ContractError("TrackerSettings: expected at least one track and one sighting")
        if min(self.jerkiness, self.start_speed_mps, self.stature_sigma_m, self.heading_s) <= 0:
            raise ContractError("TrackerSettings: spreads and times must be positive")
