"""The pipelines of ``action.yml``, the GitLab template, the hooks and the examples: their own shell
steps, run against a server whose answers are scripted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import yaml
from engines.scripted_server import FAULTS, ScriptedServer
from support.command_line import SHOP, SOUND_ANSWERS, server_of
from support.pipelines import (
    ROOT,
    ActionRun,
    Host,
    JobRun,
    gitlab_jobs,
    run_action,
    run_example,
    run_gitlab,
    run_hook,
    run_jenkins,
)
from support.repositories import commit_all, git, make_repository, write_files

DEAD = "http://127.0.0.1:9/v1"
SECURITY = "security-review"
SAFE = "def find(key, limit):\n    return [row for row in ROWS if row == key][:limit]\n"
WEAK = SHOP["shop/store.py"]


@pytest.fixture(autouse=True)
def _sound_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in SOUND_ANSWERS.items():
        monkeypatch.setitem(FAULTS, name, answer)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What parsing and counting found, for all tests of this module; each has its own answers."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def new_host(
    own_user: None, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Host]:
    """Machines with a repository whose last commit, since its release, changes a text."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    for name in ("answers.sqlite3", "servers.sqlite3"):
        (cache / "scout-review" / name).unlink(missing_ok=True)

    def make(name: str) -> Host:
        folder = tmp_path / name.replace(" ", "-")
        workspace = make_repository(folder / "workspace", {**SHOP, "shop/store.py": SAFE})
        git(workspace, "tag", "v1.0.0")
        change(workspace, {"README.md": "# A shop\n"})
        return Host(folder / "host", workspace)

    return make


@pytest.fixture
def host(new_host: Callable[[str], Host]) -> Host:
    return new_host("one")


def change(repository: Path, files: Mapping[str, str]) -> str:
    write_files(repository, files)
    return commit_all(repository, "Another commit")


@contextmanager
def served(case: str, host: Host) -> Iterator[str]:
    """The address of a server that does as the case is called; and the commit that goes with it."""
    servers: Mapping[str, Callable[[], ScriptedServer]] = {
        "clean": lambda: server_of("sound"),
        "finding": lambda: server_of("sound"),
        "window too small": lambda: server_of("none", window=400, model="llama-4-scout"),
        "unusable": lambda: server_of("none"),
    }
    if case in ("finding", "unusable"):
        change(host.workspace, {"shop/store.py": WEAK})
    if case == "server down":
        yield DEAD
        return
    with servers[case]().running() as server:
        yield server.base_url


CODES = {"clean": 0, "finding": 1, "server down": 4, "window too small": 3, "unusable": 4}
Result = TypeVar("Result")


def in_every_case(
    new_host: Callable[[str], Host], pipeline: Callable[[Host, str], Result]
) -> Iterator[tuple[str, Host, Result]]:
    """The pipeline on a machine of its own for each case, two at a time; it is given the address of
    the server."""

    def run(case: str) -> tuple[str, Host, Result]:
        host = new_host(case)
        with served(case, host) as address:
            return case, host, pipeline(host, address)

    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(run, CODES)


def report(host: Host, name: str) -> Path:
    return host.workspace / "scout-report" / name


# --- GitHub ---------------------------------------------------------------------------------------


def test_the_action_is_green_for_a_clean_review_alone(new_host: Callable[[str], Host]) -> None:
    def pipeline(host: Host, address: str) -> ActionRun:
        given = {"base-url": address, "reports": SECURITY, "since": "auto", "comment": "true"}
        return run_action(host, given, pull_request="7")

    for case, host, run in in_every_case(new_host, pipeline):
        assert run.failed is (case != "clean"), run.output
        assert run.steps["Review"] == ("success" if case == "clean" else "failure")
        assert run.outputs["exit-code"] == str(CODES[case])
        assert host.installed.splitlines()[-1].endswith(str(ROOT))
        assert run.used["actions/upload-artifact"]["path"] == "scout-report"
        assert "## scout-review" in run.summary
        assert "<!-- scout-review -->" in host.gh_calls
        assert run.summary.strip() in host.gh_calls
        whole = case in ("clean", "finding")
        assert ("github/codeql-action/upload-sarif" in run.used) is whole
        assert ("result" in run.outputs) is (whole or case == "unusable")
        assert ("**Incomplete**" in run.summary) is (case == "unusable")
        if case == "finding":
            assert "::error file=shop/store.py,line=2" in run.output
            assert "CWE-95 at `shop/store.py:2`" in run.summary
            assert "1 new" in run.summary
        if not whole:
            assert "Not reviewed" in run.summary
            assert "scout-review: " in run.summary
            assert "scout-review: " in report(host, "review.log").read_text()


@pytest.mark.parametrize(
    "upload", ["actions/upload-artifact", "github/codeql-action/upload-sarif", "gh"]
)
def test_an_upload_that_fails_is_not_swallowed(host: Host, upload: str) -> None:
    if upload == "gh":
        (host.folder / "gh.fails").touch()
    with served("clean", host) as address:
        given = {"base-url": address, "reports": SECURITY, "comment": "true"}
        run = run_action(host, given, pull_request="7", failing=[upload])
    assert run.steps["Review"] == "success", run.output
    assert run.failed
    assert "skipped" not in {name: run.steps[name] for name in run.steps if "Python" not in name
                             and "Warm" not in name}.values()  # fmt: skip


def test_a_tool_that_cannot_be_installed_is_red_and_said(host: Host) -> None:
    (host.folder / "venv/bin/scout-review").unlink()
    run = run_action(host, {"base-url": DEAD, "comment": "true"}, pull_request="7")
    assert run.failed
    assert run.steps["Review"] == "skipped"
    assert "did not run" in run.summary
    assert "did not run" in host.gh_calls


def test_the_comment_of_the_last_run_is_edited(host: Host) -> None:
    (host.folder / "gh.ids").write_text("4711\n4712\n")
    run = run_action(host, {"base-url": DEAD, "comment": "true"}, pull_request="7")
    assert run.steps["Comment on the pull request"] == "success", run.output
    assert "gh api --method PATCH repos/owner/shop/issues/comments/4711 " in host.gh_calls
    assert "gh pr comment" not in host.gh_calls
    assert "viewerDidAuthor" in host.gh_calls


def test_without_a_pull_request_nothing_is_commented(host: Host) -> None:
    run = run_action(host, {"base-url": DEAD, "comment": "true"})
    assert run.steps["Comment on the pull request"] == "skipped"
    assert host.gh_calls == ""


EVIL = "$(touch pwned)`touch pwned`'; touch pwned; '\" && touch pwned; ${{ github.token }}"


def test_no_input_is_ever_a_command(host: Host) -> None:
    """Each input in turn, and what a pull request can choose."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert not [step for step in action["runs"]["steps"] if "${{" in step.get("run", "")]
    scripted = set(action["inputs"]) - {"command", "upload-sarif", "comment", "fail-on-existing"}
    run = run_action(host, dict.fromkeys(scripted, EVIL), pull_request=EVIL)
    assert run.failed
    assert run.steps["Review"] == "failure"
    for name in ("command", "upload-sarif", "comment", "fail-on-existing"):
        refused = run_action(host, {name: EVIL})
        assert refused.steps["Check the inputs"] == "failure"
        assert refused.steps["Review"] == "skipped"
    arguments = run_action(host, {"base-url": DEAD, "arguments": f"--exclude\n{EVIL}"})
    assert arguments.outputs["exit-code"] == "4"
    commented = run_action(host, {"base-url": DEAD, "comment": "true"}, pull_request=EVIL)
    assert commented.steps["Comment on the pull request"] == "failure"
    assert not list(host.folder.parent.rglob("pwned"))
    assert "the-token" not in run.output + arguments.output + commented.output


def test_names_of_the_repository_are_no_markdown_in_the_summary(host: Host) -> None:
    name = "shop/`|<img src=x> @someone [x](http:y)\n# h.py"
    change(host.workspace, {name: WEAK})
    with served("finding", host) as address:
        (host.workspace / "shop/store.py").write_text(SAFE)
        given = {"base-url": address, "reports": SECURITY, "since": "auto"}
        run = run_action(host, given)
    (line,) = [line for line in run.summary.splitlines() if "CWE-95" in line]
    assert re.search(r" at `` .*<img src=x> @someone .*:2 ``", line), run.summary


def test_the_action_warms_a_server(host: Host) -> None:
    with served("clean", host) as address:
        run = run_action(host, {"command": "warm", "base-url": address, "since": "auto"})
    assert not run.failed, run.output
    assert run.steps["Review"] == run.steps["Summary"] == "skipped"
    assert "The server has read" in run.output
    assert run.used == {}
    assert run_action(host, {"command": "warm", "base-url": DEAD}).failed


def test_the_example_workflows_give_the_action_inputs_that_it_has() -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    used = 0
    for file in (ROOT / "examples/ci/github").glob("*.yml"):
        for job in yaml.safe_load(file.read_text())["jobs"].values():
            assert "timeout-minutes" in job or "needs" in job
            for step in job["steps"]:
                if "scout-codebase@" in step.get("uses", ""):
                    used += 1
                    assert set(step["with"]) <= set(inputs)
                assert "${{" not in step.get("run", "")
    assert used == 3


# --- GitLab ---------------------------------------------------------------------------------------


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    """A repository from which a pipeline fetches the tool."""
    folder = tmp_path / "tool"
    shutil.copytree(ROOT / "ci", folder / "ci")
    git(folder, "init", "--quiet", "--initial-branch=v0.1.0")
    commit_all(folder)
    return folder


def test_the_gitlab_job_is_green_for_a_clean_review_alone(
    new_host: Callable[[str], Host], tool: Path
) -> None:
    jobs, variables = gitlab_jobs()
    job = jobs["scout-review"]

    def pipeline(host: Host, address: str) -> JobRun:
        host.variables["CI_PROJECT_DIR"] = str(host.workspace)
        since = git(host.workspace, "rev-parse", "v1.0.0").decode().strip()
        given = {"SCOUT_CI_SOURCE": str(tool), "SCOUT_REVIEW_SINCE": since}
        return run_gitlab(host, job, {**variables, **given, "SCOUT_REVIEW_BASE_URL": address})

    for case, host, run in in_every_case(new_host, pipeline):
        assert run.code == CODES[case], run.output
        assert "## scout-review" in run.output
        written = [
            (host.workspace / file).is_file() for file in job["artifacts"]["reports"].values()
        ]
        if case in ("clean", "finding"):
            assert written == [True, True]
            quality = json.loads(report(host, "gl-code-quality-report.json").read_text())
            assert len(quality) == (case == "finding")
        else:
            assert written == [False, case == "unusable"]
            assert report(host, "review.log").is_file()
        if case == "unusable":
            scan = json.loads(report(host, "gl-sast-report.json").read_text())["scan"]
            assert scan["status"] == "failure"


def test_the_gitlab_schedule_warms_the_server(host: Host, tool: Path) -> None:
    jobs, variables = gitlab_jobs()
    host.variables["CI_PROJECT_DIR"] = str(host.workspace)
    variables |= {"SCOUT_CI_SOURCE": str(tool), "SCOUT_REVIEW_SINCE": "auto"}
    with served("clean", host) as address:
        run = run_gitlab(host, jobs["scout-warm"], variables | {"SCOUT_REVIEW_BASE_URL": address})
    assert run.code == 0, run.output
    down = run_gitlab(host, jobs["scout-warm"], variables | {"SCOUT_REVIEW_BASE_URL": DEAD})
    assert down.code == 4


# --- the others -----------------------------------------------------------------------------------


def test_the_jenkins_pipeline_is_green_for_a_clean_review_alone(
    new_host: Callable[[str], Host], tool: Path
) -> None:
    def pipeline(host: Host, address: str) -> JobRun:
        host.variables["WORKSPACE_TMP"] = str(host.folder / "workspace@tmp")
        given = {"SCOUT_CI_SOURCE": str(tool), "SCOUT_REVIEW_REPORT": SECURITY}
        return run_jenkins(host, {**given, "SCOUT_REVIEW_BASE_URL": address})

    for case, host, run in in_every_case(new_host, pipeline):
        assert run.code == CODES[case], run.output
        assert "## scout-review" in run.output
        assert report(host, "summary.md").is_file()


def test_the_release_gate_is_green_for_a_clean_review_alone(
    new_host: Callable[[str], Host],
) -> None:
    def pipeline(host: Host, address: str) -> JobRun:
        given = {"SCOUT_REVIEW_BASE_URL": address, "SCOUT_REVIEW_REPORT": SECURITY}
        return run_example(host, "release-gate.sh", given)

    for case, _, run in in_every_case(new_host, pipeline):
        assert run.code == CODES[case], run.output
        assert "## scout-review" in run.output


def test_a_review_that_leaves_no_result_is_not_clean(host: Host) -> None:
    tool = host.folder / "venv/bin/scout-review"
    tool.write_text("#!/bin/sh\nexit 0\n")
    run = run_example(host, "release-gate.sh", {"SCOUT_REVIEW_BASE_URL": DEAD})
    assert run.code == 4
    assert "does not count as clean" in run.output


def test_the_result_of_an_earlier_run_is_not_that_of_this_one(host: Host) -> None:
    with served("clean", host) as address:
        given = {"SCOUT_REVIEW_REPORT": SECURITY}
        clean = run_example(host, "release-gate.sh", given | {"SCOUT_REVIEW_BASE_URL": address})
    assert clean.code == 0, clean.output
    down = run_example(host, "release-gate.sh", given | {"SCOUT_REVIEW_BASE_URL": DEAD})
    assert down.code == 4
    assert "Not reviewed" in report(host, "summary.md").read_text()
    assert "Findings:" not in report(host, "summary.md").read_text()


def test_nothing_of_an_earlier_run_is_uploaded(host: Host) -> None:
    """A run that ends before it sets the reports of the earlier one aside."""
    with served("clean", host) as address:
        clean = run_action(host, {"base-url": address, "reports": SECURITY})
        assert {"result", "sarif"} <= set(clean.outputs), clean.output
        wrong = run_action(host, {"base-url": address, "rev": "no-such-revision"})
    assert wrong.outputs == {"exit-code": "2"}
    assert "github/codeql-action/upload-sarif" not in wrong.used
    assert "Findings:" not in report(host, "summary.md").read_text()


def test_a_push_is_stopped_unless_its_review_is_clean(new_host: Callable[[str], Host]) -> None:
    def pipeline(host: Host, address: str) -> JobRun:
        base, head = (
            git(host.workspace, "rev-parse", name).decode().strip() for name in ("v1.0.0", "HEAD")
        )
        (host.workspace / "shop/store.py").write_text("not what is pushed\n")
        given = {"PRE_COMMIT_FROM_REF": base, "PRE_COMMIT_TO_REF": head}
        return run_hook(host, "scout-review", {**given, "SCOUT_REVIEW_BASE_URL": address})

    for case, _, run in in_every_case(new_host, pipeline):
        assert run.code == CODES[case], run.output


def test_a_push_of_everything_is_reviewed_since_the_last_release(host: Host) -> None:
    with served("finding", host) as address:
        run = run_hook(host, "scout-review", {"SCOUT_REVIEW_BASE_URL": address})
    assert run.code == 1, run.output
    assert "v1.0.0" in run.output


@pytest.mark.parametrize(("tokens", "code"), [("1000000", 0), ("100", 5)])
def test_a_commit_is_stopped_where_its_review_would_cost_too_much(
    host: Host, tokens: str, code: int
) -> None:
    run = run_hook(host, "scout-review-plan", {}, "--max-tokens", tokens)
    assert run.code == code, run.output


def test_the_nightly_job_warms_the_server(host: Host) -> None:
    with served("clean", host) as address:
        run = run_example(host, "nightly-warm.sh", {"SCOUT_REVIEW_BASE_URL": address})
    assert run.code == 0, run.output
    assert "The server has read" in run.output
    assert run_example(host, "nightly-warm.sh", {"SCOUT_REVIEW_BASE_URL": DEAD}).code == 4


# --- the files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("github-actions", "action.yml"),
        ("github-workflows", "examples/ci/github/*.yml"),
        ("gitlab-ci", "ci/gitlab/*.yml"),
        ("gitlab-ci", "examples/ci/gitlab/.gitlab-ci.yml"),
    ],
)
def test_the_files_are_what_their_hosts_expect(schema: str, pattern: str) -> None:
    files = sorted(map(str, ROOT.glob(pattern)))
    assert files
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_scripts_are_sound() -> None:
    scripts = [*(ROOT / "ci").glob("*.sh"), *(ROOT / "examples/ci/shell").glob("*.sh")]
    assert len(scripts) >= 8
    checker = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([checker, "-x", *scripts], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_hook_of_the_example_is_there() -> None:
    hooks = {
        row["id"]: row for row in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    }
    example = ROOT / "examples/ci/pre-commit/.pre-commit-config.yaml"
    (repository,) = yaml.safe_load(example.read_text())["repos"]
    assert {row["id"] for row in repository["hooks"]} == set(hooks)
    for row in hooks.values():
        assert {"id", "name", "entry", "language", "stages"} <= set(row)
