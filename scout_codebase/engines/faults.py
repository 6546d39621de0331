"""Every way in which a server can fail, translated once into the errors of this package."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import openai

from scout_codebase.engines.table import Family
from scout_codebase.engines.transport import FailedAnswerError
from scout_codebase.errors import EngineError, NoServerError, PromptTooLongError, ServerError

_TOO_LONG_MARKS = frozenset(
    {"input_tokens", "input_text", "exceed_context_size_error", "context_length_exceeded"}
)
_TOO_LONG_TEXT = re.compile(
    r"maximum context length|context (length|size|window) (is |was )?exceeded"
    r"|exceeds? the (available |model'?s )?(maximum )?context|longer than the (model's )?context",
    re.IGNORECASE,
)
_VLLM_COUNTS = re.compile(
    r"maximum context length is (\d+) tokens\D*? (?:contains|has) "
    r"(at least )?(\d+) (?:input )?(\w+)"
)
_REMEDIES = {
    401: "Give the server's API key.",
    403: "Give an API key that may use this model.",
    404: "Check the address (it usually ends in /v1) and the model's name.",
    413: "Raise the size of a request that the server or a proxy before it accepts.",
    429: "The server is busy: try again, or let it take more requests.",
    503: "The server is still loading or overloaded: try again in a while.",
}
_CONNECT_FAULTS = frozenset({"ConnectError", "ConnectTimeout"})
_RETRIED = frozenset({429, 503})
_LONGEST_RETRY_WAIT = 30.0


@contextmanager
def translated(url: str, family: Family) -> Iterator[None]:
    """Turns what the HTTP and OpenAI clients raise into an EngineError or WindowError."""
    try:
        yield
    except openai.APIStatusError as error:
        raise error_for_status(url, family, error.status_code, error.response.text) from error
    except httpx.HTTPStatusError as error:
        response = error.response
        raise error_for_status(url, family, response.status_code, response.text) from error
    except FailedAnswerError as error:
        raise _error_for_detail(url, family, "in mid-answer", _detail(error.body), 200) from error
    except openai.APIConnectionError as error:
        raise _connection_error(url, error.__cause__ or error) from error
    except openai.APIError as error:
        raise _error_for_detail(url, family, "in mid-answer", _detail(error.body), 200) from error
    except (openai.OpenAIError, ValueError) as error:
        raise ServerError(
            f"The server at {url} sent something that is not an answer ({_short(str(error))})"
        ) from error
    except Exception as error:
        if _is_transport_fault(error):
            raise _connection_error(url, error) from error
        raise


def retry_wait(error: Exception, default: float) -> float | None:
    """The seconds after which the same may be sent again, None where it may not. Only for what is
    raised before anything of an answer was read. A server that stays silent is not asked again: the
    time that it was given is the time that the prompt takes."""
    if isinstance(error, openai.APIStatusError | httpx.HTTPStatusError):
        response = error.response
        return _retry_after(response, default) if response.status_code in _RETRIED else None
    cause = error.__cause__ or error if isinstance(error, openai.APIConnectionError) else error
    kind = type(cause).__name__
    if isinstance(cause, Exception) and _is_transport_fault(cause):
        return None if "Timeout" in kind and kind not in _CONNECT_FAULTS else default
    return None


def _retry_after(response: Any, default: float) -> float:
    try:
        wanted = float(response.headers.get("retry-after", default))
    except ValueError:  # a date, which servers of models do not send
        wanted = default
    return min(max(wanted, 0.0), _LONGEST_RETRY_WAIT) if math.isfinite(wanted) else default


def error_for_status(url: str, family: Family, status: int, body: str) -> Exception:
    """The error for an answer with a status of 400 or more, or a redirect."""
    return _error_for_detail(url, family, f"with HTTP {status}", _detail_of_body(body), status)


def _error_for_detail(
    url: str, family: Family, how: str, detail: Mapping[str, Any], status: int
) -> Exception:
    text = _short(str(detail.get("message") or "no explanation"))
    if status in (200, 400, 413, 422, 500) and _is_too_long(detail, family):
        return _prompt_too_long(family, detail, text)
    if 300 <= status < 400:
        return ServerError(
            f"The server at {url} redirects elsewhere, which is not followed",
            remedy="Give the address that it redirects to.",
        )
    return ServerError(
        f"The server at {url} failed {how}: {text}", remedy=_REMEDIES.get(status, "")
    )


def _is_too_long(detail: Mapping[str, Any], family: Family) -> bool:
    marks = {str(detail.get(key)) for key in ("param", "type", "code")}
    text = str(detail.get("message", ""))
    said = _TOO_LONG_TEXT.search(text) or re.search(family.too_long, text, re.IGNORECASE)
    return bool(marks & _TOO_LONG_MARKS or said)


def _prompt_too_long(family: Family, detail: Mapping[str, Any], text: str) -> PromptTooLongError:
    prompt, window = detail.get("n_prompt_tokens"), detail.get("n_ctx")
    if isinstance(prompt, int) and isinstance(window, int):
        text = f"it has {prompt:,} tokens, the window {window:,}"
    elif counts := _VLLM_COUNTS.search(text):
        window, bound, prompt, unit = counts.groups(default="")
        text = f"it has {bound}{int(prompt):,} {unit}, the window {int(window):,} tokens"
    return PromptTooLongError(
        f"The prompt does not fit the server's window: {text}", remedy=family.window_remedy
    )


def _detail_of_body(body: str) -> Mapping[str, Any]:
    try:
        return _detail(json.loads(body))
    except ValueError:
        return {"message": body}


def _detail(body: object) -> Mapping[str, Any]:
    """The part of an error body that explains, whichever way the server nests it."""
    if isinstance(body, Mapping):
        for key in ("error", "detail"):
            if isinstance(body.get(key), Mapping | str):
                return _detail(body[key])
        return body
    if isinstance(body, str) and body.startswith("{"):  # Ollama hands on what its runner said
        with suppress(ValueError):
            return _detail(json.loads(body))
    return {"message": body} if isinstance(body, str) else {}


def _is_transport_fault(error: Exception) -> bool:
    """The OpenAI client may bring an HTTP library of its own, whose errors have the same names
    as those of httpx."""
    return any(kind.__name__ == "TransportError" for kind in type(error).__mro__)


def _connection_error(url: str, cause: BaseException) -> EngineError:
    kind = type(cause).__name__
    if kind in _CONNECT_FAULTS:
        return NoServerError(
            f"Nothing answers at {url}",
            remedy="Start the server, correct --base-url, or use --engine embedded.",
        )
    if "Timeout" in kind:
        return ServerError(
            f"The server at {url} sent nothing for too long",
            remedy="Look at the server's log; it may be out of memory or overloaded.",
        )
    return ServerError(
        f"The server at {url} broke the connection off ({_short(str(cause)) or kind})",
        remedy="Look at the server's log; it may have crashed or run out of memory.",
    )


def _short(text: str, limit: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
