"""Repositories that are read from an address: what is fetched, kept, refused and never shown."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.git_servers import HttpServer, address_of, git_daemon, git_over_http
from support.repositories import add_submodule, commit_all, git, make_repository, write_files
from support.snapshots import texts

from scout_codebase.cli import main
from scout_codebase.errors import RepositoryError
from scout_codebase.records import OmissionReason, Snapshot
from scout_codebase.walk import WalkSettings, network, walk
from scout_codebase.walk.clone import clone

pytestmark = pytest.mark.usefixtures("no_user_configuration")

FIRST = {"a.py": "one\n", "lib/b.py": "b\n"}
SECOND = FIRST | {"a.py": "two\n"}
SECRET = "s3cret-0123456789"


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """Two commits, the first of them tagged, and leave to filter."""
    return make_origin(tmp_path / "served/shop.git")


def make_origin(path: Path, *, object_format: str = "sha1", filters: bool = True) -> Path:
    origin = make_repository(path, FIRST, object_format=object_format)
    git(origin, "tag", "v1")
    write_files(origin, SECOND)
    commit_all(origin)
    git(origin, "config", "uploadpack.allowFilter", str(filters).lower())
    return origin


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "served").mkdir(exist_ok=True)
    with git_daemon(tmp_path / "served") as address:
        yield address


@pytest.fixture
def http(tmp_path: Path) -> Iterator[HttpServer]:
    (tmp_path / "served").mkdir(exist_ok=True)
    with git_over_http(tmp_path / "served") as server:
        yield server


def fetched(url: str, cache: Path, rev: str = "") -> Path:
    return clone(address_of(url), rev, cache, lambda what, done, total: None)


def read(url: str, cache: Path, rev: str = "") -> Snapshot:
    return walk(fetched(url, cache, rev), WalkSettings(rev=rev))


def objects(folder: Path) -> set[str]:
    found = git(folder, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    return set(found.decode().split())


def packed(folder: Path) -> dict[str, list[str]]:
    """The objects of each pack: of each time that something was received."""
    return {
        path.name: [
            line.split()[1].decode()
            for line in git(folder, "show-index", stdin=path.read_bytes()).splitlines()
        ]
        for path in (folder / "objects/pack").glob("*.idx")
    }


# --- what is read -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2", "0"])
@pytest.mark.parametrize("filters", [True, False], ids=["filters", "no filters"])
@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_every_revision_is_read_as_from_the_repository_itself(
    tmp_path: Path,
    daemon: str,
    http: HttpServer,
    monkeypatch: pytest.MonkeyPatch,
    object_format: str,
    filters: bool,
    version: str,
) -> None:
    origin = make_origin(tmp_path / "served/shop.git", object_format=object_format, filters=filters)
    (tmp_path / "config").write_text(f"[protocol]\n\tversion = {version}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    first = git(origin, "rev-parse", "v1").decode().strip()
    for url in (f"{daemon}/shop.git/.git", f"http://{http.host}/shop.git/.git"):
        for rev in ("", "main", "v1", "HEAD~1", first, first[:10]):
            found = read(url, tmp_path / "cache", rev)
            expected = walk(origin, WalkSettings(rev=rev or "HEAD"))
            assert (found.files, found.omissions) == (expected.files, expected.omissions)
            assert found.revision.commit == expected.revision.commit
            assert (found.revision.name, found.revision.remote) == (rev or "main", url)
            assert not found.revision.dirty


def test_only_what_is_asked_for_and_new_is_fetched(
    origin: Path, daemon: str, tmp_path: Path
) -> None:
    url, cache = f"{daemon}/shop.git", tmp_path / "cache"
    folder = fetched(url, cache)
    old = git(origin, "rev-parse", "v1:a.py").decode().strip()
    assert objects(origin) - objects(folder) == {old}
    before = set(objects(folder))
    indexes = packed(folder)

    assert fetched(url, cache) == folder
    assert packed(folder) == indexes

    write_files(origin, {"new.py": "n\n"})
    commit_all(origin)
    assert texts(read(url, cache)) == SECOND | {"new.py": "n\n"}
    received = [
        row for index, rows in packed(folder).items() if index not in indexes for row in rows
    ]
    assert sorted(received) == sorted(objects(folder) - before)
    assert objects(origin) - objects(folder) == {old}
    assert texts(read(url, cache, "v1")) == FIRST
    assert objects(origin) == objects(folder)


def test_the_branches_are_those_of_the_server(origin: Path, daemon: str, tmp_path: Path) -> None:
    url, cache = f"{daemon}/shop.git", tmp_path / "cache"
    git(origin, "branch", "side", "v1")
    assert texts(read(url, cache, "side")) == FIRST
    git(origin, "branch", "--quiet", "-D", "side")
    git(origin, "branch", "side/deeper", "v1")
    git(origin, "symbolic-ref", "HEAD", "refs/heads/side/deeper")
    found = read(url, cache)
    assert (texts(found), found.revision.name) == (FIRST, "side/deeper")
    with pytest.raises(RepositoryError, match="has no revision 'side'"):
        fetched(url, cache, "side")
    git(origin, "checkout", "--quiet", "--force", "--detach", "main")
    found = read(url, cache)
    assert (texts(found), found.revision.name) == (SECOND, "")


def test_a_commit_that_no_branch_leads_to(origin: Path, daemon: str, tmp_path: Path) -> None:
    write_files(origin, {"a.py": "three\n"})
    lost = commit_all(origin)
    git(origin, "reset", "--quiet", "--hard", "HEAD~1")
    assert texts(read(f"{daemon}/shop.git", tmp_path / "cache", lost))["a.py"] == "three\n"


def test_submodules_are_not_fetched(origin: Path, daemon: str, tmp_path: Path) -> None:
    inner = make_repository(tmp_path / "inner", {"i.py": ""})
    add_submodule(origin, inner, "inner")
    folder = fetched(f"{daemon}/shop.git", tmp_path / "cache")
    snapshot = walk(folder, WalkSettings(submodules=True))
    (omission,) = snapshot.omissions
    assert (omission.path, omission.reason) == ("inner", OmissionReason.SUBMODULE)
    assert omission.detail.endswith("; not initialised")


def test_progress_is_told(origin: Path, daemon: str, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    address = address_of(f"{daemon}/shop.git")
    clone(address, "", tmp_path / "cache", lambda *event: told.append(event))
    assert {"Receiving objects", "Counting objects"} <= {what for what, _, _ in told}
    assert all(0 <= done <= total for _, done, total in told)


# --- what goes wrong ----------------------------------------------------------------------------


def test_addresses_that_cannot_be_read(origin: Path, daemon: str, tmp_path: Path) -> None:
    make_repository(tmp_path / "served/empty", {}, commit=False)
    for url, rev, message in (
        (f"{daemon}/nowhere", "", "cannot be read: .*not exported|cannot be read: .*no such"),
        ("git://127.0.0.1:9/x", "", "cannot be read"),
        (f"{daemon}/empty", "", "has no commits"),
        (f"{daemon}/shop.git", "v9", "has no revision 'v9'"),
        (f"{daemon}/shop.git", "--all", "has no revision '--all'"),
        (f"{daemon}/shop.git", "f" * 40, "has no revision 'f"),
        (f"{daemon}/shop.git", "HEAD:lib", "has no revision"),
    ):
        with pytest.raises(RepositoryError, match=message) as caught:
            fetched(url, tmp_path / "cache", rev)
        assert url in str(caught.value)
        assert str(tmp_path) not in str(caught.value).replace(str(tmp_path / "served"), "")
    names = {path.suffix for path in (tmp_path / "cache/repositories").iterdir()}
    assert names <= {".git", ".lock"}


def test_a_default_branch_without_commits(origin: Path, daemon: str, tmp_path: Path) -> None:
    git(origin, "symbolic-ref", "HEAD", "refs/heads/unborn")
    with pytest.raises(RepositoryError, match="has no commits on its default branch"):
        fetched(f"{daemon}/shop.git", tmp_path / "cache")
    assert texts(read(f"{daemon}/shop.git", tmp_path / "cache", "main")) == SECOND


def test_a_cache_that_cannot_be_written(origin: Path, daemon: str, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(RepositoryError, match="cannot be cloned into"):
        fetched(f"{daemon}/shop.git", tmp_path / "cache")


def test_a_server_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SILENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(RepositoryError, match="silent for 1 seconds"):
            fetched(f"git://127.0.0.1:{port}/x", tmp_path / "cache")


def test_an_interrupted_clone_leaves_nothing(origin: Path, daemon: str, tmp_path: Path) -> None:
    def interrupt(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    address = address_of(f"{daemon}/shop.git")
    with pytest.raises(KeyboardInterrupt):
        clone(address, "", tmp_path / "cache", interrupt)
    assert [path.suffix for path in (tmp_path / "cache/repositories").iterdir()] == [".lock"]
    assert texts(read(f"{daemon}/shop.git", tmp_path / "cache")) == SECOND


KILLED = """
import sys, time
from pathlib import Path
from scout_codebase.walk.address import parse_address
from scout_codebase.walk.clone import clone

def wait(*event):
    print("fetching", flush=True)
    time.sleep(60)

clone(parse_address(sys.argv[1]), "", Path(sys.argv[2]), wait)
"""


def test_a_killed_clone_is_made_anew(origin: Path, daemon: str, tmp_path: Path) -> None:
    url, cache = f"{daemon}/shop.git", tmp_path / "cache"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, url, str(cache)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"fetching\n"
        process.send_signal(signal.SIGKILL)
    suffixes = sorted(path.suffix for path in (cache / "repositories").iterdir())
    assert suffixes == [".lock", ".partial"]
    assert texts(read(url, cache)) == SECOND
    suffixes = sorted(path.suffix for path in (cache / "repositories").iterdir())
    assert suffixes == [".git", ".lock"]


@pytest.mark.parametrize("damage", ["HEAD", "config", "objects/pack", "packed-refs.lock"])
def test_a_damaged_clone_is_made_anew(
    origin: Path, daemon: str, tmp_path: Path, damage: str
) -> None:
    url, cache = f"{daemon}/shop.git", tmp_path / "cache"
    folder = fetched(url, cache)
    if (folder / damage).is_dir():
        for path in (folder / damage).iterdir():
            path.unlink()
    else:
        (folder / damage).write_text("nonsense [")
    git(origin, "branch", "--quiet", "-M", "renamed")
    assert texts(read(url, cache)) == SECOND


def test_several_processes_at_once(origin: Path, daemon: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: read(f"{daemon}/shop.git", tmp_path / "cache"), range(4)))
    assert [texts(snapshot) for snapshot in found] == [SECOND] * 4


# --- credentials and programs -------------------------------------------------------------------


def test_credentials_are_used_and_never_kept(
    origin: Path, http: HttpServer, tmp_path: Path
) -> None:
    http.credentials = f"ada:{SECRET}"
    url, cache = f"http://ada:{SECRET}@{http.host}/shop.git", tmp_path / "cache"
    snapshot = read(url, cache)
    assert texts(snapshot) == SECOND
    assert snapshot.revision.remote == f"http://{http.host}/shop.git"
    for path in cache.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    with pytest.raises(RepositoryError, match="cannot be read") as caught:
        fetched(f"http://ada:{SECRET[::-1]}@{http.host}/shop.git", cache)
    assert SECRET[::-1] not in str(caught.value)
    assert "ada" not in str(caught.value)


def test_the_users_credential_helper_answers_and_nobody_is_asked(
    origin: Path, http: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    http.credentials = f"ada:{SECRET}"
    url, asked = f"http://{http.host}/shop.git", tmp_path / "asked"
    prompt = tmp_path / "prompt"
    prompt.write_text(f"#!/bin/sh\ntouch {asked}\necho x\n")
    prompt.chmod(0o700)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(prompt))
    configuration = tmp_path / "config"
    configuration.write_text(f"[core]\n\taskPass = {prompt}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
    with pytest.raises(RepositoryError, match="cannot be read"):
        fetched(url, tmp_path / "cache")
    assert not asked.exists()

    helper = f"!printf 'username=ada\\npassword={SECRET}\\n' #"
    git(tmp_path, "config", "--file", configuration, "credential.helper", helper)
    assert texts(read(url, tmp_path / "cache")) == SECOND


def test_no_hook_runs_and_no_template_is_used(
    origin: Path, daemon: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    hooks = tmp_path / "template/hooks"
    hooks.mkdir(parents=True)
    for name in ("reference-transaction", "post-checkout", "post-merge", "pre-auto-gc"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (hooks / name).chmod(0o700)
    (tmp_path / "config").write_text(
        f"[core]\n\thooksPath = {hooks}\n[init]\n\ttemplateDir = {hooks.parent}\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    folder = fetched(f"{daemon}/shop.git", tmp_path / "cache")
    assert texts(read(f"{daemon}/shop.git", tmp_path / "cache", "v1")) == FIRST
    assert not ran.exists()
    assert not (folder / "hooks").exists()


def test_a_redirect_leads_to_no_other_transport(
    origin: Path, http: HttpServer, daemon: str, tmp_path: Path
) -> None:
    http.redirect = f"file://{origin}"
    with pytest.raises(RepositoryError, match="cannot be read"):
        fetched(f"http://{http.host}/shop.git", tmp_path / "cache")
    assert http.requests


def test_an_environment_that_allows_everything_allows_no_more(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(
        f'[url "file://{tmp_path}/served/"]\n\tinsteadOf = https://host/\n'
        "[protocol]\n\tallow = always\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:ext")
    with pytest.raises(RepositoryError, match="transport 'file' not allowed"):
        fetched("https://host/shop.git", tmp_path / "cache")


# --- the command line ---------------------------------------------------------------------------


def test_pack_of_an_address(
    origin: Path,
    http: HttpServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    http.credentials = f"ada:{SECRET}"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("SCOUT_REVIEW")]:
        monkeypatch.delenv(name)
    url = f"http://ada:{SECRET}@{http.host}/shop.git"
    output, manifest = tmp_path / "pack.txt", tmp_path / "manifest.json"
    with pytest.raises(SystemExit) as left:
        main(["pack", url, "--rev", "v1", "-o", str(output), "--manifest", str(manifest)])
    assert left.value.code == 0
    said = capfd.readouterr().err
    assert f"Fetching http://{http.host}/shop.git" in said
    assert "shop at " in said
    found = json.loads(manifest.read_text())
    assert [row["path"] for row in found["files"]] == ["a.py", "lib/b.py"]
    assert SECRET not in said + output.read_text() + manifest.read_text()
    with pytest.raises(SystemExit) as left:
        main(["pack", f"file://{origin}"])
    assert left.value.code == 2
    assert "Name the folder itself" in capfd.readouterr().err
