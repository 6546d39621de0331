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

from scout_codebase.records import Finding, FindingState, FormerFinding, Report, Severity
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
    body: Body, report: Report, excerpts: Excerpts, component_of: Mapping[str, str]
) -> tuple[str, list[Heading]]:
    """The page, and its headings. ``component_of`` names the component of each path. What an
    earlier review found and is fixed stands behind the findings, where there are any."""
    findings = report.findings
    starts = _starts(body.tokens, len(findings))
    if not starts:
        return body.render(body.tokens), body.headings
    parts = _parted(body.tokens, starts)
    fixed = report.comparison.fixed if report.comparison else ()
    own = {f"finding-{number}" for number in parts.findings}
    after = {str(token.attrGet("id")) for token in parts.behind if token.type == "heading_open"}
    headings = [row for row in body.headings if row.id not in own]
    at = next((n for n, row in enumerate(headings) if row.id in after), len(headings))
    cards = "".join(
        _card(body, number, tokens, findings[number - 1], excerpts, component_of)
        for number, tokens in parts.findings.items()
    )
    cards += "".join(_former_card(row, excerpts, component_of) for row in fixed)
    rows = [_Row.of(finding, component_of) for finding in findings]
    rows += [_Row.of_former(row, component_of) for row in fixed]
    html = (
        f"{body.render(parts.before)}"
        f'<section class="findings" aria-labelledby="{_TITLE.id}">'
        f'<h2 id="{_TITLE.id}">{_TITLE.text}</h2>\n'
        f"{_filters(rows)}{body.render(_numbered_rows(parts.summary))}"
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


@dataclass(frozen=True, slots=True)
class _Row:
    """What findings are filtered by; "" is not known."""

    severity: str
    rule: str
    component: str
    state: str

    @classmethod
    def of(cls, finding: Finding, component_of: Mapping[str, str]) -> _Row:
        component = component_of.get(finding.evidence[-1].path, "")
        return cls(finding.severity, finding.rule, component, finding.state or "")

    @classmethod
    def of_former(cls, former: FormerFinding, component_of: Mapping[str, str]) -> _Row:
        row = former.finding
        return cls(row.severity, row.rule, component_of.get(row.path, ""), FindingState.FIXED)

    def attributes(self) -> str:
        values = {name: getattr(self, name) for name in self.__slots__}
        return " ".join(f'data-{name}="{text(value)}"' for name, value in values.items())


def _card(
    body: Body,
    number: int,
    tokens: Sequence[Token],
    finding: Finding,
    excerpts: Excerpts,
    component_of: Mapping[str, str],
) -> str:
    head, rest = list(tokens[:3]), _without_steps(tokens[3:], len(finding.evidence))
    head[0].tag = head[2].tag = "h3"
    row = _Row.of(finding, component_of)
    return (
        f'<article class="finding {finding.severity}" data-finding="{number}" {row.attributes()} '
        f'aria-labelledby="finding-{number}">\n{body.render(head)}{_badge(row.state)}'
        f"{body.render(rest.before)}{excerpts.of_finding(finding.evidence)}"
        f"{body.render(rest.behind)}</article>\n"
    )


def _badge(state: str) -> str:
    return f'<p class="badge {text(state)}">{text(state)}</p>\n' if state else ""


def _former_card(former: FormerFinding, excerpts: Excerpts, component_of: Mapping[str, str]) -> str:
    finding, row = former.finding, _Row.of_former(former, component_of)
    return (
        f'<article class="finding" {row.attributes()}>\n<h3>{text(short(finding.rule))}, '
        f"{excerpts.where(finding.path, finding.line)}</h3>{_badge(row.state)}"
        f"<p>{text(short(former.reason, 400))}</p></article>\n"
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


def _filters(rows: Sequence[_Row]) -> str:
    """Shown where scripts run."""
    severities = Counter(row.severity for row in rows)
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="severity" value="{severity}" checked> '
        f'{severity} <span class="count">{severities[severity]}</span></label>'
        for severity in Severity
        if severities[severity]
    )
    menus = "".join(
        _menu(name, title, Counter(getattr(row, name) for row in rows))
        for name, title in (("rule", "Weakness"), ("component", "Component"), ("state", "State"))
    )
    return (
        '<form class="filters" data-filters hidden aria-label="Filter the findings">'
        f'<fieldset><legend>Severity</legend><div class="choices">{boxes}</div></fieldset>{menus}'
        '<label class="field">Text or path <input type="search" name="text" '
        'autocomplete="off" spellcheck="false"></label>'
        '<button type="reset">Show all</button>'
        f'<output role="status">{len(rows)} of {len(rows)} shown</output></form>\n'
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
