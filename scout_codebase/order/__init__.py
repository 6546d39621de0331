"""The order in which the files stand in the prompt: ``reading.py`` gives its reasons."""

from scout_codebase.order.reading import reading_order, weight

__all__ = ["reading_order", "weight"]
