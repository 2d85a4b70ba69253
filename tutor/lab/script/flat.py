"""A method as top-level code, `self.model` being `model`: by edits to its text, so that comments and layout survive."""

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Mapping

from tutor.lab.script.methods import Method
from tutor.lab.script.source import Function, bound, is_docstring, substituted

Edit = tuple[int, int, str]

DATA = {"names": "Names", "digits": "Digits"}
"""What `self.data.names(…)` and `self.data.digits()` are in a script."""

LOSSES = {"loss": "", "each_loss": ', reduction="none"'}
"""The experiment's own losses, by what they add to `F.cross_entropy`."""


class Flat:
    """Methods turned into top-level code.

    `names` is what each attribute and method of `self` is called in the script, `left_out` are the statements to
    leave out, and `outside` is what no variable at the top may be called.
    """

    def __init__(
        self, methods: Mapping[str, Method], names: Mapping[str, str], left_out: set[ast.stmt], outside: set[str]
    ) -> None:
        self._methods = methods
        self._names = dict(names)
        self._left_out = left_out
        self._outside = outside

    def function(self, name: str) -> str:
        """The method as a function; `self` is gone, and what it sets of `self` is `global`."""
        method = self._methods[name]
        module, node = method.module, method.node
        first = _first_line(method, module.first_line(node))
        edits = self._edits(method, node.col_offset, {})
        start, end = module.offset(first), module.end(node)
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Name) and decorator.id in ("property", "staticmethod"):
                edits.append(_line(method, decorator.lineno))
        arguments = [*node.args.posonlyargs, *node.args.args]
        if method.me:
            later = arguments[1:2] or ([node.args.vararg] if node.args.vararg else [])
            behind = module.start(later[0]) - bool(node.args.vararg and not arguments[1:]) if later else 0
            edits.append((module.start(arguments[0]), behind or module.end(arguments[0]), ""))
        renamed = self._names[name]
        if renamed != name:
            at = module.text.index(f"def {name}", module.start(node)) + len("def ")
            edits.append((at, at + len(name), renamed))
        return self._rewritten(method, start, end, edits)

    def inline(self, name: str, result: str = "", indent: int = 0) -> str | None:
        """The method's body, its value going to `result`; None if it must stay a function."""
        method = self._methods[name]
        if not self._can_be_inline(method, result):
            return None
        module, body = method.module, method.node.body
        edits = self._edits(method, body[0].col_offset - indent, {method.node: ""})
        if is_docstring(body[0]):
            edits.append(_lines(method, body[0]))
        last = body[-1]
        if isinstance(last, ast.Return) and last.value is not None:
            if isinstance(last.value, ast.Name) and last.value.id == result:
                edits.append(_lines(method, last, [last]))
            else:
                at = module.start(last)
                edits.append((at, at + len("return"), f"{result} ="))
        start = module.offset(self._body_line(method))
        return self._rewritten(method, start, module.end(last), edits).strip("\n")

    def _can_be_inline(self, method: Method, result: str) -> bool:
        node, taken = method.node, self._outside | set(dir(builtins))
        returns = [one for one in ast.walk(node) if isinstance(one, (ast.Return, ast.Yield, ast.YieldFrom, ast.Await))]
        closures = [one for one in ast.walk(node) if isinstance(one, (Function, ast.Lambda)) and one is not node]
        variables = set().union(*(bound(statement, deep=False) for statement in node.body))
        return (
            not (method.variables(self._left_out) - {result}) & taken
            and not node.decorator_list
            and not [*node.args.args[1:], *node.args.kwonlyargs]
            and node.body[0].lineno > node.lineno
            and (returns == [node.body[-1]] if result else not returns)
            and not any(isinstance(one, ast.Name) and one.id in variables for one in _all_in(closures))
        )

    def _edits(self, method: Method, dedent: int, without_globals: Mapping[ast.AST, str]) -> list[Edit]:
        """What changes in any form: indentation, what is left out, `global`, and the losses that all lessons have."""
        module, node = method.module, method.node
        removed = [one for one in ast.walk(node) if isinstance(one, ast.stmt) and one in self._left_out]
        inserted: dict[int, str] = {}
        for function in (node, *method.functions()):
            if function not in without_globals and (names := self._set_in(method, function)):
                first = next(one for one in function.body if one not in removed and not is_docstring(one))
                space = " " * (first.col_offset - dedent)
                inserted[module.first_line(first)] = f"{space}global {', '.join(names)}\n"
        inside = _inside_strings(method)
        edits: list[Edit] = []
        for line in range(_first_line(method, module.first_line(node)), (node.end_lineno or node.lineno) + 1):
            spaces = len(module.lines[line - 1]) - len(module.lines[line - 1].lstrip(" "))
            if line not in inside:
                at = module.offset(line)
                edits.append((at, at + min(dedent, spaces), inserted.get(line, "")))
        edits += [_lines(method, one, removed) for one in removed]
        for one in ast.walk(node):
            if isinstance(one, ast.Call) and (loss := self._default_loss(method, one)):
                edits += _as_cross_entropy(method, one, loss)
            elif isinstance(one, ast.AnnAssign) and method.own(one.target):
                edits.append((module.end(one.target), module.end(one.annotation), ""))
        return edits

    def _set_in(self, method: Method, function: Function) -> list[str]:
        """What the function itself, not one inside it, sets of `self`, under the script's names."""
        inner = {one for other in method.functions() if other is not function for one in ast.walk(other)}
        if function is not method.node:
            inner -= set(ast.walk(function))
        names = {
            self._names[method.own(one)]
            for one in ast.walk(function)
            if one not in inner and method.own(one) and not isinstance(getattr(one, "ctx", None), ast.Load)
        }
        kept = names - {self._names.get(name, "") for name in self._unread(method)}
        return sorted(kept)

    def _unread(self, method: Method) -> set[str]:
        return {name for statement, name in method.notes.items() if statement in self._left_out}

    def _default_loss(self, method: Method, call: ast.Call) -> str:
        """Which of the experiment's own losses is called, if the lesson defines none of that name or asks `super()`."""
        name = method.inherited(call.func) or method.own(call.func)
        theirs = bool(method.own(call.func)) and name in self._methods
        return name if name in LOSSES and not theirs and len(call.args) == 2 and not call.keywords else ""

    def _body_line(self, method: Method) -> int:
        """The first line after the `def`, comments included."""
        module, node = method.module, method.node
        header = max([node.lineno, *(one.end_lineno or 0 for one in (node.returns, *node.args.args) if one)])
        while not module.lines[header - 1].split("#")[0].rstrip().endswith(":"):
            header += 1
        return header + 1

    def _rewritten(self, method: Method, start: int, end: int, edits: Iterable[Edit]) -> str:
        text = method.module.text[:end]
        text = substituted(text, (edit for edit in edits if start <= edit[0] < end))[start:]
        return self._without_self(text, method.me) if method.me else text

    def _without_self(self, text: str, me: str) -> str:
        def data(found: re.Match[str]) -> str:
            return "Names.words" if found[1] == "word_list" else DATA[found[1]] + found[2]

        def plain(found: re.Match[str]) -> str:
            method = self._methods.get(found[1])
            name = self._names.get(found[1], found[1])
            return f"{name}()" if method is not None and "property" in method.decorators else name

        text = re.sub(rf"\b{me}\s*\.\s*data\.(word_list|names|digits)(\(\)?)", data, text)
        return re.sub(rf"\b{me}\s*\.\s*(\w+)", plain, text)


def _as_cross_entropy(method: Method, call: ast.Call, loss: str) -> list[Edit]:
    module, (x, y) = method.module, call.args
    return [
        (module.start(call), module.start(x), f"F.cross_entropy({method.me}.model("),
        (module.end(x), module.end(x), ")"),
        (module.end(y), module.end(call), f"{LOSSES[loss]})"),
    ]


def _first_line(method: Method, line: int) -> int:
    """The line where the comments directly above `line` begin."""
    lines = method.module.lines
    while line > 1 and lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def _lines(method: Method, statement: ast.stmt, removed: Collection[ast.stmt] = ()) -> Edit:
    """Leave out a statement's lines and the comments above them; `pass` if nothing of its block is left."""
    module, parent = method.module, method.parent(statement)
    for block in (getattr(parent, field, None) for field in ("body", "orelse", "finalbody")):
        if isinstance(block, list) and block[:1] == [statement] and all(one in removed for one in block):
            return module.start(statement), module.end(statement), "pass"
    first, last = _first_line(method, statement.lineno), statement.end_lineno or statement.lineno
    return module.offset(first), _after(method, last), ""


def _line(method: Method, line: int) -> Edit:
    return method.module.offset(line), _after(method, line), ""


def _after(method: Method, line: int) -> int:
    module = method.module
    return module.offset(line + 1) if line < len(module.lines) else len(module.text)


def _inside_strings(method: Method) -> set[int]:
    """The lines that begin within a string, whose spaces belong to it; a docstring's don't."""
    docs = [one for one in ast.walk(method.node) if isinstance(one, ast.Expr) and is_docstring(one)]
    ours = {line for one in docs for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}
    return method.module.inside_strings - ours


def _all_in(nodes: Iterable[ast.AST]) -> Iterable[ast.AST]:
    return (inner for node in nodes for inner in ast.walk(node))
