"""The page above the reports: what there is, what was read, and what went wrong."""

from __future__ import annotations

import re
from dataclasses import replace

from support.findings import RUN, report_of
from support.html import Tags, assert_harmless, overview_of
from support.packing import pack_texts
from support.probed import invented, probed, reply, wrong

from scout_codebase.records import Omission, OmissionReason
from scout_codebase.render.html import Written, index_html

TEXTS = {
    "shop/a.py": "from web import b\n\nb.show(eval(x))\n",
    "web/b.py": "def show(x):\n    pass\n",
}
PACKED = pack_texts(TEXTS)
FILES = ("security-review.html", "security-review.md", "security-review.json")


def test_it_names_each_report_and_its_files() -> None:
    text = index_html([Written(report_of(PACKED), FILES)], [], RUN, overview_of(PACKED))
    assert_harmless(text)
    assert {row["href"] for row in Tags(text).all("a")} >= set(FILES)
    assert "1 critical" in Tags(text).text
    assert "incomplete" not in Tags(text).text


def test_it_says_what_failed() -> None:
    failed = report_of(PACKED, failure="it was <cut> short")
    text = index_html([Written(failed, FILES)], [], RUN, overview_of(PACKED))
    assert '<span class="badge incomplete">incomplete</span>' in text
    assert "2 questions asked, 1 failed" in text
    assert "<td>it was &lt;cut&gt; short</td>" in text


def test_it_says_what_was_not_read() -> None:
    omissions = (
        *(Omission(f"logo{n}.png", OmissionReason.BINARY, 10) for n in range(300)),
        Omission("</script>\u202e", OmissionReason.TOO_LARGE, 1_000, "over 9 bytes"),
    )
    run = replace(RUN, omissions=omissions)
    text = index_html([], [], run, overview_of(PACKED))
    assert_harmless(text)
    assert '<th scope="row">binary</th><td class="number">300</td>' in text
    assert "The first 200 of them" in text
    assert "\u202e" not in text


def test_it_names_the_pages_of_other_runs() -> None:
    others = ["architecture.html", 'a"><script>alert(1)<script>.html', "javascript:alert(1).html"]
    text = index_html([], others, RUN, overview_of(PACKED))
    assert_harmless(text)
    links = [row["href"] or "" for row in Tags(text).all("a")]
    assert "./architecture.html" in links
    assert "./javascript%3Aalert%281%29.html" in links


def test_it_draws_the_repository_and_the_recall() -> None:
    recall = probed(invented(6), 8, lambda probe: reply(wrong(probe)))[0]
    run = replace(RUN, recall=recall, recall_page="probe.md")
    text = index_html([], [], run, overview_of(PACKED))
    headings = re.findall(r'<h2 id="(\w+)">', text)
    assert headings == ["reports", "coverage", "tokens", "dependencies", "recall"]
    assert text.count("<svg") == 3
    assert 'href="probe.html"' in text
    without = index_html([], [], RUN, overview_of(PACKED))
    assert re.findall(r'<h2 id="(\w+)">', without) == headings[:-1]
