"""Documents repositories, builds each site strictly, and looks up every link and every name in code
font with nothing of the tool's own: `python -m benchmarks.documentation REPO [REPO ...]`.

Options behind `--` go to `scout-review`. Prints a row a repository and what is wrong with it, and
ends with 1 where a build fails, a link leads nowhere or a name is neither in the files nor in the
paths of the repository."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

_AT_HOST = re.compile(
    r"https://[^/]+/[^/]+/[^/]+/(?:-/)?(?:blob|src)/([0-9a-f]{40,64})/([^#]+)(.*)"
)
_LINE = re.compile(r"\d+")
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass
class Checked:
    """What was looked up in one site; ``wrong`` says what did not hold, page by page."""

    pages: int = 0
    links: int = 0
    names: int = 0
    wrong: list[str] = field(default_factory=list)


class Source:
    """The files of a revision by their paths, as git has them."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self.revision = self._git("rev-parse", "HEAD").strip()
        paths = self._git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")
        self.texts = {path: self._git("show", f"HEAD:{path}") for path in paths if path}
        self.words = frozenset(re.findall(r"\w+", " ".join((*self.texts, *self.texts.values()))))

    def _git(self, *arguments: str) -> str:
        command = ("git", "-C", str(self._repository), *arguments)
        return subprocess.run(command, capture_output=True, check=True).stdout.decode(
            "utf-8", "replace"
        )


def main() -> None:
    arguments, options = _arguments()
    print(f"{'repository':<24}{'minutes':>9}{'pages':>7}{'links':>7}{'names':>7}{'wrong':>7}")
    sound = True
    for repository in arguments.repositories:
        out = arguments.out / repository.resolve().name
        started = time.monotonic()
        command = [sys.executable, "-m", "scout_codebase", "review", str(repository)]
        report = ("--report", "documentation", "--out", str(out))
        subprocess.run([*command, *report, *options], check=True, stdout=subprocess.DEVNULL)
        minutes = (time.monotonic() - started) / 60
        checked = check_site(out / "documentation", Source(repository))
        counts = (checked.pages, checked.links, checked.names, len(checked.wrong))
        row = "".join(f"{count:>7,}" for count in counts)
        print(f"{repository.resolve().name:<24}{minutes:>9.1f}{row}", flush=True)
        for line in checked.wrong:
            print(f"  {line}")
        sound = sound and not checked.wrong
    sys.exit(not sound)


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/documented"))
    return parser.parse_args(words[:end]), words[end + 1 :]


def check_site(site: Path, source: Source) -> Checked:
    checked = Checked()
    build = (sys.executable, "-m", "properdocs", "build", "--strict", "--quiet", "-f", "mkdocs.yml")
    done = subprocess.run(build, cwd=site, capture_output=True, text=True, check=False)
    if done.returncode:
        checked.wrong.append(f"the strict build fails: {done.stderr[-300:]}")
    markdown = MarkdownIt("commonmark").enable("table")
    for page in sorted((site / "docs").rglob("*.md")):
        if "source" in page.relative_to(site).parts:
            continue
        checked.pages += 1
        for token in _inline(markdown.parse(page.read_text("utf-8"))):
            wrong = _look_up(token, page, source, checked)
            if wrong:
                checked.wrong.append(f"{page.relative_to(site / 'docs')}: {wrong}")
    return checked


def _inline(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _look_up(token: Token, page: Path, source: Source, checked: Checked) -> str:
    """What is wrong with a link or a piece of code, or nothing."""
    if token.type == "link_open":
        checked.links += 1
        target = str(token.attrGet("href"))
        return "" if _leads_somewhere(target, page, source) else f"broken link {target}"
    if token.type != "code_inline" or "://" in token.content:
        return ""
    names = set(_NAME.findall(token.content.split("…")[0]))
    checked.names += bool(names)
    missing = sorted(names - source.words)
    return f"unknown in `{token.content}`: {', '.join(missing)}" if missing else ""


def _leads_somewhere(target: str, page: Path, source: Source) -> bool:
    at_host = _AT_HOST.fullmatch(target)
    if at_host:
        text = source.texts.get(unquote(at_host[2]))
        lines = [int(number) for number in _LINE.findall(at_host[3])]
        last = text.count("\n") + 1 if text is not None else 0
        return at_host[1] == source.revision and all(1 <= line <= last for line in lines or [1])
    path, _, anchor = target.partition("#")
    file = page.parent / unquote(path) if path else page
    return file.is_file() and (not anchor or f'id="{anchor}"' in file.read_text("utf-8"))


if __name__ == "__main__":
    main()
