"""What a repository may leave out of its own review, and that it can do nothing else."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command_line import Run, assert_one_line
from support.repositories import commit_all, git, isolate, make_repository, write_files

from scout_codebase.errors import RepositoryError
from scout_codebase.records import (
    Omission,
    OmissionReason,
    RepositoryConfiguration,
    Snapshot,
)
from scout_codebase.walk import WalkSettings, narrowed, walk
from scout_codebase.walk.configuration import (
    LARGEST_FILE,
    LONGEST_PATH,
    MOST_PATTERNS,
    Narrowing,
    read_configurations,
)
from scout_codebase.walk.entry import Skip

BY_REPOSITORY = OmissionReason.EXCLUDED_BY_REPOSITORY
FILES = {"a.py": "a\n", "docs/b.md": "b\n", "docs/c.py": "c\n", "long.py": "d" * 200}


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


def left_out(snapshot: Snapshot) -> dict[str, str]:
    return {row.path: row.detail for row in snapshot.omissions if row.reason is BY_REPOSITORY}


CASES = [
    ({"scout-review.toml": 'exclude = ["docs/"]'}, {"docs/b.md", "docs/c.py"}),
    ({"scout-review.toml": 'exclude = ["*.py", "!a.py"]'}, {"docs/c.py", "long.py"}),
    ({"scout-review.toml": "max-file-bytes = 100"}, {"long.py"}),
    ({"scout-review.toml": "max-file-bytes = 100000000"}, set()),
    ({"pyproject.toml": '[tool.scout-review]\nexclude = ["/*.py"]'}, {"a.py", "long.py"}),
    ({"pyproject.toml": '[project]\nname = "scout-review"'}, set()),
    ({"docs/scout-review.toml": 'exclude = ["*.md"]'}, set()),
    (
        {
            "pyproject.toml": '[tool.scout-review]\nexclude = ["a.py"]',
            "scout-review.toml": 'exclude = ["!a.py", "docs/**/*.md"]',
        },
        {"a.py", "docs/b.md"},
    ),
]


@pytest.mark.parametrize(("configuration", "expected"), CASES)
def test_what_is_left_out_of_every_state(
    tmp_path: Path, configuration: dict[str, str], expected: set[str]
) -> None:
    repository = make_repository(tmp_path / "r", {**FILES, **configuration})
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", repository, bare)
    for path, rev in ((repository, ""), (repository, "HEAD"), (bare, "")):
        snapshot = walk(path, WalkSettings(rev=rev))
        assert set(left_out(snapshot)) == expected
        assert {file.path for file in snapshot.files} == {*FILES, *configuration} - expected
        for path_left_out, detail in left_out(snapshot).items():
            assert detail.partition(": ")[0] in configuration
            size = next(row.size for row in snapshot.omissions if row.path == path_left_out)
            assert size == len(FILES[path_left_out])


def test_the_configuration_is_that_of_the_state_that_is_reviewed(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", FILES)
    write_files(repository, {"scout-review.toml": 'exclude = ["docs/"]'})
    assert left_out(walk(repository, WalkSettings()))
    assert not left_out(walk(repository, WalkSettings(rev="HEAD")))
    commit_all(repository)
    (repository / "scout-review.toml").unlink()
    assert not left_out(walk(repository, WalkSettings()))
    assert left_out(walk(repository, WalkSettings(rev="HEAD")))


def test_a_reviewed_folder_goes_by_the_files_on_the_way_to_it(tmp_path: Path) -> None:
    files = {
        "scout-review.toml": 'exclude = ["/a/b/top.py", "/own.py"]',
        "a/pyproject.toml": '[tool.scout-review]\nexclude = ["/b/between.py"]',
        "a/b/scout-review.toml": 'exclude = ["/own.py"]',
        "a/b/deep/scout-review.toml": 'exclude = ["kept.py"]',
        **dict.fromkeys(("a/b/top.py", "a/b/between.py", "a/b/own.py", "a/b/deep/kept.py"), "x\n"),
    }
    repository = make_repository(tmp_path / "r", files)
    for rev in ("", "HEAD"):
        snapshot = walk(repository / "a" / "b", WalkSettings(rev=rev))
        assert left_out(snapshot) == {
            "top.py": "scout-review.toml: exclude",
            "between.py": "a/pyproject.toml: exclude",
            "own.py": "a/b/scout-review.toml: exclude",
        }


def test_the_user_decides_against_it(tmp_path: Path) -> None:
    repository = make_repository(
        tmp_path / "r", {**FILES, "scout-review.toml": 'exclude = ["*.py"]\nmax-file-bytes = 1'}
    )
    included = walk(repository, WalkSettings(include=("a.py", "long.py")))
    assert {"a.py", "long.py"} <= {file.path for file in included.files}
    assert set(left_out(included)) == {"docs/c.py", "docs/b.md", "scout-review.toml"}
    ignored = walk(repository, WalkSettings(repository_config=False))
    assert left_out(ignored) == {}
    assert ignored.configurations == ()
    excluded = walk(repository, WalkSettings(exclude=("a.py",), include=("long.py",)))
    assert Omission("a.py", OmissionReason.EXCLUDED, 2) in excluded.omissions


def test_a_review_of_nothing_is_refused(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {**FILES, "scout-review.toml": 'exclude = ["*"]'})
    for rev in ("", "HEAD"):
        with pytest.raises(RepositoryError, match="--no-repository-config"):
            walk(repository, WalkSettings(rev=rev))


# --- what is not used ---------------------------------------------------------------------------

HOSTILE = [
    ('base-url = "http://evil"\nexclude = ["a.py"]', {"a.py"}, ["'base-url' is not used"]),
    ('include = ["*"]\nprompts = "x"', set(), ["'include'", "'prompts'"]),
    ('exclude = "a.py"', set(), ["not a list of patterns"]),
    ("exclude = [1]\nmax-file-bytes = 100", {"long.py"}, ["not a list of patterns"]),
    ("max-file-bytes = true", set(), ["whole number"]),
    ("max-file-bytes = 0", set(), ["whole number"]),
    ('max-file-bytes = "1"', set(), ["whole number"]),
    ('exclude = ["[z-a]", "!", "a.py"]', {"a.py"}, ["'[z-a]'", "'!'"]),
    ('exclude = ["*a*a*a*b", "a.py"]', {"a.py"}, ["more than 2 stars"]),
    (f'exclude = ["{"x" * 300}", "a.py"]', {"a.py"}, ["longer than"]),
    (f"exclude = {['x'] * MOST_PATTERNS + ['a.py']}", set(), [f"number {MOST_PATTERNS}"]),
    ("exclude = [", set(), ["not valid TOML"]),
    ("a=" + "[" * 4000, set(), ["not valid TOML"]),
    ("max-file-bytes = 0x" + "f" * 4000, set(), ["whole number"]),
    ("a." * 3000 + "a=1", set(), ["lines of more than"]),
    ("#" * 4000 + "\n#" * LARGEST_FILE, set(), [f"over {LARGEST_FILE} bytes"]),
    ("\n".join(f"k{n} = 1" for n in range(1000)), set(), ["990 more"]),
    ('"\\u001b[2J" = 1', set(), ["\\\\u001b[2J"]),
]


@pytest.mark.parametrize(("text", "expected", "parts"), HOSTILE)
def test_what_a_repository_may_not_say_is_not_used_and_told(
    tmp_path: Path, text: str, expected: set[str], parts: list[str]
) -> None:
    repository = make_repository(tmp_path / "r", {**FILES, "scout-review.toml": text})
    for rev in ("", "HEAD"):
        snapshot = walk(repository, WalkSettings(rev=rev))
        assert set(left_out(snapshot)) == expected
        told = [line for line in narrowed(snapshot) if "leaves out" not in line]
        assert all(line.isprintable() and len(line) < 200 for line in told)
        assert all(line.startswith("The repository's scout-review.toml: ") for line in told)
        assert len(told) >= len(parts)
        for part in parts:
            assert any(part in line for line in told)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", {**FILES, "scout-review.toml": b"\xff\xfe\0"})
    (row,) = walk(repository, WalkSettings()).configurations
    assert row.refused == ("not read: it is not valid TOML",)


def test_no_link_pipe_or_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text('exclude = ["a.py"]\n')
    repository = make_repository(tmp_path / "r", FILES)
    for name in ("scout-review.toml", "pyproject.toml"):
        (repository / name).symlink_to("../outside.toml")
    commit_all(repository)
    for rev in ("", "HEAD"):
        snapshot = walk(repository, WalkSettings(rev=rev))
        assert left_out(snapshot) == {}
        assert [row.refused for row in snapshot.configurations] == [
            ("not read: not a regular file",)
        ] * 2
    (repository / "scout-review.toml").unlink()
    os.mkfifo(repository / "scout-review.toml")
    (repository / "pyproject.toml").unlink()
    (repository / "pyproject.toml").mkdir()
    assert {row.path for row in walk(repository, WalkSettings()).configurations} == {
        "pyproject.toml",
        "scout-review.toml",
    }


class _OneFile:
    """A source whose only file is ``scout-review.toml``."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def top_file(self, path: str, limit: int) -> bytes | Skip | None:
        del limit
        return self._data if path == "scout-review.toml" else None


def narrowing_of(data: bytes) -> tuple[Narrowing, RepositoryConfiguration]:
    (row,) = read_configurations(_OneFile(data), "")  # type: ignore[arg-type]
    return Narrowing([row], ""), row


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_bytes_stop_a_review(data: bytes) -> None:
    for row in read_configurations(_OneFile(data), ""):  # type: ignore[arg-type]
        Narrowing([row], "").skip("a/b.py", 10)


@given(st.lists(st.text(alphabet="ab*?/[]!\\-# ", max_size=12), max_size=5))
def test_no_pattern_stops_a_review(patterns: list[str]) -> None:
    narrowing, row = narrowing_of(f"exclude = {json.dumps(patterns)}".encode())
    narrowing.skip("a/b/ab.py", 10)
    assert set(row.exclude) <= set(patterns)


@pytest.mark.parametrize("pattern", ["*a*b", "**/*a*b", "**/a/**/b", "a**b**c", "?*a?*b", "!*a*b"])
@pytest.mark.parametrize("path", ["a" * LONGEST_PATH, "a/" * (LONGEST_PATH // 2 - 1) + "aa"])
def test_the_worst_patterns_take_milliseconds(pattern: str, path: str) -> None:
    narrowing, row = narrowing_of(f'exclude = ["x", "{pattern}"]'.encode())
    assert row.exclude == ("x", pattern)
    started = time.process_time()
    for _ in range(10):
        assert narrowing.skip(path, 1) is None
    assert time.process_time() - started < 1


def test_a_path_too_long_to_match_is_kept() -> None:
    narrowing, _ = narrowing_of(b'exclude = ["a*"]')
    assert narrowing.skip("a" * LONGEST_PATH, 1)
    assert narrowing.skip("a" * (LONGEST_PATH + 1), 1) is None


# --- from outside -------------------------------------------------------------------------------


def test_what_it_left_out_is_said_and_stands_in_the_manifest(run: Run, shop: Path) -> None:
    text = 'exclude = ["store.py"]\nengine = "embedded"\n'
    write_files(shop, {"scout-review.toml": text})
    result = run("pack", shop, "-o", "p", "--manifest", "m.json")
    assert result.code == 0
    size = (shop / "shop/store.py").stat().st_size
    assert f"scout-review.toml leaves out 1 path, {size} bytes" in result.err
    assert "'engine' is not used" in result.err
    manifest = json.loads(Path("m.json").read_text())
    assert manifest["omitted"] == [
        {
            "path": "shop/store.py",
            "reason": "excluded by the repository",
            "size": size,
            "detail": "scout-review.toml: exclude",
        }
    ]
    (row,) = manifest["repository_configurations"]
    assert (row["path"], row["exclude"]) == ("scout-review.toml", ["store.py"])
    assert "  store.py (not shown: excluded by the repository)" in Path("p").read_text()
    run("pack", shop, "-o", "q", "--manifest", "n.json", "--no-repository-config")
    assert json.loads(Path("n.json").read_text())["omitted"] == []


def test_a_repository_that_leaves_nothing_is_one_line(run: Run, shop: Path) -> None:
    write_files(shop, {"scout-review.toml": 'exclude = ["*"]\n'})
    for command in ("review", "pack", "tokens", "graph"):
        assert_one_line(run(command, shop), 2, "--no-repository-config")
