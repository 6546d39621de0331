"""Where a line of the source can be looked at."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from scout_codebase.records import Snapshot

LinkTo = Callable[[str, int], str]

# Host -> the address of a line: {base}, {commit}, {path}, {line}.
_HOSTS = {
    "github.com": "{base}/blob/{commit}/{path}#L{line}",
    "gitlab.com": "{base}/-/blob/{commit}/{path}#L{line}",
    "bitbucket.org": "{base}/src/{commit}/{path}#lines-{line}",
}
_SCP_LIKE = re.compile(r"^(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)$")


def link_maker(snapshot: Snapshot, out: Path) -> LinkTo:
    """Links to the hosted commit where the remote is a known host and the tree is that commit's;
    otherwise relative links from the folder ``out`` to the files on disk."""
    hosted = hosted_links(snapshot)
    base = _relative_base(snapshot, out)

    def link_to(path: str, line: int) -> str:
        address = base + quote(path, errors="surrogateescape")
        return hosted(path, line) or (f"{address}#L{line}" if line else address)

    return link_to


def hosted_links(snapshot: Snapshot) -> LinkTo:
    """Links to the hosted commit, "" for a file that is on no known host as it is here."""
    commits = _commits(snapshot)

    def link_to(path: str, line: int) -> str:
        commit = next(commit for commit in commits if path.startswith(commit.prefix))
        if not commit.template or snapshot.revision.dirty:
            return ""
        return commit.address(path, line)

    return link_to


def base_link_maker(snapshot: Snapshot) -> LinkTo:
    """Links to the hosted commit of a state that is not on disk; none where it is on no known
    host."""
    commits = _commits(snapshot)

    def link_to(path: str, line: int) -> str:
        commit = next(commit for commit in commits if path.startswith(commit.prefix))
        return commit.address(path, line) if commit.template else ""

    return link_to


@dataclass(frozen=True, slots=True)
class _Commit:
    """Where the paths that begin with ``prefix`` are hosted: below ``folder`` of the commit. The
    template is "" where that is on no known host."""

    prefix: str
    folder: str
    base: str
    commit: str

    @property
    def template(self) -> str:
        return _HOSTS.get(urlsplit(self.base).netloc, "")

    def address(self, path: str, line: int) -> str:
        path = quote(self.folder + path.removeprefix(self.prefix), errors="surrogateescape")
        address = self.template.format(base=self.base, commit=self.commit, path=path, line=line)
        return address if line else address.partition("#")[0]


def _commits(snapshot: Snapshot) -> list[_Commit]:
    """Those of the submodules, the innermost first, and that of the repository itself."""
    inner = sorted(snapshot.submodules, key=lambda row: len(row.path), reverse=True)
    folder = f"{snapshot.folder}/" if snapshot.folder else ""
    revision = snapshot.revision
    return [
        *(_Commit(f"{row.path}/", "", web_address(row.remote), row.commit) for row in inner),
        _Commit("", folder, web_address(revision.remote), revision.commit),
    ]


def _relative_base(snapshot: Snapshot, out: Path) -> str:
    folder = snapshot.root / snapshot.folder
    try:
        relative = os.path.relpath(folder, out.resolve())
    except ValueError:  # another drive
        relative = str(folder)
    return quote(Path(relative).as_posix().rstrip("/"), errors="surrogateescape") + "/"


def web_address(remote: str) -> str:
    """The https form of a remote, without ``.git``; "" for one that is not on the web."""
    scp = _SCP_LIKE.match(remote)
    if scp:
        remote = f"https://{scp.group(1)}/{scp.group(2)}"
    try:
        parts = urlsplit(remote)
    except ValueError:
        return ""
    if parts.scheme not in ("https", "http", "ssh", "git") or not parts.hostname:
        return ""
    return f"https://{parts.hostname}{parts.path.removesuffix('/').removesuffix('.git')}"
