"""The recall probe: questions about this very pack whose answers the tool knows, and the curve that
the answers give.

A pack and its graph -> a plan (``plan.py``: what is asked, at which depths) -> answers, which the
caller fetches -> recall by depth (``score.py``). What can be asked is a table (``kinds.py``).
"""

from scout_codebase.probe.plan import plan_probe
from scout_codebase.probe.score import measure_recall
from scout_codebase.probe.source import PackSource

__all__ = ["PackSource", "measure_recall", "plan_probe"]
