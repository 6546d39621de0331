"""Where a line of the source can be looked at."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
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
    remote = _web_address(snapshot.revision.remote)
    template = _HOSTS.get(urlsplit(remote).netloc)
    folder = quote(f"{snapshot.folder}/", errors="surrogateescape") if snapshot.folder else ""
    if template and not snapshot.revision.dirty:

        def hosted(path: str, line: int) -> str:
            commit = snapshot.revision.commit
            address = template.format(
                base=remote, commit=commit, path=folder + quote(path), line=line
            )
            return address if line else address.partition("#")[0]

        return hosted
    base = _relative_base(snapshot, out)

    def local(path: str, line: int) -> str:
        address = base + quote(path)
        return f"{address}#L{line}" if line else address

    return local


def _relative_base(snapshot: Snapshot, out: Path) -> str:
    folder = snapshot.root / snapshot.folder
    try:
        relative = os.path.relpath(folder, out.resolve())
    except ValueError:  # another drive
        relative = str(folder)
    return quote(Path(relative).as_posix().rstrip("/"), errors="surrogateescape") + "/"


def _web_address(remote: str) -> str:
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
