"""Print ids wrong and ids switched for every tracking story, frame rate and kind of noise.

    PYTHONPATH=tests .venv/bin/python bench/tracking.py [--seeds 10]

Each cell is "stories with a wrong number of people / id switches" over all seeds.
"""

from __future__ import annotations

import argparse

from lintel.track.tracker import Tracker
from track_builders import BLOB_STORIES, STORIES, Look, watch

RATES_FPS = (5.0, 15.0, 30.0)
KINDS = {
    "noise 2 cm": {"noise_m": 0.02, "stature_noise_m": 0.02},
    "noise 5 cm": {"noise_m": 0.05, "stature_noise_m": 0.04},
    "20 % missed": {"noise_m": 0.03, "miss_share": 0.2},
}
BLOB_M = 0.4  # nearer than this, the two of a blob story give one detection


def main() -> None:
    """Run every story and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    heads = [f"{kind}, {fps:g} fps" for kind in KINDS for fps in RATES_FPS]
    print("| story | " + " | ".join(heads) + " |")
    print("|---" * (len(heads) + 1) + "|")
    for story, walkers in (STORIES | BLOB_STORIES).items():
        merge_m = BLOB_M if story in BLOB_STORIES else 0.0
        cells = []
        for kind in KINDS.values():
            for fps in RATES_FPS:
                wrong = switches = 0
                for seed in range(seeds):
                    look = Look(fps=fps, seed=seed, merge_below_m=merge_m, **kind)
                    outcome = watch(Tracker(), walkers, look)
                    wrong += outcome.people != len(walkers)
                    switches += outcome.switches
                cells.append(f"{wrong}/{switches}")
        print(f"| {story} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
