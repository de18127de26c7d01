"""Follow a Lintel device: every event once, also after a broken line. Needs httpx.

    LINTEL_URL=https://lintel.local:8443 LINTEL_TOKEN=lintel_... python follow_events.py

Keep the position that is printed last: start with it (LINTEL_AFTER) to go on from there.
"""

import json
import os
import sys
import time
from collections.abc import Iterator

import httpx

URL = os.environ["LINTEL_URL"]
HEADERS = {"Authorization": f"Bearer {os.environ['LINTEL_TOKEN']}"}
# The device signs its certificate itself: fetch it once, check its fingerprint, give it here.
VERIFY = os.environ.get("LINTEL_CERTIFICATE") or True
COUNT = int(os.environ.get("LINTEL_COUNT", "0"))  # stop after so many; 0 goes on


def messages(client: httpx.Client, position: str | None) -> Iterator[tuple[str, str, str]]:
    """Name, position and data of every message of one connection."""
    headers = {"Last-Event-ID": position} if position else {}
    with client.stream("GET", "/api/v1/live/stream", headers=headers) as answer:
        answer.raise_for_status()
        name = data = number = ""
        for line in answer.iter_lines():
            field, _, text = line.partition(": ")
            if field == "event":
                name = text
            elif field == "data":
                data = text
            elif field == "id":
                number = text
            elif not line and data:
                yield name, number, data
                name = data = number = ""


def follow(position: str | None) -> Iterator[tuple[str, dict[str, object]]]:
    """Position and event, for ever; a connection that breaks is made anew."""
    timeout = httpx.Timeout(10.0, read=40.0)  # the device says something every 15 s
    with httpx.Client(base_url=URL, headers=HEADERS, verify=VERIFY, timeout=timeout) as client:
        while True:
            try:
                for name, number, data in messages(client, position):
                    if name == "event":
                        position = number
                        yield number, json.loads(data)
            except httpx.HTTPStatusError as error:
                if error.response.status_code != 429:  # too many listeners: wait
                    sys.exit(f"the device refuses: {error}")
            except httpx.TransportError as error:
                print(f"again, after {error!r}", file=sys.stderr)
            time.sleep(2.0)


for count, (number, event) in enumerate(follow(os.environ.get("LINTEL_AFTER")), 1):
    print(number, event["utc"], event["type"], event["place"], event.get("direction", ""))
    if count == COUNT:
        break
