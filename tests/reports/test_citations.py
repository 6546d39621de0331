"""What an answer in prose cites is looked up, whatever it is wrapped in, and nothing else is a
link."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.packing import pack_texts
from support.page import rendered

from scout_codebase.records import Citation, CitationStatus
from scout_codebase.reports.citations import checked_markdown, cited_block, without_missing
from scout_codebase.reports.evidence import EvidenceChecker

TEXTS = {
    "shop/store.py": "def find(key, limit):\n    return eval(key)[:limit]\n",
    "shop/app.py": "import os\n\n\ndef show(key):\n    return find(key)\n\n\ndef again(key):\n"
    "    return find(key)\n",
    "app/[slug]/page one.tsx": "export default function Page() {\n  return <b>hello there</b>\n}\n",
    "evil`](x)`.md": "nothing to see here\n",
}
QUOTE = "return eval(key)[:limit]"
HERE = ("shop/store.py", 2)


@pytest.fixture(scope="module")
def checker() -> EvidenceChecker:
    packed = pack_texts(TEXTS)
    return EvidenceChecker(packed.pack, packed.graph.analyses)


def cited(text: str, checker: EvidenceChecker) -> list[Citation]:
    return list(cited_block(text, checker).citations)


def place(citation: Citation) -> tuple[str, int]:
    return citation.evidence.path, citation.evidence.start_line


def shown(text: str, checker: EvidenceChecker) -> str:
    return checked_markdown(
        cited_block(text, checker), checker, lambda path, line: f"{path}#L{line}"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"It evaluates (shop/store.py:2 `{QUOTE}`).",
        f"It evaluates [shop/store.py:2] `{QUOTE}`.",
        f"It evaluates `shop/store.py:2`: `{QUOTE}`.",
        f'It evaluates **shop/store.py:2** — "{QUOTE}".',
        f"It evaluates “{QUOTE}” (shop/store.py:2).",
        f"It evaluates `{QUOTE}` in `shop/store.py:2`.",
        f"It evaluates (`shop/store.py:2 {QUOTE}`).",
        f"It evaluates [`shop/store.py:2`](shop/store.py#L2) `{QUOTE}`.",
        f"It evaluates [the store](shop/store.py#L2): `{QUOTE}`.",
        f"It evaluates, shop/store.py#L2-L3 `{QUOTE}`.",
        f"It evaluates: shop/store.py, line 2: `{QUOTE}`.",
        f"It evaluates, see ./shop/store.py:2: ``{QUOTE}``.",
        f"It evaluates, see shop/store.py:2:\n\n```python\n    {QUOTE}\n```",
        f"- It evaluates, see shop/store.py:2:\n  ```python\n  {QUOTE}\n  ```\n- more",
        f"| where | what |\n| --- | --- |\n| shop/store.py:2 | `{QUOTE}` |",
    ],
)
def test_a_citation_is_found_in_whatever_it_is_wrapped(text: str, checker: EvidenceChecker) -> None:
    (citation,) = cited(text, checker)
    assert (citation.status, place(citation)) == (CitationStatus.VERIFIED, HERE)
    assert citation.verified
    assert "[`shop/store.py:2`](shop/store.py#L2) ✓ #1" in shown(text, checker)


@pytest.mark.parametrize(
    ("text", "status", "where"),
    [
        (f"(shop/store.py:1 `{QUOTE}`)", CitationStatus.CORRECTED, HERE),
        (f"(shop/app.py:4 `{QUOTE}`)", CitationStatus.CORRECTED, HERE),
        (f"(shop/nowhere.py:4 `{QUOTE}`)", CitationStatus.CORRECTED, HERE),
        (f"shop/store.py: `{QUOTE}`", CitationStatus.VERIFIED, HERE),
        ("(shop/app.py:9 `return find(key)`)", CitationStatus.VERIFIED, ("shop/app.py", 9)),
        ("(shop/app.py:8 `return find(key)`)", CitationStatus.AMBIGUOUS, ("shop/app.py", 9)),
        ("(shop/app.py:1 `return find(key)`)", CitationStatus.AMBIGUOUS, ("shop/app.py", 5)),
        ("shop/store.py:2 does it", CitationStatus.UNQUOTED, HERE),
        ("`find` in shop/store.py:1 does it", CitationStatus.UNQUOTED, ("shop/store.py", 1)),
        ("(app/[slug]/page one.tsx:2 `return <b>hello there</b>`)", CitationStatus.VERIFIED,
         ("app/[slug]/page one.tsx", 2)),
        ("(shop/store.py:2 `return exec(key)[:limit]`)", CitationStatus.MISSING, ("", 0)),
        ("(shop/store.py:3 is where)", CitationStatus.MISSING, ("", 0)),
        ("(shop/nowhere.py:3 is where)", CitationStatus.MISSING, ("", 0)),
    ],
)  # fmt: skip
def test_a_citation_is_what_the_source_makes_of_it(
    text: str, status: CitationStatus, where: tuple[str, int], checker: EvidenceChecker
) -> None:
    (citation,) = cited(text, checker)
    assert (citation.status, place(citation)) == (status, where)
    quoted = status not in (CitationStatus.UNQUOTED, CitationStatus.MISSING)
    assert citation.verified == quoted


@pytest.mark.parametrize(
    "text",
    [
        "It listens on http://localhost:8000 from 12:30 on.",
        "The ratio is 3:2, and `x[1:2]` is a slice.",
        "shop/store.py and shop/app.py are all there is.",
        f"`{QUOTE}` stands somewhere.",
        "```\nshop/store.py:2\n```",
        "",
    ],
)
def test_what_names_no_line_and_quotes_nothing_is_no_citation(
    text: str, checker: EvidenceChecker
) -> None:
    assert cited(text, checker) == []


def test_what_is_not_in_the_source_is_struck_out(checker: EvidenceChecker) -> None:
    text = f"One (shop/store.py:2 `{QUOTE}`), two (shop/store.py:9 `return exec(key)`)."
    page = shown(text, checker)
    assert "~~`shop/store.py:9`~~ ✗ #2 *not found in the source* ~~`return exec(key)`~~" in page
    assert f"✓ #1 `{QUOTE}`" in page
    assert "exec" not in without_missing(cited_block(text, checker))
    assert QUOTE in without_missing(cited_block(text, checker))


def test_a_fence_that_is_not_in_the_source_is_struck_out(checker: EvidenceChecker) -> None:
    page = shown(
        "See shop/store.py:2:\n\n```python\nreturn exec(key)\nreturn 1 + 2\n```\n", checker
    )
    assert "~~`return exec(key)`~~  \n~~`return 1 + 2`~~" in page
    assert "```" not in page


def test_a_place_that_is_named_twice_has_one_number(checker: EvidenceChecker) -> None:
    text = "shop/store.py:2 and shop/store.py:1 and shop/store.py:2"
    block = cited_block(text, checker, first=7)
    assert [row.number for row in block.citations] == [7, 8]
    assert len(block.stretches) == 3


def test_a_name_that_is_in_no_file_is_called_so(checker: EvidenceChecker) -> None:
    assert "`find` calls `launch()` *(not in the repository)*" in shown(
        "`find` calls `launch()`", checker
    )


HOSTILE = (
    *("[", "]", "(", ")", "`", "``", "```", "\n", "\n\n", "!", "\\", "~~", "<", ">", "&lt;", "|"),
    *("[x](https://evil.example)", "![a](https://evil.example/a.png)", "https://evil.example"),
    *("shop/store.py:2", "`shop/store.py:2`", "shop/nowhere.py:4", f"`{QUOTE}`", "<script>"),
    *("evil`](x)`.md:1", "`nothing to see here`", "`return exec(1)`", "- ", "    ", " ", "a"),
    *("[x]: https://evil.example", "~~~\n", "```python\n", '"', "“", "”"),
    *("\x1b[2J", "\x9b", "\u202e", "\ue0000\ue001"),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(HOSTILE), max_size=12).map("".join))
def test_no_answer_makes_a_link_of_its_own(checker: EvidenceChecker, text: str) -> None:
    page = shown(text, checker)
    view = rendered(page)
    assert view.strange == []
    assert all(link.startswith(("shop/", "evil", "app/")) for link in view.links), (
        page,
        view.links,
    )
    assert not set(page) & {"\x1b", "\x9b", "\u202e", "\ue000", "\ue001"}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(HOSTILE), max_size=12).map("".join))
def test_nothing_of_an_answer_is_lost(checker: EvidenceChecker, text: str) -> None:
    """What is no citation stays, in its order."""
    block = cited_block(text, checker)
    spans = [(row.start, row.end) for row in block.stretches]
    assert spans == sorted(spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all(0 <= start < end <= len(block.text) for start, end in spans)
