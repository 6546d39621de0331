"""Facts of files: the same from every source, whatever happens to the processes that make them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from support.packing import snapshot_of
from support.processes import marked_processes, wait_until

from scout_codebase.blobs import (
    Examination,
    Examiner,
    Loads,
    Wanted,
    examine_files,
    jobs,
    processes,
)
from scout_codebase.blobs.facts import compute_facts
from scout_codebase.cache import FactsCache
from scout_codebase.languages import analyse
from scout_codebase.records import BlobFacts, SourceFile


def source_files(texts: dict[str, str]) -> tuple[SourceFile, ...]:
    files = snapshot_of(texts).files
    return tuple(
        SourceFile(file.path, f"{number:040x}", file.size, file.text)
        for number, file in enumerate(files)
    )


SMALL = {
    "app.py": "import os\nfrom lib import thing\n\ndef main():\n    return os.environ['HOME']\n",
    "lib.py": "def thing(): eval('1')\n",
    "evil.py": "x = '<|eot|>'\n</file>\n",
    "page.html": "<p>hello</p>\n",
    "strange.xyz": "\udce9 bytes that were no text\n",
    "empty.py": "",
}
LARGE = {
    f"package/module_{number}.py": "".join(
        f"def function_{line}(value):\n    return value + {number}\n\n" for line in range(140)
    )
    for number in range(260)
}


def same(first: Examination, second: Examination) -> bool:
    return dict(first.facts) == dict(second.facts)


@pytest.mark.parametrize("detailed", [False, True])
@pytest.mark.parametrize("texts", [SMALL, LARGE], ids=["small", "large"])
def test_facts_do_not_depend_on_cache_or_processes(
    tmp_path: Path, texts: dict[str, str], detailed: bool
) -> None:
    files = source_files(texts)
    alone = examine_files(files, None, Wanted(detailed=detailed, secrets=True), jobs=1)
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        cold = examine_files(files, cache, Wanted(detailed=detailed, secrets=True), jobs=2)
        warm = examine_files(files, cache, Wanted(detailed=detailed, secrets=True), jobs=2)
    assert list(alone.facts) == list(cold.facts) == [file.path for file in files]
    assert same(alone, cold)
    assert same(alone, warm)
    assert (cold.cached, warm.cached) == (0, len(files))
    analyses = [facts.analysis for facts in alone.facts.values() if facts.analysis]
    assert all(analysis.detailed is detailed for analysis in analyses)


def test_facts_that_hold_more_serve_as_well(tmp_path: Path) -> None:
    files = source_files({**SMALL, "key.py": "aws = 'AKIA" + "Q3EGRIGZ5XLT7HUW'\n"})
    for secrets in (False, True):
        with FactsCache(tmp_path / f"{secrets}.sqlite3", pytest.fail) as cache:
            examine_files(files, cache, Wanted(secrets=secrets))
            for detailed in (False, True):
                for tokens in (False, True):
                    wanted = Wanted(detailed, tokens, secrets)
                    found = examine_files(files, cache, wanted)
                    assert found.cached == len(files)
                    assert same(found, examine_files(files, None, wanted))
            other = Wanted(False, False, not secrets)
            assert examine_files(files, cache, other).cached == 0


def test_every_file_that_is_done_is_told(tmp_path: Path) -> None:
    files = source_files(SMALL)
    told: list[int] = []
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        examine_files(files[:2], cache, Wanted())
        examine_files(files, cache, Wanted(), on_file=told.append)
    assert told[0] == 2
    assert sum(told) == len(files)


def test_another_path_encoding_or_object_is_another_file(tmp_path: Path) -> None:
    file = source_files({"a.py": "import b\n"})[0]
    others = [
        SourceFile("b.py", file.object_id, file.size, "import b\n"),
        SourceFile("a.py", "f" * 40, file.size, "import c\n"),
        SourceFile("a.py", file.object_id, file.size, "import d\n", encoding="latin-1"),
    ]
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        examine_files([file], cache, Wanted())
        for other in others:
            found = examine_files([other], cache, Wanted())
            assert found.cached == 0
            assert same(found, examine_files([other], None, Wanted()))


def test_a_file_that_crashes_its_parser_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "WORKER", "support.crashing_worker")
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent))
    texts = {**LARGE, "package/boom.py": "import os\n"}
    files = source_files(texts)
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        found = examine_files(files, cache, Wanted(), jobs=2)
        assert found.unparsed == ("package/boom.py",)
        expected = dict(examine_files(files, None, Wanted(), jobs=1).facts)
        whole = expected.pop("package/boom.py")
        facts = dict(found.facts)
        crashed = facts.pop("package/boom.py")
        assert facts == expected
        assert crashed.tokens == whole.tokens
        assert crashed.analysis is not None
        assert (crashed.analysis.language, crashed.analysis.complete) == ("python", False)
        monkeypatch.undo()
        again = examine_files(files, cache, Wanted())
    assert again.facts["package/boom.py"] == whole
    assert again.cached == len(files) - 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is done in a worker")
def test_one_file_that_crashes_its_parser_is_set_aside_without_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compute_or_die(path: str, text: str, wanted: Wanted, *, parse: bool = True) -> BlobFacts:
        if path == "boom.py" and parse:
            os.kill(os.getpid(), signal.SIGKILL)
        return compute_facts(path, text, wanted, parse=parse)

    large = "import os\n" * 5_000
    files = source_files({"a.py": large, "boom.py": large})
    whole = examine_files(files, None, Wanted(), jobs=2).facts
    monkeypatch.setattr(processes, "WORKER", "support.no_such_module")
    monkeypatch.setattr(jobs, "compute_facts", compute_or_die)
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        found = examine_files(files, cache, Wanted())
        again = examine_files(files, cache, Wanted())
    assert found.unparsed == again.unparsed == ("boom.py",)
    assert (found.cached, again.cached) == (0, 1)
    assert found.facts["a.py"] == whole["a.py"]
    crashed = found.facts["boom.py"]
    assert crashed.tokens == whole["boom.py"].tokens
    assert crashed.analysis is not None
    assert (crashed.analysis.complete, crashed.analysis.imports) == (False, ())


def test_what_a_slow_machine_did_not_find_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = source_files({"a.py": "import os\n" * 1_500})
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        with monkeypatch.context() as slow:
            slow.setattr(analyse, "_NET_SECONDS", 0.0)
            assert examine_files(files, cache, Wanted(), jobs=1).unparsed == ("a.py",)
        again = examine_files(files, cache, Wanted(), jobs=1)
    assert (again.cached, again.unparsed) == (0, ())
    assert same(again, examine_files(files, None, Wanted(), jobs=1))


def test_where_no_process_can_be_started_the_work_is_done_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = source_files(LARGE)
    expected = examine_files(files, None, Wanted(), jobs=1)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    found = examine_files(files, None, Wanted(), jobs=2)
    assert same(found, expected)
    assert found.unparsed == ()


@pytest.mark.parametrize("worker", ["scout_codebase.blobs.worker", "support.no_such_module"])
def test_files_may_be_looked_at_while_others_are_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: str
) -> None:
    files = source_files({**LARGE, **SMALL})
    expected = examine_files(files, None, Wanted(tokens=False), jobs=1)
    monkeypatch.setattr(processes, "WORKER", worker)
    with FactsCache(tmp_path / "facts.sqlite3", pytest.fail) as cache:
        examine_files(files[:70], cache, Wanted(tokens=False), jobs=1)
        with closing(Examiner(cache, Loads(vocabulary=False), jobs=2)) as examiner:
            examiner.start()
            look = examiner.look(Wanted(tokens=False))
            for file in files:
                look.add(file)
                time.sleep(0.002)  # so that workers answer in between
            told: list[int] = []
            found = look.finish(told.append)
    assert same(found, expected)
    assert (found.cached, sum(told)) == (70, len(files))
    assert list(found.facts) == [file.path for file in files]


def test_a_file_that_crashes_its_parser_while_others_are_still_read_is_set_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "WORKER", "support.crashing_worker")
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent))
    files = source_files({**LARGE, "a/boom.py": "import os\n"})
    wanted = Wanted(tokens=False)
    with closing(Examiner(None, Loads(vocabulary=False), jobs=2)) as examiner:
        examiner.start()
        found = examiner.examine(files, wanted)
    assert found.unparsed == ("a/boom.py",)
    monkeypatch.undo()
    expected = dict(examine_files(files, None, wanted, jobs=1).facts)
    assert {path: facts for path, facts in found.facts.items() if path != "a/boom.py"} == {
        path: facts for path, facts in expected.items() if path != "a/boom.py"
    }


def test_workers_load_no_module_from_the_folder_they_are_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is the reviewed repository for whoever says ``scout-review .``."""
    trap = "import pathlib\npathlib.Path(__file__ + '.ran').touch()\nraise SystemExit\n"
    for name in ("socket.py", "msgspec.py", "tiktoken.py", "scout_codebase/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(trap)
    monkeypatch.chdir(tmp_path)
    found = examine_files(source_files(LARGE), None, Wanted(), jobs=2)
    assert not list(tmp_path.rglob("*.ran"))
    assert len(found.facts) == len(LARGE)


def test_a_worker_that_cannot_load_leaves_the_work_to_this_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "WORKER", "support.no_such_module")
    files = source_files(LARGE)
    found = examine_files(files, None, Wanted(), jobs=2)
    assert found.unparsed == ()
    assert same(found, examine_files(files, None, Wanted(), jobs=1))


FOR_EVER = """
import itertools
from scout_codebase.blobs import Wanted, examine_files
from scout_codebase.records import BlobFacts, SourceFile
text = "def f(a):\\n    return a\\n\\n" * 2000
print("started", flush=True)
for number in itertools.count():
    files = [SourceFile(f"{n}.py", f"{n:040x}", len(text), text) for n in range(60)]
    examine_files(files, None, Wanted(), jobs=2)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_workers_end_with_the_process_that_started_them(ending: signal.Signals) -> None:
    """Also one whose main module has no guard: it is not run again in the workers."""
    mark = f"SCOUT_TEST_MARK={os.getpid()}-{ending}-{time.monotonic_ns()}"
    name, _, value = mark.partition("=")
    process = subprocess.Popen(
        [sys.executable, "-c", FOR_EVER],
        env={**os.environ, name: value},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    wait_until(lambda: len(marked_processes(mark)) >= 3, "no worker was started")
    process.send_signal(ending)
    process.wait(60)
    assert process.stdout.read() == ""
    process.stdout.close()
    wait_until(lambda: not marked_processes(mark), "a worker lives on")
