"""Rendered people with exact truth: recordings and a live source. Needs the extra ``[sim]``.

Seeds are reserved: training 0-999,999, tuning 1,000,000-1,999,999, reporting from 2,000,000.
"""

from __future__ import annotations
