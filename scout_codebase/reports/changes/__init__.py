"""What has changed between two states of a repository: computed from both, never asked.

``files`` pairs the files of both, ``api``, ``dependencies``, ``configuration`` and ``structure``
compare what is in them, ``facts`` makes plain data of it, and ``asked`` the items of questions.
"""

from scout_codebase.reports.changes.facts import change_facts
from scout_codebase.reports.changes.states import State

__all__ = ["State", "change_facts"]
