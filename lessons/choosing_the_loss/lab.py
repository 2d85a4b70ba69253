"""One net, three tasks on digits, and eight losses to choose from; a twin with the usual loss runs beside."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tutor.figures import Curve, Guide, HeatMap, Series, Table
from tutor.lab import Choice, Experiment, Number, Observation, Preset, figure, metric
from tutor.lab.datasets import Split
from tutor.lab.instruments import loss_curve

HIDDEN, BATCH, T, SMOOTHING = 32, 64, 2.0, 0.1
TWIN_LR = 0.5
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


def softmax_twice(z: Tensor, y: Tensor) -> Tensor:
    return softmax(z.softmax(1), y)


def sigmoid_twice(z: Tensor, y: Tensor) -> Tensor:
    return sigmoid(z.sigmoid(), y)


def wrong_axis(z: Tensor, y: Tensor) -> Tensor:
    return -(spelled(z, y) * z.log_softmax(0)).sum(1)


def late_T(z: Tensor, y: Tensor) -> Tensor:
    return -(spelled(z, y) * (z.softmax(1) / T).log()).sum(1)


def one_hot(z: Tensor, y: Tensor) -> Tensor:
    return softmax(z, spelled(z, y))


def soft(z: Tensor, y: Tensor) -> Tensor:
    return softmax(z, (1 - SMOOTHING) * spelled(z, y) + SMOOTHING / z.shape[1])


Loss = Callable[[Tensor, Tensor], Tensor]
LOSSES: dict[str, Loss] = {
    "softmax": softmax,
    "sigmoid": sigmoid,
    "softmax twice": softmax_twice,
    "sigmoid twice": sigmoid_twice,
    "wrong axis": wrong_axis,
    "late T": late_T,
    "one-hot": one_hot,
    "soft": soft,
}


def chances(z: Tensor, loss: str) -> Tensor:
    """What a program with this loss takes for probabilities: of each class, or of each tag."""
    if loss.startswith("sigmoid"):
        p = z.sigmoid()
        return torch.cat((1 - p, p), 1) if z.shape[1] == 1 else p
    if loss == "wrong axis":
        return z.softmax(0)
    return z.softmax(1) / (T if loss == "late T" else 1)


class ChoosingTheLoss(Experiment):
    """A net with one output for each class or tag, trained with any of eight losses."""

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
            layers = [nn.Linear(64, 1 if loss.startswith("sigmoid") else 2)]
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
        table = ((name, f"{p[0]:.4f}", f"{p[1]:.4f}", f"{p.sum():.4f}") for name, p in rows.items())
        title = f"Two scores: a = {self.k.a:g}, b = {self.k.b:g}"
        return Table(title, ("", "p of a", "p of b", "sum"), tuple(table))

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
    def means(self, seen: Observation) -> Table | HeatMap:
        p, _ = self.probabilities()
        digits = ("3", "8") if self.k.task == "3 or 8" else CLASSES["digit"]
        cells = [p[self.val.y == n].mean(0).tolist() for n in range(len(digits))]
        title = f"Mean p, {self.k.loss}: {100 * self.shares()[0]:.1f} % right"
        if self.k.task == "digit":
            return HeatMap(title, digits, digits, tuple(map(tuple, cells)), 0.0, None, "digit", "output")
        rows = ((digit, *(f"{value:.2f}" for value in row)) for digit, row in zip(digits, cells, strict=True))
        return Table(title, ("digit", *CLASSES[self.k.task]), tuple(rows))

    @figure("Which tags hold")
    def truth(self, seen: Observation) -> HeatMap:
        values = tuple(map(tuple, TAGS_OF.tolist()))
        return HeatMap("Which tags hold", CLASSES["digit"], TAGS, values, 0.0, 1.0, "digit", "tag", numbers=True)

    @figure("Loss, once and twice")
    def flat(self, seen: Observation) -> Curve:
        grid = torch.linspace(-15, 15, 121)
        once, twice = self.ten(grid)
        now = [losses.item() for losses in self.ten(torch.tensor([self.k.a]))]
        x = tuple(grid.tolist())
        series = Series("softmax", x, tuple(once.tolist())), Series("softmax twice", x, tuple(twice.tolist()))
        title = f"Loss at a = {self.k.a:g}: {now[0]:.3f}, twice {now[1]:.3f}"
        return Curve(title, series, x_label="score of a", guides=(Guide(1.4612, "1.461"),))

    def ten(self, a: Tensor) -> tuple[Tensor, Tensor]:
        """The loss, softmax once and twice, of ten scores: a, the true class's; b; and eight of 0."""
        z = torch.zeros(len(a), 10)
        z[:, 0], z[:, 1] = a, self.k.b
        y = torch.zeros(len(a), dtype=torch.long)
        return softmax(z, y), softmax_twice(z, y)

    @figure("What pulls at the scores")
    def pulls(self, seen: Observation) -> Table:
        z = torch.zeros(1, 10)
        z[0, 0], z[0, 1] = self.k.a, self.k.b
        columns = [z.softmax(1)[0]]
        for loss in (softmax, softmax_twice):
            scores = z.clone().requires_grad_()
            loss(scores, torch.tensor([0])).sum().backward()
            columns.append(scores.grad[0])
        names = ("a, true", "b", "others")
        rows = ((name, *(f"{column[i]:.5f}" for column in columns)) for i, name in enumerate(names))
        return Table("Slope of the loss at each score", ("", "p", "softmax", "twice"), tuple(rows))

    @figure("What a loss accepts")
    def clinic(self, seen: Observation) -> Table:
        title = "Which targets does PyTorch take?"
        return Table(title, ("call", "gives"), tuple((call, given(call)) for call in CALLS))

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
CALLS = (
    "CE(z, y)",
    "CE(z, y + 1)",
    "CE(z, hot)",
    "CE(z, hot.float())",
    "CE(z, 0.85 * hot + 0.05)",
    "CE(z, ones)",
    "BCE(z, hot)",
    "BCE(z1, y1)",
)


def given(call: str) -> str:
    """What the call gives, or the name of the error that it raises."""
    try:
        return f"{eval(call, dict(CALLED)):.4f}"
    except (RuntimeError, ValueError, IndexError) as error:
        return type(error).__name__
