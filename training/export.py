"""Writes the trained network as ONNX, and beside it where it comes from."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import onnx
import torch

from lintel.detect.plan_maps import CELL_M, CHANNELS, MAPS_VERSION
from training.model import Exported, HeadNet

NAME = "heads"
OPSET = 17


def write_model(
    net: HeadNet, config: dict[str, object], seeds: dict[str, object], folder: Path
) -> Path:
    """Write ``heads.onnx`` and ``heads.json``: its provenance, to which bench.py adds scores."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.onnx"
    example = torch.zeros(1, CHANNELS, 64, 64)
    torch.onnx.export(
        Exported(net).eval(),
        (example,),
        str(path),
        input_names=["maps"],
        output_names=["heads"],
        dynamic_axes={
            "maps": {2: "rows", 3: "columns"},
            "heads": {2: "half_rows", 3: "half_columns"},
        },
        opset_version=OPSET,
        dynamo=False,
    )
    model = onnx.load(str(path))
    for key, value in (("maps", MAPS_VERSION), ("cell_m", str(CELL_M))):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(model, str(path))
    provenance = {
        "model": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "maps": MAPS_VERSION,
        "parameters": sum(p.numel() for p in net.parameters()),
        "config": config,
        "seeds": seeds,
        "data": "rendered people; training seeds below 1,000,000",
        "code": _commit(),
    }
    path.with_suffix(".json").write_text(json.dumps(provenance, indent=2) + "\n", encoding="utf-8")
    return path


def _commit() -> str:
    """The commit of the code, with + when the tree differs from it."""
    here = Path(__file__).parent
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, check=True, text=True
        ).stdout.strip()
        clean = subprocess.run(
            ["git", "diff", "--quiet", "HEAD", "--", ".", "../src"], cwd=here, check=False
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit if clean.returncode == 0 else f"{commit}+"
