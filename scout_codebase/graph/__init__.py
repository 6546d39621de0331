"""The dependency graph of a snapshot.

``build_graph`` is ``analyse_files`` and then ``link_files``. The first is pure file by file, so its
results may be cached by git object id or computed in worker processes; the second is quick and
looks at the whole.
"""

from scout_codebase.graph.build import analyse_files, build_graph, link_files

__all__ = ["analyse_files", "build_graph", "link_files"]
