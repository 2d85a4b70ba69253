"""One net, three tasks on digits, and seven losses to choose from; a twin with the usual loss runs beside."""

import math
from collections.abc import Callable
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.errors import TutorError
from tutor.figures import Curve, Guide, HeatMap, Series, Table
from tutor.lab import Choice, Experiment, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.datasets import Split
from tutor.lab.instruments import loss_curve

HIDDEN, BATCH, TWIN_LR, T, SMOOTHING = 32, 64, 0.5, 2.0, 0.1
NOTED = 10  # steps between two points of the race
# The least that a loss of ten classes can be, where that isn't 0.
FLOORS = {"softmax twice": 1.4612, "late T": 0.6931, "soft": 0.5003}

TAGS = ("even", "loop", "> 4")
EVEN, LOOP = (0, 2, 4, 6, 8), (0, 6, 8, 9)
TAGS_OF = torch.tensor([(float(d in EVEN), float(d in LOOP), float(d > 4)) for d in range(10)])
CLASSES = {"3 or 8": ("3", "8"), "digit": tuple("0123456789"), "tags": TAGS}
USUAL = {"3 or 8": "sigmoid", "digit": "softmax", "tags": "sigmoid"}


# The losses: for scores z, (n, outputs), the loss of each row, (n,). The target y is the true classes, (n,), of
# integers, or for tags a row of zeros and ones each, (n, outputs), of floats.


def spelled(z: Tensor, y: Tensor) -> Tensor:
    """The target as a number for each output."""
    if y.is_floating_point():
        return y
    return y[:, None].float() if z.shape[1] == 1 else F.one_hot(y, z.shape[1]).float()


def softmax(z: Tensor, y: Tensor) -> Tensor:
    return F.cross_entropy(z, y, reduction="none")


def sigmoid(z: Tensor, y: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(z, spelled(z, y), reduction="none").mean(1)


Loss = Callable[[Tensor, Tensor], Tensor]
LOSSES: dict[str, Loss] = {
    "softmax": softmax,
    "sigmoid": sigmoid,
    "softmax twice": lambda z, y: softmax(z.softmax(1), y),
    "wrong axis": lambda z, y: -(spelled(z, y) * z.log_softmax(0)).sum(1),
    "late T": lambda z, y: -(spelled(z, y) * (z.softmax(1) / T).log()).sum(1),
    "one-hot": lambda z, y: softmax(z, spelled(z, y)),
    "soft": lambda z, y: softmax(z, (1 - SMOOTHING) * spelled(z, y) + SMOOTHING / z.shape[1]),
}


def chances(z: Tensor, loss: str) -> Tensor:
    """What a program with this loss takes for probabilities: of each class, or of each tag."""
    if loss == "sigmoid":
        p = z.sigmoid()
        return torch.cat((1 - p, p), 1) if z.shape[1] == 1 else p
    if loss == "wrong axis":
        return z.softmax(0)
    return z.softmax(1) / (T if loss == "late T" else 1)


class ChoosingTheLoss(Experiment):
    """A net with one output for each class or tag, trained with any of seven losses."""

    knobs = (
        Number("lr", 0.5, low=1e-3, high=100, log=True, live=True, help="learning rate; the twin's stays 0.5"),
        Choice("task", "3 or 8", tuple(CLASSES), help="two classes, ten classes, or three tags on each image"),
        Choice("loss", "softmax", tuple(LOSSES), help="how scores and truths become a loss; the twin's is the usual"),
        Number("a", 0.5, low=-50, high=50, live=True, help="score of class a, beside the training"),
        Number("b", 2.0, low=-50, high=50, live=True, help="score of class b, beside the training"),
    )
    presets = (
        Preset("twice", {"task": "digit", "loss": "softmax twice"}, "No loss below 1.461; step 300: 92 %, twin 98 %."),
        Preset("one unit", {"task": "tags", "loss": "softmax"}, "Softmax on tags: 39 % wholly right at step 1,000."),
        Preset("wrong axis", {"task": "digit", "loss": "wrong axis"}, "Step 1,000: 98 % in a batch, 9 % one by one."),
        Preset("late T", {"task": "digit", "loss": "late T"}, "The twin's own run, and ln 2 on top of each loss."),
        Preset("soft", {"task": "digit", "loss": "soft"}, "Never below 0.500, and nothing is wrong with that."),
    )

    def build(self) -> None:
        digits = self.data.digits()
        self.train, self.val = self.kept(digits.train), self.kept(digits.val)
        self.model = self.net(self.k.loss)
        self.twin = self.net(USUAL[self.k.task])
        self.race: list[tuple[int, float, float]] = []

    def kept(self, part: Split) -> Split:
        """For two classes, the 3s and 8s alone, as classes 0 and 1."""
        if self.k.task != "3 or 8":
            return part
        those = (part.y == 3) | (part.y == 8)
        return Split(part.x[those], (part.y[those] == 8).long())

    def net(self, loss: str) -> nn.Sequential:
        """64 pixels in. Its last layer is all 0 at first, so that no class is favoured."""
        if self.k.task == "3 or 8":
            layers = [nn.Linear(64, 1 if loss == "sigmoid" else 2)]
        else:
            layers = [nn.Linear(64, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, len(CLASSES[self.k.task]))]
            rng = torch.Generator().manual_seed(self.seed)  # its own, so that both nets begin alike
            nn.init.normal_(layers[0].weight, std=64**-0.5, generator=rng)
            nn.init.zeros_(layers[0].bias)
        nn.init.zeros_(layers[-1].weight)
        nn.init.zeros_(layers[-1].bias)
        return nn.Sequential(*layers)

    def target(self, y: Tensor) -> Tensor:
        return TAGS_OF[y] if self.k.task == "tags" else y

    def step(self) -> Tensor:
        ix = torch.randint(len(self.train), (BATCH,), generator=self.rng)
        x, y = self.train.x[ix], self.target(self.train.y[ix])
        if self.iteration % NOTED == 0:
            self.race.append((self.iteration, *self.shares()))
        loss = LOSSES[self.k.loss](self.model(x), y).mean()
        beside = LOSSES[USUAL[self.k.task]](self.twin(x), y).mean()
        for net, own, lr in ((self.model, loss, self.k.lr), (self.twin, beside, TWIN_LR)):
            net.zero_grad()
            own.backward()
            with torch.no_grad():
                for p in net.parameters():
                    p -= lr * p.grad
        return loss

    def splits(self):
        return {"val": self.val}

    def each_loss(self, x: Tensor, y: Tensor) -> Tensor:
        return LOSSES[self.k.loss](self.model(x), self.target(y))

    @torch.no_grad()
    def probabilities(self, alone: bool = False) -> tuple[Tensor, Tensor]:
        """Of the val images, in one batch or each one alone: this net's, and the twin's."""
        pieces = self.val.x.split(1 if alone else len(self.val))
        nets = (self.model, self.k.loss), (self.twin, USUAL[self.k.task])
        mine, twins = (torch.cat([chances(net(x), loss) for x in pieces]) for net, loss in nets)
        return mine, twins

    def right(self, p: Tensor) -> Tensor:
        """Which val images are wholly right: the class, or every tag."""
        if self.k.task == "tags":
            return ((p > 0.5) == (TAGS_OF[self.val.y] > 0.5)).all(1)
        return p.argmax(1) == self.val.y

    def shares(self, alone: bool = False) -> tuple[float, float]:
        """The share of val images that are wholly right: by this net, and by the twin."""
        mine, twins = (self.right(p).float().mean().item() for p in self.probabilities(alone))
        return mine, twins

    @metric("right")
    def share(self, seen: Observation) -> float:
        return self.shares()[0]

    @metric("right one by one")
    def share_alone(self, seen: Observation) -> float:
        return self.shares(alone=True)[0]

    @figure("Two scores")
    def pair(self, seen: Observation) -> Table:
        z = torch.tensor([self.k.a, self.k.b], dtype=torch.float64)
        rows = {
            "softmax of both": z.softmax(0),
            "sigmoid of the gap": torch.stack(((z[0] - z[1]).sigmoid(), (z[1] - z[0]).sigmoid())),
            "sigmoid of each": z.sigmoid(),
        }
        table = tuple((name, *(f"{value:.4f}" for value in (*p, p.sum()))) for name, p in rows.items())
        return Table(f"Two scores: a = {self.k.a:g}, b = {self.k.b:g}", ("", "p of a", "p of b", "sum"), table)

    @figure("This net, and its twin")
    def beside(self, seen: Observation) -> Table:
        with torch.no_grad():
            x, y = self.val.x, self.target(self.val.y)
            usual = USUAL[self.k.task]
            losses = LOSSES[self.k.loss](self.model(x), y).mean(), LOSSES[usual](self.twin(x), y).mean()
        both = self.probabilities()
        rows = (
            ("loss", *(f"{loss:.3f}" for loss in losses)),
            ("right, %", *(f"{100 * share:.1f}" for share in self.shares())),
            ("alone, %", *(f"{100 * share:.1f}" for share in self.shares(alone=True))),
            ("least Σp", *(f"{p.sum(1).min():.3f}" for p in both)),
            ("most Σp", *(f"{p.sum(1).max():.3f}" for p in both)),
        )
        return Table(f"On val, task {self.k.task}", ("", self.k.loss, f"twin: {usual}"), rows)

    @figure("Right on val")
    def racing(self, seen: Observation) -> Curve:
        points = [*self.race, (self.iteration, *self.shares())]
        steps, mine, twins = zip(*points, strict=True)
        series = (
            Series(self.k.loss, steps, tuple(100 * share for share in mine)),
            Series(f"twin: {USUAL[self.k.task]}", steps, tuple(100 * share for share in twins)),
        )
        title = f"Right on val: {100 * mine[-1]:.1f} %, twin {100 * twins[-1]:.1f} %"
        return Curve(title, series, y_span=(0.0, 100.0))

    @figure("Mean p, class by class")
    def means(self, seen: Observation) -> HeatMap:
        p, _ = self.probabilities()
        digits = CLASSES["3 or 8" if self.k.task == "3 or 8" else "digit"]
        cells = [tuple(round(x, 2) for x in p[self.val.y == n].mean(0).tolist()) for n in range(len(digits))]
        title = f"Mean p, {self.k.loss}: {100 * self.shares()[0]:.1f} % right"
        return HeatMap(title, digits, CLASSES[self.k.task], tuple(cells), 0.0, 1.0, "digit", "output", numbers=True)

    @figure("Which tags hold")
    def truth(self, seen: Observation) -> HeatMap:
        values = tuple(map(tuple, TAGS_OF.tolist()))
        return HeatMap("Which tags hold", CLASSES["digit"], TAGS, values, 0.0, 1.0, "digit", "tag", numbers=True)

    @question("own-image")
    def own_image(self, seen: Observation, rng: Random) -> OwnQuestion:
        if (self.k.task, self.k.loss) != ("digit", "softmax twice"):
            raise TutorError("This question is about softmax twice.", "Put on the preset twice, and run 300 steps.")
        with torch.no_grad():
            z, y = self.model(self.val.x), self.val.y
            once, twice = softmax(z, y), LOSSES["softmax twice"](z, y)
        n = rng.choice((once - twice).abs().gt(0.5).nonzero()[:, 0].tolist())
        ask = f"Your net's p for a {y[n]} of val is {(-once[n]).exp():.3f}. What does its loss, softmax twice, charge?"
        charged, single, uniform = twice[n].item(), once[n].item(), math.log(z.shape[1])
        charges = {
            charged: "The second softmax sees scores from 0 to 1, so the loss stays between 1.461 and 2.461.",
            single: "That is −ln p, what the twin would pay. Here a second softmax comes between p and the loss.",
            uniform: "So much ten equal scores would cost. The second softmax sees a difference, if a small one.",
        }
        return OwnQuestion(ask, tuple(f"{charge:.3f}" for charge in charges), 0, tuple(charges.values()))

    @figure("Loss, once and twice")
    def flat(self, seen: Observation) -> Curve:
        grid = torch.linspace(-15, 15, 121)
        once, twice = self.ten(grid)
        now = [losses.item() for losses in self.ten(torch.tensor([self.k.a]))]
        losses = {"softmax": once, "softmax twice": twice}
        series = (Series(name, tuple(grid.tolist()), tuple(loss.tolist())) for name, loss in losses.items())
        title = f"Loss at a = {self.k.a:g}: {now[0]:.3f}, twice {now[1]:.3f}"
        return Curve(title, tuple(series), x_label="score of a", guides=(Guide(1.4612, "1.461"),))

    def ten(self, a: Tensor) -> tuple[Tensor, Tensor]:
        """The loss, softmax once and twice, of ten scores: a, the true class's; b; and eight of 0."""
        z = torch.zeros(len(a), 10)
        z[:, 0], z[:, 1] = a, self.k.b
        y = torch.zeros(len(a), dtype=torch.long)
        return softmax(z, y), LOSSES["softmax twice"](z, y)

    @figure("What pulls at the scores")
    def pulls(self, seen: Observation) -> Table:
        z = torch.zeros(1, 10)
        z[0, 0], z[0, 1] = self.k.a, self.k.b
        columns = [z.softmax(1)[0]]
        for loss in (softmax, LOSSES["softmax twice"]):
            scores = z.clone().requires_grad_()
            loss(scores, torch.tensor([0])).sum().backward()
            columns.append(scores.grad[0])
        names = ("a, true", "b", "others")
        rows = ((name, *(f"{column[i]:.5f}" for column in columns)) for i, name in enumerate(names))
        return Table("Slope of the loss at each score", ("", "p", "softmax", "twice"), tuple(rows))

    @figure("What a loss accepts")
    def clinic(self, seen: Observation) -> Table:
        title = "Which targets does PyTorch take?"
        return Table(title, ("call", "gives"), tuple((call, given(call)) for call in (*CE_CALLS, *BCE_CALLS)))

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        floor = FLOORS.get(self.k.loss) if self.k.task == "digit" else None
        return loss_curve(seen, guides=(Guide(floor, f"{floor:.3f}"),) if floor else ())


# Four rows of three scores and their true classes, as indices and as rows of zeros and ones.
CALLED = {
    "CE": F.cross_entropy,
    "BCE": F.binary_cross_entropy_with_logits,
    "z": torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, 0.5], [-1.0, 2.0, 0.0], [0.5, 0.0, 1.5]]),
    "y": torch.tensor([0, 2, 1, 2]),
    "hot": torch.tensor([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]]),
    "ones": torch.ones(4, 3),
    # One score a row, as a column, and one target a row, without it.
    "z1": torch.zeros(4, 1),
    "y1": torch.ones(4),
}
CE_CALLS = ("CE(z, y)", "CE(z, y + 1)", "CE(z, hot)", "CE(z, hot.float())", "CE(z, 0.85 * hot + 0.05)", "CE(z, ones)")
BCE_CALLS = ("BCE(z, hot)", "BCE(z1, y1)")


def given(call: str) -> str:
    """What the call gives, or the name of the error that it raises."""
    try:
        return f"{eval(call, dict(CALLED)):.4f}"
    except (RuntimeError, ValueError, IndexError) as error:
        return type(error).__name__
