"""The nearest right words to a mistyped one."""

from collections.abc import Iterable

MOST = 3
"""How many words a suggestion names at most."""


def nearest(word: str, choices: Iterable[str]) -> str:
    """A question such as ` Did you mean 'minibatches'?`, with its leading space, or `""` if nothing is near.

    Words that begin with `word` come first, then those spelt much like it; case doesn't matter.
    """
    # difflib costs a millisecond and is needed only after a mistake.
    from difflib import get_close_matches

    wanted = word.strip().lower()
    spelt = {choice.lower(): choice for choice in choices}
    begun = [lower for lower in spelt if wanted and lower.startswith(wanted)]
    alike = get_close_matches(wanted, spelt, n=MOST, cutoff=0.6)
    found = [f"'{spelt[lower]}'" for lower in dict.fromkeys([*begun, *alike])][:MOST]
    if not found:
        return ""
    *others, last = found
    return f" Did you mean {', '.join(others)} or {last}?" if others else f" Did you mean {last}?"
