"""The reports in a real browser: they run and fetch nothing of others, can be used by keyboard, are
accessible by the rules of axe-core, and are legible on paper and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from support.findings import RUN, report_of
from support.html import overview_of, page_of_findings
from support.packing import pack_texts

from browser.conftest import Open, Opened, data_of
from scout_codebase.render.html import Written, index_html, report_html

PAGES = ("index", "architecture", "security-review", "documentation", "probe")
SHOWN = "article.finding:visible"


def assert_quiet(one: Opened, path: Path) -> None:
    assert one.heard == []
    assert one.asked_for == [path.as_uri()]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_and_accessible_in_light_and_in_dark(
    market: Path, open_page: Open, screenshots: Path, name: str
) -> None:
    path = market / f"{name}.html"
    for scheme in ("light", "dark"):
        one = open_page(path, scheme=scheme)
        one.page.screenshot(path=screenshots / f"{name}-{scheme}.png", full_page=True)
        for details in one.page.locator("details").all():
            details.evaluate("one => { one.open = true }")
        found = Axe().run(one.page)
        told = [(row["id"], row["nodes"][0]["html"]) for row in found.response["violations"]]
        assert told == []
        assert_quiet(one, path)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_and_paper(
    market: Path, open_page: Open, screenshots: Path, name: str
) -> None:
    one = open_page(market / f"{name}.html", width=360)
    wider = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
    assert one.page.evaluate(wider) == 0
    one.page.screenshot(path=screenshots / f"{name}-phone.png", full_page=True)
    one.page.emulate_media(media="print", color_scheme="dark")
    one.page.set_viewport_size({"width": 794, "height": 1123})
    one.page.screenshot(path=screenshots / f"{name}-print.png", full_page=True)
    for tool in (".top", ".contents", ".filters", ".tools", ".skip"):
        assert one.page.locator(f"{tool}:visible").count() == 0
    colour = one.page.evaluate("getComputedStyle(document.body).color")
    assert colour == "rgb(28, 33, 38)", "ink on white, whatever the screen shows"
    for code in one.page.locator("pre:visible").all():
        assert code.evaluate("one => one.scrollWidth - one.clientWidth") <= 0


def test_the_first_stop_of_the_keyboard_leads_past_the_head(market: Path, open_page: Open) -> None:
    page = open_page(market / "security-review.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def severities(page: Page) -> list[str]:
    return [str(card.get_attribute("data-severity")) for card in page.locator(SHOWN).all()]


def status(page: Page) -> str:
    return page.locator(".filters output").inner_text()


def test_findings_are_filtered_by_keyboard(market: Path, open_page: Open) -> None:
    page = open_page(market / "security-review.html").page
    every = severities(page)
    whole = len(every)
    findings = data_of(market, "security-review")["findings"]
    assert isinstance(findings, list)
    assert whole == len(findings) >= 3
    critical = every.count("critical")
    assert 0 < critical < whole
    page.locator("input[value=critical]").focus()
    page.keyboard.press("Space")
    assert "critical" not in severities(page)
    assert status(page) == f"{whole - critical} of {whole} shown"
    assert page.locator("tr[data-finding]:visible").count() == whole - critical
    page.keyboard.press("Space")
    _tab_to(page, "select[name=rule]")
    page.keyboard.type("CWE-89")
    assert [card.get_attribute("data-rule") for card in page.locator(SHOWN).all()] == ["CWE-89"]
    _tab_to(page, "select[name=component]")
    page.keyboard.type("tools")
    assert status(page) == f"0 of {whole} shown"
    _tab_to(page, "button[type=reset]")
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('.finding:not([hidden])').length == {whole}")
    page.locator("input[name=text]").focus()
    page.keyboard.type("TOOLS/press.py")
    assert {card.get_attribute("data-component") for card in page.locator(SHOWN).all()} == {"tools"}


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_findings_are_sorted_by_keyboard(market: Path, open_page: Open) -> None:
    page = open_page(market / "security-review.html").page
    head = page.locator("table.rows").first.locator("th").filter(has_text=re.compile("^severity$"))
    assert head.get_attribute("aria-sort") == "none"
    head.locator("button").focus()
    ranks = ["critical", "high", "medium", "low"]
    for name, falling in (("ascending", False), ("descending", True)):
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == name
        found = [ranks.index(one) for one in severities(page)]
        assert found == sorted(found, reverse=falling)
        rows = [row.get_attribute("data-finding") for row in page.locator("tr[data-finding]").all()]
        assert rows == [card.get_attribute("data-finding") for card in page.locator(SHOWN).all()]
    assert len(set(severities(page))) > 1


def test_a_link_to_a_finding_that_is_filtered_out_shows_it(market: Path, open_page: Open) -> None:
    page = open_page(market / "security-review.html").page
    page.locator("input[name=text]").fill("nothing has this")
    assert page.locator(SHOWN).count() == 0
    page.evaluate("location.hash = '#finding-2'")
    page.wait_for_function("!document.getElementById('finding-2').closest('.finding').hidden")


def test_a_finding_shows_its_source(market: Path, open_page: Open) -> None:
    page = open_page(market / "security-review.html").page
    card = page.locator("article.finding").filter(has_text="tools/press.py:6").first
    place = card.locator(".excerpt.place")
    assert place.locator(".hit").inner_text().strip() == "subprocess.run(f'lp {name}', shell=True)"
    assert place.locator(".s").first.inner_text() == "f'lp {name}'"
    assert [one.inner_text() for one in card.locator(".step").all()][-1] == "place"


def test_pictures_are_searched_zoomed_and_panned_by_keyboard(market: Path, open_page: Open) -> None:
    page = open_page(market / "index.html").page
    viewer = page.locator("[data-viewer]").filter(has=page.locator("svg.treemap"))
    svg, stage = viewer.locator("svg"), viewer.locator(".stage")
    whole = svg.get_attribute("viewBox") or ""
    stage.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    left, _, width, _ = map(float, (svg.get_attribute("viewBox") or "").split())
    assert 0 < left < left + width <= float(whole.split()[2]) + 0.01
    page.keyboard.press("0")
    assert list(map(float, (svg.get_attribute("viewBox") or "").split())) == list(
        map(float, whole.split())
    )
    viewer.locator("input[type=search]").fill("PRESS.py")
    assert viewer.locator("output").inner_text() == "1 found"
    assert "tools/press.py" in (viewer.locator(".tile.hit title").text_content() or "")
    assert viewer.locator(".tile.dim").count() == viewer.locator(".tile").count() - 1


def test_a_component_that_is_found_shows_what_it_is_joined_to(
    market: Path, open_page: Open
) -> None:
    page = open_page(market / "architecture.html").page
    viewer = page.locator("[data-viewer]").filter(has=page.locator("svg.diagram"))
    viewer.locator("input[type=search]").fill("tools")
    assert viewer.locator(".box.hit title").text_content() == "tools"
    assert viewer.locator(".arrow.hit").count() == 1
    assert viewer.locator(".box.dim title").text_content() == "shop"
    viewer.locator("summary").click()
    row = viewer.locator("tr").filter(has=page.locator("th[scope=row]", has_text="tools"))
    assert row.locator("td").last.inner_text() == "web"


def test_without_scripts_everything_is_shown(market: Path, open_page: Open) -> None:
    with_script = open_page(market / "security-review.html").page.locator(SHOWN).count()
    one = open_page(market / "security-review.html", script=False)
    assert one.page.locator(SHOWN).count() == with_script
    assert one.page.locator(".filters:visible").count() == 0
    assert open_page(market / "index.html", script=False).page.locator("svg:visible").count() == 3


@pytest.mark.parametrize("name", ["index", "architecture", "security-review"])
def test_nothing_of_a_hostile_repository_runs_or_is_fetched(
    hostile: Path, open_page: Open, screenshots: Path, name: str
) -> None:
    path = hostile / f"{name}.html"
    one = open_page(path)
    one.page.screenshot(path=screenshots / f"hostile-{name}.png", full_page=True)
    for details in one.page.locator("summary").all():
        details.click()
    links = [link.get_attribute("href") or "" for link in one.page.locator("a").all()]
    ours = "index|architecture|security-review|github-code-scanning|result"
    assert [link for link in links if not re.match(rf"#|(?:\./)?(?:{ours})\.\w+$", link)] == []
    assert one.page.locator("script").count() == 1
    assert (
        one.page.locator("img, iframe, object, embed, svg a, svg image, form[action]").count() == 0
    )
    assert_quiet(one, path)
    assert [row["id"] for row in Axe().run(one.page).response["violations"]] == []


NAMES = (
    "</script><script>alert(1)</script>.py",
    "javascript:alert(1)//.py",
    'data:text/html,"onload=alert(1).py',
    "<svg onload=alert(1)><animate onbegin=alert(1)>.py",
    "\u202e\u2066gpj.py",
    "a/" + "x" * 100_000 + ".py",
    "deep/" * 1_000 + "x.py",
)


def test_names_that_no_file_system_holds_are_text(tmp_path: Path, open_page: Open) -> None:
    texts = {name: f"def f(x):\n    # \u202e {name[:60]}\n    return eval(x)\n" for name in NAMES}
    packed = pack_texts(texts)
    report, overview = report_of(packed), overview_of(packed)
    assert len(report.findings) == len(NAMES)
    pages = {
        "report": report_html(report, page_of_findings(report), overview),
        "index": index_html([Written(report, ("report.html",))], sorted(NAMES[:4]), RUN, overview),
    }
    for name, text in pages.items():
        path = tmp_path / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        one = open_page(path, width=360)
        for details in one.page.locator("summary").all():
            details.click()
        wider = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        assert one.page.evaluate(wider) == 0
        assert one.page.locator("script").count() == 1
        assert one.page.locator("img, iframe, animate, [onload]").count() == 0
        assert_quiet(one, path)
