"""A module as text and syntax together: what each statement defines and uses, and where its lines are."""

import ast
import bisect
import importlib.util
import io
import itertools
import re
import symtable
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tutor.errors import TutorError

Function = ast.FunctionDef | ast.AsyncFunctionDef
Place = ast.stmt | ast.expr | ast.arg
"""A piece of syntax that has a place in the text."""


@dataclass(frozen=True, eq=False)
class Module:
    """One file of Python."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "Module":
        """The file at `path`, which is UTF-8."""
        return cls(path, path.read_text(encoding="utf-8"))

    @classmethod
    def named(cls, name: str) -> "Module":
        """The importable module called `name`; `TutorError` if there is none."""
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise TutorError(f"There is no module {name} to copy from.")
        return cls.read(Path(spec.origin))

    def refuse(self, node: Place, what: str, remedy: str) -> TutorError:
        """The error that `what`, found at `node`, can't become part of a script."""
        return TutorError(f"{self.path.name}:{node.lineno}: {what}.", remedy)

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *itertools.accumulate(len(line) + 1 for line in self.lines)]

    def offset(self, line: int, column: int = 0) -> int:
        """The place in `text` of a line, from 1, and a column in bytes, as `ast` counts."""
        return self._starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def start(self, node: Place) -> int:
        """Where `node` begins in `text`."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Place) -> int:
        """Where `node` ends in `text`."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def line_at(self, offset: int) -> int:
        """The line, from 1, of a place in `text`."""
        return bisect.bisect_right(self._starts, offset)

    @cached_property
    def definitions(self) -> dict[str, list[ast.stmt]]:
        """The top-level statements that bind each name."""
        found: dict[str, list[ast.stmt]] = {}
        for statement in self.tree.body:
            for name in bound(statement, deep=False):
                found.setdefault(name, []).append(statement)
        return found

    @cached_property
    def inside_strings(self) -> set[int]:
        """The lines that begin within a string, so that their leading spaces are part of it."""
        kinds = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {line for one in tokens if one.type in kinds for line in range(one.start[0] + 1, one.end[0] + 1)}

    def first_line(self, statement: ast.stmt) -> int:
        """The first line of `statement`, its decorators included."""
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        return min([statement.lineno, *(node.lineno for node in decorators)])

    def has_own_lines(self, statement: ast.stmt) -> bool:
        """Whether its lines hold nothing else but comments, so that they can be left out."""
        before = self.text[self.offset(statement.lineno) : self.start(statement)]
        after = self.text[self.end(statement) :].partition("\n")[0]
        return not before.strip() and not after.partition("#")[0].strip()

    def uses(self, statement: ast.stmt) -> set[str]:
        """The module's names that `statement` mentions anywhere in it."""
        if not isinstance(statement, (Function, ast.ClassDef)):
            return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        return self.globals_in(statement)

    def globals_in(self, definition: Function | ast.ClassDef) -> set[str]:
        """The names that a function or class takes from the module or from Python, its annotations' included."""
        found = {node.id for outer in _headers(definition) for node in ast.walk(outer) if isinstance(node, ast.Name)}
        for table in self._tables(definition):
            found |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        return found

    def _tables(self, definition: Function | ast.ClassDef) -> Iterator[symtable.SymbolTable]:
        for table in _nested(self._symbols):
            lines = (definition.lineno, self.first_line(definition))
            if table.get_name() == definition.name and table.get_lineno() in lines:
                yield table
                yield from _nested(table)

    @cached_property
    def _symbols(self) -> symtable.SymbolTable:
        return symtable.symtable(self.text, str(self.path), "exec")


def bound(node: ast.AST, *, deep: bool = True) -> set[str]:
    """The names that `node` binds: in every scope within it, or (not `deep`) in the one that it stands in."""
    found: set[str] = set()
    for inner in ast.walk(node) if deep else _here(node):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            found.add(inner.id)
        elif isinstance(inner, (Function, ast.ClassDef)):
            found.add(inner.name)
        elif isinstance(inner, ast.arg):
            found.add(inner.arg)
        elif isinstance(inner, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in inner.names}
        elif isinstance(inner, ast.ExceptHandler) and inner.name:
            found.add(inner.name)
    return found


def is_docstring(statement: ast.stmt) -> bool:
    """Whether the statement is nothing but a string."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def substituted(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """`text` with each (start, end, replacement) carried out; an edit inside a larger one is lost with it."""
    done, at = [], 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= at:
            done += [text[at:start], new]
            at = end
    return "".join((*done, text[at:]))


def words(text: str) -> set[str]:
    """Every word in `text` that could be a name."""
    return set(re.findall(r"\b[^\W\d]\w*", text))


def _headers(definition: ast.AST) -> Iterator[ast.AST]:
    """What is evaluated outside a function or class, or inside it: decorators, defaults, annotations, bases."""
    for node in ast.walk(definition):
        if isinstance(node, Function):
            yield from (*node.decorator_list, node.args, *([node.returns] if node.returns else []))
        elif isinstance(node, ast.ClassDef):
            yield from (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords))
        elif isinstance(node, ast.AnnAssign):
            yield node.annotation


def _here(node: ast.AST) -> Iterator[ast.AST]:
    """`node` and what is in it, without entering functions, classes and comprehensions."""
    yield node
    if isinstance(
        node, (Function, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    ):
        return
    for child in ast.iter_child_nodes(node):
        yield from _here(child)


def _nested(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _nested(child)
