"""Rules about claims: what checks them can be read as Python."""

import ast
import builtins
from collections.abc import Iterator

from tutor.check.draft import Draft
from tutor.check.finding import Finding
from tutor.suggest import nearest


def claim_findings(draft: Draft) -> Iterator[Finding]:
    """Each check is an expression, or the name of a function in `claims.py`."""
    defined = _defined(draft)
    for claim in draft.lesson.claims.values():
        for key, check in (("check", claim.check), ("unless", claim.unless)):
            try:
                tree = ast.parse(check.strip() or "0", mode="eval").body
            except SyntaxError as error:
                yield draft.at_claim(claim.id, f"`{key}` isn't Python: {error.msg}.", "Write one expression.", key)
                continue
            name = tree.func if isinstance(tree, ast.Call) else tree
            if isinstance(name, ast.Name) and name.id not in defined:
                what = f"claims.py defines no function '{name.id}'."
                yield draft.at_claim(claim.id, what, nearest(name.id, defined).strip() or "Write it there.", key)


_GIVEN = {"torch", "math", "nn", "F", "T", "sm", "err"}
"""What `tutor.lab.claims` gives a check without an import."""


def _defined(draft: Draft) -> set[str]:
    """The names at the top of `claims.py`, and what every check may call."""
    path = draft.lesson.path / "claims.py"
    names = _GIVEN | set(dir(builtins))
    if path.is_file():
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            return names
        for node in tree.body:
            match node:
                case ast.FunctionDef() | ast.ClassDef():
                    names.add(node.name)
                case ast.Assign():
                    names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
                case ast.Import() | ast.ImportFrom():
                    names |= {alias.asname or alias.name for alias in node.names}
    return names
