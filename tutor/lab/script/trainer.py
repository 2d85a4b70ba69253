"""The part of an experiment's class that training needs, and what the script calls each piece of it."""

import ast
import builtins
import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tutor.lab import experiment as base
from tutor.lab.experiment import Experiment
from tutor.lab.script.flat import DATA, LOSSES, Flat
from tutor.lab.script.methods import GIVEN, Method, unread
from tutor.lab.script.reach import Import, Reach, refuse_inner_import
from tutor.lab.script.source import Module

ROOTS = ("build", "step", "splits", "each_loss")
"""The methods that a run calls."""

PAGE = {"Names", "Split", "Digits", "NAMES", "DIGITS", "steps"}
"""What the script's own code calls its data, and how long it trains."""

OWN = {
    Import("torch"),
    Import("torch.nn", "functional", "F"),
    Import("types", "SimpleNamespace"),
    Import("zlib"),
    Import("base64"),
    Import("random"),
}
"""What the script's own code imports, where it needs it."""

OWN_NAMES = {one.binds for one in OWN}
"""What these imports bind."""


@dataclass(eq=False)
class Trainer:
    """The methods and constants of the class of `kind` that training reaches."""

    kind: type[Experiment]
    methods: dict[str, Method] = field(default_factory=dict)
    constants: dict[str, ast.stmt] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Follow `self.X` from what a run calls; `TutorError` where there is no counterpart without a class."""
        self.module = Module.read(Path(inspect.getfile(self.kind)))
        (self.node,) = (
            one for one in self.module.tree.body if isinstance(one, ast.ClassDef) and one.name == self.kind.__name__
        )
        self._own = {one.name: Method(self.module, one) for one in self.node.body if isinstance(one, ast.FunctionDef)}
        self._values: dict[str, ast.stmt] = {}
        for one in self.node.body:
            if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
                self._values[one.targets[0].id] = one
            elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value is not None:
                self._values[one.target.id] = one
        self._check_class()
        for root in ROOTS:
            self._follow(root)
        self._check_names()

    def reached_from(self, *roots: str) -> list[str]:
        """The methods called by those in `roots`, and by these in turn, without the roots."""
        found: set[str] = set()
        waiting = [root for root in roots if root in self.methods]
        while waiting:
            method = self.methods[waiting.pop()]
            new = (method.reads(self.dead) & self.methods.keys()) - found
            found |= new
            waiting += new
        return [name for name in self.methods if name in found and name not in ROOTS] + [
            name for name in ROOTS if name in found - set(roots)
        ]

    @cached_property
    def dead(self) -> dict[ast.stmt, str]:
        """The statements that keep account of something for the figures alone."""
        return unread(self.methods.values(), {"model", *GIVEN})

    @cached_property
    def left_out(self) -> set[ast.stmt]:
        """These, and what gives a variable the value of `self.X` where X itself will do."""
        methods = self.methods.values()
        changing = set().union(*(method.stores for method in methods if method.name != "build"))
        fixed = set().union(GIVEN, *(method.stores for method in methods)) - changing
        return {*self.dead, *(alias for method in methods for alias in method.aliases(fixed))}

    @cached_property
    def reach(self) -> Reach:
        """What the kept code needs of the module and of others."""
        reach = Reach(self.module, self.node)
        for method in self.methods.values():
            if method.module is self.module:
                reach.need(self.module.globals_in(method.node))
        for constant in self.constants.values():
            reach.need(self.module.uses(constant))
        reach.finish()
        self._check_top(reach)
        return reach

    @cached_property
    def text(self) -> str:
        """All the code that is kept, as it stands in the files."""
        parts = [
            *((method.module, method.node) for method in self.methods.values()),
            *((self.module, constant) for constant in self.constants.values()),
            *((module, one) for module in self.reach.modules for one in self.reach.kept(module)),
        ]
        return "\n".join(module.text[module.start(node) : module.end(node)] for module, node in parts)

    def uses(self, name: str, methods: Iterable[str]) -> bool:
        """Whether `self.NAME` is read in one of `methods`."""
        return any(name in self.methods[one].reads(self.dead) for one in methods)

    @cached_property
    def names(self) -> dict[str, str]:
        """What each `self.X` is called in the script: X, unless that means something else there."""
        variables = set().union(*(method.variables(self.left_out) for method in self.methods.values()))
        taken = variables | self.reach.names | PAGE | OWN_NAMES | set(dir(builtins))
        stored = set().union(*(method.stores for method in self.methods.values()))
        found: dict[str, str] = {}
        for name in sorted(stored | GIVEN | self.methods.keys() | self.constants.keys()):
            new = name
            if name in taken or name == "loss":
                new = f"get_{name}" if name in self.methods else f"the_{name}"
            while new in taken or new in found.values():
                new += "_"
            found[name] = new
        return found

    def own_name(self, name: str) -> str:
        """`name` for a variable of the script's own code, or a longer one if that is taken."""
        while name in self.reach.names or name in self.names.values():
            name += "_"
        return name

    @cached_property
    def flat(self) -> Flat:
        """The methods as top-level code."""
        return Flat(
            self.methods, self.names, self.left_out, self.reach.names | set(self.names.values()) | PAGE | OWN_NAMES
        )

    @cached_property
    def called(self) -> set[str]:
        """The methods that others call, which must stay functions."""
        return set().union(*(method.reads(self.dead) for method in self.methods.values()))

    def _follow(self, name: str) -> None:
        if name in self.methods or name in self.constants:
            return
        if name in self._values:
            self.constants[name] = self._values[name]
            for other in self.module.uses(self._values[name]) & self._values.keys():
                self._follow(other)
            return
        if name == "generator" and name not in self._own:
            module = Module.read(Path(inspect.getfile(Experiment)))
            (owner,) = (one for one in module.tree.body if isinstance(one, ast.ClassDef) and one.name == "Experiment")
            (node,) = (one for one in owner.body if isinstance(one, ast.FunctionDef) and one.name == name)
            self.methods[name] = Method(module, node)
            return
        if name not in self._own:
            return
        method = self.methods[name] = self._own[name]
        method.check()
        for inner in ast.walk(method.node):
            refuse_inner_import(self.module, inner)
            self._check_use(method, inner)
            if used := method.own(inner):
                self._follow(used)

    def _check_use(self, method: Method, node: ast.AST) -> None:
        """`TutorError` for uses of the data, and of `super()`, that a script has nothing for."""
        if not isinstance(node, ast.Attribute):
            return
        parent = method.parent(node)
        if method.own(node) == "data" and not (
            isinstance(parent, ast.Attribute)
            and parent.attr in (*DATA, "word_list")
            and isinstance(method.parent(parent), ast.Call)
        ):
            what = f"{method.name} uses self.data in a way that a script can't"
            raise self.module.refuse(node, what, "It can hold self.data.names(…), .digits() and .word_list().")
        plain = isinstance(parent, ast.Call) and parent.func is node and len(parent.args) == 2 and not parent.keywords
        given = method.inherited(node) or (method.own(node) in LOSSES and method.own(node) not in self._own)
        if given and not (node.attr in LOSSES and plain):
            what = f"{method.name} uses {node.attr} of Experiment in a way that a script can't"
            raise self.module.refuse(node, what, "It can hold self.loss(x, y) and self.each_loss(x, y).")

    def _check_class(self) -> None:
        bases = [one.id if isinstance(one, ast.Name) else "" for one in self.node.bases]
        if bases != ["Experiment"] or self.kind.__bases__ != (base.Experiment,) or self.node.keywords:
            raise self.module.refuse(
                self.node,
                "the class is built on more than Experiment",
                "A script can hold a class that is built on it alone.",
            )
        if "__init__" in self._own:
            raise self.module.refuse(
                self._own["__init__"].node, "the experiment has an __init__ of its own", "Move what it does to build."
            )

    def _check_top(self, reach: Reach) -> None:
        """`TutorError` if a name that the script's own code uses is something else in the lesson."""
        ours = OWN | {Import("torch.nn.functional", alias="F")}
        same = {one.binds for one in reach.imports if one in ours or one.is_package}
        for name in sorted((reach.names - same - reach.provided) & (PAGE - {"steps"} | OWN_NAMES)):
            where = self.module.definitions.get(name, [self.node])[0]
            raise self.module.refuse(where, f"'{name}' is something else in a script", "Give it another name here.")

    def _check_names(self) -> None:
        known = set().union(*(method.stores for method in self.methods.values()))
        known |= GIVEN | self.methods.keys() | self.constants.keys() | LOSSES.keys() | {""}
        for method in self.methods.values():
            for node in ast.walk(method.node):
                if isinstance(node, ast.Attribute) and method.own(node) not in known:
                    what = f"{method.name} uses self.{node.attr}, which nothing sets"
                    raise self.module.refuse(node, what, "Set it in build, or at the top of the file.")
