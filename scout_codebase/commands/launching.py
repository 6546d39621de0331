"""From options to a server that runs: what ``serve`` and ``review --serve`` share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scout_codebase.commands.planned import architecture_named, cluster_named, narrowed_demand

if TYPE_CHECKING:
    from scout_codebase.errors import NoServerError
    from scout_codebase.planning import Architecture, Choice, Demand, Plan
    from scout_codebase.planning.serving import ServeCommand
    from scout_codebase.progress import Reporter
    from scout_codebase.serving import Installation, Launch, RunningServer
    from scout_codebase.settings import EngineSettings

_NOT_PLANNED: Mapping[str, Any] = dict.fromkeys(
    ("config_file", "gpu", "count", "memory", "usable_memory", "ready_file")
)
"""Options of ``serve`` that ``review`` does without."""


def launch_named(
    options: Mapping[str, Any],
    extra: tuple[str, ...],
    architecture: Architecture,
    demand: Demand,
    reporter: Reporter,
) -> Launch:
    """The planned server as it is installed here. Raises ScoutError."""
    from scout_codebase.serving import Wanted, launch_of
    from scout_codebase.settings import cache_folder

    installation, command, port = _planned(options, architecture, demand)
    for words in command.before:
        reporter.say(f"Needed first, as another user may not: {' '.join(words)}")
    wanted = Wanted(
        port=port,
        log_folder=cache_folder() / "logs",
        key=options["api_key"],
        extra=extra,
        ready_file=options["ready_file"],
    )
    if "ready_within" in options:
        wanted = replace(wanted, ready_within=float(options["ready_within"]))
    return launch_of(installation, command, wanted)


def _planned(
    options: Mapping[str, Any], architecture: Architecture, demand: Demand
) -> tuple[Installation, ServeCommand, int]:
    """A build for processors needs no GPU, and no plan of one."""
    from scout_codebase.errors import NoServerError
    from scout_codebase.planning.processor import processor_command
    from scout_codebase.planning.serving import VLLM_PORT, serve_commands
    from scout_codebase.serving import find_installation, row_named

    vllm: Installation | NoServerError | None = None
    if demand.server in ("", "vllm"):
        vllm = _vllm(options)
        if not isinstance(vllm, NoServerError) and vllm.build.on_processor:
            port = options["port"] or VLLM_PORT
            return vllm, processor_command(architecture, demand, port), port
    made, best = _plan(options, architecture, demand, vllm)
    row = row_named(best.server.name)
    found = vllm if vllm is not None and row.name == "vllm" else find_installation(row)
    if isinstance(found, NoServerError):
        raise found
    port = options["port"] or best.server.port
    serving = replace(made.serving(best), port=port)
    return found, serve_commands(best.server, serving)[0], port


def _vllm(options: Mapping[str, Any]) -> Installation | NoServerError:
    """Where it is, or the error that says that it is nowhere: the plan may want another server."""
    from scout_codebase.errors import NoServerError
    from scout_codebase.serving import find_installation, row_named

    try:
        return find_installation(row_named("vllm"), options["vllm_python"])
    except NoServerError as error:
        return error


def _plan(
    options: Mapping[str, Any],
    architecture: Architecture,
    demand: Demand,
    vllm: Installation | NoServerError | None,
) -> tuple[Plan, Choice]:
    """Raises PromptTooLongError where nothing fits, NoServerError where there is neither vLLM nor
    a GPU."""
    from scout_codebase.errors import NoServerError, PromptTooLongError, UsageError
    from scout_codebase.planning import make_plan

    try:
        cluster = cluster_named(options, architecture, demand)
    except UsageError as error:
        if isinstance(vllm, NoServerError) and not options["gpu"]:
            raise NoServerError(
                f"{vllm.message}, and {error.message}", remedy=f"{vllm.remedy} {error.remedy}"
            ) from error
        raise
    made = make_plan(architecture, cluster, demand)
    if made.best is None:
        raise PromptTooLongError(
            f"Nothing that was asked for fits {cluster.title}",
            remedy="scout-review plan with the same options says what is missing.",
        )
    return made, made.best


@contextmanager
def launched(launch: Launch, reporter: Reporter) -> Iterator[RunningServer]:
    """Says what is started and, once it is ready, what serves where."""
    from scout_codebase.serving import running_server

    title = launch.installation.title
    reporter.say(f"Starting {title} at {launch.base_url}; its log is in {launch.wanted.log_folder}")
    with ExitStack() as bar:
        starting = bar.enter_context(reporter.starting(launch.row.title))
        with running_server(launch, starting) as running:
            bar.close()
            window = f"{running.window:,} tokens" if running.window else "not told"
            reporter.say(
                f"Ready after {running.seconds:.0f} s: {running.model} at {launch.base_url}, "
                f"window {window}; log {running.log}"
            )
            yield running


def refuse_other_server(options: Mapping[str, Any]) -> None:
    """Raises UsageError where another engine is named besides the one that is started."""
    from scout_codebase.errors import UsageError

    if options["base_url"]:
        raise UsageError(
            f"--serve starts a server and {options['base_url']} names another",
            remedy="Leave --serve out, or set --base-url ''.",
        )
    if options["engine"] == "embedded":
        raise UsageError(
            "--serve starts a server and --engine embedded wants none", remedy="Leave one out."
        )


def engine_served(
    settings: EngineSettings,
    options: Mapping[str, Any],
    extra: tuple[str, ...],
    reporter: Reporter,
) -> Callable[[int, int], AbstractContextManager[EngineSettings]]:
    """Of the tokens of a prompt, and those that questions and replies take besides, the settings
    of a server that holds them, which runs within the block."""
    from scout_codebase.planning.duration import Workload
    from scout_codebase.serving import free_port

    @contextmanager
    def serve(prompt: int, besides: int) -> Iterator[EngineSettings]:
        wanted = {**_NOT_PLANNED, "port": free_port(), **options}
        architecture = architecture_named(wanted)
        demand = narrowed_demand(Workload(prompt), besides, wanted)
        launch = launch_named(wanted, extra, architecture, demand, reporter)
        with launched(launch, reporter) as running:
            yield replace(
                settings,
                engine="openai",
                base_url=launch.base_url,
                api_key=launch.key,
                model=running.model,
                origin="started by --serve",
            )

    return serve
