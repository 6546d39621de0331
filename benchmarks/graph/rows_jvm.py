"""The rows of Go and of the languages with packages or namespaces of types."""

from __future__ import annotations

from benchmarks.graph.row import Row

_SQUANTS = ("git", "typelevel/squants", "29aa57f4a1958daf9a5a397cca8982b1654e164c")

ROWS = [
    Row(
        "csharp",
        "FluentValidation",
        ("git", "FluentValidation/FluentValidation", "ea299fe59719950018fa240dab86da414190d7f4"),
        "",
        "listed",
        (".cs",),
    ),
    Row(
        "kotlin",
        "KotlinPoet",
        ("git", "square/kotlinpoet", "be2de914ce6eb3694092ed4e0f28626cbce1ffe0"),
        "",
        "listed",
        (".kt",),
    ),
    Row(
        "java",
        "Commons Lang",
        ("git", "apache/commons-lang", "d15939ef46f0bd4144994df8be95cf5a7f91eb52"),
        "src/main",
        "jdeps_classes",
        (".java",),
    ),
    Row(
        "go",
        "Alertmanager 0.25",
        ("git", "prometheus/alertmanager", "258fab7cdd551f2cf251ed0348f0ad7289aee789"),
        "",
        "go_list",
        (".go",),
    ),
    Row("scala", "Squants", _SQUANTS, "", "scalac_names", (".scala",)),
    Row("scala", "Squants", _SQUANTS, "", "jdeps_scala", (".scala",), informative=True),
]
