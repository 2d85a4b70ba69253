"""The script itself, in cells: settings, data, model, training, losses."""

import ast
import inspect
import json
import re

import torch

from tutor.lab.evaluation import SLICE
from tutor.lab.experiment import Experiment
from tutor.lab.script import data
from tutor.lab.script.reach import Reach, import_lines
from tutor.lab.script.source import Module, is_docstring, words
from tutor.lab.script.trainer import OWN, Trainer
from tutor.link.knobs import Choice, Knob, Value
from tutor.paths import data_dir

WIDTH = 120
"""How long a line may be."""


def page(experiment: Experiment, steps: int, command: str) -> str:
    """A script that trains like `experiment`, at step 0, for `steps` steps, and prints what `tutor run` then does.

    `command` is how the script was asked for. `TutorError` if the lesson's code can't do without the program.
    """
    trainer = Trainer(type(experiment))
    cells = {
        "Settings": _settings(trainer, experiment, steps),
        "Data": _data(trainer, experiment),
        "Definitions": _definitions(trainer.reach),
        "The model": _model(trainer),
        "Training": _training(trainer),
        "The losses: of the last mini-batch, and over whole splits": _losses(trainer, experiment, steps),
    }
    code = "\n\n\n".join(f"# %% {title}\n{_spaced(parts)}" for title, parts in cells.items() if parts)
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)} | {"annotations"}
    theirs = trainer.reach.imports
    ours = {one for one in OWN if one.binds not in {other.binds for other in theirs}}
    imports = "\n".join(import_lines(one for one in theirs | ours if one.binds in used))
    return f'"""{_introduction(experiment, command)}"""\n\n{imports}\n\n{code}\n'


def _spaced(parts: list[str]) -> str:
    """The parts of a cell, with two blank lines around functions and classes."""
    text = before = ""
    for part in (part.strip("\n") for part in parts):
        gap = "\n\n\n" if _defines(part) or _defines(before) else "\n"
        text, before = (f"{text}{gap}{part}" if text else part), part
    return text


def _defines(part: str) -> bool:
    """Whether the text begins with a function or a class, comments and decorators aside."""
    return re.match(r"(#.*\n|@.*\n)*(def|class) ", part) is not None


def _introduction(experiment: Experiment, command: str) -> str:
    says = inspect.cleandoc(type(experiment).__doc__ or "A neural net.")
    text = f"""{says}

Printed by
    {command}
It needs PyTorch and nothing else. It ends with the losses of `tutor run` with the same arguments,
to the last digit on the same machine and version of PyTorch ({torch.__version__}).
"""
    return text.replace("\\", r"\\").replace('"' * 3, "'" * 3)


def _settings(trainer: Trainer, experiment: Experiment, steps: int) -> list[str]:
    names = trainer.names
    lines = [f"{trainer.own_name('steps')} = {steps}", f"{names['seed']} = {experiment.seed}"]
    if experiment.knobs:
        used, values = words(trainer.text), vars(experiment.k)
        every = used & {"vars", "getattr"}
        knobs = [_knob(knob, values[knob.name]) for knob in experiment.knobs if every or knob.name in used]
        lines += [f"{names['k']} = SimpleNamespace(", *knobs, ")"] if knobs else []
    return [*lines, "", "torch.set_num_threads(1)  # more threads are slower here, and add up in another order"]


def _knob(knob: Knob, value: Value) -> str:
    line = f"    {knob.name}={json.dumps(value) if isinstance(value, str) else repr(value).replace('e+', 'e')},"
    says = knob.help
    if isinstance(knob, Choice):
        options = ", ".join(knob.options[:-1]) + f" or {knob.options[-1]}" if knob.options[1:] else knob.options[0]
        says = f"{says}: {options}" if says else options
    says = says if len(line) + len(says) + 4 <= WIDTH else knob.help
    return f"{line}  # {says}" if says else line


def _data(trainer: Trainer, experiment: Experiment) -> list[str]:
    used, provided = words(trainer.text), trainer.reach.provided
    if any(not split.x.is_floating_point() for split in experiment.splits().values()):
        used.add("distinct")
    parts = []
    if "Names" in provided or re.search(r"\bdata\s*\.\s*(names|word_list)\b", trainer.text):
        parts.append(data.names(experiment.data.word_list(), used))
    if "Digits" in provided or re.search(r"\bdata\s*\.\s*digits\b", trainer.text):
        parts.append(data.digits(data_dir() / "digits.pt"))
    if parts or "Split" in provided:
        parts.insert(0, data.split(used))
    return ["\n\n".join(parts)] if parts else []


def _definitions(reach: Reach) -> list[str]:
    """The classes, functions and constants at the top of the lesson's module, and of others that it uses."""
    modules = ("".join(_blocks(module, reach)).strip("\n") for module in reach.modules)
    return ["\n\n\n".join(module for module in modules if module)] if reach.modules else []


def _blocks(module: Module, reach: Reach) -> list[str]:
    """The kept statements with the comments before them and as many blank lines as there were."""
    kept, blocks, before = reach.kept(module), [], 0
    for statement in module.tree.body:
        end = statement.end_lineno or statement.lineno
        if statement in kept and not is_docstring(statement):
            blocks.append("\n".join(module.lines[before:end]) + "\n")
        before = end
    return blocks


def _functions(trainer: Trainer, wanted: list[str], done: set[str]) -> list[str]:
    """Those of the wanted methods that aren't in the script yet, as functions."""
    new = [name for name in wanted if name not in done]
    done |= set(new)
    return [trainer.flat.function(name) for name in new]


def _inline(trainer: Trainer, name: str, result: str = "", indent: int = 0) -> str | None:
    """The method as code at the top, if it can be that and nothing else calls it."""
    return None if name in trainer.called else trainer.flat.inline(name, result, indent)


def _model(trainer: Trainer) -> list[str]:
    names, helpers = trainer.names, trainer.reached_from("build")
    done: set[str] = set()
    parts = [_constant(trainer, name) for name in trainer.constants] + _functions(trainer, helpers, done)
    parts.append(f"torch.manual_seed({names['seed']})\n{names['rng']} = torch.Generator().manual_seed({names['seed']})")
    if trainer.uses("iteration", ["build", *helpers, *_evaluating(trainer)]):
        parts.append(f"{names['iteration']} = 0")
    body = _inline(trainer, "build")
    if body is None:
        parts[-1:-1] = _functions(trainer, ["build"], done)
        body = f"{names['build']}()"
    return [*parts, body]


def _constant(trainer: Trainer, name: str) -> str:
    """A constant of the class as one of the script."""
    module, statement = trainer.module, trainer.constants[name]
    text = module.text[module.start(statement) : module.end(statement)]
    return trainer.names[name] + text[len(name) :].replace("\n    ", "\n")


def _evaluating(trainer: Trainer) -> list[str]:
    own = [root for root in ("splits", "each_loss") if root in trainer.methods]
    return [*trainer.reached_from(*own), *own]


def _training(trainer: Trainer) -> list[str]:
    loss, steps, iteration = trainer.own_name("loss"), trainer.own_name("steps"), trainer.names["iteration"]
    done = {"build", *trainer.reached_from("build")}
    functions = _functions(trainer, trainer.reached_from("step"), done)
    body = _inline(trainer, "step", loss, indent=4)
    if body is None:
        functions += _functions(trainer, ["step"], done)
        body = f"    {loss} = {trainer.names['step']}()"
    evaluating = _evaluating(trainer)
    counted = trainer.uses("iteration", evaluating)
    lines = [
        f"while {iteration} < {steps}:" if counted else f"for {iteration} in range({steps}):",
        body,
        f"    if {iteration} % max({steps} // 10, 1) == 0:",
        f'        print(f"{{{iteration}:7d}} / {{{steps}}}  {{{loss}.item():.4f}}")',
        *([f"    {iteration} += 1"] if counted else []),
        f"    if not {loss}.isfinite():",
        "        break  # there is no way back from here",
    ]
    return [*functions, "\n".join(lines)]


def _losses(trainer: Trainer, experiment: Experiment, steps: int) -> list[str]:
    """The last mini-batch's loss, and the whole splits' as `evaluation.slices` computes them."""
    last = [f'print("loss  ", {trainer.own_name("loss")}.item())'] if steps else []
    if not (splits := experiment.splits()):
        return last
    names, evaluate = trainer.names, trainer.own_name("evaluate")
    done = {name for root in ("build", "step") for name in (root, *trainer.reached_from(root))}
    functions = _functions(trainer, _evaluating(trainer)[:-1], done | {"splits"})
    model = names.get("model", "model")
    each = f'F.cross_entropy({model}(x), y, reduction="none")'
    if "each_loss" in trainer.methods:
        functions += _functions(trainer, ["each_loss"], done)
        each = f"{names['each_loss']}(x, y)"
    inline = _inline(trainer, "splits", "splits")
    if inline is None:
        functions += _functions(trainer, ["splits"], done)
        inline = f"splits = {names['splits']}()"
    if any(not split.x.is_floating_point() for split in splits.values()):
        examples = [
            f"    for x, y, count in zip(*(part.split({SLICE}) for part in split.distinct), strict=True):",
            f"        total += ({each} * count).sum(dtype=torch.float64).item()",
        ]
    else:
        examples = [
            f"    for x, y in zip(split.x.split({SLICE}), split.y.split({SLICE}), strict=True):",
            f"        total += {each}.sum(dtype=torch.float64).item()",
        ]
    body = [
        "@torch.no_grad()",
        f"def {evaluate}(split):",
        f'    """The mean loss over a whole split, {SLICE} examples at a time."""',
        "    total = 0.0",
        *examples,
        "    return total / len(split)",
    ]
    name, split = trainer.own_name("name"), trainer.own_name("split")
    printing = [f"for {name}, {split} in splits.items():", f'    print(f"{{{name}:<6}} {{{evaluate}({split})}}")']
    return [*functions, "\n".join(body), f"{model}.eval()", inline, *last, *printing]
