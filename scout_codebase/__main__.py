"""``python -m scout_codebase``."""

from scout_codebase.cli import main

main()
