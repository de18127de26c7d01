"""The network: plan-view maps in, head maps out. A small U-net with centre points.

Zhou, Wang, Krähenbühl, "Objects as points" (2019), on a floor instead of a picture: a head is a
peak of the score map, with its place inside the cell, height, look and posture beside it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from lintel.detect.plan_maps import CHANNELS, Channel

OUTPUTS = 8  # score, right, up, height, cos, sin, seated, female
STRIDE = 2  # cells of the maps per cell of the head maps
WIDTHS = (16, 32, 64)  # channels at a half, a quarter, an eighth of the maps' size
PRIOR = -4.0  # logit of a score before anything is learned: heads are rare


def block(inside: int, outside: int, *, stride: int = 1) -> nn.Sequential:
    """A 3 by 3 convolution, normalised."""
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )


class HeadNet(nn.Module):
    """Maps (B, CHANNELS, R, C) to raw head maps (B, OUTPUTS, R / 2, C / 2)."""

    def __init__(self, widths: tuple[int, int, int] = WIDTHS) -> None:
        super().__init__()
        a, b, c = widths
        self.fine = nn.Sequential(block(CHANNELS, a, stride=2), block(a, a))
        self.middle = nn.Sequential(block(a, b, stride=2), block(b, b), block(b, b))
        self.coarse = nn.Sequential(block(b, c, stride=2), block(c, c), block(c, c))
        self.up_quarter = nn.Conv2d(c, b, 1)
        self.join_quarter = block(b, b)
        self.up_half = nn.Conv2d(b, a, 1)
        self.join_half = block(a, a + 8)
        self.heads = nn.Conv2d(a + 8, OUTPUTS, 1)
        nn.init.zeros_(self.heads.bias)
        nn.init.constant_(self.heads.bias[:1], PRIOR)

    def forward(self, maps: Tensor) -> Tensor:
        """Logits of score, seated and female; offsets in cells; height in metres."""
        half = self.fine(maps)
        quarter = self.middle(half)
        eighth = self.coarse(quarter)
        quarter = self.join_quarter(quarter + _twice(self.up_quarter(eighth)))
        half = self.join_half(half + _twice(self.up_half(quarter)))
        raw = self.heads(half)
        # what stands there is nearly the height already: the network learns the difference
        top = functional.max_pool2d(maps[:, Channel.TOP : Channel.TOP + 1], 3, 2, 1)
        return torch.cat([raw[:, :3], raw[:, 3:4] + 2.0 * top, raw[:, 4:]], dim=1)


class Exported(nn.Module):
    """The network as the detector runs it: scores and probabilities instead of logits."""

    def __init__(self, net: HeadNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, maps: Tensor) -> Tensor:
        """Head maps (B, OUTPUTS, R / 2, C / 2) by the documented contract."""
        raw = self.net(maps)
        return torch.cat([torch.sigmoid(raw[:, :1]), raw[:, 1:6], torch.sigmoid(raw[:, 6:])], dim=1)


def _twice(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")
