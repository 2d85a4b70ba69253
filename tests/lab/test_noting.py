"""What a run notes of its own steps, against PyTorch on the step itself."""

import torch

from tests.lab.tiny import Tiny
from tutor.lab.datasets import Sources
from tutor.lab.runner import Runner


class Watched(Tiny):
    """Notes how the tanh units are spread."""

    @property
    def records_outputs(self):
        return {"2": (-1.0, 1.0)}


def test_the_outputs_noted_are_those_of_the_step():
    runner = Runner(Watched, Sources())
    runner.advance(40)
    ridges = runner.history.ridges("2", "tanh")
    assert [row.label for row in ridges.rows[:3]] == ["step 0", "step 1", "step 2"]
    for step in (0, 2, 31):
        runner.seek(step)
        # What a look sees of the next step is what that step noted as it was taken.
        (tanh,) = runner._seen().of(torch.nn.Tanh)
        row = next(row for row in ridges.rows if row.label == f"step {step}")
        assert list(row.counts) == torch.histc(tanh.output, 40, -1, 1).int().tolist()


def test_noting_changes_no_loss_and_leaves_no_hook():
    watched, plain = Runner(Watched, Sources()), Runner(Tiny, Sources())
    watched.advance(40)
    plain.advance(40)
    assert watched.history.losses == plain.history.losses
    assert not any(module._forward_hooks for module in watched.experiment.model.modules())


def test_wound_back_the_future_is_not_shown_and_a_branch_notes_anew():
    runner = Runner(Watched, Sources())
    runner.advance(60)
    steps = [row.label for row in runner.history.ridges("2", "").rows]
    runner.seek(20)
    then = [row.label for row in runner._seen().history.ridges("2", "").rows]
    assert then[-1] == "step 20"
    assert then == steps[: len(then)]
    assert len(then) < len(steps)
    runner.turn({"lr": 0.5})
    runner.advance(40)
    rows = runner.history.ridges("2", "").rows
    labels = [row.label for row in rows]
    assert len(set(labels)) == len(labels)
    assert labels[: len(then)] == then
    assert rows[-1].total == rows[0].total
