"""Parse command lines of ``vllm serve`` with vLLM's own parser, and nothing more.

Run inside the environment that ``install.py`` makes. Standard input is a JSON list of lists of
arguments, those after ``vllm serve``; standard output is a JSON list of what the parser made of
each: the values that differ from the defaults, or ``{"refused": message}``. Methods of
quantization are looked up too, which the parser leaves to the engine.
"""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn


class RefusedError(Exception):
    """The parser would have ended the program."""


def main() -> int:
    """Parse all of them in one process: importing vLLM takes most of the time."""
    from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
    from vllm.model_executor.layers.quantization import QUANTIZATION_METHODS
    from vllm.utils.argparse_utils import FlexibleArgumentParser

    def refuse(message: str) -> NoReturn:
        raise RefusedError(message)

    parser = make_arg_parser(FlexibleArgumentParser())
    parser.error = refuse
    defaults = vars(parser.parse_args([]))
    results: list[dict[str, Any]] = []
    for arguments in json.load(sys.stdin):
        try:
            parsed = parser.parse_args(arguments)
            validate_parsed_serve_args(parsed)
            if parsed.quantization not in (None, *QUANTIZATION_METHODS):
                refuse(f"unknown quantization {parsed.quantization}")
        except (RefusedError, TypeError, ValueError) as error:
            results.append({"refused": str(error)})
            continue
        changed = {key: value for key, value in vars(parsed).items() if value != defaults.get(key)}
        results.append({key: _plain(value) for key, value in changed.items()})
    json.dump(results, sys.stdout)
    return 0


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, list, dict)) else str(value)


if __name__ == "__main__":
    sys.exit(main())
