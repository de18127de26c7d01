"""What people wear, as data, and how it is drawn at random."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from lintel.sim.material import Colour, Material, Pattern


class Hair(StrEnum):
    """Hair styles."""

    BALD = "bald"
    SHORT = "short"
    LONG = "long"
    BUN = "bun"


class Headgear(StrEnum):
    """What is worn on the head."""

    NONE = "none"
    BEANIE = "beanie"
    CAP = "cap"
    BRIM = "brim"
    HOOD = "hood"
    SCARF = "scarf"


@dataclass(frozen=True, slots=True)
class Outfit:
    """Clothes, hair and what is worn."""

    top: Material = field(default_factory=Material)
    bottom: Material = field(default_factory=Material)
    skin: Material = field(default_factory=Material)
    hair_material: Material = field(default_factory=Material)
    shoes: Material = field(default_factory=Material)
    headgear_material: Material = field(default_factory=Material)
    hair: Hair = Hair.SHORT
    headgear: Headgear = Headgear.NONE
    sleeve: float = 1.0  # share of the arm that is covered
    trouser: float = 1.0  # share of the leg
    coat: bool = False
    skirt: bool = False
    backpack: Material | None = None
    vest: Material | None = None
    lanyard: bool = False
    phone: bool = False


FABRICS = (
    Pattern.PLAIN,
    Pattern.PLAIN,
    Pattern.WEAVE,
    Pattern.MOTTLED,
    Pattern.BANDS,
    Pattern.CHECKS,
    Pattern.BLOTCHES,
)
SKINS: tuple[Colour, ...] = (
    (0.58, 0.36, 0.26),
    (0.50, 0.30, 0.20),
    (0.35, 0.19, 0.11),
    (0.20, 0.10, 0.06),
    (0.10, 0.05, 0.035),
)
HAIRS: tuple[Colour, ...] = (
    (0.012, 0.010, 0.009),
    (0.03, 0.018, 0.010),
    (0.08, 0.045, 0.022),
    (0.30, 0.19, 0.08),
    (0.42, 0.40, 0.38),
    (0.20, 0.06, 0.02),
)
VEST = Material((0.80, 0.75, 0.03), (0.95, 0.95, 0.95), Pattern.VEST, 0.19, 0.06)
DARK = Material((0.018, 0.018, 0.02), (0.026, 0.026, 0.028), Pattern.WEAVE, 0.03, 0.10)


def random_fabric(rng: np.random.Generator) -> Material:
    """A cloth: mostly muted, sometimes bright, often patterned."""
    pattern = FABRICS[int(rng.integers(len(FABRICS)))]
    size = {Pattern.BANDS: 0.06, Pattern.CHECKS: 0.07, Pattern.WEAVE: 0.012}.get(pattern, 0.05)
    first = random_colour(rng)
    second = tuple(0.35 * c + 0.65 * d for c, d in zip(first, random_colour(rng), strict=True))
    return Material(
        first,
        (second[0], second[1], second[2]),
        pattern,
        size * float(rng.uniform(0.6, 1.5)),
        float(rng.uniform(0.08, 0.3)),
        infrared=float(rng.uniform(0.0, 0.3)),
    )


def random_colour(rng: np.random.Generator) -> Colour:
    """A reflectance with log-uniform lightness and some saturation."""
    light = float(np.exp(rng.uniform(np.log(0.025), np.log(0.65))))
    tint = rng.normal(0.0, 0.28, size=3) * (rng.random() < 0.7)
    rgb = np.clip(light * np.exp(tint), 0.012, 0.85)
    return (float(rgb[0]), float(rgb[1]), float(rgb[2]))


def random_outfit(rng: np.random.Generator, *, femininity: float, age_years: float) -> Outfit:
    """Clothes of a passer-by; headgear, bags and uniforms are given by the scene."""
    skin = SKINS[int(rng.integers(len(SKINS)))]
    grey = age_years > 55 and rng.random() < 0.7
    hair = (
        HAIRS[4] if grey else HAIRS[int(rng.choice([0, 1, 2, 3, 5], p=[0.3, 0.3, 0.2, 0.15, 0.05]))]
    )
    darker = tuple(0.55 * c for c in hair)
    summer = rng.random() < 0.35
    style = _hair_style(rng, femininity, age_years)
    return Outfit(
        top=random_fabric(rng),
        bottom=random_fabric(rng),
        skin=Material(skin, skin, Pattern.PLAIN, 0.05, 0.10),
        hair_material=Material(
            hair, (darker[0], darker[1], darker[2]), Pattern.STRANDS, 0.012, 0.25
        ),
        shoes=random_fabric(rng),
        headgear_material=random_fabric(rng),
        hair=style,
        sleeve=float(rng.choice([0.0, 0.3, 0.45])) if summer else 1.0,
        trouser=float(rng.choice([0.45, 1.0])) if summer else 1.0,
        coat=bool(not summer and rng.random() < 0.35),
        skirt=bool(rng.random() < 0.35 * femininity),
    )


def _hair_style(rng: np.random.Generator, femininity: float, age_years: float) -> Hair:
    draw = rng.random()
    if femininity > 0.5:
        return Hair.LONG if draw < 0.5 else Hair.BUN if draw < 0.65 else Hair.SHORT
    bald = 0.3 if age_years > 40 else 0.06
    return Hair.BALD if draw < bald else Hair.LONG if draw > 0.95 else Hair.SHORT
