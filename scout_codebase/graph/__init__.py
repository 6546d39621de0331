"""The dependency graph of a snapshot, from the analyses of its files."""

from scout_codebase.graph.build import link_files

__all__ = ["link_files"]
