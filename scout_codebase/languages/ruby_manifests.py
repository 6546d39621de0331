"""What gemspecs, Gemfiles and Rails' configuration say about where Ruby code lies."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from scout_codebase.languages.paths import join, parent

_GEM = re.compile(
    r"^\s*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[\s(]+[\"']([\w.-]+)", re.MULTILINE
)
_REQUIRE_PATHS = re.compile(r"\.require_paths?\s*=\s*(.+)")
_QUOTED = re.compile(r"[\"']([\w./-]+)[\"']")
_APPLICATION = re.compile(r"((?:.*/)?)app/([^/]+)/(?:(concerns)/)?.*\.rb$")
_NOT_LOADED = frozenset({"assets", "javascript", "views"})
_RAILS = re.compile(r"[\"'](?:rails|railties|actionpack)[\"']|Rails::(?:Application|Engine)")
_FURTHER_ROOT = re.compile(
    r"#\{(?:config\.|Rails\.|)root\}/([\w/]+)|(?<!\w)root\.join\(\s*[\"']([\w/]+)[\"']"
)
_AUTOLOAD_LIB = re.compile(r"^\s*config\.autoload_lib\b", re.MULTILINE)
_FOR_GEM = re.compile(r"Zeitwerk::Loader\s*\.\s*for_gem\b")

_STANDARD_LIBRARY = """
English abbrev base64 benchmark bigdecimal bundler cgi coverage csv date dbm debug delegate
did_you_mean digest drb erb error_highlight etc expect fcntl fiber fiddle fileutils find
forwardable gdbm getoptlong io ipaddr irb json logger matrix minitest monitor mutex_m net nkf
objspace observer open-uri open3 openssl optparse ostruct pathname pp prettyprint prime prism
profile profiler pstore psych pty racc rake random rbconfig rdoc readline reline resolv
resolv-replace rexml rinda ripper rss rubygems scanf sdbm securerandom set shell shellwords
singleton socket stringio strscan sync syntax_suggest syslog tempfile test-unit thread thwait time
timeout tmpdir tracer tsort un unicode_normalize uri weakref webrick win32ole xmlrpc yaml zlib
"""
STANDARD_LIBRARY = frozenset(_STANDARD_LIBRARY.split())


class Gems:
    """The gems that the repository's manifests ask for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._names = {
            name
            for path in texts
            if posixpath.basename(path) in ("Gemfile", "gems.rb") or path.endswith(".gemspec")
            for name in _GEM.findall(texts[path])
        }

    def of(self, module: str) -> str | None:
        """The gem that is required so: its name, its name with slashes, or the longest start."""
        parts = module.split("/")
        for length in range(len(parts), 0, -1):
            for separator in "-_":
                name = separator.join(parts[:length])
                for guess in (name, name.replace("_", "-")):
                    if guess in self._names:
                        return guess
        return None


def load_roots(texts: Mapping[str, str]) -> dict[str, str]:
    """By the folder of each gem, the folder of its load path."""
    roots = {}
    for path in sorted(texts):
        if path.endswith(".gemspec"):
            named = _REQUIRE_PATHS.search(texts[path])
            inner = _QUOTED.findall(named[1]) if named else []
            root = join(parent(path), inner[0] if inner else "lib")
            if root is not None:
                roots[parent(path)] = root
    return roots


def autoload_roots(texts: Mapping[str, str]) -> dict[str, str]:
    """The folders that Zeitwerk loads from, each with the folder whose files see it."""
    roots = dict(_roots_of_gems(texts))
    if any(_RAILS.search(texts[path]) for path in texts if _is_manifest(path)):
        roots |= dict(_roots_of_applications(texts))
    return roots


def _is_manifest(path: str) -> bool:
    return path.endswith((".gemspec", "config/application.rb", "/engine.rb")) or (
        posixpath.basename(path) in ("Gemfile", "gems.rb")
    )


def _roots_of_applications(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    applications = set()
    for path in texts:
        found = _APPLICATION.match(path)
        if found and found[2] not in _NOT_LOADED:
            application, kind, concerns = found.groups()
            applications.add(application)
            yield f"{application}app/{kind}", application.rstrip("/")
            if concerns:
                yield f"{application}app/{kind}/concerns", application.rstrip("/")
    for application in applications:
        text = texts.get(f"{application}config/application.rb", "")
        further = {one or two for one, two in _FURTHER_ROOT.findall(text)}
        further |= {"lib"} if _AUTOLOAD_LIB.search(text) else set()
        for folder in further:
            yield f"{application}{folder}".rstrip("/"), application.rstrip("/")


def _roots_of_gems(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for folder, root in load_roots(texts).items():
        tops = (path for path in texts if parent(path) == root and path.endswith(".rb"))
        if any(_FOR_GEM.search(texts[path]) for path in tops):
            yield root, folder
