"""What is told to people: tables, pictures, and counts made fit for the public."""

from lintel.report.count_table import CountTable, table_of
from lintel.report.noise import RandomSource, SystemRandomness, geometric_noise
from lintel.report.private import PrivacyRule, PrivatePublisher, PublicCount, Spent
from lintel.report.suppression import PublicTable, suppress

__all__ = [
    "CountTable",
    "PrivacyRule",
    "PrivatePublisher",
    "PublicCount",
    "PublicTable",
    "RandomSource",
    "Spent",
    "SystemRandomness",
    "geometric_noise",
    "suppress",
    "table_of",
]
