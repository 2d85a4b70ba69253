"""What a piece of code needs: the top-level statements that it reaches, in tutor's own modules too, and imports."""

import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from tutor.lab.script.source import Module, bound, is_docstring

BY_THE_PAGE = {"tutor.lab.datasets": {"Names", "Split", "Digits"}}
"""What a script has a short form of its own for."""

MACHINERY = ("tutor.lab.experiment", "tutor.lab.observation", "tutor.link", "tutor.figures")
"""What serves the screen, and no training."""


@dataclass(frozen=True, order=True)
class Import:
    """`import module`, or `from module import name`, perhaps under another name."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def binds(self) -> str:
        """The name that it makes known."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def is_package(self) -> bool:
        """Whether it binds the package itself, as `import torch.nn` binds torch."""
        return not self.alias and not self.name


class Reach:
    """The statements and imports reached so far, from a lesson's module."""

    def __init__(self, lesson: Module, experiment: ast.ClassDef) -> None:
        """Begin with what the module does for its effect alone, such as setting a seed."""
        self.lesson = lesson
        self.imports: set[Import] = set()
        self.provided: set[str] = set()
        """The names that the page itself must define."""
        self._kept: dict[Module, list[ast.stmt]] = {}
        self._modules = {"": lesson}
        self._experiment = experiment
        for one in lesson.tree.body:
            if isinstance(one, ast.ImportFrom) and one.module == "__future__":
                self.imports |= {Import("__future__", alias.name) for alias in one.names}
        self._effects = [statement for statement in lesson.tree.body if _has_effect(statement)]
        for statement in self._effects:
            self._keep(lesson, statement)

    def need(self, names: Iterable[str], module: Module | None = None) -> None:
        """Keep what binds `names` in `module` (the lesson's, if not given), and all that needs in turn."""
        module = module or self.lesson
        for name in sorted(names):
            for statement in module.definitions.get(name, ()):
                if isinstance(statement, (ast.Import, ast.ImportFrom)):
                    self._import(module, statement, name)
                else:
                    self._keep(module, statement)

    def finish(self) -> None:
        """Keep also what draws from a generator, or changes an object, that others draw from or use after it."""
        while draws := [statement for statement in self.lesson.tree.body if self._changes_what_is_kept(statement)]:
            for statement in draws:
                self._keep(self.lesson, statement)

    @property
    def modules(self) -> list[Module]:
        """The modules that something is kept of, the lesson's last."""
        return sorted(self._kept, key=lambda module: module is self.lesson)

    def kept(self, module: Module) -> list[ast.stmt]:
        """The statements kept of `module`, in its order."""
        return [statement for statement in module.tree.body if statement in self._kept.get(module, ())]

    @property
    def names(self) -> set[str]:
        """Every name known at the top of the script; `TutorError` if two modules mean different things by one."""
        found = {one.binds for one in self.imports} | self.provided
        for module, statements in self._kept.items():
            for statement in statements:
                names = bound(statement, deep=False)
                if module is not self.lesson and (twice := names & found):
                    what = f"{', '.join(sorted(twice))} of {module.path.name} has the name of something else"
                    raise self.lesson.refuse(statement, what, "Give the lesson's own another name.")
                found |= names
        return found

    def _keep(self, module: Module, statement: ast.stmt) -> None:
        kept = self._kept.setdefault(module, [])
        if statement in kept:
            return
        if statement is self._experiment:
            what = f"the code that trains names its own class {self._experiment.name}"
            raise module.refuse(statement, what, "A script has no such class: use `self` there.")
        for node in ast.walk(statement):
            refuse_inner_import(module, node)
        kept.append(statement)
        self.need(module.uses(statement), module)

    def _import(self, module: Module, statement: ast.Import | ast.ImportFrom, name: str) -> None:
        alias = next(one for one in statement.names if (one.asname or one.name).partition(".")[0] == name)
        source = statement.module or "" if isinstance(statement, ast.ImportFrom) else alias.name
        if source.partition(".")[0] != "tutor":
            if isinstance(statement, ast.Import):
                self.imports.add(Import(alias.name, alias=alias.asname or ""))
            else:
                self.imports.add(Import(source, alias.name, alias.asname or ""))
        elif alias.name in BY_THE_PAGE.get(source, ()) and not alias.asname:
            self.provided.add(alias.name)
        elif isinstance(statement, ast.Import) or alias.asname or source.startswith(MACHINERY) or source == "tutor.lab":
            what = f"the code that trains uses {name} of {source}, which a script can't hold"
            raise module.refuse(statement, what, "Keep that to the figures, or write it out in the lesson.")
        else:
            other = self._modules.setdefault(source, Module.named(source))
            if alias.name not in other.definitions:
                raise module.refuse(statement, f"{source} defines no {name}", "Import it from where it is defined.")
            self.need({alias.name}, other)

    def _changes_what_is_kept(self, statement: ast.stmt) -> bool:
        kept = self._kept.get(self.lesson, [])
        if statement in kept or not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not _calls(statement):
            return False
        used = self.lesson.uses(statement)
        if self._effects and used & {"torch", "random"}:
            return True
        return any(used & bound(other, deep=False) for other in kept if _calls(other) and isinstance(other, ast.Assign))


def refuse_inner_import(module: Module, node: ast.AST) -> None:
    """`TutorError` if `node`, which is inside other code, imports from tutor."""
    if isinstance(node, ast.ImportFrom):
        sources = [node.module or ""]
    elif isinstance(node, ast.Import):
        sources = [alias.name for alias in node.names]
    else:
        return
    if any(source.partition(".")[0] == "tutor" for source in sources):
        raise module.refuse(node, "a script can't import tutor", "Import it at the top of the file.")


def import_lines(imports: Iterable[Import]) -> list[str]:
    """The imports as people sort them: the standard library's first, then the others, plain ones before `from`."""
    lines: list[str] = []
    wanted = set(imports)
    groups = (
        [one for one in wanted if one.module == "__future__"],
        [one for one in wanted if one.module != "__future__" and _is_standard(one)],
        [one for one in wanted if not _is_standard(one)],
    )
    for group in groups:
        plain = sorted(one for one in group if not one.name)
        found = [f"import {one.module}" + (f" as {one.alias}" if one.alias else "") for one in plain]
        for module in sorted({one.module for one in group if one.name}):
            same = sorted((one for one in group if one.name and one.module == module), key=_case)
            names = ", ".join(one.name + (f" as {one.alias}" if one.alias else "") for one in same)
            found.append(f"from {module} import {names}")
        if found:
            lines += [*([""] if lines else []), *found]
    return lines


def _case(one: Import) -> tuple[int, str]:
    """Constants first, then classes, then the rest, as isort has it."""
    return (0 if one.name.isupper() and len(one.name) > 1 else 1 if one.name[:1].isupper() else 2, one.name)


def _is_standard(one: Import) -> bool:
    return one.module.partition(".")[0] in sys.stdlib_module_names


def _calls(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(statement))


def _has_effect(statement: ast.stmt) -> bool:
    """Whether it does more than bind names; what only serves type checkers, or `python lab.py`, doesn't count."""
    if isinstance(statement, ast.If) and {"TYPE_CHECKING", "__name__"} & {
        node.id for node in ast.walk(statement.test) if isinstance(node, ast.Name)
    }:
        return False
    return not is_docstring(statement) and not bound(statement, deep=False)
