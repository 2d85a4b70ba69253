"""Text for terminals that know ASCII alone: mathematics spelt out."""

import re
import unicodedata

_SPELT = {
    "−": "-", "–": "-", "—": "-", "…": "...", "→": "->", "←": "<-", "↑": "up", "↓": "down",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "×": "x", "÷": "/", "±": "+-", "∞": "inf", "∂": "d", "∇": "grad ",
    "√": "sqrt ", "Σ": "sum ", "°": " degrees", "·": "*", "•": "-", "∈": "in", "‖": "||", "⁄": "/",
    "‘": "'", "’": "'", "“": '"', "”": '"', "\N{NO-BREAK SPACE}": " ", "✓": "right", "✗": "wrong",
    "µ": "mu", "█": "#", "′": "'", "\N{COMBINING CIRCUMFLEX ACCENT}": "hat",
}  # fmt: skip
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀᵗⁿ]+")
_LOWERED = re.compile(r"[₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₙ]+")
_ROOT = re.compile(r"√(\w+)(?![\w(])")
_FORMULA = re.compile(r"[√²³⁻ᵀ=×÷∂]")


def spelt(text: str) -> str:
    """`text` in ASCII: `√32 ≤ 10²` is `sqrt(32) <= 10^2`; a letter without a spelling is a question mark."""
    if text.isascii():
        return text
    # Between words the dot sets apart; in a formula it multiplies.
    dot = " * " if _FORMULA.search(text) else ", "
    text = _ROOT.sub(r"sqrt(\1)", text.replace(" · ", dot).replace("Σ ", "Σ"))
    text = _RAISED.sub(lambda found: f"^{_plain(found[0])}", text)
    text = _LOWERED.sub(lambda found: f"_{_plain(found[0])}", text)
    return "".join(letter if letter.isascii() else _letter(letter) for letter in text)


def _letter(letter: str) -> str:
    if letter in _SPELT:
        return _SPELT[letter]
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK "):
        spoken = name.split()[3] if " LETTER " in name else name.split()[1]
        return spoken.lower() if "SMALL" in name else spoken.capitalize()
    return _plain(letter)


def _plain(text: str) -> str:
    apart = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(letter if letter.isascii() else _SPELT.get(letter, "?") for letter in apart)
