"""What has changed between two sets of texts, through the tool's own stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scout_codebase.amend import amended
from scout_codebase.pack import tokens_by_path
from scout_codebase.records import Omission
from scout_codebase.reports.changes import State, change_facts
from scout_codebase.tokens import count_tokens
from support.packing import pack_texts


def facts_between(
    before: Mapping[str, str],
    after: Mapping[str, str],
    hidden_before: tuple[Omission, ...] = (),
    hidden_after: tuple[Omission, ...] = (),
) -> dict[str, Any]:
    """All facts of the change."""
    base, now = pack_texts(before, hidden_before), pack_texts(after, hidden_after)
    pack = amended(base.pack, now.pack, "v1", count_tokens)
    assert pack.base is not None
    was, present = (State(row.snapshot, row.graph) for row in (base, now))
    return change_facts(pack.base, was, present, tokens_by_path(pack))


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Any]:
    """The fact ``changes``."""
    changes: dict[str, Any] = facts_between(before, after)["changes"]
    return changes


def api_rows(changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for component in changes["components"] for row in component["api"]]


def file_rows(changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["path"]: row for component in changes["components"] for row in component["rows"]}
