"""Quotes of this repository's own source text, mangled in known ways."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from scout_codebase.languages.detect import detect
from support.code_oracle import REMARKS, Leaf, Source, has_grammar, leaves, same_code

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("examples", "benchmarks/security/repositories", "tests/fixtures")
"""What seldom changes: other text is another fuzz."""
_MOST_FILES = 10  # of one language
_LARGEST_FILE = 6_000  # bytes
_FREELY_SPACED = re.compile(
    "c|cpp|csharp|go|java|javascript|objectivec|php|python|rust|tsx|typescript|zig"
)
_FREE_FORM = re.compile("c|cpp|csharp|css|java|objectivec|php|rust|zig")


@dataclass(frozen=True)
class Mangled:
    """``quote`` was made of ``source.text[start:end]`` by ``how``. ``parts`` are what an elision
    left, ``same`` says that it is the same code by the oracle."""

    source: Source
    start: int
    end: int
    quote: str
    how: str
    same: bool
    path: str
    parts: tuple[str, ...] = ()


def corpus() -> dict[str, Source]:
    """The largest files of each language of this repository, in the order of their paths."""
    rows: dict[str, list[Source]] = {}
    files = {path for folder in _FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}
    for path in sorted(files):
        name = path.relative_to(ROOT).as_posix()
        if path.stat().st_size > _LARGEST_FILE or path.suffix in (".ipynb", ".pyc") or "/." in name:
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        spec = detect(name, text)
        if spec is not None and text.strip():
            rows.setdefault(spec.name, []).append(Source(name, text, spec))
    chosen = [
        source
        for sources in rows.values()
        for source in sorted(sources, key=lambda row: (-len(row.text), row.path))[:_MOST_FILES]
    ]
    return {source.path: source for source in sorted(chosen, key=lambda row: row.path)}


# --- mangling -------------------------------------------------------------------------------------


def mangled_quotes(sources: Mapping[str, Source], count: int, seed: int) -> Iterator[Mangled]:
    """Every way to mangle in turn, over languages in turn; those that change nothing are left
    out."""
    rng = random.Random(seed)
    by_language: dict[str, list[Source]] = {}
    for source in sources.values():
        by_language.setdefault(source.language, []).append(source)
    languages = [*by_language, *["python"] * 6, *["typescript"] * 2]
    ways = [*WAYS, "indentation", "indentation", "line wraps", "blanks"]  # often change nothing
    made = 0
    for number in range(count * 20):
        how = ways[number % len(ways)]
        source = rng.choice(by_language[rng.choice(languages)])
        start, end = _stretch(source, rng)
        row = WAYS[how](source, start, end, rng) if _says_enough(source.text[start:end]) else None
        if row is not None and _says_enough(row.quote):
            made += 1
            yield row
        if made == count:
            return


def _says_enough(text: str) -> bool:
    words = re.findall(r"\w+", text)
    return len(words) > 1 and not text.startswith("```") and sum(map(len, words)) >= 8


def _stretch(source: Source, rng: random.Random) -> tuple[int, int]:
    """One to four whole lines, or tokens of one or two."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", source.text)]
    first = rng.randrange(len(lines))
    last = min(first + rng.choice((0, 0, 0, 1, 2, 3)), len(lines) - 1)
    start, end = lines[first][0], lines[last][1]
    while start < end and source.text[start] in " \t":
        start += 1
    while start < end and source.text[end - 1] in " \t\r":
        end -= 1
    if has_grammar(source) and rng.random() < 0.3:
        within = [leaf for leaf in _leaves_of(source) if start <= leaf.start and leaf.end <= end]
        if len(within) > 4:
            cut = rng.randrange(1, len(within) - 3)
            start = within[cut].start
            start -= source.text[start - 1] == "$"  # which grammars cut from the name behind it
    return start, end


def _leaves_of(source: Source) -> tuple[Leaf, ...]:
    return leaves(source.spec, source.text) if source.spec and has_grammar(source) else ()


def _row(source: Source, start: int, end: int, quote: str, how: str) -> Mangled | None:
    if quote == source.text[start:end] and how != "as it is":
        return None
    same = how == "as it is" or same_code(source, start, end, quote)
    return Mangled(source, start, end, quote, how, same, source.path)


def _as_it_is(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    return _row(source, start, end, source.text[start:end], "as it is")


def _reindented(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    lines = source.text[start:end].split("\n")
    way = rng.choice(("none", "tabs", "more", "crlf"))
    if way == "none":
        quote = "\n".join(line.strip() for line in lines)
    elif way == "tabs":
        quote = "\n".join(
            re.sub(r"^(?: {4})+", lambda m: "\t" * (len(m[0]) // 4), x) for x in lines
        )
    else:
        quote = "\n    ".join(["", *lines]) if way == "more" else "\r\n".join(lines)
    return _row(source, start, end, quote, "indentation")


def _gaps(source: Source, start: int, end: int) -> list[tuple[int, int]]:
    """What stands between the tokens of a stretch, comments aside."""
    within = [leaf for leaf in _leaves_of(source) if start <= leaf.start and leaf.end <= end]
    return [(a.end, b.start) for a, b in pairwise(within) if not a.comment and a.end <= b.start]


def _with_gaps(source: Source, start: int, end: int, change: Callable[[str, int], str]) -> str:
    out, at = [], start
    for left, right in _gaps(source, start, end):
        out += [source.text[at:left], change(source.text[left:right], right)]
        at = right
    return "".join([*out, source.text[at:end]])


def _respaced(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    free = _FREELY_SPACED.fullmatch(source.language) is not None

    def change(gap: str, offset: int) -> str:
        if gap.strip() or (not gap and not free):
            return gap
        wider = rng.choice((" ", "  ", "\t", gap or " "))
        return (
            gap if "\n" in gap or rng.random() < 0.4 else rng.choice((wider, "" if free else wider))
        )

    return _row(source, start, end, _with_gaps(source, start, end, change), "blanks")


def _wrapped(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    """Where the language reads lines on: between brackets, or anywhere in a free-form one."""
    depths = _depths(source)
    free = _FREE_FORM.fullmatch(source.language) and "#" not in source.text[start:end]

    def change(gap: str, offset: int) -> str:
        allowed = free or depths.get(offset, 0)
        if not allowed or not gap or gap.strip() or rng.random() < 0.5:
            return gap
        return " " if "\n" in gap else "\n" + " " * rng.choice((0, 4, 8))

    return _row(source, start, end, _with_gaps(source, start, end, change), "line wraps")


def _depths(source: Source) -> dict[int, int]:
    """How many round and square brackets stand open in front of each token; none counts within
    curly ones."""
    depths: dict[int, int] = {}
    open_now: list[str] = []
    for leaf in _leaves_of(source):
        depths[leaf.start] = 0 if not open_now or open_now[-1] == "{" else 1
        if leaf.text in "([{":
            open_now.append(leaf.text)
        elif leaf.text in ")]}" and open_now:
            open_now.pop()
    return depths


def _any_wrap(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    """A newline more or less anywhere."""
    text = source.text[start:end]
    blank = rng.choice(list(re.finditer(r"\s+", text)) or [None])
    if blank is None:
        return None
    other = " " if "\n" in blank[0] else "\n"
    return _row(source, start, end, text[: blank.start()] + other + text[blank.end() :], "any wrap")


def _remarked(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    mark = REMARKS.get(source.language)
    line_end = source.text.find("\n", end)
    if mark is None or source.text[end : line_end if line_end >= 0 else None].strip():
        return None
    if mark != "#" and "#" in source.text[start:end]:
        return None  # of a directive the grammars take a remark for an argument
    inside = [leaf for leaf in _leaves_of(source) if start <= leaf.start and leaf.end <= end]
    comments = [leaf for leaf in inside if leaf.comment]
    if comments and rng.random() < 0.6 and not inside[0].comment:
        quote, at = "", start
        for leaf in comments:
            quote, at = quote + source.text[at : leaf.start].rstrip(" \t"), leaf.end
        quote += source.text[at:end]
    else:
        quote = f"{source.text[start:end]}  {mark} a remark"
    return _row(source, start, end, quote, "comments")


def _recased(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    text = source.text[start:end]
    words = list(re.finditer(r"[A-Za-z]\w*", text))
    if not words:
        return None
    word = rng.choice(words)
    changed = rng.choice((word[0].swapcase(), word[0][0].swapcase() + word[0][1:]))
    return _row(source, start, end, text[: word.start()] + changed + text[word.end() :], "case")


def _one_token(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    text = source.text[start:end]
    tokens = list(re.finditer(r"\w+|[^\w\s]", text))
    token = rng.choice(tokens)
    others = re.findall(r"\w+|[^\w\s]", source.text)
    other = rng.choice(
        (rng.choice(others), f"{token[0]}x", "", token[0][:-1], "е", "\u200b" + token[0])
    )
    return _row(
        source, start, end, text[: token.start()] + other + text[token.end() :], "one token"
    )


def _inner_blank(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    """A blank more or less anywhere, in tokens and strings too."""
    text = source.text[start:end]
    if rng.random() < 0.5:
        at = rng.randrange(1, len(text))
        return _row(source, start, end, f"{text[:at]} {text[at:]}", "any blank")
    blanks = list(re.finditer(r"[ \t]+", text))
    if not blanks:
        return None
    blank = rng.choice(blanks)
    return _row(source, start, end, text[: blank.start()] + text[blank.end() :], "any blank")


def _wrong_path(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    path = rng.choice(("nowhere.py", f"src/{source.path}", source.path.upper(), ""))
    return Mangled(source, start, end, source.text[start:end], "wrong path", True, path)


def _elided(source: Source, start: int, end: int, rng: random.Random) -> Mangled | None:
    text = source.text[start:end]
    blanks = [match.span() for match in re.finditer(r"[ \t]+|\n\s*", text)]
    remark = REMARKS.get(source.language, "…")
    if len(blanks) < 3 or any(mark in text for mark in ("...", "…", remark)):
        return None
    first, last = sorted(rng.sample(blanks, 2))
    parts = text[: first[0]], text[last[1] :]
    if not parts[0].strip() or not _says_enough(parts[1]):
        return None
    changed = rng.random() < 0.3
    if changed:
        parts = parts[0], re.sub(r"\w+", lambda match: match[0] + "x", parts[1], count=1)
    mark = rng.choice((" ... ", " … ", "\n    ...\n"))
    return Mangled(source, start, end, mark.join(parts), "elision", not changed, source.path, parts)


WAYS: Mapping[str, Callable[[Source, int, int, random.Random], Mangled | None]] = {
    "as it is": _as_it_is,
    "indentation": _reindented,
    "blanks": _respaced,
    "line wraps": _wrapped,
    "any wrap": _any_wrap,
    "comments": _remarked,
    "case": _recased,
    "one token": _one_token,
    "any blank": _inner_blank,
    "wrong path": _wrong_path,
    "elision": _elided,
}
