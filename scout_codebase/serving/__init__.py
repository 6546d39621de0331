"""Model servers of the user's own installation: started with the planned flags, waited for, and
ended with this process, however that ends.

``table`` has a row for each server and each way in which it is installed; ``supervisor`` is the
program that holds the server's processes; ``process`` is this side of it.
"""

from __future__ import annotations

from scout_codebase.serving.installed import Installation, find_installation
from scout_codebase.serving.launch import Launch, Wanted, free_port, launch_of
from scout_codebase.serving.process import RunningServer, running_server
from scout_codebase.serving.table import ServerRow, row_named

__all__ = [
    "Installation",
    "Launch",
    "RunningServer",
    "ServerRow",
    "Wanted",
    "find_installation",
    "free_port",
    "launch_of",
    "row_named",
    "running_server",
]
