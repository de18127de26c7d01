from datetime import UTC, datetime

from lintel.clock import ManualClock
from lintel.config import SiteFile
from lintel.device.keeping.sites import SiteBook

BOOK = SiteBook(first=SiteFile, clock=ManualClock(utc=datetime(2026, 3, 2, tzinfo=UTC)))


def test_no_site_file_switches_gender_on_past_the_privacy_officer() -> None:
    (fault,) = BOOK.faults({"attributes": {"gender": True}})
    assert fault.place == "attributes.gender"
    assert "privacy officer" in fault.message
    assert BOOK.faults({"attributes": {"gender": False}}) == ()
