"""The learner's own keys: from an action's id to the key that does it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from textual.binding import Binding, InvalidBinding
from textual.keys import Keys, key_to_character

from tutor.suggest import nearest
from tutor.ui.keys import CLAIMS, FINDER, HOME, LEDGER, LESSON, PHASES, REVIEW, SAMPLING, SEEDS, ZOOM, Action

TABLES = (HOME, LESSON, ZOOM, PHASES, SAMPLING, CLAIMS, FINDER, SEEDS, REVIEW, LEDGER)
"""The keys of every screen."""

_EATEN = ("ctrl+enter", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+s")
_MEANT = (
    "up",
    "down",
    "left",
    "right",
    "pageup",
    "pagedown",
    "home",
    "end",
    "enter",
    "ctrl+p",
    "ctrl+q",
    *"0123456789",
)
"""Keys with a fixed meaning: they scroll, turn knobs, answer questions."""

_CAPS = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn", "delete": "del", "insert": "ins"}


def remapped(actions: tuple[Action, ...], keys: Mapping[str, str]) -> tuple[Action, ...]:
    """`actions`, with the keys that `keys` gives them by their ids."""
    return tuple(
        replace(action, keys=keys[action.id], cap=_cap(keys[action.id]))
        if action.keys and action.id in keys
        else action
        for action in actions
    )


def checked(wanted: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """What of `wanted` can be had, in Textual's names for keys, and sentences about the rest, or `""`."""
    ids = sorted({action.id for table in TABLES for action in table if action.keys and action.says})
    kept: dict[str, str] = {}
    wrong: list[str] = []
    for name, key in wanted.items():
        known = _known(key)
        if name not in ids:
            wrong.append(f"There is no action '{name}'.{nearest(name, ids) or ' The actions: ' + ', '.join(ids) + '.'}")
        elif not known:
            wrong.append(f"'{key}' can't be the key of {name}: take a letter, a sign or an F-key.")
        else:
            kept[name] = known
    while clash := _clash(kept):
        name, key, other = clash
        wrong.append(f"'{_cap(key)}' can't be the key of {name}: it does {other}.")
        del kept[name]
    return kept, " ".join(wrong)


def _known(key: str) -> str:
    """Textual's name for a key as the learner writes it, or nothing if there is no such key to be had."""
    try:
        (binding,) = Binding.make_bindings([Binding(key.strip() or key, "none")])
    except (InvalidBinding, ValueError):
        return ""
    name = binding.key
    plain = name.removeprefix("ctrl+").removeprefix("shift+")
    there = plain in {str(known.value) for known in Keys} or key_to_character(plain) is not None
    return name if there and name not in (*_EATEN, *_MEANT) and "alt+" not in name else ""


def _clash(keys: Mapping[str, str]) -> tuple[str, str, str] | None:
    """An action of `keys`, its key, and another action that has that key on the same screen."""
    for table in TABLES:
        pairs = [(key, action.id) for action in remapped(table, keys) for key in action.keys.split(",") if key]
        counts = Counter(key for key, _ in pairs)
        for key, name in pairs:
            if counts[key] > 1 and name in keys:
                return name, key, next(other for same, other in pairs if same == key and other != name)
    return None


def _cap(key: str) -> str:
    """How a key is written on screen."""
    character = key_to_character(key)
    return character if character and character.isprintable() and character != " " else _CAPS.get(key, key)
