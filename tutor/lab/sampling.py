"""Text that a model makes up, letter by letter, at some temperature.

Each sample has a seed, and so a row of numbers from 0 to 1, one a letter. The letters' probabilities are laid end to
end from 0 to 1, and the number falls on the letter that is drawn. So the same seed means the same luck at every step
and temperature: what changes in its sample is the model's doing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from tutor.errors import TutorError
from tutor.lab.experiment import Experiment
from tutor.link.messages import Letter, Sampled

LONGEST = 16
"""Letters after which a sample without an end is cut."""

LIKELIEST = 4
"""How many of the likeliest letters are told."""


def sampled(run: Experiment, seeds: Sequence[int], temperature: float = 1.0) -> Sampled:
    """One sample for each seed, made of `run.alphabet`; the run is left as it is.

    A model whose logits are no longer numbers says so instead. `TutorError` if the lesson makes nothing up.
    """
    if not run.generates():
        raise TutorError("This lesson's model makes nothing up.")
    drawn = torch.zeros(len(seeds), 0, dtype=torch.long)
    luck = torch.stack([torch.rand(LONGEST, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
    letters: list[Letter] = []
    with torch.no_grad(), _evaluating(run.model):
        while drawn.shape[1] < LONGEST and not (drawn == 0).any(1).all():
            chances = torch.softmax(run.next_logits(drawn).double() / temperature, 1)
            if not chances.isfinite().all():
                told = ("(its logits are no longer numbers)",) * len(seeds)
                return Sampled(run.iteration, tuple(seeds), temperature, told, ())
            dice = luck[:, drawn.shape[1], None].double()
            chosen = (chances.cumsum(1) <= dice).sum(1, keepdim=True).clamp(max=chances.shape[1] - 1)
            if not letters or letters[-1].letter != run.alphabet[0]:
                letters.append(_letter(run.alphabet, chances[-1], int(chosen[-1]), dice[-1].item()))
            drawn = torch.cat((drawn, chosen), 1)
    texts = tuple(_text(run.alphabet, row) for row in drawn.tolist())
    return Sampled(run.iteration, tuple(seeds), temperature, texts, tuple(letters))


def _letter(alphabet: str, chances: Tensor, chosen: int, luck: float) -> Letter:
    top = chances.topk(min(LIKELIEST, len(chances)))
    likeliest = tuple((alphabet[place], chance) for chance, place in zip(*map(Tensor.tolist, top), strict=True))
    return Letter(alphabet[chosen], chances[chosen].item(), luck, likeliest)


def _text(alphabet: str, row: list[int]) -> str:
    ended = row.index(0) if 0 in row else None
    return "".join(alphabet[number] for number in row[:ended]) + ("" if ended is not None else "…")


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """Put every module into eval mode, and then back into its own."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
