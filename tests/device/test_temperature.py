"""The temperature of the machine: the warmest sensor, or why there is none."""

from __future__ import annotations

from pathlib import Path

from lintel.device.temperature import read_temperature


def sensor(folder: Path, number: int, text: str) -> None:
    zone = folder / f"thermal_zone{number}"
    zone.mkdir()
    (zone / "temp").write_text(text, encoding="ascii")


def test_the_warmest_sensor_counts_and_a_broken_one_does_not(tmp_path: Path) -> None:
    for number, text in enumerate(("41500\n", "63250\n", "-274000\n", "900000\n", "off\n")):
        sensor(tmp_path, number, text)
    found = read_temperature(tmp_path)
    assert (found.celsius, found.why, found.hot) == (63.2, "", False)
    sensor(tmp_path, 9, "91000\n")
    assert read_temperature(tmp_path).hot


def test_without_a_sensor_it_says_why(tmp_path: Path) -> None:
    assert "no sensor" in read_temperature(tmp_path).why
    missing = read_temperature(tmp_path / "none")
    assert missing.celsius is None
    assert "is not there" in missing.why
