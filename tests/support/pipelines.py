"""The steps of pipelines, read from their own files and run as their hosts run them.

GitHub's runner: expressions are evaluated, ``run`` goes to ``bash --noprofile --norc -eo
pipefail``, values go through ``env``, and a step that fails fails the job. What only the host has,
the actions behind ``uses``, is recorded; so is the command ``gh``. The environment of the tool is
the one that the tests run in: of the install step everything runs but pip, whose arguments are
recorded.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from support.repositories import ISOLATION

ROOT = Path(__file__).parents[2]
GITHUB_BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")


@dataclass
class Host:
    """A machine that runs pipelines, in ``folder``. ``variables`` are those of every step."""

    folder: Path
    workspace: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self._stand_ins()
        kept = ("PATH", "HOME", "LANG", "KF_RULE_CACHE_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
        inherited = {name: os.environ[name] for name in kept if name in os.environ}
        self.variables = {
            **inherited,
            **ISOLATION,
            "PATH": f"{self.folder / 'bin'}:{inherited['PATH']}",
            "SCOUT_CI_VENV": str(self.folder / "venv"),
            "SCOUT_REVIEW_JOBS": "1",
            **self.variables,
        }

    def run(
        self, shell: Sequence[str], script: str, variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        file = self.folder / "step"
        file.write_text(script)
        return subprocess.run(
            [*shell, str(file)],
            cwd=self.workspace,
            env={**self.variables, **variables},
            capture_output=True,
            text=True,
            timeout=240,
        )

    @property
    def installed(self) -> str:
        """What pip was told."""
        return _text(self.folder / "pip.log")

    @property
    def gh_calls(self) -> str:
        return _text(self.folder / "gh.log")

    def _stand_ins(self) -> None:
        python = f'"{sys.executable}"'
        log = self.folder / "pip.log"
        pip = f'if [ "$1 $2" = "-m pip" ]; then shift 2; printf "%s\\n" "$*" >>"{log}"; exit 0; fi'
        self._program("venv/bin/python", f'{pip}\nexec {python} "$@"')
        environment = f'PYTHONPATH="{ROOT}" PYTHONSAFEPATH=1'
        self._program(
            "venv/bin/scout-review", f'{environment} exec {python} -m scout_codebase "$@"'
        )
        gh = self.folder / "gh.log"
        self._program(
            "bin/gh",
            f'printf "%s\\n" "gh $*" >>"{gh}"\n'
            'for word; do case $word in body=@*) cat "${word#body=@}" ;; *) [ -f "$word" ] && '
            f'cat "$word" ;; esac; done >>"{gh}"\n'
            f'if [ "$2" = graphql ]; then cat "{self.folder}/gh.ids" 2>/dev/null || true; fi\n'
            f'[ ! -e "{self.folder}/gh.fails" ]',
        )

    def _program(self, name: str, script: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


# --- GitHub ---------------------------------------------------------------------------------------


@dataclass
class ActionRun:
    """What came of a composite action. ``used`` maps the actions behind ``uses`` to what they were
    given."""

    failed: bool = False
    output: str = ""
    summary: str = ""
    steps: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


def run_action(
    host: Host,
    given: Mapping[str, str],
    *,
    pull_request: str = "",
    failing: Sequence[str] = (),
    file: Path = ROOT / "action.yml",
) -> ActionRun:
    """Of ``failing``, the names of actions behind ``uses``, each fails."""
    action = yaml.safe_load(file.read_text())
    unknown = set(given) - set(action["inputs"])
    assert not unknown, unknown
    defaults = {name: str(row.get("default", "")) for name, row in action["inputs"].items()}
    context: dict[str, str] = {
        "github.token": "the-token",
        "github.event.pull_request.number": pull_request,
    }
    context |= {f"inputs.{name}": _filled(text, context) for name, text in defaults.items()}
    context |= {f"inputs.{name}": value for name, value in given.items()}
    run = ActionRun()
    for step in action["runs"]["steps"]:
        _run_step(host, step, context, run, failing)
    return run


def _run_step(
    host: Host, step: Any, context: dict[str, str], run: ActionRun, failing: Sequence[str]
) -> None:
    name = step["name"]
    if not _holds(str(step.get("if", "success()")), context, failed=run.failed):
        outcome = "skipped"
    elif "uses" in step:
        run.used[step["uses"].partition("@")[0]] = {
            key: _filled(str(value), context) for key, value in step["with"].items()
        }
        outcome = "failure" if step["uses"].partition("@")[0] in failing else "success"
    else:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        outcome = _run_script(host, step, context, run)
    run.failed = run.failed or outcome == "failure"
    run.steps[name] = outcome
    if "id" in step:
        context[f"steps.{step['id']}.outcome"] = outcome


def _run_script(host: Host, step: Any, context: dict[str, str], run: ActionRun) -> str:
    output, summary = host.folder / "output", host.folder / "summary"
    output.write_text("")
    done = host.run(
        GITHUB_BASH,
        step["run"],
        {
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_REPOSITORY": "owner/shop",
            "RUNNER_TEMP": str(host.folder / "temp"),
            **{key: _filled(str(value), context) for key, value in step.get("env", {}).items()},
        },
    )
    run.output += done.stdout + done.stderr
    run.summary = _text(summary)
    for line in output.read_text().splitlines():
        key, _, value = line.partition("=")
        run.outputs[key] = context[f"steps.{step['id']}.outputs.{key}"] = value
    return "failure" if done.returncode else "success"


_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_WORDS = re.compile(r"'[^']*'|&&|\|\||==|!=|!|\(|\)|[\w.-]+\(\)|[\w.-]+|\s+")
_STATUS = ("success()", "failure()", "always()", "cancelled()")


def _filled(text: str, context: Mapping[str, str]) -> str:
    """Values are put in once: what looks like an expression in them stays text."""
    return _EXPRESSION.sub(lambda found: context.get(found[1], ""), text)


def _holds(condition: str, context: Mapping[str, str], *, failed: bool) -> bool:
    found = _EXPRESSION.search(condition)
    expression = found[1] if found else condition
    states = {"success()": not failed, "failure()": failed, "always()": True, "cancelled()": False}
    if not any(word in expression for word in _STATUS):
        expression = f"success() && ({expression})"
    python = {"&&": " and ", "||": " or ", "!": " not ", "==": "==", "!=": "!=", "(": "(", ")": ")"}
    words = [python.get(word) or _value(word, states, context) for word in _split(expression)]
    return bool(eval("".join(words), {"__builtins__": {}}))


def _split(expression: str) -> list[str]:
    words = _WORDS.findall(expression)
    assert "".join(words) == expression, expression
    return [word for word in words if word.strip()]


def _value(word: str, states: Mapping[str, bool], context: Mapping[str, str]) -> str:
    if word in states:
        return repr(states[word])
    return word if word.startswith("'") else repr(context.get(word, ""))


# --- GitLab ---------------------------------------------------------------------------------------


def gitlab_jobs() -> tuple[dict[str, Any], dict[str, str]]:
    """The jobs of the example with those of the template that it includes, and their variables."""
    example = yaml.safe_load((ROOT / "examples/ci/gitlab/.gitlab-ci.yml").read_text())
    (include,) = example.pop("include")
    template = yaml.safe_load((ROOT / include["file"]).read_text())
    variables = {**template.pop("variables"), **example.pop("variables")}
    jobs = {name: {**template.get(name, {}), **example.get(name, {})} for name in
            {**template, **example}}  # fmt: skip
    for job in jobs.values():
        base = jobs.get(job.get("extends"), {})
        merged = {**base.get("variables", {}), **job.get("variables", {})}
        job.update({**base, **job, "variables": merged})
    return jobs, variables


@dataclass
class JobRun:
    code: int
    output: str


def run_gitlab(host: Host, job: Mapping[str, Any], variables: Mapping[str, str]) -> JobRun:
    """``before_script`` and ``script`` in one shell; ``after_script`` in another, its code is of no
    account."""
    values = {**variables, **job["variables"]}
    for _ in range(3):  # variables may name variables
        known = {**host.variables, **values}
        values = {name: _expanded(str(text), known) for name, text in values.items()}
    done = host.run(GITHUB_BASH, "\n".join([*job["before_script"], *job["script"]]), values)
    after = host.run(GITHUB_BASH, "\n".join(job.get("after_script", ["true"])), values)
    return JobRun(done.returncode, done.stdout + done.stderr + after.stdout + after.stderr)


def _expanded(text: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda found: known.get(found[1], ""), text)


# --- Jenkins --------------------------------------------------------------------------------------


def run_jenkins(host: Host, overrides: Mapping[str, str]) -> JobRun:
    """The ``sh`` steps of the stages until one fails, then those of ``post``, which cannot make a
    failed build a good one."""
    text = (ROOT / "examples/ci/jenkins/Jenkinsfile").read_text()
    variables = dict(re.findall(r"^    (\w+) = ['\"](.*)['\"]$", text, re.MULTILINE))
    known = host.variables
    variables = {
        name: re.sub(r"\$\{(\w+)\}", lambda found: known[found[1]], value)
        for name, value in variables.items()
    } | dict(overrides)
    stages, post = text.split("\n  post {", 1)
    output, code = "", 0
    for script in _shell_steps(stages):
        done = host.run(("sh", "-xe"), script, variables)
        output += done.stdout + done.stderr
        code = done.returncode
        if code:
            break
    for script in _shell_steps(post):
        done = host.run(("sh", "-xe"), script, variables)
        output += done.stdout + done.stderr
        code = code or done.returncode
    return JobRun(code, output)


def _shell_steps(text: str) -> list[str]:
    return [long or short for long, short in re.findall(r"\bsh (?:'''(.*?)'''|'([^'\n]+)')", text,
                                                        re.DOTALL)]  # fmt: skip


# --- pre-commit and plain shells ------------------------------------------------------------------


def run_hook(host: Host, name: str, variables: Mapping[str, str], *arguments: str) -> JobRun:
    """As pre-commit does: the words of ``entry``, then the arguments, with the environment of the
    tool first in the path and no shell between."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (hook,) = (row for row in hooks if row["id"] == name)
    words = [*shlex.split(hook["entry"]), *(arguments or hook.get("args", ()))]
    path = f"{host.folder / 'venv/bin'}:{host.variables['PATH']}"
    done = subprocess.run(
        words,
        cwd=host.workspace,
        env={**host.variables, "PATH": path, **variables},
        capture_output=True,
        text=True,
        timeout=240,
    )
    return JobRun(done.returncode, done.stdout + done.stderr)


def run_example(host: Host, name: str, variables: Mapping[str, str]) -> JobRun:
    script = f'exec "{ROOT}/examples/ci/shell/{name}"'
    done = host.run(("sh", "-e"), script, {"SCOUT_CI_TOOL": str(ROOT), **variables})
    return JobRun(done.returncode, done.stdout + done.stderr)
