"""The methods of a lesson's experiment that training needs, and what each of them reads and sets of `self`."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tutor.lab.script.source import Function, Module, bound

_PURE = {"abs", "bool", "dict", "float", "int", "len", "list", "max", "min", "round", "set", "str", "sum", "tuple"}
"""Functions that change nothing but what they return."""

GIVEN = {"k", "rng", "seed", "data", "iteration"}
"""What an experiment has from the start."""


@dataclass(frozen=True, eq=False)
class Method:
    """One method of the experiment, in the module that defines it."""

    module: Module
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        """What it is called."""
        return self.node.name

    @cached_property
    def decorators(self) -> set[str]:
        """The decorators that are plain names, such as `property`."""
        return {node.id for node in self.node.decorator_list if isinstance(node, ast.Name)}

    @cached_property
    def me(self) -> str:
        """What it calls its object; nothing if it is a static method."""
        arguments = [*self.node.args.posonlyargs, *self.node.args.args]
        return "" if "staticmethod" in self.decorators or not arguments else arguments[0].arg

    def own(self, node: ast.AST) -> str:
        """The name X if `node` is `self.X`, else nothing."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == self.me:
            return node.attr
        return ""

    def parent(self, node: ast.AST) -> ast.AST:
        """What `node` is a direct part of."""
        return self._parents[node]

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.node) for child in ast.iter_child_nodes(node)}

    def inherited(self, node: ast.AST) -> str:
        """The name X if `node` is `super().X`, else nothing."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            called = node.value.func
            return node.attr if isinstance(called, ast.Name) and called.id == "super" else ""
        return ""

    def reads(self, without: Iterable[ast.stmt] = ()) -> set[str]:
        """What it reads of `self`, the statements in `without` aside."""
        return {
            self.own(node) for node in walked(self.node, without) if isinstance(getattr(node, "ctx", None), ast.Load)
        }

    @cached_property
    def stores(self) -> set[str]:
        """What it sets of `self`."""
        return {self.own(node) for node in ast.walk(self.node) if _is_stored(node)} - {""}

    @cached_property
    def notes(self) -> dict[ast.stmt, str]:
        """The statements that only compute and set one `self.X`, and which."""
        found: dict[ast.stmt, str] = {}
        for node in ast.walk(self.node):
            target: ast.AST | None = None
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target = node.targets[0]
            elif isinstance(node, ast.AugAssign):
                target = node.target
            if isinstance(node, (ast.Assign, ast.AugAssign)) and target is not None:
                name = self.own(target)
                if name and _is_pure(node.value) and self.module.has_own_lines(node):
                    found[node] = name
        return found

    def aliases(self, fixed: set[str]) -> Iterator[ast.stmt]:
        """The statements `X = self.X` that the top level has no need of, since `self.X` is one of those `fixed`."""
        for node in self.node.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                same = [one for one in ast.walk(self.node) if isinstance(one, ast.Name) and one.id == name]
                set_once = sum(isinstance(one.ctx, ast.Store) for one in same) == 1
                plain = self.own(node.value) == name and self.module.has_own_lines(node)
                if plain and set_once and name in fixed - self.stores:
                    yield node

    def variables(self, without: Iterable[ast.stmt]) -> set[str]:
        """The names of its own variables, in every scope within it, the statements in `without` aside."""
        kept = (statement for statement in self.node.body if statement not in without)
        return set().union(*(bound(node) for node in (self.node.args, *kept))) - {self.me}

    def functions(self) -> Iterator[Function]:
        """The functions that it defines inside."""
        return (node for node in ast.walk(self.node) if isinstance(node, Function) and node is not self.node)

    def check(self) -> None:
        """`TutorError` if it uses `self` in a way that has no counterpart without a class."""
        if self.decorators & {"classmethod", "cached_property"} or any(
            isinstance(node, ast.Attribute) and node.attr in ("setter", "cached_property")
            for node in self.node.decorator_list
        ):
            raise self.module.refuse(
                self.node, f"{self.name} isn't a plain method", "A script can hold methods and properties."
            )
        for node in ast.walk(self.node):
            if isinstance(node, ast.arg) and node.arg == self.me and node not in ast.walk(self.node.args):
                raise self.module.refuse(
                    node, f"there is a second '{self.me}' inside {self.name}", "Define that at the top of the file."
                )
            whole = isinstance(node, ast.Name) and node.id == self.me and not self.own(self._parents[node])
            if isinstance(node, ast.Name) and (whole or node.id == "__class__"):
                what = f"{self.name} uses '{node.id}' as a whole"
                raise self.module.refuse(
                    node, what, f"A script has no such object: name what is used, as {self.me}.NAME."
                )


def unread(methods: Iterable[Method], needed: set[str]) -> dict[ast.stmt, str]:
    """The statements of `methods` that set what nothing but such statements reads, and what they set."""
    methods = list(methods)
    dead: dict[ast.stmt, str] = {}
    while True:
        stored = {name for method in methods for name in method.stores} - needed - set(dead.values())
        for name in sorted(stored):
            sets = {node for method in methods for node, what in method.notes.items() if what == name}
            if any(name in method.reads(without={*dead, *sets}) for method in methods):
                continue
            everywhere = sum(
                method.own(node) == name and _is_stored(node) for method in methods for node in ast.walk(method.node)
            )
            if everywhere == len(sets) and _are_harmless(sets):
                dead |= dict.fromkeys(sets, name)
                break
        else:
            return dead


def walked(node: ast.AST, without: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """`node` and all in it, except for what is in `without`."""
    if node not in without:
        yield node
        for child in ast.iter_child_nodes(node):
            yield from walked(child, without)


def _is_stored(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del))


def _are_harmless(sets: Iterable[ast.stmt]) -> bool:
    """Whether no other object changes with what is set: `+=` on a tensor would change it for all who share it."""
    added_to = any(isinstance(node, ast.AugAssign) for node in sets)
    return not added_to or all(isinstance(node.value, ast.Constant) for node in sets if isinstance(node, ast.Assign))


def _is_pure(value: ast.expr) -> bool:
    """Whether computing it changes nothing: arithmetic, constants, and functions known to be harmless."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _PURE):
            return False
        if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
    return True
