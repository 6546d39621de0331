"""Every reason to skip a path, in the order that the documentation of the walk numbers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.repositories import add_submodule, commit_all, git, make_repository
from support.snapshots import omissions, reasons, sizes, texts

import scout_codebase.walk
from scout_codebase.records import OmissionReason, Snapshot
from scout_codebase.walk import WalkSettings, walk
from scout_codebase.walk.names import (
    GENERATED_ENDINGS,
    LOCK_FILES,
    is_generated_name,
    is_lock_file,
    is_minified_name,
)

pytestmark = pytest.mark.usefixtures("no_user_configuration")

R = OmissionReason
MINIFIED_LINES = "a{b:c}" * 500
LFS_POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d' * 32}\nsize 12345\n"
UNDECODABLE = bytes(range(1, 256)) * 4
LIMIT = 2500

DOCUMENTED = {
    int(number): OmissionReason[reason]
    for number, reason in re.findall(
        r"^ ?(\d+)\. ([A-Z_]+) ", scout_codebase.walk.__doc__ or "", re.MULTILINE
    )
}


def both(repository: Path, **settings: object) -> list[Snapshot]:
    """The clean working tree and its commit, which must be read alike."""
    return [
        walk(repository, WalkSettings(**settings)),  # type: ignore[arg-type]
        walk(repository, WalkSettings(rev="HEAD", **settings)),  # type: ignore[arg-type]
    ]


@dataclass(frozen=True)
class Row:
    """The first path is skipped by step ``number``, although later steps hold for it too: ``over``
    names the next one that can. ``detail`` tells two steps of the same reason apart."""

    number: int
    over: int
    files: Mapping[str, str | bytes]
    exclude: tuple[str, ...] = ()
    limit: int = LIMIT
    detail: str = ""

    @property
    def path(self) -> str:
        return next(iter(self.files))


VENDORED_GENERATED = "* linguist-vendored linguist-generated"
NARROWED: dict[str, str | bytes] = {
    "node_modules/go.sum": b"\0",
    "scout-review.toml": 'exclude = ["go.sum"]\n',
}
ROWS = [
    Row(1, 6, NARROWED, ("go.sum",)),
    Row(6, 7, NARROWED | {".gitattributes": "*.sum linguist-vendored"}),
    Row(6, 8, NARROWED),
    Row(1, 7, {"node_modules/go.sum": b"\0", ".gitattributes": VENDORED_GENERATED}, ("go.sum",)),
    Row(
        7,
        8,
        {"node_modules/go.sum": b"\0", ".gitattributes": VENDORED_GENERATED},
        detail="linguist-vendored",
    ),
    Row(7, 9, {"go.sum": b"\0", ".gitattributes": VENDORED_GENERATED}, detail="linguist-vendored"),
    Row(8, 9, {"node_modules/go.sum": b"\0", ".gitattributes": "* linguist-generated"}),
    Row(8, 16, {"x/vendor/a.go": b"\0", "x/vendor/modules.txt": ""}, detail="x/vendor/"),
    Row(8, 18, {"vendor/a.php": "<?php\n// @generated\n", "vendor/autoload.php": "<?php\n"}),
    Row(9, 10, {"go.sum": b"\0", ".gitattributes": "* linguist-generated=true"}),
    Row(9, 11, {"a_pb2.py": b"\0", ".gitattributes": "* linguist-generated"}),
    Row(10, 13, {"uv.lock": b"\0" * 3000, ".gitattributes": "*.lock binary"}),
    Row(11, 13, {"a_pb2.py": b"\0" * 3000, ".gitattributes": "*.py binary"}),
    Row(12, 13, {"a.min.js": b"\0" * 3000, ".gitattributes": "*.js binary"}),
    Row(13, 14, {"a.js": MINIFIED_LINES * 2, ".gitattributes": "*.js binary"}, detail="attribute"),
    Row(14, 15, {"a.psd": LFS_POINTER}, limit=100),
    Row(14, 16, {"a.js": b"\0" + MINIFIED_LINES.encode() * 2}),
    Row(15, 16, {"a.psd": f"{LFS_POINTER}\0", ".gitattributes": "*.psd filter=lfs -text"}),
    Row(16, 17, {"a.js": b"// @generated\n\0\xff" + UNDECODABLE}),
    Row(16, 18, {"a.pdf": b"%PDF-1.4\n% @generated\n"}),
    Row(17, 18, {"a.py": b"# @generated\n" + UNDECODABLE}),
    Row(17, 19, {"a.css": UNDECODABLE * 2 + b"a{b:c}" * 40}),
    Row(18, 19, {"a.js": "// @generated\n" + MINIFIED_LINES[:2200]}),
    Row(19, 19, {"a.css": MINIFIED_LINES[:2200]}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number} over {row.over}")
def test_the_first_reason_that_holds(tmp_path: Path, row: Row) -> None:
    repository = make_repository(tmp_path / "r", row.files)
    for rev in ("", "HEAD"):
        settings = WalkSettings(rev, exclude=row.exclude, max_file_bytes=row.limit)
        snapshot = walk(repository, settings)
        reason, detail = omissions(snapshot)[row.path]
        assert reason == DOCUMENTED[row.number]
        if row.detail:
            assert detail == row.detail
        assert sizes(snapshot)[row.path] == (repository / row.path).stat().st_size
        included = WalkSettings(rev, (f"/{row.path}",), row.exclude, row.limit)
        assert row.path in texts(walk(repository, included))


def _excluded_submodule(repository: Path) -> None:
    add_submodule(repository, make_repository(repository.parent / "inner", {"i": ""}), "x")


def _deleted_submodule(repository: Path) -> None:
    _excluded_submodule(repository)
    git(repository, "rm", "--quiet", "-r", "--force", "x")
    git(repository, "reset", "--quiet")


def _deleted_link(repository: Path) -> None:
    (repository / "x").symlink_to("a.py")
    commit_all(repository)
    (repository / "x").unlink()


def _link_that_became_a_pipe(repository: Path) -> None:
    _deleted_link(repository)
    os.mkfifo(repository / "x")


def _vendored_pipe(repository: Path) -> None:
    (repository / "x").write_text("x\n")
    (repository / ".gitattributes").write_text("x linguist-vendored\n")
    commit_all(repository)
    (repository / "x").unlink()
    os.mkfifo(repository / "x")


BY_LISTING: list[tuple[int, int, Callable[[Path], None], tuple[str, ...]]] = [
    (1, 2, _excluded_submodule, ("x",)),
    (2, 3, _deleted_submodule, ()),
    (3, 4, _deleted_link, ()),
    (4, 5, _link_that_became_a_pipe, ()),
    (5, 7, _vendored_pipe, ()),
]


@pytest.mark.parametrize(("number", "over", "make", "exclude"), BY_LISTING)
def test_the_first_reason_of_the_listing(
    tmp_path: Path,
    number: int,
    over: int,
    make: Callable[[Path], None],
    exclude: tuple[str, ...],
) -> None:
    repository = make_repository(tmp_path / "r", {"a.py": "a\n"})
    make(repository)
    assert reasons(walk(repository, WalkSettings(exclude=exclude)))["x"] == DOCUMENTED[number]
    included = WalkSettings(include=("x",), exclude=exclude)
    expected = DOCUMENTED[over if number == 1 else number]
    assert reasons(walk(repository, included))["x"] == expected


def test_a_missing_object_comes_before_its_attributes(tmp_path: Path) -> None:
    repository = make_repository(
        tmp_path / "r", {"a.py": "a\n", "x": "x\n", ".gitattributes": "x linguist-vendored\n"}
    )
    object_id = git(repository, "rev-parse", "HEAD:x").decode().strip()
    (repository / ".git/objects" / object_id[:2] / object_id[2:]).unlink()
    assert reasons(walk(repository, WalkSettings("HEAD")))["x"] == DOCUMENTED[5]


def test_every_documented_step_has_a_row() -> None:
    assert list(DOCUMENTED) == list(range(1, 20))
    assert {row.number for row in ROWS} | {row[0] for row in BY_LISTING} == set(DOCUMENTED)


def test_no_name_holds_for_two_steps() -> None:
    """Why 10, 11 and 12 need no order among themselves."""
    names: Iterable[str] = (
        *LOCK_FILES,
        *(f"a{ending}" for ending in GENERATED_ENDINGS),
        "a.min.js",
    )
    for name in names:
        held = (is_lock_file(name), is_generated_name(name), is_minified_name(name))
        assert sum(held) == 1


# --- what is not skipped ------------------------------------------------------------------------

PACKED: list[Mapping[str, str | bytes]] = [
    {"vendor/models.py": "class Vendor: ...\n"},
    {"node_modules": "a file of that name\n"},
    {"package.json": "{}\n"},
    {"run.sh": "echo\n", ".gitattributes": "* -text\n"},
    {"uv.lock": "x\n", ".gitattributes": "uv.lock -linguist-generated\n"},
    {"a_pb2.py": "# @generated\n", ".gitattributes": "*.py linguist-generated=false\n"},
    {"a.min.js": MINIFIED_LINES, ".gitattributes": "*.js -linguist-generated\n"},
    {"node_modules/a.js": "x\n", ".gitattributes": "* linguist-vendored=false\n"},
    {"short.js": "x" * 1500},
    {"data.json": "[" + "1," * 3000 + "1]"},
    {"marker.py": '"""Finds files that say @generated."""\n'},
    {"tool.py": "# Knows what generated files say: DO NOT EDIT\nx = 1\n"},
    {"writer.sh": "cat > out <<EOF\n# Code generated by writer. DO NOT EDIT.\nEOF\n"},
    {"README.md": "# Why @generated?\n"},
    {"empty.py": ""},
]


@pytest.mark.parametrize("files", PACKED, ids=lambda files: next(iter(files)))
def test_no_reason_to_skip(tmp_path: Path, files: Mapping[str, str | bytes]) -> None:
    for snapshot in both(make_repository(tmp_path / "r", files)):
        assert next(iter(files)) in texts(snapshot)


@pytest.mark.parametrize(
    "head",
    [
        "// Code generated by protoc-gen-go. DO NOT EDIT.\n// versions:\n\npackage a\n",
        "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
        "/*\n   This file is auto-generated from a.idl\n\n   Do not modify.\n */\nint a;\n",
        '<?xml version="1.0"?>\n<!-- @generated by a tool -->\n<a/>\n',
        "'use strict';\r\n// @generated SignedSource<<abc>>\r\n",
        "-- DO NOT EDIT: this file is generated by sqlc\nSELECT 1;\n",
        "#!/bin/sh\n\n# @generated\n",
    ],
)
def test_the_comment_above_the_first_code_may_say_generated(tmp_path: Path, head: str) -> None:
    repository = make_repository(tmp_path / "r", {"a": head + "x = 1\n" * 100})
    assert reasons(walk(repository, WalkSettings())) == {"a": R.GENERATED}


def test_every_name_of_the_tables(tmp_path: Path) -> None:
    expected = {f"a/{name}": R.LOCK_FILE for name in LOCK_FILES}
    expected |= {f"b/name{ending}": R.GENERATED for ending in GENERATED_ENDINGS}
    repository = make_repository(tmp_path / "r", dict.fromkeys(expected, "x\n"))
    assert reasons(walk(repository, WalkSettings())) == expected


def test_omissions_tell_size_and_detail(tmp_path: Path) -> None:
    repository = make_repository(
        tmp_path / "r", {"large.txt": "x" * 101, "at-limit.txt": "x" * 100}
    )
    for snapshot in both(repository, max_file_bytes=100):
        (omission,) = snapshot.omissions
        assert (omission.path, omission.size) == ("large.txt", 101)
        assert omission.detail == "over 100 bytes"
        assert list(texts(snapshot)) == ["at-limit.txt"]
