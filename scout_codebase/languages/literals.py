"""Whether an expression is a literal, or built of literals and constants alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

import tree_sitter

from scout_codebase.languages.spec import LanguageSpec
from scout_codebase.languages.syntax import text_of

STEP_UP = 10
_MOST_EFFORT = 1_000_000
_MOST_NODES = 400
_TEXT_TYPES = frozenset(
    {"string", "concatenated_string", "template_string", "encapsed_string",
     "interpreted_string_literal", "raw_string_literal"}
)  # fmt: skip
_FUNCTION_TYPES = frozenset(
    {"function_definition", "function_declaration", "function_expression", "arrow_function",
     "method_definition", "method_declaration", "func_literal", "anonymous_function"}
)  # fmt: skip
_SEVERAL_TARGETS = frozenset(
    {"expression_list", "pattern_list", "tuple_pattern", "array_pattern", "object_pattern",
     "list_literal"}
)  # fmt: skip
_ASSIGNMENTS = {
    "assignment": ("left", "right"),
    "augmented_assignment": ("left", "right"),
    "named_expression": ("name", "value"),
    "variable_declarator": ("name", "value"),
    "assignment_expression": ("left", "right"),
    "augmented_assignment_expression": ("left", "right"),
    "short_var_declaration": ("left", "right"),
    "assignment_statement": ("left", "right"),
    "var_spec": ("name", "value"),
}
# By the type of a node, the field whose names get values that no assignment shows, "" for all but
# the body: what callers pass, what is gone through, what is written to through its address.
_BINDINGS = {
    "parameters": "",
    "lambda_parameters": "",
    "formal_parameters": "",
    "parameter_list": "",
    "arrow_function": "parameter",
    "for_statement": "left",
    "for_in_clause": "left",
    "for_in_statement": "left",
    "foreach_statement": "",
    "range_clause": "left",
    "receive_statement": "left",
    "type_switch_statement": "alias",
    "as_pattern_target": "",
    "case_pattern": "",
    "catch_clause": "name",
    "global_statement": "",
    "nonlocal_statement": "",
    "global_declaration": "",
    "static_variable_declaration": "name",
    "anonymous_function_use_clause": "",
    "reference_assignment_expression": "",
    "unary_expression": "operand",
}


@dataclass(slots=True)
class Effort:
    """What may yet be looked at in one file: nodes, of which a parent counts as ``STEP_UP``, since
    tree-sitter walks down to it from the root. Limited by number, the same on every machine."""

    left: int = _MOST_EFFORT

    def spend(self, nodes: int) -> bool:
        """False where nothing is left."""
        self.left -= nodes
        return self.left > 0


@dataclass(frozen=True, slots=True)
class Literals:
    """Tells the literals of one file from what is computed, by the row of its language."""

    spec: LanguageSpec
    source: bytes
    effort: Effort

    def is_computed(self, node: tree_sitter.Node, placed: Set[int] = frozenset()) -> bool:
        """Whether the value depends on anything but literals and constants. A name stands for the
        text that its function assigns it; text that is put together there is passed over if it is
        one of the nodes ``placed``, which are looked at themselves. An expression too large to look
        through counts as computed."""
        return any(self._may_change(name, placed) for name in self._variables(node, _MOST_NODES))

    def _variables(self, node: tree_sitter.Node, most: int) -> Iterator[tree_sitter.Node | None]:
        """Those of an expression, constants aside; None behind the first ``most`` nodes."""
        pending, looked_at = [node], 0
        while pending:
            current = pending.pop()
            looked_at += 1
            if looked_at > most or not self.effort.spend(1):
                yield None
                return
            if current.type in self.spec.variable_types and not self._is_constant(current):
                yield current
            pending.extend(self._parts(current))

    def _is_constant(self, node: tree_sitter.Node) -> bool:
        name = text_of(self.source, node)
        return name.startswith("__") or (self.spec.constant_capitals and name[:1].isupper())

    def _may_change(self, node: tree_sitter.Node | None, placed: Set[int]) -> bool:
        value = node and self._only_local_value(node, text_of(self.source, node))
        if value is None or value.type not in _TEXT_TYPES:
            return True
        return value.id not in placed and any(True for _ in self._variables(value, _MOST_NODES))

    def _only_local_value(self, node: tree_sitter.Node, name: str) -> tree_sitter.Node | None:
        """What a name stands for where the function around it assigns it exactly once, and nothing
        else gives it a value."""
        scope = node.parent
        while (
            scope is not None and scope.type not in _FUNCTION_TYPES and self.effort.spend(STEP_UP)
        ):
            scope = scope.parent
        if scope is None or scope.type not in _FUNCTION_TYPES:
            return None
        values: list[tree_sitter.Node] = []
        pending, looked_at = [scope], 0
        while pending and looked_at < _MOST_NODES and self.effort.spend(1):
            current = pending.pop()
            looked_at += 1
            if self._binds(current, name):
                return None
            values.extend(self._assigned(current, name))
            pending.extend(current.named_children)
        return values[0] if len(values) == 1 and not pending else None

    def _binds(self, node: tree_sitter.Node, name: str) -> bool:
        field = _BINDINGS.get(node.type)
        if field is None:
            return False
        body = node.child_by_field_name("body")
        bound = node.children_by_field_name(field) if field else node.named_children
        return any(self._names(target, name) for target in bound if target != body)

    def _assigned(self, node: tree_sitter.Node, name: str) -> Iterator[tree_sitter.Node]:
        """The value where a node assigns the name one, or the values of all names it assigns."""
        left, right = _ASSIGNMENTS.get(node.type, ("", ""))
        value = node.child_by_field_name(right) if right else None
        if value is not None and any(
            self._sets(target, name) for target in node.children_by_field_name(left)
        ):
            yield _sole(value)

    def _sets(self, target: tree_sitter.Node, name: str) -> bool:
        """Whether a target is that name, alone or among others."""
        if target.type in _SEVERAL_TARGETS:
            return self._names(target, name)
        return text_of(self.source, target) == name

    def _names(self, target: tree_sitter.Node, name: str) -> bool:
        """Whether a pattern holds that name; one too large to look through may."""
        pending, looked_at = [target], 0
        while pending and looked_at < _MOST_NODES and self.effort.spend(1):
            current = pending.pop()
            looked_at += 1
            if text_of(self.source, current) == name:
                return True
            pending.extend(current.named_children)
        return bool(pending)

    def _parts(self, node: tree_sitter.Node) -> Iterable[tree_sitter.Node]:
        fields = self.spec.transparent.get(node.type)
        if fields is None:
            return node.named_children
        if self._is_constant_name(node):
            return ()
        children = [child for name in fields for child in node.children_by_field_name(name)]
        given = node.child_by_field_name("arguments")
        if given is not None and given.named_child_count and self._is_of_constant(children[0]):
            return children[1:]
        return children

    def _is_of_constant(self, function: tree_sitter.Node) -> bool:
        """Whether what is called is one of the constant names, or belongs to one."""
        fields = self.spec.transparent.get(function.type, ())
        owner = function.child_by_field_name(fields[0]) if fields else None
        return self._is_constant_name(function) or (
            owner is not None and self._is_constant_name(owner)
        )

    def _is_constant_name(self, node: tree_sitter.Node) -> bool:
        return text_of(self.source, node) in self.spec.constant_names


def _sole(node: tree_sitter.Node) -> tree_sitter.Node:
    """Of a list of one expression, that expression."""
    first = node.named_child(0) if node.type == "expression_list" else None
    return first if first is not None and node.named_child_count == 1 else node
