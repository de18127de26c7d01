"""Feeds hostile input to everything that reads what came from outside.

    scripts/bench fuzz              every target for 60 s, one after the other
    scripts/bench fuzz rig 300      one target, seconds

Whatever comes in, a reader gives a value that the next stage can use, or raises its LintelError.
Any other exception, a hang of 20 s or 2 GB of memory is a finding: it is printed with the input
that caused it, which is kept in the folder that is named. Needs Linux and CPython up to 3.13.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lintel"]):
    import numpy as np

    from lintel.capture import open_source
    from lintel.capture.analytic import AnalyticSource
    from lintel.capture.analytic.writing import site_toml
    from lintel.capture.images import read_gray
    from lintel.config import load_site
    from lintel.count.lines import LineCounter
    from lintel.count.zones import ZoneCounter
    from lintel.depth.rectify import Rectifier
    from lintel.device.access.header import quoted, read_credentials, read_parameters
    from lintel.errors import LintelError
    from lintel.frames import StereoPair
    from lintel.records import Attributes, Phase, Tracks
    from lintel.rig import load_rig, save_rig
    from lintel.truth import TrueHeads, Truth

SECONDS = 60
HANG_S = 20
MEMORY_MB = 2048
DIGEST = (
    'Digest username="anna", realm="lintel", nonce="abc=", uri="/api?x=1", cnonce="a\\"b", '
    f'response="{64 * "0"}", algorithm=SHA-256, qop=auth, nc=00000001, userhash=false'
)
MAX_RECTIFIED_PIXELS = 64 * 64  # a larger rig is checked by its file alone, for speed
NASTY: tuple[object, ...] = (
    None, True, 0, -1, 1, 2**63, 10**400, -0.0, 1e-320, 1e308, -1e308, float("nan"), float("inf"),
    "", "NaN", "\x00", "\ud800", "a" * 70, [], [[]], {}, [0] * 15, [[1e200] * 3] * 3,
)  # fmt: skip
TOML_WORDS = (
    "[[line]]", "[[zone]]", "[mount]", "[line.uturn]", "name = ", "points_m = ", "polygon_m = ",
    "holes_m = ", "height_m = ", "hysteresis_m = ", "policy = ", "[[0.0, 1.0], [0.0, -1.0]]",
    "[[0, 0], [1, 0], [0, 1]]", "nan", "inf", "1e308", "-0.0", "1979-05-27", "'''", '"', "[[[[",
)  # fmt: skip


# -- targets: bytes in, nothing or LintelError out ------------------------------------------------


def rig(data: bytes, folder: Path) -> None:
    """calibration.json, and rectification of two blank pictures by it."""
    path = folder / "calibration.json"
    path.write_bytes(data)
    found = load_rig(path)
    width, height = found.image_size
    if width * height <= MAX_RECTIFIED_PIXELS:
        grey = np.full((height, width), 90, dtype=np.uint8)
        Rectifier(found).rectify(StereoPair(grey, grey.copy(), 0, 0, found.rig_id))


def site(data: bytes, folder: Path) -> None:
    """site.toml, and somebody who walks over what it says."""
    path = folder / "site.toml"
    path.write_bytes(data)
    config = load_site(path)
    lines, zones = LineCounter(config.lines), ZoneCounter(config.zones)
    for step in range(12):
        tracks = somebody(x_m=0.25 * step - 1.5, t_ns=step * 100_000_000)
        lines.step(tracks)
        zones.step(tracks)
    lines.finish()
    zones.finish()


def truth(data: bytes, folder: Path) -> None:
    """truth.json."""
    (folder / "truth.json").write_bytes(data)
    Truth.load(folder)


def heads(data: bytes, folder: Path) -> None:
    """truth_heads.npz."""
    (folder / "truth_heads.npz").write_bytes(data)
    TrueHeads.load(folder)


def picture(data: bytes, folder: Path) -> None:
    """A PNG, JPEG, BMP or PGM file."""
    path = folder / "left_1.png"
    path.write_bytes(data)
    read_gray(path, where="frame 1")


def times(data: bytes, folder: Path) -> None:
    """timestamps.csv of a folder of image pairs."""
    (folder / "timestamps.csv").write_bytes(data)
    with open_source(image_folder(folder, ["left_1.png", "right_1.png"])) as source:
        source.read()


def names(data: bytes, folder: Path) -> None:
    """Names of files in an image folder, one a line."""
    listed = [name for name in data.decode("utf-8", "replace").split("\n") if usable(name)]
    with open_source(image_folder(folder, listed[:40])) as source:
        while source.read() is not None:
            pass


def spec(data: bytes, folder: Path) -> None:
    """What a person writes to name a source. Nothing is connected: no calibration is given."""
    del folder
    text = data.decode("utf-8", "replace")
    with open_source(text):
        pass


def digest(data: bytes, folder: Path) -> None:
    """An Authorization header; what was read must read the same when it is written again."""
    del folder
    header = data.decode("latin-1")
    found = read_parameters(header)
    again = "Digest " + ", ".join(f"{name}={quoted(value)}" for name, value in found.items())
    if len(again) < len(header) + 200 and read_parameters(again) != found:
        raise AssertionError(f"read differently: {found}")
    read_credentials(header)


TARGETS: dict[str, Callable[[bytes, Path], None]] = {
    target.__name__: target
    for target in (rig, site, truth, heads, picture, times, names, spec, digest)
}


def somebody(*, x_m: float, t_ns: int) -> Tracks:
    """One confirmed person at (x_m, 0.1)."""
    one = np.ones(1, dtype=np.float32)
    return Tracks(
        id=np.array([7]),
        xyz_m=np.array([[x_m, 0.1, 1.7]], dtype=np.float32),
        velocity_mps=np.array([[2.5, 0.0]], dtype=np.float32),
        stature_m=1.7 * one,
        stature_sigma_m=0.01 * one,
        phase=np.array([Phase.CONFIRMED], dtype=np.int8),
        attributes=Attributes.unmeasured(1),
        ended=np.zeros(0, dtype=np.int64),
        t_ns=t_ns,
    )


def usable(name: str) -> bool:
    """Whether a file system could hold the name."""
    return bool(name) and not set(name) & set("/\x00") and len(name.encode()) < 200


def image_folder(folder: Path, listed: list[str]) -> Path:
    """Empty files of these names beside a sound calibration."""
    for old in folder.iterdir():
        if old.name not in {"calibration.json", "timestamps.csv"}:
            old.unlink()
    if not (folder / "calibration.json").exists():
        save_rig(AnalyticSource("cross", size=(96, 64)).rig, folder / "calibration.json")
    for name in listed:
        if name not in {".", "..", "calibration.json", "timestamps.csv"}:
            (folder / name).touch()
    return folder


# -- seeds and mutation ---------------------------------------------------------------------------


def write_seeds(target: str, folder: Path) -> None:
    """Sound inputs to start from."""
    scene = AnalyticSource("cross", size=(32, 20), seconds=1.0)
    scratch = folder.with_name("sound")
    scratch.mkdir()
    save_rig(scene.rig, scratch / "rig")
    (scratch / "site").write_text(site_toml(AnalyticSource("doorway").site_file))
    AnalyticSource("cross").truth.save(scratch)
    scene.heads.save(scratch)
    plain = {"rig": "rig", "site": "site", "truth": "truth.json", "heads": "truth_heads.npz"}
    words = {
        "times": ["frame,t_s\n1,0.1\n2,0.2\n"],
        "names": ["left_1.png\nright_1.png\n", "left-2.JPG\nRIGHT_2.pgm\nleft\nright\nsbs.mp4"],
        "spec": [
            "analytic:cross?seconds=3&fps=5&size=64x40",
            "camera:0,1",
            "a?fps=3",
            "rtsp://a|b",
        ],
        "digest": [DIGEST],
        "picture": ["P5\n2 2\n255\nabcd"],
    }
    seeds = [(scratch / plain[target]).read_bytes()] if target in plain else []
    seeds += [text.encode() for text in words.get(target, [])]
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_bytes(seed)


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Put something nasty in place of one value of a JSON text, or change bytes."""
    chance = random.Random(seed)  # noqa: S311 - libFuzzer's own seed, so that runs repeat
    try:
        tree: object = json.loads(data)
    except ValueError:
        tree = None
    if not isinstance(tree, dict) or chance.random() < 0.2:
        return bytes(atheris.Mutate(data, max_size))
    holder: object = tree
    while isinstance(holder, dict | list) and holder:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = chance.choice(keys)
        inner: object = holder[key]  # type: ignore[index]  # a key of its own
        if not (isinstance(inner, dict | list) and inner) or chance.random() < 0.25:
            holder[key] = nasty(inner, chance)  # type: ignore[index]  # a key of its own
            break
        holder = inner
    return json.dumps(tree).encode("utf-8", "replace")[:max_size]


def nasty(value: object, chance: random.Random) -> object:
    """A number of another size, or something that does not belong there."""
    if isinstance(value, int | float) and abs(value) < 2**60 and chance.random() < 0.5:
        return float(value or 1.0) * chance.choice((-1.0, 1.0)) * 10 ** chance.uniform(-6, 6)
    return chance.choice(NASTY)


# -- running --------------------------------------------------------------------------------------


def fuzz(name: str, seconds: int) -> None:
    """Run one target in this process; libFuzzer ends it."""
    base = Path(tempfile.mkdtemp(prefix=f"lintel-fuzz-{name}-"))
    corpus, work = base / "corpus", base / "work"
    corpus.mkdir()
    work.mkdir()
    write_seeds(name, corpus)
    (base / "words").write_text("".join(f"{json.dumps(word)}\n" for word in TOML_WORDS))
    target = TARGETS[name]

    def once(data: bytes) -> None:
        try:
            target(data, work)
        except LintelError:
            return

    options = [f"-max_total_time={seconds}", f"-timeout={HANG_S}", f"-rss_limit_mb={MEMORY_MB}"]
    options += [f"-artifact_prefix={base}/", "-max_len=16384", "-print_final_stats=1"]
    if name == "site":
        options.append(f"-dict={base / 'words'}")
    mutator = {"custom_mutator": mutate} if name in {"rig", "truth"} else {}
    print(f"{name}: {seconds} s, findings are kept in {base}", flush=True)
    atheris.Setup([sys.argv[0], *options, str(corpus)], once, **mutator)
    atheris.Fuzz()


def main() -> None:
    """One target in this process, or all of them in one process each."""
    if len(sys.argv) > 1:
        fuzz(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else SECONDS)
        return
    failed = [
        name
        for name in TARGETS
        if subprocess.run([sys.executable, __file__, name], check=False).returncode  # noqa: S603 - this very file
    ]
    sys.exit(f"findings in: {', '.join(failed)}" if failed else None)


if __name__ == "__main__":
    main()
