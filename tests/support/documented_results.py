"""What a documented command line has to have done once it has run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.command_line import Result
from support.documented_lines import TypedLine
from support.results import result_in

OUT = Path("scout-report")
PROBE_FILES = [f"probe.{suffix}" for suffix in ("html", "json", "md", "svg")]
_WRITTEN_BEHIND = ("-o", "--output", "--manifest", "--write-baseline", "--ready-file")
_READ_BEHIND = ("--baseline",)
_NO_REPORTS = {"--only", "--refresh"}


def expected_code(line: TypedLine) -> int:
    """1 where the weakness that was always there counts, and where pages are stale."""
    known = {"--baseline", "--since"} & set(line.words) and "--fail-on-existing" not in line.words
    return int("docs-check" in line.words or ("--fail-on" in line.words and not known))


def expected_reports(line: TypedLine) -> list[str]:
    if _NO_REPORTS & set(line.words):
        return ["documentation"]
    usual = ["architecture", "security-review", "documentation"]
    if "--since" in line.words:
        usual = ["changes", *usual]
    return line.value_of("--report") or usual


def files_written(line: TypedLine) -> list[str]:
    """Those that the line names, and what it writes without being told where."""
    if not line.words:
        return []
    named = [name for name in line.value_of(*_WRITTEN_BEHIND) if name != "-"]
    named += [line.stdout] if line.stdout else []
    if "--dry-run" in line.words:
        return named
    command = line.command
    folder = _out(line)
    names = PROBE_FILES if command == "probe" or "--probe" in line.words else []
    if command == "review":
        reports = expected_reports(line)
        names = [*names, "result.json", "index.html"]
        names += [f"{name}.{suffix}" for name in reports for suffix in ("md", "html", "json")]
        names += ["security-review.sarif"] * ("security-review" in reports)
        names += ["github-code-scanning.sarif"] * ("github" in line.value_of("--format"))
        names += ["documentation/docs/index.md"] * ("documentation" in reports)
    return [*named, *(str(folder / name) for name in names)]


def _out(line: TypedLine) -> Path:
    return next(map(Path, line.value_of("--out")), OUT)


def _kept(line: TypedLine) -> list[str]:
    """Files that may stay as they are: pages that are not stale."""
    return [f"{OUT}/documentation/docs/index.md"] if _NO_REPORTS & set(line.words) else []


_ALWAYS_WRITTEN = ("result.json",)
"""These tell of this run, even of one that had nothing to do."""


@dataclass
class Before:
    """What was there before the line ran."""

    stamps: dict[str, tuple[int, int]]
    chats: int


def note_before(line: TypedLine, folder: Path, chats: int) -> Before:
    """Takes away what the line writes and does not read, so that nothing is taken for its."""
    stamps = {}
    for name in files_written(line):
        path = folder / name
        if not path.exists():
            continue
        if OUT.name not in path.parts and name not in line.value_of(*_READ_BEHIND):
            path.unlink()
        else:
            stamps[name] = _stamp(path)
    return Before(stamps, chats)


def _stamp(path: Path) -> tuple[int, int]:
    return path.stat().st_ino, path.stat().st_mtime_ns


def check(
    line: TypedLine,
    result: Result,
    folder: Path,
    before: Before,
    chats: int,
    shown: Sequence[str],
) -> None:
    """``chats`` is how many questions the server has had since it was started; ``shown`` is what
    the page shows."""
    check_soundness(result, expected_code(line))
    if not line.words:
        return
    asks_nothing = "nothing is asked" in result.err.lower()
    assert not asks_nothing or ("--refresh" in line.words and chats == before.chats)
    for name in files_written(line):
        path = folder / name
        assert path.stat().st_size, f"{name} is empty"
        if name in before.stamps and name not in _kept(line):
            stays = asks_nothing and path.name not in _ALWAYS_WRITTEN
            assert (_stamp(path) == before.stamps[name]) == stays, name
        if path.suffix in (".json", ".sarif"):
            json.loads(path.read_text(encoding="utf-8"))
    assert_shown(shown, result.out.decode())
    assert_piped(line.piped, result.out)
    if "--dry-run" in line.words:
        assert result.out.strip()
        assert chats == before.chats
    else:
        CHECKS.get(line.command, _says_something)(line, result, folder, chats - before.chats)


def check_soundness(result: Result, code: int) -> None:
    """An error of ours is one line, and there is one where there is to be one."""
    assert result.code == code, result.err
    assert len(result.errors) == (code > 1), result.err
    assert "Traceback" not in result.err + result.out.decode()


def assert_shown(shown: Sequence[str], out: str) -> None:
    """What the page shows below the line, laid out as it may be; ``…`` is for more of it."""
    said, wanted = (
        [" ".join(row.split()) for row in rows if row.strip()] for rows in (out.splitlines(), shown)
    )
    if "…" in wanted:
        assert [row for row in wanted if row not in (*said, "…")] == []
    elif wanted:
        assert wanted == said


def assert_piped(piped: Sequence[str], out: bytes) -> None:
    """``jq`` finds something."""
    if piped:
        program, query = piped
        assert program == "jq"
        assert json.loads(out)[query.removeprefix(".")]


def _reviewed(line: TypedLine, result: Result, folder: Path, asked: int) -> None:
    del asked  # what an earlier line asked is not asked again
    value = result_in(folder / _out(line))
    assert value["status"] == "complete"
    assert value["exit_code"] == expected_code(line)
    rows = {row["name"]: row for row in value["reports"]}
    assert set(rows) == {*expected_reports(line), *(["probe"] if "--probe" in line.words else [])}
    assert any(row["questions"] for row in rows.values()) == (value["engine"] is not None)
    if "github" in line.value_of("--format"):
        assert result.out.startswith(b"::error ")
    else:
        assert result.out == b""


def _asked(line: TypedLine, result: Result, folder: Path, asked: int) -> None:
    del line, folder
    assert b"shop/store.py" in result.out
    assert b"verified" in result.out
    assert asked == 1


def _probed(line: TypedLine, result: Result, folder: Path, asked: int) -> None:
    del result
    wanted = next(map(int, line.value_of("--probe-questions")), 24)
    data = json.loads((folder / OUT / "probe.json").read_text(encoding="utf-8"))
    assert data["recall"]["wanted"] == wanted
    assert 0 < len(data["questions"]) <= wanted
    assert asked


def _warmed(line: TypedLine, result: Result, folder: Path, asked: int) -> None:
    del line, folder
    assert "The server has read" in result.err
    assert asked == 1


def _planned(line: TypedLine, result: Result, folder: Path, asked: int) -> None:
    del folder
    server = "llama-server" if "m3-ultra" in line.words else "vllm"
    assert server in result.out.decode()
    assert asked == 0


def _made_prompts(line: TypedLine, result: Result, folder: Path, asked: int) -> None:
    del asked
    (target,) = line.value_of("--prompts")
    assert (folder / target / line.words[2] / "report.toml").is_file()
    assert b"report.toml" in result.out


def _packed(line: TypedLine, result: Result, folder: Path, asked: int) -> None:
    (output,) = line.value_of("-o", "--output") or ["-"]
    pack = result.out if output == "-" else (folder / output).read_bytes()
    assert b'<file path="shop/store.py"' in pack
    assert asked == 0


def _says_something(line: TypedLine, result: Result, folder: Path, asked: int) -> None:
    del line, folder
    assert result.out.strip()
    assert asked == 0


CHECKS: dict[str, Callable[[TypedLine, Result, Path, int], None]] = {
    "review": _reviewed,
    "ask": _asked,
    "probe": _probed,
    "warm": _warmed,
    "plan": _planned,
    "prompts new": _made_prompts,
    "pack": _packed,
}
