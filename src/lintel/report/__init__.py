"""What is told to people: tables, pictures, and counts made fit for the public."""

from lintel.report.account import load_account, save_account
from lintel.report.count_table import CountTable, table_of
from lintel.report.export import write_sheet
from lintel.report.noise import RandomSource, SystemRandomness, geometric_noise
from lintel.report.pictures import draw_dwell, draw_footfall, draw_map
from lintel.report.private import PrivacyRule, PrivatePublisher, PublicCount, Spent
from lintel.report.sheet import (
    FloorMap,
    Kind,
    Sheet,
    dwell_sheet,
    event_sheet,
    interval_sheet,
    map_sheet,
    public_sheet,
    table_sheet,
)
from lintel.report.suppression import PublicTable, suppress

__all__ = [
    "CountTable",
    "FloorMap",
    "Kind",
    "PrivacyRule",
    "PrivatePublisher",
    "PublicCount",
    "PublicTable",
    "RandomSource",
    "Sheet",
    "Spent",
    "SystemRandomness",
    "draw_dwell",
    "draw_footfall",
    "draw_map",
    "dwell_sheet",
    "event_sheet",
    "geometric_noise",
    "interval_sheet",
    "load_account",
    "map_sheet",
    "public_sheet",
    "save_account",
    "suppress",
    "table_of",
    "table_sheet",
    "write_sheet",
]
