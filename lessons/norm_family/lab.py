"""Ten nets for the digits, alike but for their norm, trained side by side on the same batches."""

import copy
from itertools import starmap
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, parametrize

from tutor.figures import Bars, Curve, Guide, HeatMap, Series, Stage, Strip, Table
from tutor.lab import Choice, Experiment, Integer, Number, Observation, OwnQuestion, Preset, figure, metric, question
from tutor.lab.datasets import Split

IMAGES, CHANNELS, POSITIONS = 4, 6, 8  # of the block that is drawn; the nets have its channels and positions
IMAGE, CHANNEL, POSITION = 0, 2, 3  # axes of (images, groups, channels of a group, positions)
NORMS = ("batch", "layer", "instance", "group", "position", "rms", "renorm", "weight", "spectral", "none")
AXES = ("image", "channel", "position")
FACES = {"image x channel": (0, 1), "image x position": (0, 2), "channel x position": (1, 2)}
OF_TWO = "So many BatchNorm has: its means and stds are two images' own, not those that the layers above know."
ALONE = "It averages within an image: two at a time, or all of val, is the same to it."
CORRECTED = "r and d put the running statistics in place of two images' own."
GUESSED = "That is guessing. With 8 positions two images have 16 numbers a mean: poor, but no ruin."
KEPT = "That many it has with running statistics. In training mode it uses those of two images."


class Norm(nn.Module):
    """Subtract a mean and divide by a std, both taken over some axes of the block; then γ and β of each channel."""

    def __init__(self, channels: int, groups: int, axes: tuple[int, ...], centre: bool = True) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels, 1))
        self.beta = nn.Parameter(torch.zeros(channels, 1))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("std", torch.ones(channels))
        self.groups, self.axes, self.centre = groups, axes, centre
        self.rmax, self.dmax = 1.0, 0.0

    def forward(self, z: Tensor) -> Tensor:
        if IMAGE in self.axes and not self.training:
            xhat = (z - self.mean[:, None]) / self.std[:, None]
            return self.gamma * xhat + self.beta
        block = z.unflatten(1, (self.groups, -1))
        if self.centre:
            variance, mean = torch.var_mean(block, self.axes, correction=0, keepdim=True)
        else:
            variance, mean = block.square().mean(self.axes, keepdim=True), block.new_zeros(())
        std = (variance + 1e-5).sqrt()
        xhat = (block - mean) / std
        if IMAGE in self.axes:  # the batch is averaged over, so something must be kept for measuring
            r, d = self.corrections(mean.detach(), std.detach())
            xhat = xhat * r + d
            with torch.no_grad():
                self.mean.lerp_(mean.flatten(), 0.05)
                self.std.lerp_(std.flatten(), 0.05)
        return self.gamma * xhat.flatten(1, 2) + self.beta

    def corrections(self, mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor]:
        """r and d of batch renormalization (Ioffe, 2017), constants to the gradient: 1 and 0 in BatchNorm."""
        kept_mean, kept_std = self.mean.view_as(std), self.std.view_as(std)
        r = (std / kept_std).clamp(1 / self.rmax, self.rmax)
        return r, ((mean - kept_mean) / kept_std).clamp(-self.dmax, self.dmax)


class SpectralNorm(nn.Module):
    """Weights divided by their largest singular value, which one step of power iteration a forward pass tracks."""

    def __init__(self, u: Tensor) -> None:
        super().__init__()
        self.register_buffer("u", F.normalize(u, dim=0))

    def forward(self, weight: Tensor) -> Tensor:
        matrix = weight.flatten(1)
        with torch.no_grad():
            v = F.normalize(matrix.T @ self.u, dim=0)
            u = F.normalize(matrix @ v, dim=0)
            if self.training:
                self.u.copy_(u)
        return weight / (u @ matrix @ v)


def readers(net: nn.Module) -> list[nn.Module]:
    return [layer for layer in net if isinstance(layer, nn.Conv1d | nn.Linear)]


class NormFamily(Experiment):
    """Two layers that look at three columns of the image at each of 8 positions, in 6 channels; then the 10 logits."""

    knobs = (
        Number("lr", 0.1, low=1e-3, high=10, log=True, live=True, help="learning rate, of all the nets"),
        Integer("batch", 32, low=1, high=256, log=True, help="images a step"),
        Choice("norm", "batch", NORMS, live=True, help="which of the ten nets the status line and the figures show"),
        Choice("groups", "3", ("1", "2", "3", "6"), help="into how many groups GroupNorm puts the 6 channels"),
        Choice("face", "image x channel", tuple(FACES), live=True, help="which side of the block is turned to you"),
        Number("gain", 1.0, low=0.001, high=100, log=True, help="scale of the first weights, of all the nets"),
        Number("rmax", 3.0, low=1, high=100, log=True, live=True, help="renorm: limit of r; 1 is BatchNorm's"),
        Number("dmax", 5.0, low=0, high=100, live=True, help="renorm: limit of d; 0 is BatchNorm's"),
    )
    presets = (
        Preset("pairs", {"batch": 2}, "Two images a step: 87 to 93 % right after 500 steps, with or without a norm."),
        Preset(
            "tiny",
            {"gain": 0.02, "norm": "none"},
            "First weights fifty times too small: none is at 7 % after 500 steps, seven norms at 95 to 98 %.",
        ),
    )

    def build(self) -> None:
        digits = self.data.digits()
        # Pixels from -1 to 1, so that an empty column isn't all zeros.
        parts = digits.train, digits.val, digits.test
        self.train, self.val, self.test = (Split(2 * part.x - 1, part.y) for part in parts)
        plain = self.net("none")
        for layer in readers(plain):
            nn.init.normal_(layer.weight, std=self.k.gain * layer.weight[0].numel() ** -0.5, generator=self.rng)
            nn.init.zeros_(layer.bias)
        self.us = [torch.randn(len(layer.weight), generator=self.rng) for layer in readers(plain)]
        self.nets = nn.ModuleDict({name: self.like(plain, name) for name in NORMS})
        self.model = self.nets[self.k.norm]
        self.parameters = list(self.nets.parameters())

    def norm(self, name: str, channels: int = CHANNELS, groups: int = 0) -> nn.Module:
        """Into how many groups a norm puts the channels, and over which axes it averages."""
        within = CHANNEL, POSITION
        over = {
            "batch": (channels, (IMAGE, *within)),
            "renorm": (channels, (IMAGE, *within)),
            "layer": (1, within),
            "instance": (channels, within),
            "group": (groups or int(self.k.groups), within),
            "position": (1, (CHANNEL,)),
            "rms": (1, (CHANNEL,)),
        }
        return Norm(channels, *over[name], centre=name != "rms") if name in over else nn.Identity()

    def net(self, name: str) -> nn.Sequential:
        return nn.Sequential(
            nn.Unflatten(1, (8, POSITIONS)),
            nn.Conv1d(8, CHANNELS, 3, padding=1),
            self.norm(name),
            nn.Tanh(),
            nn.Conv1d(CHANNELS, CHANNELS, 3, padding=1),
            self.norm(name),
            nn.Tanh(),
            nn.Flatten(),
            nn.Linear(CHANNELS * POSITIONS, 10),
        )

    def like(self, plain: nn.Sequential, name: str) -> nn.Sequential:
        """A net with this norm and the weights of `plain`."""
        net = self.net(name)
        net.load_state_dict(plain.state_dict(), strict=False)
        for layer, u in zip(readers(net), self.us, strict=True):
            if name == "weight":
                parametrizations.weight_norm(layer)
            if name == "spectral":
                parametrize.register_parametrization(layer, "weight", SpectralNorm(u))
        return net

    def step(self) -> Tensor:
        self.model = self.nets[self.k.norm]  # the one that is measured on val
        ix = torch.randint(len(self.train), (self.k.batch,), generator=self.rng)
        x, y = self.train.x.index_select(0, ix), self.train.y.index_select(0, ix)
        # Renorm begins as BatchNorm, while its running statistics are still far off, and is free at step 200.
        opened = min(self.iteration / 200, 1)
        for norm in filter(lambda layer: isinstance(layer, Norm), self.nets["renorm"]):
            norm.rmax, norm.dmax = 1 + opened * (self.k.rmax - 1), opened * self.k.dmax
        losses = {name: F.cross_entropy(net(x), y) for name, net in self.nets.items()}
        self.nets.zero_grad()
        sum(losses.values()).backward()  # no net has a parameter of another's
        with torch.no_grad():
            torch._foreach_add_(self.parameters, [p.grad for p in self.parameters], alpha=-self.k.lr)
        return losses[self.k.norm]

    def splits(self):
        return {"val": self.val}

    def held_out(self):
        return {"test": self.test}

    @figure("The block and its averages")
    def block(self, seen: Observation) -> HeatMap:
        which = self.averages(self.norm(self.k.norm))
        down, across = FACES[self.k.face]
        behind = 3 - down - across
        count, depth = len(which.unique()), len(which.movedim(behind, 2)[0, 0].unique())
        title = f"{self.k.norm}: {count} averages, each of {which.numel() // count}" if count > 1 else self.k.norm
        shared = "one average" if depth == 1 else f"{depth} averages"
        notes = "into page", f"{which.shape[behind]} {AXES[behind]}s", shared
        return grid(title, which.select(behind, 0), AXES[down], AXES[across], notes)

    def averages(self, norm: nn.Module) -> Tensor:
        """The number of the average to which each cell of the block belongs, from 1; 0 without a norm."""
        block = torch.zeros(IMAGES, CHANNELS, POSITIONS, dtype=torch.long)
        if not isinstance(norm, Norm):
            return block
        parts = block.unflatten(1, (norm.groups, -1))
        means = parts.double().mean(norm.axes, keepdim=True)
        return (parts + torch.arange(1, means.numel() + 1).reshape(means.shape)).flatten(1, 2)

    @figure("All the norms, counted")
    def counts(self, seen: Observation) -> Table:
        each = {name: self.averages(self.norm(name)).unique(return_counts=True)[1] for name in NORMS[:6]}
        rows = ((name, str(len(of)), str(of[0].item()), f"{self.coupling(name):.2f}") for name, of in each.items())
        return Table("4 images, 6 channels, 8 positions", ("norm", "averages", "of", "image 1 moves"), tuple(rows))

    def coupling(self, name: str) -> float:
        """The largest change of an image's normalized numbers when its batch gets other images."""
        norm, rng = self.norm(name), torch.Generator().manual_seed(42)
        z = torch.randn(IMAGES, CHANNELS, POSITIONS, generator=rng)
        other = torch.cat((z[:1], 3 * torch.randn(z[1:].shape, generator=rng)))
        return (norm(z)[0] - norm(other)[0]).abs().max().item()

    @metric("coupling")
    def moved(self, seen: Observation) -> float:
        return self.coupling(self.k.norm)

    @figure("What is left of a matrix")
    def erased(self, seen: Observation) -> HeatMap:
        # A study note's matrix: images with a level of their own, and no positions.
        note = torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, 8], [2, 3, 4, 5], [6, 7, 8, 9]])
        left = self.norm(self.k.norm, channels=4, groups=2)(note[:, :, None])[:, :, 0].detach()
        return grid(f"The note's matrix, norm {self.k.norm}", left, "image", "feature")

    @figure("Right on val, all ten")
    def side_by_side(self, seen: Observation) -> Bars:
        shares = [100 * self.share(name) for name in NORMS]
        return Bars("Right on val", NORMS, tuple(shares), "%", digits=1, top=100)

    def share(self, name: str, batch: int = 0) -> float:
        """The share of val that a net has right: at inference, or in training mode in batches of this size."""
        net = copy.deepcopy(self.nets[name]).train(batch > 0)
        with torch.no_grad():
            logits = torch.cat([net(part) for part in self.val.x.split(batch or len(self.val))])
        return (logits.argmax(1) == self.val.y).float().mean().item()

    @figure("Training mode against inference")
    def modes(self, seen: Observation) -> Bars:
        shares = {f"batches of {size}": 100 * self.share(self.k.norm, size) for size in (2, 8, 32)}
        shares["inference"] = 100 * self.share(self.k.norm)
        return Bars(f"{self.k.norm}: right on val", tuple(shares), tuple(shares.values()), "%", digits=1, top=100)

    @question("own-modes")
    def own_modes(self, seen: Observation, rng: Random) -> OwnQuestion:
        lost = 100 * (self.share("batch") - self.share("batch", 2))
        # Where BatchNorm loses nothing, as after training in pairs, another net is asked about.
        name = rng.choice(("layer", "group", "renorm", "batch")[: 4 if lost > 2 else 3])
        pairs, inference = (100 * self.share(name, size) for size in (2, 0))
        why = {"batch": OF_TWO, "renorm": CORRECTED}.get(name, ALONE)
        other = (inference, KEPT) if name == "batch" else (inference - max(lost, 5), OF_TWO)
        shares, whys = zip((pairs, why), other, (10.0, GUESSED), strict=True)
        ask = f"Your {name} net has {inference:.1f} % of val right at inference. In training mode, two at a time?"
        return OwnQuestion(ask, tuple(f"{share:.1f} %" for share in shares), 0, whys)

    @figure("Batch renormalization")
    def renormed(self, seen: Observation) -> Strip:
        net = copy.deepcopy(self.nets["renorm"])
        norm = net[2]
        norm.rmax, norm.dmax = self.k.rmax, self.k.dmax
        with torch.no_grad():
            z = net[:2](self.train.x[:IMAGES])
            variance, mean = torch.var_mean(z, (0, 2), correction=0)
            std = (variance + 1e-5).sqrt()
            r, d = norm.corrections(mean, std)
            z = z[:, :, 3]
            xhat = (z - mean) / std
            values = z, xhat, xhat * r + d, (z - norm.mean) / norm.std
        firsts = [tuple(round(x, 3) for x in value[:, 0].tolist()) for value in values]  # of the first channel
        names = zip(("z", "xhat", "renormed", "inference"), firsts, ("", "batch norm", "·r + d", "from z"), strict=True)
        return Strip(f"r = {r[0]:.3f}, d = {d[0]:.3f}", tuple("1234"), tuple(starmap(Stage, names)))

    @figure("Lengths and directions")
    def lengths(self, seen: Observation) -> Table:
        g, v = (part.detach().flatten(1) for part in self.nets["weight"][1].parametrizations["weight"].parameters())
        rows = enumerate(zip(g[:, 0].tolist(), v.norm(dim=1).tolist(), strict=True), 1)
        cells = tuple((str(n), f"{length:.3f}", f"{of_v:.3f}") for n, (length, of_v) in rows)
        return Table("First layer, under weight norm", ("channel", "g", "|v|"), cells)

    @metric("length of v")
    def length_of_v(self, seen: Observation) -> float:
        v = self.nets["weight"][1].parametrizations["weight"].original1.detach()
        return v.flatten(1).norm(dim=1).mean().item()

    @figure("Power iteration")
    def iterations(self, seen: Observation) -> Curve:
        lines = []
        for name, layer, u in zip(("layer 1", "layer 2", "output"), readers(self.nets["none"]), self.us, strict=True):
            matrix, norm = layer.weight.detach().flatten(1), SpectralNorm(u)
            found = [1 / torch.linalg.svdvals(norm(matrix))[0].item() for _ in range(25)]
            lines.append(Series(name, tuple(map(float, range(1, 26))), tuple(found)))
        return Curve("σ found, as a share of SVD's", tuple(lines), x_label="iteration", guides=(Guide(1.0, "SVD"),))


def grid(title: str, cells: Tensor, down: str, across: str, notes: tuple[str, ...] = ()) -> HeatMap:
    """The numbers of a matrix as a figure; its rows and columns are counted from 1."""
    rows, columns = (tuple(str(n + 1) for n in range(size)) for size in cells.shape)
    values = tuple(tuple(round(cell, 2) for cell in row) for row in cells.tolist())
    return HeatMap(title, rows, columns, values, row_label=down, column_label=across, numbers=True, notes=notes)
