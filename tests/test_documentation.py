"""The documentation from outside: a site that a generator builds strictly, whose names and links
are the repository's, and whose pages are told to be stale when, and only when, they are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from support.command_line import Run, assert_one_line
from support.documented import FILES, INVENTED, PAGES, build, documenting
from support.repositories import git, make_repository
from support.results import result_in

from scout_codebase.render.formats import FORMATS

MARKDOWN = MarkdownIt("commonmark").enable("table")


@pytest.fixture
def repository(own_user: None, tmp_path: Path) -> Path:
    return make_repository(tmp_path / "shop", FILES)


def document(run: Run, repository: Path, *options: str, fails_on: str = "") -> list[str]:
    """Runs the review and gives the questions that were asked."""
    with documenting(fails_on=fails_on).running() as server:
        result = run(
            *("review", repository, "--report", "documentation", "--base-url", server.base_url),
            *("--quiet", *QUICK, *options),
        )
        assert result.code == (4 if fails_on else 0), result.err
        return [
            chat["messages"][-1]["content"].rpartition("<question>")[2] for chat in server.chats
        ]


QUICK = ("--no-cache", "--jobs", "1", "--no-mask")  # no scanner and no worker has to be loaded
OUT = Path("scout-report")
SITE = OUT / "documentation"
NO_SERVER = "http://127.0.0.1:9/v1"


def texts() -> dict[str, str]:
    """The pages that are no copies of sources, by path."""
    docs = SITE / "docs"
    return {
        path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8")
        for path in docs.rglob("*.md")
        if "source" not in path.parts
    }


def code_in(markdown: str) -> set[str]:
    inline = (child for token in MARKDOWN.parse(markdown) for child in token.children or ())
    return {child.content for child in inline if child.type == "code_inline"}


def stale(run: Run, repository: Path, *options: str) -> dict[str, list[str]]:
    result = run("docs-check", repository, "--format", "json", "--quiet", *QUICK, *options)
    rows = json.loads(result.out)["stale"]
    assert result.code == bool(rows)
    return {row["page"]: row["reasons"] for row in rows}


def test_the_site(run: Run, repository: Path) -> None:
    document(run, repository)
    assert set(texts()) == PAGES
    built = build(SITE)
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    assert (SITE / "site" / "how-to" / "find-the-open-orders.html").is_file()
    assert 'href="./documentation/docs/index.md"' in (OUT / "index.html").read_text()
    assert 'href="documentation/docs/index.md"' in (SITE.parent / "documentation.html").read_text()
    listed = re.findall(r"\]\((docs/[^)]+)\)", (SITE / "llms.txt").read_text())
    assert sorted(listed) == sorted(f"docs/{path}" for path in PAGES)
    published = re.findall(r"\]\(([^)]+)\)", (SITE / "site" / "llms.txt").read_text())
    assert len(published) == len(PAGES)
    assert all((SITE / "site" / page).is_file() for page in published)


def test_the_index_leads_to_the_site_that_was_built(run: Run, repository: Path) -> None:
    document(run, repository)
    assert build(SITE).returncode == 0
    document(run, repository, "--only", "index")
    (target,) = re.findall(r'href="\./(documentation/[^"]*)"', (OUT / "index.html").read_text())
    assert target == "documentation/site/index.html"
    assert (OUT / target).is_file()


def test_the_strict_build_would_find_a_link_that_leads_nowhere(run: Run, repository: Path) -> None:
    document(run, repository)
    page = SITE / "docs" / "reference" / "shop-store.md"
    page.write_text(page.read_text().replace("#L10)", "#L99)"))
    built = build(SITE)
    assert built.returncode != 0
    assert "#L99" in built.stderr


def test_names_that_are_nowhere_lose_their_code_font(run: Run, repository: Path) -> None:
    document(run, repository)
    words = set(re.findall(r"\w+", "\n".join([*FILES, *FILES.values()])))
    spans = {span for text in texts().values() for span in code_in(text) if "://" not in span}
    assert {"Orders", "Orders.find", "--limit", "flask", "shop/web/app.py"} <= spans
    assert not [span for span in spans if not set(re.findall(r"[^\W\d]\w*", span)) <= words]
    escaped = INVENTED.replace("_", r"\_")
    assert escaped in texts()["index.md"]
    assert f"“x = {escaped}”" in texts()["components/shop-store.md"]
    data = json.loads(Path("scout-report/documentation.json").read_text())
    counts = {row["path"]: (row["names"], row["unmarked"]) for row in data["pages"]}
    shown = [span for span in code_in(texts()["index.md"]) if "://" not in span]
    assert counts["index.md"] == (len(shown), 3)
    report = Path("scout-report/documentation.md").read_text()
    assert f"looked up: {sum(names for names, _ in counts.values())}." in report


def test_what_is_computed_stands_in_the_pages(run: Run, repository: Path) -> None:
    document(run, repository)
    pages = texts()
    start = pages["getting-started.md"]
    assert "pip install .\nshop --limit 3" in start
    for part in ("`>=3.11`", "`shop.web.app:main`", "`python -m pytest`"):
        assert part in start
    configuration = pages["configuration.md"]
    assert re.search(r"\| `SHOP_DATA` \|.*\| `\"data\"` \|", configuration)
    assert re.search(r"\| `--limit` \| how many are shown\. \| `10` \|", configuration)
    store = pages["components/shop-store.md"]
    assert "All orders of a folder." in store
    assert 'assert Orders("a").find("open", 1) == ["a"]' in store
    assert "NOTE, says [`shop/store/orders.py:11`]" in store
    assert "[shop/web](shop-web.md)" in store
    reference = pages["reference/shop-store.md"]
    assert "`def find(self, status: str, most: int) -> list[str]`" in reference
    source = SITE / "docs" / "source" / "shop" / "store" / "orders.py.md"
    assert '<a id="L10"></a>    def find(' in source.read_text()
    assert "orders.py.md#L10)" in reference


def test_pages_of_a_commit_on_a_host_link_to_its_lines(run: Run, repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://github.com/ada/shop.git")
    commit = git(repository, "rev-parse", "HEAD").decode().strip()
    document(run, repository)
    address = f"https://github.com/ada/shop/blob/{commit}/shop/store/orders.py#L10"
    assert f"({address})" in texts()["reference/shop-store.md"]
    assert not (SITE / "docs" / "source").exists()
    assert build(SITE).returncode == 0


def test_a_change_of_one_function_makes_its_pages_stale_and_no_others(
    run: Run, repository: Path
) -> None:
    document(run, repository)
    assert stale(run, repository) == {}
    before = texts()
    path = repository / "shop/report/totals.py"
    path.write_text(path.read_text().replace("return sum(cents)", "return sum(cents[:9])"))
    changed = ["shop/report/totals.py has changed"]
    pages = {
        "components/shop-report.md",
        "how-to/add-up-amounts.md",
        "reference/shop-report.md",
    }
    assert stale(run, repository) == dict.fromkeys(sorted(pages), changed) or (
        set(stale(run, repository)) == pages
    )
    told = run("docs-check", repository, "--quiet", *QUICK)
    assert told.out.decode().count("shop/report/totals.py has changed") == len(pages)
    assert told.code == 1

    asked = document(run, repository, "--refresh")
    after = texts()
    assert {name for name in after if after[name] != before[name]} == pages
    assert all("shop/report" in question for question in asked)
    assert len(asked) == 3
    told = result_in(OUT)["reports"][0]["pages"]
    assert (set(told["written"]), told["kept"]) == (pages, len(PAGES) - len(pages))
    assert stale(run, repository) == {}
    assert build(SITE).returncode == 0
    assert document(run, repository, "--refresh") == []
    assert texts() == after


@pytest.mark.parametrize("form", FORMATS)
def test_a_refresh_that_finds_nothing_stale_says_so_in_every_format(
    run: Run, repository: Path, form: str
) -> None:
    document(run, repository, "--format", "gitlab")
    written = {path.name for path in OUT.iterdir()}
    result = run(
        *("review", repository, "--refresh", "--format", form, "--base-url", NO_SERVER, *QUICK)
    )
    assert result.code == 0, result.err
    assert "Documentation: every page is as it would be written now" in result.err
    value = result_in(OUT)
    assert (value["status"], value["exit_code"], value["engine"]) == ("complete", 0, None)
    (report,) = value["reports"]
    assert (report["files"], report["questions"]) == ([], 0)
    assert report["pages"] == {"written": [], "kept": len(PAGES)}
    assert result.out == ((OUT / "result.json").read_bytes() if form == "json" else b"")
    of_gitlab = {"gl-code-quality-report.json", "gl-sast-report.json"}
    kept = written if form == "gitlab" else written - of_gitlab
    assert {path.name for path in OUT.iterdir()} == kept | {"previous"}
    if form == "gitlab":
        assert json.loads((OUT / "gl-code-quality-report.json").read_text()) == []
        assert json.loads((OUT / "gl-sast-report.json").read_text())["scan"]["status"] == "success"


def test_a_pipeline_tells_of_a_refresh_that_found_nothing_stale(run: Run, repository: Path) -> None:
    document(run, repository)
    assert document(run, repository, "--refresh") == []
    (OUT / "exit-code").write_text("0")
    (OUT / ".fresh").touch()
    script = Path(__file__).parent.parent / "ci" / "summary.py"
    shown = subprocess.run([sys.executable, script, OUT], capture_output=True, text=True)
    assert "Model: none, nothing was to be asked" in shown.stdout, shown.stderr


def test_a_review_beside_pages_that_are_kept_names_them(run: Run, repository: Path) -> None:
    document(run, repository)
    document(run, repository, "--refresh", "--report", "changes", "--since", "HEAD")
    made, kept = result_in(OUT)["reports"]
    assert (made["name"], made["pages"]) == ("changes", None)
    assert (kept["name"], kept["pages"]) == ("documentation", {"written": [], "kept": len(PAGES)})
    assert 'href="./documentation.html"' in (OUT / "index.html").read_text()


def test_new_and_removed_components_change_the_pages_that_name_them(
    run: Run, repository: Path
) -> None:
    document(run, repository)
    shutil.rmtree(repository / "shop/report")
    (repository / "shop/mail").mkdir()
    (repository / "shop/mail/send.py").write_text("def send(text: str) -> None:\n    print(text)\n")
    git(repository, "add", "-A")
    found = stale(run, repository)
    assert found["components/shop-mail.md"] == ["it is not written yet"]
    assert found["components/shop-report.md"] == ["what it is about is no longer there"]
    assert found["how-to/add-up-amounts.md"] == ["what it is about is no longer there"]
    assert found["index.md"] == ["what it shows of the repository as a whole has changed"]
    assert not {"getting-started.md", "configuration.md", "reference/shop-store.md"} & set(found)
    document(run, repository, "--refresh")
    assert stale(run, repository) == {}
    assert "components/shop-report.md" not in texts()
    assert build(SITE).returncode == 0


def test_other_templates_and_another_model_make_pages_stale(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    document(run, repository)
    overlay = tmp_path / "prompts" / "documentation"
    overlay.mkdir(parents=True)
    (overlay / "overview.md.j2").write_text("What is this? In two sentences.\n")
    found = stale(run, repository, "--prompts", str(overlay.parent))
    assert found == {"index.md": ["its templates have changed"]}
    assert stale(run, repository, "--model", "m") == {}
    assert set(stale(run, repository, "--model", "other")) == PAGES


def test_a_single_page(run: Run, repository: Path) -> None:
    document(run, repository)
    before = texts()
    asked = document(run, repository, "--only", "components/shop-store")
    assert len(asked) == 1
    assert texts() == before
    (SITE / "docs" / "index.md").unlink()
    assert stale(run, repository) == {"index.md": ["its file is missing"]}
    document(run, repository, "--only", "index.md")
    assert texts() == before
    result = run("review", repository, "--report", "architecture", "--refresh")
    assert_one_line(result, 2, "--report documentation")


@pytest.mark.parametrize("options", [(), ("--refresh",), ("--dry-run",)])
def test_a_page_that_there_is_not_is_refused_before_a_server_is_looked_for(
    run: Run, repository: Path, options: tuple[str, ...]
) -> None:
    document(run, repository)
    before = {path: path.read_bytes() for path in OUT.rglob("*") if path.is_file()}
    wanted = ("--only", "index", "--only", "nonsense", "--base-url", NO_SERVER, *QUICK)
    result = run("review", repository, *wanted, *options)
    assert_one_line(result, 2, "no page nonsense", "components/shop-store", "how-to/add-up-amounts")
    assert {path: path.read_bytes() for path in OUT.rglob("*") if path.is_file()} == before


def test_a_page_that_the_model_is_yet_to_propose_is_refused(run: Run, repository: Path) -> None:
    wanted = ("--only", "how-to/use-total", "--base-url", NO_SERVER, *QUICK)
    result = run("review", repository, *wanted)
    assert_one_line(result, 2, "no page how-to/use-total", "components/shop-store", "proposed")
    assert result.errors[0].count("how-to/") == 1
    assert not OUT.exists()


def test_a_single_page_of_a_site_that_is_not_there_yet(run: Run, repository: Path) -> None:
    document(run, repository, "--only", "components/shop-store")
    assert set(texts()) == {"components/shop-store.md"}
    assert "(shop-web.md)" not in texts()["components/shop-store.md"]
    assert set(stale(run, repository)) == PAGES - {"components/shop-store.md"}


def test_a_refresh_that_fails_leaves_the_page_as_it_was(run: Run, repository: Path) -> None:
    document(run, repository)
    before = texts()
    path = repository / "shop/report/totals.py"
    path.write_text(path.read_text().replace("return sum(cents)", "return sum(cents[:9])"))
    document(run, repository, "--refresh", fails_on="Describe the component shop/report")
    after = texts()
    assert {name for name in after if after[name] != before[name]} == {
        "how-to/add-up-amounts.md",
        "reference/shop-report.md",
    }
    assert set(stale(run, repository)) == {"components/shop-report.md"}
    assert Path("scout-report/documentation.incomplete.md").is_file()


def test_an_unfinished_site_does_not_pass_for_a_whole_one(run: Run, repository: Path) -> None:
    document(run, repository)
    document(run, repository, fails_on="Describe the component shop/report")
    assert not SITE.exists()
    assert (SITE.parent / "previous" / "documentation" / "mkdocs.yml").is_file()
    page = SITE.parent / "documentation.incomplete" / "docs" / "components" / "shop-report.md"
    assert "This section failed" in page.read_text()
    report = (SITE.parent / "documentation.incomplete.md").read_text()
    linked = re.findall(r"\]\((documentation[^)]*)\)", report)
    assert len(linked) > len(PAGES)
    assert all((SITE.parent / target).is_file() for target in linked)


def test_where_there_is_no_documentation(run: Run, repository: Path) -> None:
    assert_one_line(run("docs-check", repository), 2, "no documentation", "--out")
    SITE.mkdir(parents=True)
    for text in ("{}", "[", '{"format_version": 1, "pages": [1]}'):
        (SITE / "pages.json").write_text(text)
        assert_one_line(run("docs-check", repository), 2, "pages.json")
    row = {"path": "../../x.md", "title": "", "section": "", "summary": "", "revision": ""}
    row |= {"model": "", "templates": "", "shown": ""}
    data = {"format_version": 1, "tool_version": "", "depth": "full", "outline": {}}
    text = json.dumps({**data, "pages": [{**row, "objects": {}}]})
    (SITE / "pages.json").write_text(text)
    assert_one_line(run("docs-check", repository), 2, "is no page")
