"""Trains the head detector on rendered moments and writes ONNX with its provenance.

    scripts/train --minutes 90 --out src/lintel/detect/models

Other processes make new data all the while. The schedule follows the clock, not a number of
steps, so that a slow machine ends in time too. A GPU is used when there is one; what it wants is
more data, from more cores:

    scripts/train --minutes 20 --makers 8 --readers 6 --batch 256
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
import torch

from lintel.sim.scenario import TRAINING_SEEDS
from training.batches import batches_of
from training.bench import record
from training.export import write_model
from training.model import WIDTHS, HeadNet
from training.targets import losses, total

REPORT_STEPS = 100
MAKER_STEP = 1000  # between the seeds of two makers of data


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
    makers: int = 1  # processes that make data
    readers: int = 0  # processes that make batches of it
    widths: tuple[int, int, int] = WIDTHS
    start: str = ""  # the checkpoint that it went on from


def train(config: Config, shards: Path, checkpoint: Path, start: Path | None) -> HeadNet:
    """Train for ``config.minutes``; the averaged network. Keeps a checkpoint as it goes."""
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.benchmark = True  # all batches are alike
    net = HeadNet(config.widths).to(device, memory_format=torch.channels_last)
    if start is not None:
        net.load_state_dict(torch.load(start, map_location=device)["net"])
    kept = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    source = batches_of(
        shards, seed=config.seed, count=config.batch, readers=config.readers, device=device
    )
    batch = next(source)  # the first data take a while: the clock begins after them
    begun, step, sums = time.monotonic(), 0, dict[str, torch.Tensor]()
    while (share := (time.monotonic() - begun) / (60.0 * config.minutes)) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = config.rate * _rate(share, config.warm_share)
        parts = losses(net(batch.maps), batch.targets)
        loss = total(parts)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        batch, step = next(source), step + 1
        _average(kept, net, min(config.averaging, 1.0 - 1.0 / (1.0 + 0.1 * step)))
        for name, part in parts.items():
            sums[name] = sums.get(name, torch.zeros((), device=device)) + part.detach()
        if step % REPORT_STEPS == 0:
            _report((time.monotonic() - begun) / 60.0, step, sums)
            sums.clear()
            torch.save(
                {"net": kept.state_dict(), "config": asdict(config), "step": step}, checkpoint
            )
    source.close()
    return kept.cpu().eval()


def _report(minutes: float, step: int, sums: dict[str, torch.Tensor]) -> None:
    line = " ".join(f"{name} {float(value) / REPORT_STEPS:.4f}" for name, value in sums.items())
    print(f"{minutes:6.1f} min step {step} {line}", flush=True)


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
    _add_options(parser)
    chosen = parser.parse_args()
    if chosen.seed not in TRAINING_SEEDS:
        parser.error(f"training uses seeds below {TRAINING_SEEDS.stop}, got {chosen.seed}")
    if chosen.batch < 4 or chosen.batch % 4:
        parser.error(f"a batch is a multiple of 4 samples, got {chosen.batch}")
    config = Config(
        seed=chosen.seed,
        minutes=chosen.minutes,
        batch=chosen.batch,
        threads=chosen.threads,
        makers=0 if chosen.no_data else chosen.makers,
        readers=chosen.readers,
        widths=tuple(chosen.widths),
        start=chosen.start.name if chosen.start else "",
    )
    shards = chosen.work / "shards"
    makers = [_start_making(shards, config, number, chosen.keep) for number in range(config.makers)]
    try:
        net = train(config, shards, chosen.work / f"checkpoint-{config.seed}.pt", chosen.start)
    finally:
        for maker in makers:
            maker.terminate()
            maker.wait()
    seeds: dict[str, object] = {"data": _data_seeds(config), "weights": config.seed}
    model = write_model(net, asdict(config), seeds, chosen.out)
    print(f"{model}: trained; scoring it on tuning seeds, one scene after the other", flush=True)
    record(model)
    print(model)


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--minutes", type=float, default=90.0, help="of training (default: 90)")
    add("--seed", type=int, default=1, help="of data and weights (default: 1)")
    add("--batch", type=int, default=32, help="samples a step (default: 32)")
    add("--threads", type=int, default=1, help="of the network (default: 1)")
    add("--makers", type=int, default=1, help="processes that make data (default: 1)")
    add("--readers", type=int, default=0, help="processes that make batches (default: 0, none)")
    add("--widths", type=int, nargs=3, default=WIDTHS, help=f"channels (default: {WIDTHS})")
    add("--out", type=Path, required=True, help="folder for heads.onnx and .json")
    add("--work", type=Path, required=True, help="folder for shards and checkpoints, some 10 GB")
    add("--start", type=Path, help="checkpoint to go on from")
    add("--keep", type=int, default=200, help="shards on disk, 47 MB each")
    add("--no-data", action="store_true", help="use the shards that are there")


def _data_seeds(config: Config) -> list[int]:
    """The seed of each process that makes data; none: shards that were there."""
    return [config.seed + number * MAKER_STEP for number in range(config.makers)]


def _start_making(shards: Path, config: Config, number: int, keep: int) -> subprocess.Popen[bytes]:
    order = [
        "-m",
        "training.data",
        str(shards),
        "--seed",
        str(_data_seeds(config)[number]),
        "--keep",
        str(max(1, keep // config.makers)),
        "--minutes",
        str(config.minutes + 5),
    ]
    return subprocess.Popen([sys.executable, *order])


if __name__ == "__main__":
    main()
