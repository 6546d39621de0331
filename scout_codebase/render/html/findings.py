"""The findings of a report as cards that can be filtered and sorted.

A card holds what the page says of a finding, with its source in place of the table of its steps. A
page says it below a heading with the anchor ``finding-1`` and so on; a page whose template makes no
such headings stays as it is. Without scripts every card is shown, in the order of the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from scout_codebase.records import Finding, Severity
from scout_codebase.render.html.body import Body, end_of
from scout_codebase.render.html.excerpts import Excerpts
from scout_codebase.render.html.page import Heading, short, text

_ANCHOR = re.compile(r"finding-(\d+)")
_LINK = re.compile(r"#finding-(\d+)")
_TITLE = Heading("findings", "Findings")


@dataclass(frozen=True, slots=True)
class _Parts:
    """A page in stretches: what stands before the findings, their summary, each one by its number,
    and what stands behind."""

    before: Sequence[Token]
    summary: Sequence[Token]
    between: Sequence[Token]
    findings: Mapping[int, Sequence[Token]]
    behind: Sequence[Token]


def body_with_findings(
    body: Body,
    findings: Sequence[Finding],
    excerpts: Excerpts,
    component_of: Mapping[str, str],
) -> tuple[str, list[Heading]]:
    """The page, and its headings. ``component_of`` names the component of each path."""
    starts = _starts(body.tokens, len(findings))
    if not starts:
        return body.render(body.tokens), body.headings
    parts = _parted(body.tokens, starts)
    own = {f"finding-{number}" for number in parts.findings}
    after = {str(token.attrGet("id")) for token in parts.behind if token.type == "heading_open"}
    headings = [row for row in body.headings if row.id not in own]
    at = next((n for n, row in enumerate(headings) if row.id in after), len(headings))
    cards = "".join(
        _card(body, number, tokens, findings[number - 1], excerpts, component_of)
        for number, tokens in parts.findings.items()
    )
    html = (
        f"{body.render(parts.before)}"
        f'<section class="findings" aria-labelledby="{_TITLE.id}">'
        f'<h2 id="{_TITLE.id}">{_TITLE.text}</h2>\n'
        f"{_filters(findings, component_of)}{body.render(_numbered_rows(parts.summary))}"
        f'{body.render(parts.between)}<div class="cards">{cards}</div>\n</section>\n'
        f"{body.render(parts.behind)}"
    )
    return html, [*headings[:at], _TITLE, *headings[at:]]


def _starts(tokens: Sequence[Token], count: int) -> dict[int, int]:
    """Where each finding's heading stands, by its number, in the order of the page."""
    starts: dict[int, int] = {}
    for at, token in enumerate(tokens):
        match = _ANCHOR.fullmatch(str(token.attrGet("id"))) if token.tag == "h2" else None
        if match and 1 <= int(match[1]) <= count:
            starts.setdefault(int(match[1]), at)
    return starts


def _parted(tokens: Sequence[Token], starts: Mapping[int, int]) -> _Parts:
    first, last = min(starts.values()), max(starts.values())
    others = [
        at
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2" and at > last
    ]
    end = others[0] if others else len(tokens)
    ordered = sorted(starts.items(), key=lambda row: row[1])
    ends = [at for _, at in ordered[1:]] + [end]
    table = _summary_table(tokens[:first])
    return _Parts(
        tokens[: table.start],
        tokens[table.start : table.stop],
        tokens[table.stop : first],
        {number: tokens[at:stop] for (number, at), stop in zip(ordered, ends, strict=True)},
        tokens[end:],
    )


def _summary_table(tokens: Sequence[Token]) -> slice:
    """The table whose rows link to the findings."""
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            end = end_of(tokens, at, "table_close") + 1
            if any(_linked(row) for row in tokens[at:end]):
                return slice(at, end)
    return slice(len(tokens), len(tokens))


def _linked(inline: Token) -> int:
    """The number of the finding that a cell links to, 0 for none."""
    for child in inline.children or ():
        match = _LINK.fullmatch(str(child.attrGet("href"))) if child.type == "link_open" else None
        if match:
            return int(match[1])
    return 0


def _numbered_rows(tokens: Sequence[Token]) -> Sequence[Token]:
    row: Token | None = None
    for token in tokens:
        if token.type == "table_open":
            token.meta["heading"] = "Summary of the findings"
        if token.type == "tr_open":
            row = token
        elif row is not None and (number := _linked(token)):
            row.attrSet("data-finding", str(number))
    return tokens


def _card(
    body: Body,
    number: int,
    tokens: Sequence[Token],
    finding: Finding,
    excerpts: Excerpts,
    component_of: Mapping[str, str],
) -> str:
    place = finding.evidence[-1]
    head, rest = list(tokens[:3]), _without_steps(tokens[3:], len(finding.evidence))
    head[0].tag = head[2].tag = "h3"
    data = {
        "finding": number,
        "severity": finding.severity,
        "rule": finding.rule,
        "component": component_of.get(place.path, ""),
    }
    attributes = " ".join(f'data-{name}="{text(value)}"' for name, value in data.items())
    return (
        f'<article class="finding {finding.severity}" {attributes} '
        f'aria-labelledby="finding-{number}">\n{body.render(head)}'
        f"{body.render(rest.before)}{excerpts.of_finding(finding.evidence)}"
        f"{body.render(rest.behind)}</article>\n"
    )


@dataclass(frozen=True, slots=True)
class _Around:
    before: Sequence[Token]
    behind: Sequence[Token]


def _without_steps(tokens: Sequence[Token], steps: int) -> _Around:
    """What stands around the table that has a row for each piece of evidence; where there is none,
    the source stands behind everything."""
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            end = end_of(tokens, at, "table_close")
            rows = sum(row.type == "tr_open" for row in tokens[at:end]) - 1
            if rows == steps:
                return _Around(tokens[:at], tokens[end + 1 :])
    return _Around(tokens, ())


def _filters(findings: Sequence[Finding], component_of: Mapping[str, str]) -> str:
    """Shown where scripts run."""
    severities = Counter(finding.severity for finding in findings)
    boxes = "".join(
        f'<label class="choice {severity}"><input type="checkbox" name="severity" '
        f'value="{severity}" checked> {severity} <span class="count">{severities[severity]}</span>'
        "</label>"
        for severity in Severity
        if severities[severity]
    )
    rules = Counter(finding.rule for finding in findings)
    components = Counter(component_of.get(row.evidence[-1].path, "") for row in findings)
    return (
        '<form class="filters" data-filters hidden aria-label="Filter the findings">'
        f'<fieldset><legend>Severity</legend><div class="choices">{boxes}</div></fieldset>'
        f"{_menu('rule', 'Weakness', rules)}{_menu('component', 'Component', components)}"
        '<label class="field">Text or path <input type="search" name="text" '
        'autocomplete="off" spellcheck="false"></label>'
        '<button type="reset">Show all</button>'
        f'<output role="status">{len(findings)} of {len(findings)} shown</output></form>\n'
    )


def _menu(name: str, title: str, counts: Mapping[str, int]) -> str:
    rows = "".join(_option(value, counts[value]) for value in _ordered(counts) if value)
    if len(counts) < 2:
        return ""
    return (
        f'<label class="field">{title} <select name="{name}"><option value="">all</option>'
        f"{rows}</select></label>"
    )


def _option(value: str, count: int) -> str:
    return f'<option value="{text(value)}">{text(short(value, 60))} ({count})</option>'


def _ordered(counts: Mapping[str, int]) -> Iterable[str]:
    return sorted(counts, key=lambda value: (-counts[value], value))
