"""Which paths are listed, which are skipped and for which reason, and how bytes become text."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.repositories import commit_all, git, make_repository, write_files
from support.snapshots import reasons, texts

from scout_codebase.errors import UsageError
from scout_codebase.records import OmissionReason, Snapshot
from scout_codebase.walk import WalkSettings, walk
from scout_codebase.walk.decoding import FORCED_ENCODING
from scout_codebase.walk.names import GENERATED_ENDINGS, LOCK_FILES

R = OmissionReason
MINIFIED_LINES = "a{b:c}" * 500
LFS_POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d' * 32}\nsize 12345\n"


pytestmark = pytest.mark.usefixtures("no_user_configuration")


def both(repository: Path, **settings: object) -> list[Snapshot]:
    """The clean working tree and its commit, which must be read alike."""
    return [
        walk(repository, WalkSettings(**settings)),  # type: ignore[arg-type]
        walk(repository, WalkSettings(rev="HEAD", **settings)),  # type: ignore[arg-type]
    ]


# --- listing ------------------------------------------------------------------------------------


def test_tracked_and_untracked_but_not_ignored_files_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = make_repository(
        tmp_path / "shop",
        {
            ".gitignore": "*.log\nbuild/\n",
            "a.py": "a\n",
            "tracked.log": "tracked, so not ignored\n",
            "deep/.gitignore": "!keep.log\nlocal\n",
        },
    )
    (tmp_path / "ignore").write_text("*.swp\n")
    (tmp_path / "config").write_text(f"[core]\n\texcludesFile = {tmp_path / 'ignore'}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    (repository / ".git/info/exclude").write_text("private/\n")
    untracked = [
        "new.py",
        "deep/keep.log",
        "x.log",
        "build/x.py",
        "deep/local",
        "private/x",
        "a.swp",
    ]
    write_files(repository, dict.fromkeys(untracked, "new\n"))

    snapshot = walk(repository, WalkSettings())

    tracked = {file.path: file.tracked for file in snapshot.files}
    assert tracked == {
        ".gitignore": True,
        "a.py": True,
        "deep/.gitignore": True,
        "deep/keep.log": False,
        "new.py": False,
        "tracked.log": True,
    }
    assert list(tracked) == sorted(tracked)
    assert not snapshot.omissions
    assert (snapshot.name, snapshot.root, snapshot.folder) == ("shop", repository, "")


def test_a_folder_inside_a_repository_is_walked_alone(tmp_path: Path) -> None:
    repository = make_repository(
        tmp_path / "big",
        {
            "top.py": "t\n",
            ".gitignore": "*.tmp\n",
            "examples/shop/a.py": "a\n",
            "examples/b.py": "",
        },
    )
    write_files(repository, {"examples/shop/new.py": "n\n", "examples/shop/x.tmp": ""})

    working_tree = walk(repository / "examples/shop", WalkSettings())
    revision = walk(repository / "examples/shop", WalkSettings(rev="main"))

    assert texts(working_tree) == {"a.py": "a\n", "new.py": "n\n"}
    assert texts(revision) == {"a.py": "a\n"}
    for snapshot in (working_tree, revision):
        assert (snapshot.name, snapshot.root, snapshot.folder) == (
            "shop",
            repository,
            "examples/shop",
        )


STRANGE_PATHS = [
    "with space.py",
    "with \"quotes'.py",
    "with\nnewline.py",
    "with\ttab.py",
    "back\\slash.py",
    "-dash.py",
    ":(top)magic.py",
    "? looks untracked.py",
    "glob*[a].py",
    "latin-\udce9.py",
    "folder \udcff\n/x.py",
    "Case.py",
    "case.py",
    "ünïcode/日本.py",
]


def test_strange_paths(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {path: path[:2] for path in STRANGE_PATHS})
    expected = {path: path[:2] for path in sorted(STRANGE_PATHS)}
    for snapshot in both(repository):
        assert texts(snapshot) == expected
    git(repository, "rm", "-r", "--quiet", "--cached", ".")
    assert texts(walk(repository, WalkSettings())) == expected


# --- precedence ---------------------------------------------------------------------------------

# (what is written, the patterns that exclude it, the reason); the path under test comes first.
# Each row also breaks every later rule that one file can break together with its own.
PRECEDENCE: list[tuple[Mapping[str, str | bytes], tuple[str, ...], OmissionReason]] = [
    ({"node_modules/go.sum": b"\0"}, ("go.sum",), R.EXCLUDED),
    ({"go.sum": b"\0", ".gitattributes": "* linguist-vendored linguist-generated"}, (), R.VENDORED),
    ({"node_modules/go.sum": b"\0", ".gitattributes": "* linguist-generated"}, (), R.VENDORED),
    ({"x/vendor/a.go": b"\0", "x/vendor/modules.txt": ""}, (), R.VENDORED),
    ({"vendor/a.php": "<?php\n", "vendor/autoload.php": "<?php\n"}, (), R.VENDORED),
    ({"go.sum": b"\0", ".gitattributes": "* linguist-generated=true"}, (), R.GENERATED),
    ({"uv.lock": b"\0" * 3000}, (), R.LOCK_FILE),
    ({"a_pb2.py": b"\0" * 3000}, (), R.GENERATED),
    ({"a.min.js": b"\0" * 3000}, (), R.MINIFIED),
    ({"a.js": MINIFIED_LINES * 2, ".gitattributes": "*.js binary"}, (), R.BINARY),
    ({"a.js": b"\0" + MINIFIED_LINES.encode() * 2}, (), R.TOO_LARGE),
    ({"a.psd": LFS_POINTER, ".gitattributes": "*.psd filter=lfs -text"}, (), R.LFS_POINTER),
    ({"a.js": b"// @generated\n\0\xff"}, (), R.BINARY),
    ({"a.pdf": b"%PDF-1.4\n% @generated\n"}, (), R.BINARY),
    ({"a.txt": bytes(range(1, 256)) * 4}, (), R.NOT_DECODABLE),
    ({"a.js": "// @generated\n" + MINIFIED_LINES[:2200]}, (), R.GENERATED),
    ({"a.css": MINIFIED_LINES[:2200]}, (), R.MINIFIED),
]


@pytest.mark.parametrize(("files", "exclude", "reason"), PRECEDENCE)
def test_the_first_reason_that_holds(
    tmp_path: Path,
    files: Mapping[str, str | bytes],
    exclude: tuple[str, ...],
    reason: OmissionReason,
) -> None:
    repository = make_repository(tmp_path / "r", files)
    path = next(iter(files))
    for snapshot in both(repository, exclude=exclude, max_file_bytes=2500):
        assert reasons(snapshot).get(path) == reason
        packed = walk(repository, WalkSettings(exclude=exclude, include=(f"/{path}",)))
        assert path in texts(packed)


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


# --- include and exclude ------------------------------------------------------------------------

SELECTION: list[tuple[tuple[str, ...], tuple[str, ...], set[str]]] = [
    ((), (), {"a.py", "docs/a.md", "docs/deep/b.md", "tests/a.py", "tests/x\ny.key"}),
    ((), ("docs/",), {"a.py", "tests/a.py", "tests/x\ny.key"}),
    ((), ("/*.py",), {"docs/a.md", "docs/deep/b.md", "tests/a.py", "tests/x\ny.key"}),
    ((), ("*.md", "!docs/deep/b.md"), {"a.py", "docs/deep/b.md", "tests/a.py", "tests/x\ny.key"}),
    ((), ("docs/**/b.md", "*.key", "# no"), {"a.py", "docs/a.md", "tests/a.py"}),
    (("tests/a.py",), ("tests/", "docs/"), {"a.py", "tests/a.py"}),
    (("docs/",), ("*",), {"docs/a.md", "docs/deep/b.md"}),
    (("a.py",), (), {"a.py", "docs/a.md", "docs/deep/b.md", "tests/a.py", "tests/x\ny.key"}),
]


@pytest.mark.parametrize(("include", "exclude", "packed"), SELECTION)
def test_patterns(
    tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], packed: set[str]
) -> None:
    repository = make_repository(tmp_path / "r", dict.fromkeys(SELECTION[0][2], "x\n"))
    for snapshot in both(repository, include=include, exclude=exclude):
        assert set(texts(snapshot)) == packed
        assert reasons(snapshot) == dict.fromkeys(sorted(SELECTION[0][2] - packed), R.EXCLUDED)


def test_a_pattern_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--exclude: '!' is not a pattern"):
        walk(make_repository(tmp_path / "r", {"a": ""}), WalkSettings(exclude=("!",)))


def test_an_included_file_that_is_no_text_keeps_its_bytes_visible(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {"a.bin": b"\x89PNG\r\n\x1a\n\0\xff"})
    (file,) = walk(repository, WalkSettings(include=("*.bin",))).files
    assert (file.text, file.encoding) == ("\\x89PNG\r\n\x1a\n\0\\xff", FORCED_ENCODING)


# --- decoding -----------------------------------------------------------------------------------

EURO_STRADDLES = "a" * 65_535 + "€" * 3000
DECODING: list[tuple[bytes, str, str]] = [
    (b"", "", "utf-8"),
    ("naïve €\r\nb\rc\n".encode(), "naïve €\r\nb\rc\n", "utf-8"),
    (EURO_STRADDLES.encode(), EURO_STRADDLES, "utf-8"),
    (codecs.BOM_UTF8 + b"a\n", "a\n", "utf-8-sig"),
    (codecs.BOM_UTF16_LE + "é\r\n€".encode("utf-16-le"), "é\r\n€", "utf-16"),
    (codecs.BOM_UTF16_BE + "é\r\n€".encode("utf-16-be"), "é\r\n€", "utf-16"),
    (codecs.BOM_UTF32_LE + "é€".encode("utf-32-le"), "é€", "utf-32"),
    (codecs.BOM_UTF32_BE + "é€".encode("utf-32-be"), "é€", "utf-32"),
    ("x = 'café naïve'\r\n".encode("latin-1") * 9, "x = 'café naïve'\r\n" * 9, "cp1252"),
    ("// größe\n".encode("latin-1"), "// größe\n", "cp1252"),
    ("# это проверка кодировки\n".encode("cp1251") * 9, "# это проверка кодировки\n" * 9, "cp1251"),
    ("# これはテストです\n".encode("euc_jp") * 9, "# これはテストです\n" * 9, "euc_jp"),
]


@pytest.mark.parametrize(("data", "text", "encoding"), DECODING)
def test_decoding(tmp_path: Path, data: bytes, text: str, encoding: str) -> None:
    for snapshot in both(make_repository(tmp_path / "r", {"a.txt": data})):
        (file,) = snapshot.files
        assert (file.text, file.encoding, file.size) == (text, encoding, len(data))


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF16_LE + b"\x00\xd8a\x00",
        codecs.BOM_UTF16_LE + b"a",
        b"\0",
        b"text\n" * 9000 + b"\0",
    ],
)
def test_what_is_no_text_is_omitted(tmp_path: Path, data: bytes) -> None:
    snapshot = walk(make_repository(tmp_path / "r", {"a.txt": data}), WalkSettings())
    assert reasons(snapshot)["a.txt"] in (R.BINARY, R.NOT_DECODABLE)


def test_the_encoding_that_the_working_tree_declares(tmp_path: Path) -> None:
    attributes = "*.rc working-tree-encoding=UTF-16LE text\n*.ini working-tree-encoding=punycode\n"
    repository = make_repository(tmp_path / "r", {".gitattributes": attributes}, commit=True)
    write_files(repository, {"a.rc": "menu é\n".encode("utf-16-le")})
    commit_all(repository)
    write_files(repository, {"b.ini": "a-b\n"})

    snapshot = walk(repository, WalkSettings(exclude=("b.ini",)))
    assert texts(snapshot)["a.rc"] == "menu é\n"
    assert [file.encoding for file in snapshot.files if file.path == "a.rc"] == ["utf-16-le"]
    assert texts(walk(repository, WalkSettings(rev="HEAD")))["a.rc"] == "menu é\n"
    assert texts(walk(repository, WalkSettings()))["b.ini"] == "a-b\n"
