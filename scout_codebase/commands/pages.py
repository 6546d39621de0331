"""The options that choose pages of a report that is a site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from scout_codebase.options import under

page_options = under(
    "Reports",
    click.option(
        "--only",
        multiple=True,
        metavar="PAGE",
        help="Write this page of the documentation and keep the others: index, "
        "components/web …; repeatable.",
    ),
    click.option(
        "--refresh",
        is_flag=True,
        help="Write the pages of the documentation that docs-check calls stale; keep the others.",
    ),
)


def wants_pages(options: Mapping[str, Any]) -> bool:
    """Whether some pages are to be written, and the others kept."""
    return bool(options["only"] or options["refresh"])
