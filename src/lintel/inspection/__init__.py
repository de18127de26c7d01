"""A picture page of one recording, so that an installer can look instead of read.

The page holds pictures: it is made on request from a recording, by hand, and never by the device.
"""

from __future__ import annotations

from lintel.inspection.inspector import inspect_source

__all__ = ["inspect_source"]
