"""How many planted weaknesses the security review finds with a real model, and how many of the
safe places beside them it reports."""
