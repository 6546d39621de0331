"""The rows of Go and of the languages with packages or namespaces of types."""

from __future__ import annotations

from benchmarks.graph.row import Row

ROWS = [
    Row(
        "go",
        "Alertmanager 0.25",
        ("git", "prometheus/alertmanager", "258fab7cdd551f2cf251ed0348f0ad7289aee789"),
        "",
        "go_list",
        (".go",),
    ),
]
