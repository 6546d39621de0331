"""Whole-codebase analysis with a long-context model, every claim checked against the source."""

__version__ = "0.1.0"
