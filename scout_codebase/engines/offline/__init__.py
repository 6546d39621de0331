"""vLLM without a server: loaded for one run in a child process, and ended with it.

``engine`` is the Engine, ``child`` the process as it is seen from here, ``worker`` what runs in it,
with the Python that has vLLM. They exchange lines of JSON.
"""
