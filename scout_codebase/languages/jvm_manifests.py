"""The dependencies that Maven's ``pom.xml``, Gradle's and sbt's build files name.

Build files of Gradle and sbt are programs: what they write as literal coordinates is read, nothing
is run.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

_DEPENDENCY = re.compile(
    r"<dependency>\s*<groupId>\s*([\w.-]+)\s*</groupId>\s*<artifactId>\s*([\w.-]+)\s*</artifactId>"
)
_COORDINATES = re.compile(r"""["']([a-zA-Z][\w.-]*):([\w.-]+)(?::[^"'\s]*)?["']""")
_SBT = re.compile(r'"([\w.-]+)"\s*%{1,3}\s*"([\w.-]+)"\s*%')
_CATALOG = re.compile(r"""(?:module\s*=\s*["']([\w.-]+):([\w.-]+)["'])""")
_CATALOG_PAIR = re.compile(r"""group\s*=\s*["']([\w.-]+)["']\s*,\s*name\s*=\s*["']([\w.-]+)["']""")
_PATTERNS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "pom.xml": (_DEPENDENCY,),
    ".gradle": (_COORDINATES, _CATALOG_PAIR),
    ".gradle.kts": (_COORDINATES, _CATALOG_PAIR),
    ".versions.toml": (_CATALOG, _CATALOG_PAIR, _COORDINATES),
    ".sbt": (_SBT,),
}
_WORDS = re.compile(r"[a-z0-9]+")


class Dependencies:
    """Coordinates (``group:artifact``) by group."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._artifacts: dict[str, set[str]] = defaultdict(set)
        for path in sorted(texts):
            for group, artifact in _coordinates(path, texts[path]):
                self._artifacts[group].add(artifact)

    def name(self, module: str) -> str:
        """The coordinates that an import belongs to: those of the longest group that it begins
        with, and of its artifacts the one with most words of the import; ``""`` where none is."""
        group = module
        while group and group not in self._artifacts:
            group = group.rpartition(".")[0]
        if not group:
            return ""
        words = set(_WORDS.findall(module.lower()))

        def strangeness(artifact: str) -> tuple[int, int, str]:
            own = _WORDS.findall(artifact.lower())
            return (-len(words.intersection(own)), len(own), artifact)

        return f"{group}:{min(self._artifacts[group], key=strangeness)}"


def _coordinates(path: str, text: str) -> Iterator[tuple[str, str]]:
    name = posixpath.basename(path)
    for ending, patterns in _PATTERNS.items():
        if name.endswith(ending):
            for pattern in patterns:
                for found in pattern.finditer(text):
                    yield found[1], found[2]
