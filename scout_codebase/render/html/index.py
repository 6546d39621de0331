"""The page above the reports of one run: what there is to read, and what was read for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from scout_codebase.records import Report, RunRecord, Severity
from scout_codebase.render.curve import recall_curve
from scout_codebase.render.html.overview import Overview, omitted
from scout_codebase.render.html.page import Heading, page, short, text
from scout_codebase.render.html.viewer import table
from scout_codebase.render.markdown import coverage

_ARROWS = (
    "An arrow points from the component that imports to the one that is imported; its number "
    "counts imports, and a dashed one leads up the layers."
)


@dataclass(frozen=True, slots=True)
class Written:
    """A report and the names of its files. ``site`` leads to its first page, "" where it has no
    pages of its own."""

    report: Report
    files: tuple[str, ...]
    site: str = ""


def index_html(
    written: Sequence[Written],
    others: Sequence[str],
    run: RunRecord,
    overview: Overview,
    of_run: Sequence[str] = (),
) -> str:
    """``others`` are the names of pages in the same folder that this run did not write, ``of_run``
    those of the files that are about the whole of it."""
    repository = overview.facts["repository"]
    title = f"{short(repository['name'])} at {repository['revision']}"
    sections = [
        (Heading("reports", "Reports"), _reports(written, others, of_run)),
        (Heading("coverage", "What was read"), _coverage(written, run)),
        (Heading("tokens", "Where the tokens are"), overview.token_map),
        (Heading("dependencies", "How it hangs together"), overview.dependencies(_ARROWS)),
        (Heading("recall", "What the model can find in it"), _recall(run)),
    ]
    shown = [(heading, html) for heading, html in sections if html]
    body = "".join(
        f'<section aria-labelledby="{heading.id}"><h2 id="{heading.id}">{heading.text}</h2>\n'
        f"{html}</section>\n"
        for heading, html in shown
    )
    facts = _facts(run, overview)
    return page(
        f"Reports: {title}",
        f"<h1>{text(title)}</h1>\n{facts}{body}",
        contents=[heading for heading, _ in shown],
    )


def _facts(run: RunRecord, overview: Overview) -> str:
    repository = overview.facts["repository"]
    folder = f", folder {short(repository['folder'])} only" if repository["folder"] else ""
    branch = repository["branch"]
    told = f" ({short(branch)}, {repository['date']})" if branch else ""
    changed = ", with uncommitted changes" if repository["dirty"] else ""
    rows = {
        "Revision": f"{repository['commit']}{told}{folder}{changed}",
        "Model": f"{short(run.identity.model)} on {run.identity.family} at {run.identity.address}",
        "Pack": f"{run.pack_tokens:,} of {run.window:,} tokens",
        "Made by": f"scout-codebase {run.tool_version}: {short(run.command, 400)}",
    }
    cells = "".join(
        f"<div><dt>{name}</dt><dd>{text(value)}</dd></div>" for name, value in rows.items()
    )
    return f'<dl class="facts">{cells}</dl>\n'


def _reports(written: Sequence[Written], others: Sequence[str], of_run: Sequence[str]) -> str:
    cards = "".join(map(_card, written))
    more = "".join(f'<li><a href="./{quote(name)}">{text(short(name))}</a></li>' for name in others)
    earlier = f"<p>Other pages in this folder, of other runs:</p><ul>{more}</ul>\n" if more else ""
    data = ", ".join(f'<a href="./{quote(name)}">{text(name)}</a>' for name in of_run)
    whole = f'<p class="quiet">About the whole review: {data}</p>\n' if data else ""
    return f'<ul class="reports">{cards}</ul>\n{whole}{earlier}'


def _card(row: Written) -> str:
    report = row.report
    first = next(name for name in row.files if name.endswith(".html"))
    rest = [name for name in row.files if name != first]
    links = ", ".join(
        f'<a href="{text(name)}">{text(name.rpartition(".")[2])}</a>' for name in rest
    )
    state = '<span class="badge incomplete">incomplete</span>' if report.failures else ""
    return (
        f'<li><h3><a href="{text(first)}">{text(report.title)}</a> {state}</h3>'
        f"{_counts(report)}<p>{_told(report)}</p>{_site(row)}"
        f'<p class="quiet">Also as {links}</p></li>\n'
    )


def _site(row: Written) -> str:
    if row.report.site is None or not row.site:
        return ""
    count = len(row.report.site.record.pages)
    return f'<p><a href="./{quote(row.site)}">Read its {count} pages</a></p>'


def _counts(report: Report) -> str:
    if not report.rules:
        return ""
    counts = Counter(finding.severity for finding in report.findings)
    badges = "".join(
        f'<li class="badge {severity}">{counts[severity]} {severity}</li>'
        for severity in Severity
        if counts[severity]
    )
    if not badges:
        return "<p>No findings</p>"
    return f'<ul class="badges" aria-label="Findings">{badges}</ul>'


def _told(report: Report) -> str:
    parts = []
    if report.evidence:
        found = sum(row.found for row in report.evidence)
        parts.append(f"{found} of {len(report.evidence)} quotes found in the source")
    if report.suppressed:
        parts.append(f"{len(report.suppressed)} findings suppressed")
    parts.append(f"{len(report.asked)} questions asked, {len(report.failures)} failed")
    return "; ".join(parts)


def _coverage(written: Sequence[Written], run: RunRecord) -> str:
    share = coverage(run)
    told = (
        f"{run.files_packed:,} files were read whole, {share} % of the text of the repository; "
        f"{len(run.omissions):,} paths were left out."
    )
    bar = f'<meter min="0" max="100" value="{share}">{share} %</meter>'
    failed = [
        (question.id, question.failure) for row in written for question in row.report.failures
    ]
    questions = table("Questions that failed", ("Question", "Why"), failed) if failed else ""
    label = f'<p class="coverage"><label>{told} {bar}</label></p>'
    return f"{label}\n{omitted(run.omissions)}{questions}"


def _recall(run: RunRecord) -> str:
    if run.recall is None or not run.recall.answers:
        return ""
    page_of = run.recall_page.replace(".md", ".html")
    link = f'<p><a href="{text(page_of)}">Every question of the probe</a></p>\n' if page_of else ""
    return f'<div class="stage">{recall_curve(run.recall)}</div>\n{link}'
