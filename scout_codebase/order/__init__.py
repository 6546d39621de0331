"""The order in which the files stand in the prompt: ``reading.py`` gives its reasons."""
