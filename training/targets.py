"""What the network should say about a batch, and how wrong it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from training.data import FOUND, Row
from training.model import STRIDE

F32 = npt.NDArray[np.float32]
SIGMA = 0.85  # of a peak, in cells of the head map
REACH = 3  # cells around a head where its peak is drawn
LEARN_CELLS = 1.5  # place, height and look are learned this near to a head
DOUBT_CELLS = 2.6  # nothing is learned this near to a head that may be found
WEIGHTS = {"score": 1.0, "place": 0.6, "height": 3.0, "look": 0.35, "seated": 0.15, "female": 0.05}


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Maps (B, R, C) of a batch."""

    peak: Tensor  # 1 at a head, falling off around it
    heed: Tensor  # 0 where nothing is to be learned
    near: Tensor  # 1 where values are learned
    values: Tensor  # (B, 7, R, C): right, up, height, cos, sin, seated, female

    def to(self, device: torch.device) -> Targets:
        """The same on a device."""
        parts = (self.peak, self.heed, self.near, self.values)
        return Targets(*(part.to(device, non_blocking=True) for part in parts))

    def pin_memory(self) -> Targets:
        """The same where a GPU reads it fastest."""
        parts = (self.peak, self.heed, self.near, self.values)
        return Targets(*(part.pin_memory() for part in parts))


def targets_of(people: F32, shape: tuple[int, int]) -> Targets:
    """Targets for people (B, MOST, 8) on head maps of ``shape``."""
    rows, columns = shape
    batch = len(people)
    peak = np.zeros((batch, rows, columns), dtype=np.float32)
    heed = np.ones_like(peak)
    near = np.zeros_like(peak)
    values = np.zeros((batch, 7, rows, columns), dtype=np.float32)
    frame, who = np.nonzero(np.isfinite(people[..., 0]))
    truth = people[frame, who]
    x, y = truth[:, Row.COLUMN] / STRIDE, truth[:, Row.ROW] / STRIDE  # cell 0 covers 0..1
    shift = np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1].reshape(2, -1)
    r = np.floor(y)[:, None].astype(int) + shift[0]
    c = np.floor(x)[:, None].astype(int) + shift[1]
    inside = (r >= 0) & (r < rows) & (c >= 0) & (c < columns)
    found = (truth[:, Row.STATE] == FOUND)[:, None]
    # the peak stands on the head's cell, so that exactly one cell is the head
    height = np.exp(-(shift[0] ** 2 + shift[1] ** 2) / (2 * SIGMA**2))[None]
    f = np.broadcast_to(frame[:, None], r.shape)
    distance = np.hypot(r + 0.5 - y[:, None], c + 0.5 - x[:, None])
    doubt = inside & ~found & (distance < DOUBT_CELLS)
    heed[f[doubt], r[doubt], c[doubt]] = 0.0
    draw = inside & found
    np.maximum.at(
        peak,
        (f[draw], r[draw], c[draw]),
        np.broadcast_to(height, r.shape)[draw].astype(np.float32),
    )
    heed[peak == 1.0] = 1.0
    learn = draw & (distance < LEARN_CELLS)
    p = np.broadcast_to(np.arange(len(truth))[:, None], r.shape)
    order = np.argsort(-distance[learn])  # the nearest writes last
    f, r, c, p = (index[learn][order] for index in (f, r, c, p))
    near[f, r, c] = 1.0
    angle = truth[p, Row.HEADING]
    told = (
        x[p] - (c + 0.5),
        y[p] - (r + 0.5),
        truth[p, Row.Z],
        np.cos(angle),
        np.sin(angle),
        truth[p, Row.SEATED],
        truth[p, Row.FEMALE],
    )
    for channel, value in enumerate(told):
        values[f, channel, r, c] = value
    return Targets(*(torch.from_numpy(part) for part in (peak, heed, near, values)))


def losses(raw: Tensor, targets: Targets) -> dict[str, Tensor]:
    """Each part of the loss, per head."""
    heads = torch.clamp((targets.peak == 1.0).sum(), min=8.0)
    spread = torch.clamp(targets.near.sum(), min=8.0)
    logit = raw[:, 0]
    p = torch.sigmoid(logit)
    hit = targets.peak == 1.0
    gain = (1 - p) ** 2 * functional.logsigmoid(logit) * hit
    blame = (1 - targets.peak) ** 4 * p**2 * functional.logsigmoid(-logit) * ~hit
    told = targets.values

    def apart(channels: slice, truth: slice) -> Tensor:
        difference = (raw[:, channels] - told[:, truth]).abs().sum(dim=1)
        return (difference * targets.near).sum() / spread

    def doubt(channel: int, truth: int) -> Tensor:
        each = functional.binary_cross_entropy_with_logits(
            raw[:, channel], told[:, truth], reduction="none"
        )
        return (each * targets.near).sum() / spread

    return {
        "score": -((gain + blame) * targets.heed).sum() / heads,
        "place": apart(slice(1, 3), slice(0, 2)),
        "height": apart(slice(3, 4), slice(2, 3)),
        "look": apart(slice(4, 6), slice(3, 5)),
        "seated": doubt(6, 5),
        "female": doubt(7, 6),
    }


def total(parts: dict[str, Tensor]) -> Tensor:
    """The weighted sum."""
    return sum(
        (WEIGHTS[name] * part for name, part in parts.items()),
        torch.zeros((), device=next(iter(parts.values())).device),
    )
