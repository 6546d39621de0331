"""Which paths are listed, which are skipped and for which reason, and how bytes become text."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from support.repositories import commit_all, git, make_repository, write_files
from support.snapshots import reasons, texts

from scout_codebase.errors import UsageError
from scout_codebase.records import OmissionReason, Snapshot
from scout_codebase.walk import WalkSettings, walk
from scout_codebase.walk.decoding import FORCED_ENCODING

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
    untracked = ["new.py", "deep/keep.log", "x.log", "build/x.py", "deep/local", "private/x"]
    untracked += ["a.swp"]
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
