"""The view of a Kotlin file: what its grammar reads wrongly, written as it reads it rightly.

``tree-sitter-kotlin`` 1.1 ends the declaration of a nested class at the end of the line, and loses
the rest of the file where the constructor stands on the next one. The view has ``constructor(`` on
the line of the class and the line break behind it: as many bytes on as many lines.
"""

from __future__ import annotations

import re

_NEXT_LINE = re.compile(
    rb"(\bclass[ \t]+\w+(?:<[^{}()\n]*>)?[ \t]*)(\r?\n)"
    rb"([ \t]+(?:(?:internal|private|protected|public)[ \t]+)?constructor[ \t]*\()"
)


def constructors_beside_classes(source: bytes) -> bytes:
    return _NEXT_LINE.sub(rb"\1\3\2", source)
