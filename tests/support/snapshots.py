"""What the tests of the walk ask of a snapshot."""

from __future__ import annotations

from scout_codebase.records import OmissionReason, Snapshot


def texts(snapshot: Snapshot) -> dict[str, str]:
    return {file.path: file.text for file in snapshot.files}


def omissions(snapshot: Snapshot) -> dict[str, tuple[OmissionReason, str]]:
    """The reason and its detail."""
    return {row.path: (row.reason, row.detail) for row in snapshot.omissions}


def reasons(snapshot: Snapshot) -> dict[str, OmissionReason]:
    return {row.path: row.reason for row in snapshot.omissions}


def sizes(snapshot: Snapshot) -> dict[str, int]:
    """Of what was omitted."""
    return {row.path: row.size for row in snapshot.omissions}
