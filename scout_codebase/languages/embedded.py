"""Views: of a file that holds code of another language, that code, each line where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLOCK = re.compile(rb"<!--|<(/?)(script|style|template|svelte:head)(?=[\s>/])", re.IGNORECASE)
_ATTRIBUTES = re.compile(rb"""[^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*>""")
_SOURCE = re.compile(rb"""\ssrc\s*=\s*(["'][.@~/][^"']*["'])""")
_BLANKED = re.compile(rb"[^\n]")
_DIRECTIVE = re.compile(
    rb"^#[ \t]*(?:if|ifdef|ifndef|elif|else|endif|define|undef|include|error|warning)\b"
    rb"[^\\\n]*+(?:\\[\s\S][^\\\n]*+)*",
    re.MULTILINE,
)
_IMPORT = b"import"
_LONGEST_TAG = 2_000
_VERBATIM = (b"script", b"style")


def scripts(source: bytes) -> bytes:
    """The script blocks at the top level of a single-file component, everything else as blanks:
    lines and columns are those of the file. A block whose ``src`` names a file stands as an import
    of it. A script within the markup runs in the page, not in the component."""
    view = bytearray(_BLANKED.sub(b" ", source))
    for start, shown in _shown(source):
        view[start : start + len(shown)] = shown
    return bytes(view)


def every_branch(source: bytes) -> bytes:
    """Haskell without the lines of the C preprocessor: what stands in either branch is code."""
    return _DIRECTIVE.sub(lambda line: _BLANKED.sub(b" ", line[0]), source)


def _shown(source: bytes) -> Iterator[tuple[int, bytes]]:
    """What is not blank, by where it starts."""
    position = depth = 0
    lower = source.lower()
    while block := _BLOCK.search(source, position):
        position = block.end()
        if block[2] is None:
            position = _end(lower, b"-->", position)
            continue
        tag = _ATTRIBUTES.match(source, position, position + _LONGEST_TAG)
        if tag is None:  # passed over, so that many open tags take no longer than one
            position += _LONGEST_TAG
            continue
        name, position = block[2].lower(), tag.end()
        external = None if depth or block[1] else _SOURCE.search(tag[0])
        if external:
            yield block.start(), _IMPORT
            yield block.end() + external.start(1), external[1]
        is_open = not block[1] and not tag[0].endswith(b"/>")
        if name not in _VERBATIM:
            depth = max(0, depth + (1 if is_open else -1 if block[1] else 0))
        elif is_open:
            end = _end(lower, b"</" + name, position)
            if name == b"script" and not depth:
                yield position, source[position:end]
            position = end


def _end(source: bytes, mark: bytes, start: int) -> int:
    found = source.find(mark, start)
    return found if found >= 0 else len(source)
