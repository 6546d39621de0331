"""The one answer that nothing can be cited for: that the code base holds nothing of the kind.

The question gives the form of it: one line, "Nothing found:" and the words that the model looked
for. A word or three say nothing of the code, so no claim goes with it. What is shown is the tool's:
a fixed sentence, and where those words stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scout_codebase.neutralise import neutralise
from scout_codebase.pipeline import Packed
from scout_codebase.records import display_path
from scout_codebase.reports.evidence import EvidenceChecker
from scout_codebase.reports.markdown import LinkTo, code_span, filters

_FORM = re.compile(r"[*_`]*nothing found[*_`]*:[*_`]*(?P<words>[^\n]+)", re.IGNORECASE)
_WORDS = re.compile(r"[\w@$%./+-]+(?: [\w@$%./+-]+){0,2}")
_PART = re.compile(r"[^\W_]+")
_AROUND = " \t`*_\"'."
_MOST = 8
_LONGEST = 40  # characters


@dataclass(frozen=True, slots=True)
class LookedFor:
    """Words that the model says it looked for, in how many files they stand, whatever their case
    and what joins them, and the first of these files, "" for none."""

    words: str
    files: int
    path: str


@dataclass(frozen=True, slots=True)
class NothingFound:
    """``files`` is how many the model has read, ``omitted`` how many paths it was not shown."""

    looked_for: tuple[LookedFor, ...]
    files: int
    omitted: int


def words_looked_for(answer: str) -> tuple[str, ...]:
    """() for an answer that says anything besides."""
    match = _FORM.fullmatch(answer.strip())
    found = [part.strip(_AROUND) for part in re.split("[,;]", match["words"])] if match else []
    sound = all(
        _WORDS.fullmatch(part) and _PART.search(part) and len(part) <= _LONGEST for part in found
    )
    return tuple(dict.fromkeys(found)) if sound and len(found) <= _MOST else ()


def nothing_found(words: Sequence[str], packed: Packed) -> NothingFound:
    snapshot = packed.snapshot
    rows = []
    for one in words:
        joined = r"[\W_]{0,3}".join(map(re.escape, _PART.findall(one)))
        pattern = re.compile(joined, re.IGNORECASE)
        paths = sorted(file.path for file in snapshot.files if pattern.search(file.text))
        first = neutralise(display_path(paths[0]))[0] if paths else ""
        rows.append(LookedFor(one, len(paths), first))
    return NothingFound(tuple(rows), len(snapshot.files), len(snapshot.omissions))


def absence_markdown(found: NothingFound, checker: EvidenceChecker, link_to: LinkTo) -> str:
    """The tool's own words; of the model's there are but those it looked for, as code."""
    cite = filters(checker, link_to)["cite"]
    omitted = f"; paths that were left out: {found.omitted:,}" if found.omitted else ""
    told = (
        "**Nothing found.** The model found nothing of the kind in what it read (files: "
        f"{found.files:,}{omitted}). *No citation backs this.* It says that it looked for:"
    )
    lines = [told, ""]
    for row in found.looked_for:
        where = f"in {row.files:,} of the files, such as {cite({'path': row.path})}"
        lines.append(f"- {code_span(row.words)}: {where if row.files else 'in no file'}")
    return "\n".join(lines)
