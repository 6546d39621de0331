"""The commands, one module each. What takes time to import is imported where it is used, so that
``--help`` answers at once."""

from __future__ import annotations

from scout_codebase.commands.ask import ask
from scout_codebase.commands.completion import completion
from scout_codebase.commands.config import config
from scout_codebase.commands.docs_check import docs_check
from scout_codebase.commands.doctor import doctor
from scout_codebase.commands.graph import graph
from scout_codebase.commands.languages import languages
from scout_codebase.commands.pack import pack
from scout_codebase.commands.plan import plan
from scout_codebase.commands.probe import probe
from scout_codebase.commands.prompts import prompts
from scout_codebase.commands.review import review
from scout_codebase.commands.serve import serve
from scout_codebase.commands.tokens import tokens
from scout_codebase.commands.warm import warm

COMMANDS = (
    *(review, ask, docs_check, probe, warm, pack, tokens, graph, languages, plan, serve, prompts),
    *(config, doctor, completion),
)
"""In the order in which ``--help`` lists them."""
