"""The order in which the files stand in the prompt.

A reader, and a model with imperfect recall, understands a file best when what it builds on stands
before it and near it. From the strongest reason to the weakest:

1. A file comes after every file that it imports. Files that import each other in a cycle have no
   such order: they stand together, as one block, which starts from the order of the imports that
   run when a file is loaded. Nothing below breaks this.
2. What changes rarely comes first: a server that has read the last commit's prompt reads the next
   one only from the first byte that differs. ``stability.py`` makes a few such stretches of what
   the history says; where it says nothing there is one. Each is ordered by what follows, but that
   the first one begins with what is no code, as that keeps nothing from what it builds on.
3. What says what the whole is comes first: the README of the top folder, then its manifests, which
   name the programs and the dependencies. What is no code and no code imports (settings of tools,
   data, pictures in text form) comes after all code, so as not to stand between a file and what it
   builds on. Documentation comes last: it describes what has by then been read.
4. A folder is finished before the next one is begun, and a folder comes after the folders that it
   imports from. Only a file that nothing imports, such as a test or a program, may leave its folder
   by reason 7, so that a long one does not keep the next folder from what that builds on.
5. A test explains code only to those who have seen the code. The tests of a folder stand together
   after all that lies beside and below them and after all that they import: those of a package
   right behind the package, those of the whole at the end.
6. Within a folder a file stands right behind the last thing that it needed; otherwise names decide.
7. As far as 1 to 5 leave it free (no import outside a cycle is turned round, no cycle torn apart,
   no tests put before what they are the tests of), the stretches of folders, the files of each, and
   then the files that nothing imports move to where the text between importers and what they import
   is least (``stretches.py``).
   So a short file that much else needs comes before a long one that little needs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

from scout_codebase.languages.paths import folders_up, is_test, parent
from scout_codebase.order.stability import FIRST, Stratum, levels, strata
from scout_codebase.order.stretches import Standing, bring_near
from scout_codebase.order.weights import weight
from scout_codebase.records import DependencyGraph, Edge, ImportKind, ReadingOrder, Snapshot

_FRONT, _CODE, _TEST, _DATA, _DOCS = range(5)
_LOADED = frozenset(
    {ImportKind.IMPORT, ImportKind.REEXPORT, ImportKind.REFERENCE, ImportKind.CONDITIONAL}
)
_README = re.compile(r"readme(?:\.\w+)?$", re.IGNORECASE)
_MANIFEST = re.compile(
    r"pyproject\.toml|setup\.(?:cfg|py)|package\.json|go\.(?:mod|work)|Cargo\.toml|pom\.xml"
    r"|build\.gradle(?:\.kts)?|composer\.json|Gemfile|mix\.exs|Package\.swift|[^/]*\.csproj"
    r"|build\.sbt|CMakeLists\.txt|pubspec\.yaml|requirements\.txt|pnpm-workspace\.yaml"
)
_DOCS_FOLDER = re.compile(r"(?:^|/)docs?(?:/|$)", re.IGNORECASE)
_DOCS_NAME = re.compile(
    r".*\.(?:md|mdx|rst|adoc|txt)|(?:licen[sc]e|copying|notice|authors|change(?:s|log))[^/]*",
    re.IGNORECASE,
)
_DATA_LANGUAGES = frozenset(
    {"", "batch", "csv", "ini", "json", "make", "notebook", "text", "toml", "xml", "yaml"}
)

Item = TypeVar("Item", bound=Hashable)
Block = tuple[str, ...]


def reading_order(snapshot: Snapshot, graph: DependencyGraph) -> ReadingOrder:
    """Every file of the snapshot once, by the reasons in this module's docstring. A function of
    its arguments: neither the clock nor the hash seed has a say."""
    paths = [file.path for file in snapshot.files]
    known = set(paths)
    edges = [edge for edge in graph.edges if edge.source in known and edge.target in known]
    blocks, needs = _blocks(paths, edges)
    languages = {path: analysis.language for path, analysis in graph.analyses.items()}
    phases = _phases(blocks, needs, languages)
    changed = levels(snapshot.history)
    level = {block: max(changed.get(path, 0) for path in block) for block in blocks}
    stretches = _stretches(phases, strata(blocks, needs, level))
    keys = _keys(blocks, needs, phases, stretches)
    ordered = _after_needs(sorted(blocks, key=keys.__getitem__), needs, keys.__getitem__)
    loaded = _loaded_edges(edges)
    order = list(chain.from_iterable(_within(block, loaded) for block in ordered))
    sizes = {file.path: weight(file.size) for file in snapshot.files}
    return ReadingOrder(tuple(bring_near(order, edges, sizes, _standings(phases, stretches))))


# --- blocks: files, and cycles of files ---


def _blocks(
    paths: Sequence[str], edges: Iterable[Edge]
) -> tuple[list[Block], dict[Block, set[Block]]]:
    """The blocks, each after those it needs, and what each needs."""
    needs: dict[str, set[str]] = {path: set() for path in sorted(paths)}
    for edge in edges:
        needs[edge.source].add(edge.target)
    return _condense(needs)


def _condense(
    needs: Mapping[str, set[str]],
) -> tuple[list[Block], dict[Block, set[Block]]]:
    import rustworkx  # slow to load, and not needed where an order is known

    names = list(needs)
    index = {name: number for number, name in enumerate(names)}
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(names)
    graph.extend_from_edge_list(
        [(index[name], index[other]) for name in names for other in sorted(needs[name])]
    )
    strong = rustworkx.strongly_connected_components(graph)
    home = {names[n]: block for one in strong for block in (_block(names, one),) for n in one}
    blocks = sorted(set(home.values()))
    outer: dict[Block, set[Block]] = {block: set() for block in blocks}
    for name, others in needs.items():
        outer[home[name]].update(home[other] for other in others)
    for block, needed in outer.items():
        needed.discard(block)
    return _after_needs(blocks, outer, lambda block: block), outer


def _block(names: Sequence[str], members: Iterable[int]) -> Block:
    return tuple(sorted(names[number] for number in members))


def _after_needs(
    items: Iterable[Item], needs: Mapping[Item, Iterable[Item]], key: Callable[[Item], Any]
) -> list[Item]:
    """The items in their order, but each right after what it needs (a depth-first postorder). In
    a cycle of needs the one that is met first comes last."""
    done: dict[Item, None] = {}
    begun: set[Item] = set()
    for item in items:
        stack = [(item, False)]
        while stack:
            current, needs_are_done = stack.pop()
            if needs_are_done:
                done[current] = None
            elif current not in begun:
                begun.add(current)
                stack.append((current, True))
                missing = [other for other in needs.get(current, ()) if other not in begun]
                stack += [(other, False) for other in sorted(missing, key=key, reverse=True)]
    return list(done)


# --- where a block would like to stand ---


def _phases(
    blocks: Sequence[Block], needs: Mapping[Block, set[Block]], languages: Mapping[str, str]
) -> dict[Block, int]:
    """The phase of each block: the earliest among its files and among all that need it."""
    phases = {
        block: min(_phase(path, languages.get(path, "")) for path in block) for block in blocks
    }
    for block in reversed(blocks):
        for needed in needs[block]:
            phases[needed] = min(phases[needed], phases[block])
    return phases


def _phase(path: str, language: str) -> int:
    folder, _, name = path.rpartition("/")
    if not folder and _rank(name) < _ORDINARY:
        return _FRONT
    if is_test(path):
        return _TEST if language not in _DATA_LANGUAGES else _DATA
    if _DOCS_FOLDER.search(folder) or (_DOCS_NAME.fullmatch(name) and _rank(name) == _ORDINARY):
        return _DOCS
    if _rank(name) == _ORDINARY and (folder.startswith(".") or language in _DATA_LANGUAGES):
        return _DATA
    return _CODE


_ORDINARY = 2


def _rank(name: str) -> int:
    if _README.match(name):
        return 0
    return 1 if _MANIFEST.fullmatch(name) else _ORDINARY


_Stretch = tuple[Stratum, bool, int]


def _stretches(
    phases: Mapping[Block, int], strata_of: Mapping[Block, Stratum]
) -> dict[Block, _Stretch]:
    """The stretches of the order that nothing crosses: of each stratum, its phases; the first of
    several has its code last, next to what builds on it."""
    turned = len(set(strata_of.values())) > 1
    found = {}
    for block, phase in phases.items():
        group = _CODE if phase == _TEST else phase
        is_last = turned and strata_of[block] == FIRST and group == _CODE
        found[block] = (strata_of[block], is_last, group)
    return found


def _standings(
    phases: Mapping[Block, int], stretches: Mapping[Block, _Stretch]
) -> dict[str, Standing]:
    return {
        path: Standing(
            stretch=stretches[block],
            is_test=phase == _TEST,
            cycle=block if len(block) > 1 else (),
        )
        for block, phase in phases.items()
        for path in block
    }


_Key = tuple[_Stretch, int, bool, str, int, str]


def _keys(
    blocks: Sequence[Block],
    needs: Mapping[Block, set[Block]],
    phases: Mapping[Block, int],
    stretches: Mapping[Block, _Stretch],
) -> dict[Block, _Key]:
    """What the blocks are sorted by, before needs are looked at."""
    code = [block for block in blocks if phases[block] == _CODE]
    slots = _folder_slots(code, needs)
    test_slots = _test_slots(blocks, needs, phases, slots)
    keys: dict[Block, _Key] = {}
    for block in blocks:
        path, phase = block[0], phases[block]
        folder, _, name = path.rpartition("/")
        slot = {_CODE: slots, _TEST: test_slots}.get(phase, {}).get(folder, 0)
        place = "" if phase == _FRONT else folder
        keys[block] = (stretches[block], slot, phase == _TEST, place, _rank(name), path)
    return keys


def _folder_slots(code: Sequence[Block], needs: Mapping[Block, set[Block]]) -> dict[str, int]:
    """The folders of code, numbered so that a folder comes after those that it needs."""
    folders: dict[str, set[str]] = {parent(block[0]): set() for block in sorted(code)}
    for block in code:
        folder = parent(block[0])
        folders[folder].update(
            other for other in (parent(needed[0]) for needed in needs[block]) if other in folders
        )
        folders[folder].discard(folder)
    ordered, _ = _condense(folders)
    return {folder: slot for slot, folder in enumerate(chain.from_iterable(ordered))}


def _test_slots(
    blocks: Sequence[Block],
    needs: Mapping[Block, set[Block]],
    phases: Mapping[Block, int],
    slots: Mapping[str, int],
) -> dict[str, int]:
    """For each folder of tests, the last slot of what lies beside and below it, or is imported."""
    last: dict[str, int] = defaultdict(int)
    for folder, slot in slots.items():
        for above in folders_up(folder):
            last[above] = max(last[above], slot)
    found: dict[str, int] = {}
    for block in blocks:
        if phases[block] == _TEST:
            folder = parent(block[0])
            home = next(above for above in folders_up(folder) if _is_home(above, last))
            imported = (parent(needed[0]) for needed in needs[block])
            reached = [slots.get(other, found.get(other, 0)) for other in imported]
            found[folder] = max([found.get(folder, 0), last[home], *reached])
    return found


def _is_home(folder: str, last: Mapping[str, int]) -> bool:
    """Whether a folder, or one below it, holds code and is no folder of tests itself."""
    return not folder or (folder in last and not is_test(f"{folder}/_"))


# --- inside a cycle ---


def _loaded_edges(edges: Iterable[Edge]) -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.kind in _LOADED:
            loaded[edge.source].append(edge.target)
    return loaded


def _within(block: Block, loaded: Mapping[str, list[str]]) -> Sequence[str]:
    if len(block) == 1:
        return block
    members = set(block)
    inner = {path: {other for other in loaded.get(path, ()) if other in members} for path in block}
    ordered, _ = _condense(inner)
    return list(chain.from_iterable(ordered))
