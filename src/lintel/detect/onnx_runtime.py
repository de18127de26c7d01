"""ONNX Runtime, kept from reporting home: import it from here and from nowhere else.

Its official builds (since 1.29) send events about process and models to their maker, and write an
identifier of the machine, unless ORT_DISABLE_TELEMETRY is set before the library is first loaded.
A counter tells nobody anything that it was not asked for.
"""

from __future__ import annotations

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

onnxruntime.disable_telemetry_events()  # where something else had loaded it before

__all__ = ["onnxruntime"]
