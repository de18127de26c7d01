"""Trains the head detector on rendered moments and writes ONNX with its provenance.

    scripts/train --minutes 90 --out src/lintel/detect/models

A second process makes new data all the while. The schedule follows the clock, not a number of
steps, so that a slow machine ends in time too. A GPU is used when there is one.
"""

from __future__ import annotations

import argparse
import copy
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from lintel.sim.scenario import TRAINING_SEEDS
from training.data import blinded, looked_at, turned, whole_maps
from training.export import write_model
from training.model import STRIDE, HeadNet
from training.targets import losses, targets_of, total

F32 = npt.NDArray[np.float32]
HELD = 24  # shards in memory
SWAP_STEPS = 12  # steps until one of them is replaced
REPORT_STEPS = 100


@dataclass(frozen=True, slots=True)
class Config:
    """All that decides a training run, next to the code."""

    seed: int = 1
    minutes: float = 90.0
    batch: int = 32
    rate: float = 2e-3  # at its highest
    warm_share: float = 0.03  # of the time, from nothing to the highest rate
    decay: float = 1e-4
    averaging: float = 0.998  # of the weights that are kept
    threads: int = 1
    start: str = ""  # the checkpoint that it went on from


class Shards:
    """A bounded number of shards in memory, exchanged for newer ones."""

    def __init__(self, folder: Path, rng: np.random.Generator) -> None:
        self._folder, self._rng = folder, rng
        self._held: list[dict[str, npt.NDArray[np.generic]]] = []
        self._known: set[Path] = set()
        self._steps = 0

    def batch(self, count: int) -> tuple[F32, F32]:
        """Maps (B, C, R, C) and people (B, MOST, 8), augmented."""
        if self._steps % SWAP_STEPS == 0 or not self._held:
            self._exchange()
        self._steps += 1
        parts = [self._held[k] for k in self._rng.integers(len(self._held), size=4)]
        rows = [self._rng.integers(len(p["where"]), size=count // 4) for p in parts]
        maps, where, people = (
            np.concatenate([p[name][r] for p, r in zip(parts, rows, strict=True)])
            for name in ("maps", "where", "people")
        )
        maps, where, people = looked_at(maps, where, people, self._rng)
        return turned(whole_maps(blinded(maps, self._rng), where), people, self._rng)

    def _exchange(self) -> None:
        while not (paths := sorted(self._folder.glob("*.npz"))):
            time.sleep(1.0)
        fresh = [path for path in paths if path not in self._known]
        path = fresh[-1] if fresh else paths[int(self._rng.integers(len(paths)))]
        self._known.add(path)
        with np.load(path) as stored:
            shard = {name: stored[name] for name in stored.files}
        if len(self._held) < HELD:
            self._held.append(shard)
        else:
            self._held[int(self._rng.integers(HELD))] = shard


def train(config: Config, shards: Path, checkpoint: Path, start: Path | None) -> HeadNet:
    """Train for ``config.minutes``; the averaged network. Keeps a checkpoint as it goes."""
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = HeadNet().to(device, memory_format=torch.channels_last)
    if start is not None:
        net.load_state_dict(torch.load(start, map_location=device)["net"])
    kept = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    source = Shards(shards, np.random.default_rng([config.seed, 107]))
    begun, step, sums = time.monotonic(), 0, dict[str, float]()
    while (share := (time.monotonic() - begun) / (60.0 * config.minutes)) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = config.rate * _rate(share, config.warm_share)
        maps, people = source.batch(config.batch)
        shape = (maps.shape[2] // STRIDE, maps.shape[3] // STRIDE)
        targets = targets_of(people, shape, device=device)
        raw = net(torch.from_numpy(maps).to(device, memory_format=torch.channels_last))
        parts = losses(raw, targets)
        loss = total(parts)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        step += 1
        _average(kept, net, min(config.averaging, 1.0 - 1.0 / (1.0 + 0.1 * step)))
        for name, part in parts.items():
            sums[name] = sums.get(name, 0.0) + float(part.detach())
        if step % REPORT_STEPS == 0:
            line = " ".join(f"{name} {value / REPORT_STEPS:.4f}" for name, value in sums.items())
            print(f"{(time.monotonic() - begun) / 60:6.1f} min step {step} {line}", flush=True)
            sums.clear()
            torch.save(
                {"net": kept.state_dict(), "config": asdict(config), "step": step}, checkpoint
            )
    return kept.cpu().eval()


def _rate(share: float, warm: float) -> float:
    """Up in a line, down in a cosine."""
    if share < warm:
        return share / warm
    return 0.5 * (1.0 + float(np.cos(np.pi * (share - warm) / (1.0 - warm)))) + 1e-3


def _average(kept: HeadNet, net: HeadNet, share: float) -> None:
    with torch.no_grad():
        for old, new in zip(kept.state_dict().values(), net.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.mul_(share).add_(new, alpha=1.0 - share)
            else:
                old.copy_(new)


def main() -> None:
    """Run a training from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=90.0, help="of training (default: 90)")
    parser.add_argument("--seed", type=int, default=1, help="of data and weights (default: 1)")
    parser.add_argument("--threads", type=int, default=1, help="of the network (default: 1)")
    parser.add_argument("--out", type=Path, required=True, help="folder for heads.onnx and .json")
    parser.add_argument(
        "--work", type=Path, required=True, help="folder for shards and checkpoints, some 10 GB"
    )
    parser.add_argument("--start", type=Path, help="checkpoint to go on from")
    parser.add_argument("--keep", type=int, default=200, help="shards on disk, 47 MB each")
    parser.add_argument("--no-data", action="store_true", help="use the shards that are there")
    chosen = parser.parse_args()
    if chosen.seed not in TRAINING_SEEDS:
        parser.error(f"training uses seeds below {TRAINING_SEEDS.stop}, got {chosen.seed}")
    config = Config(
        seed=chosen.seed,
        minutes=chosen.minutes,
        threads=chosen.threads,
        start=chosen.start.name if chosen.start else "",
    )
    shards = chosen.work / "shards"
    maker = None if chosen.no_data else _start_making(shards, config, chosen.keep)
    try:
        net = train(config, shards, chosen.work / f"checkpoint-{config.seed}.pt", chosen.start)
    finally:
        if maker is not None:
            maker.terminate()
            maker.wait()
    print(write_model(net, asdict(config), chosen.out))


def _start_making(shards: Path, config: Config, keep: int) -> subprocess.Popen[bytes]:
    order = [
        "-m",
        "training.data",
        str(shards),
        "--seed",
        str(config.seed),
        "--keep",
        str(keep),
        "--minutes",
        str(config.minutes + 5),
    ]
    return subprocess.Popen([sys.executable, *order])


if __name__ == "__main__":
    main()
