"""Batches for training: shards in memory, augmented by processes of their own."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.data import blinded, looked_at, turned, whole_maps
from training.model import STRIDE
from training.targets import Targets, targets_of

F32 = npt.NDArray[np.float32]
HELD = 24  # shards in memory of each reader
SWAP_STEPS = 12  # batches until one of them is replaced
AHEAD = 4  # batches that each reader has ready


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Maps (B, CHANNELS, R, C) and what the network should say about them."""

    maps: Tensor
    targets: Targets

    def to(self, device: torch.device) -> Batch:
        """The batch on a device, its maps laid out as convolutions like them."""
        maps = self.maps.to(device, non_blocking=True, memory_format=torch.channels_last)
        return Batch(maps, self.targets.to(device))

    def pin_memory(self) -> Batch:
        """The batch where a GPU reads it fastest; called by the loader."""
        return Batch(self.maps.pin_memory(), self.targets.pin_memory())


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
        choice = fresh or paths
        path = choice[int(self._rng.integers(len(choice)))]
        self._known.add(path)
        with np.load(path) as stored:
            shard = {name: stored[name] for name in stored.files}
        if len(self._held) < HELD:
            self._held.append(shard)
        else:
            self._held[int(self._rng.integers(HELD))] = shard


class _Stream(IterableDataset[Batch]):
    """Batches without an end; every reader draws its own."""

    def __init__(self, folder: Path, seed: int, count: int) -> None:
        self._folder, self._seed, self._count = folder, seed, count

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        reader = get_worker_info()
        rng = np.random.default_rng([self._seed, 107, reader.id if reader else 0])
        shards = Shards(self._folder, rng)
        while True:
            maps, people = shards.batch(self._count)
            shape = (maps.shape[2] // STRIDE, maps.shape[3] // STRIDE)
            yield Batch(torch.from_numpy(maps), targets_of(people, shape))


def batches_of(
    folder: Path, *, seed: int, count: int, readers: int, device: torch.device
) -> Generator[Batch, None, None]:
    """Batches of ``count`` samples (a multiple of 4) from the shards in ``folder``, without end.

    ``readers`` processes make them ahead; with 0 they are made here, between two steps.
    Closing it ends them.
    """
    loader = DataLoader(
        _Stream(folder, seed, count),
        batch_size=None,
        num_workers=readers,
        prefetch_factor=AHEAD if readers else None,
        pin_memory=device.type == "cuda",
        multiprocessing_context="forkserver" if readers else None,
    )
    for batch in loader:
        yield batch.to(device)
