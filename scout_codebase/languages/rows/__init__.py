"""The rows of the table of languages, a module a family; ``table.py`` joins them."""
