"""What serving a model takes, computed: which weights fit which hardware, how large a window is
left beside them, how long reading a prompt takes, and the command that serves it.

Every module is arithmetic and tables; only ``detect`` looks at this machine. What the figures rest
on, and what of it was never run, is in ``docs/serving.md``.
"""

from __future__ import annotations

from scout_codebase.planning.architecture import SCOUT, Architecture, architecture_of
from scout_codebase.planning.choose import Choice, Demand, Plan, make_plan
from scout_codebase.planning.hardware import GPUS, Cluster, Gpu, gpu_named

__all__ = [
    "GPUS",
    "SCOUT",
    "Architecture",
    "Choice",
    "Cluster",
    "Demand",
    "Gpu",
    "Plan",
    "architecture_of",
    "gpu_named",
    "make_plan",
]
