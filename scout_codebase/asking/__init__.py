"""Questions of the user's own, asked of a whole repository: one, or a session of them.

``dialogue`` asks behind the prefix that reviews share and checks what is cited; ``blocks`` cuts an
answer that is coming in where it can be shown; ``absence`` is the answer that there is nothing;
``views`` show it all; ``transcript`` is what is kept of it, as lines, Markdown and JSON;
``console`` is the session, with its ``commands``.
"""

from scout_codebase.asking.dialogue import Dialogue, Turn, opened_dialogue

__all__ = ["Dialogue", "Turn", "opened_dialogue"]
