"""Ten nets for the digits, alike but for their norm, trained side by side on the same batches."""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from tutor.figures import Bars, Curve, Guide, HeatMap, Series, Stage, Strip, Table
from tutor.lab import Choice, Experiment, Integer, Number, Observation, Preset, figure, metric
from tutor.lab.datasets import Split
from tutor.lab.instruments import loss_curve

IMAGES, CHANNELS, POSITIONS = 4, 6, 8  # of the block that is drawn; the nets have its channels and positions
IMAGE, CHANNEL, POSITION = 0, 2, 3  # axes of (images, groups, channels of a group, positions)
NORMS = ("batch", "layer", "instance", "group", "position", "rms", "renorm", "weight", "spectral", "none")
AXES = ("image", "channel", "position")
FACES = {"image x channel": (0, 1), "image x position": (0, 2), "channel x position": (1, 2)}
LAYERS = ("layer 1", "layer 2", "output")
NOTE = torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, 8], [2, 3, 4, 5], [6, 7, 8, 9]])  # a study note's matrix


class Norm(nn.Module):
    """Subtract a mean and divide by a std, both taken over some axes of the block; then γ and β of each channel."""

    def __init__(self, channels: int, groups: int, axes: tuple[int, ...], centre: bool = True) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels, 1))
        self.beta = nn.Parameter(torch.zeros(channels, 1))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("std", torch.ones(channels))
        self.groups, self.axes, self.centre = groups, axes, centre

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
            xhat = self.against_running(xhat, mean.detach(), std.detach())
            with torch.no_grad():
                self.mean.lerp_(mean.flatten(), 0.05)
                self.std.lerp_(std.flatten(), 0.05)
        return self.gamma * xhat.flatten(1, 2) + self.beta

    def against_running(self, xhat: Tensor, mean: Tensor, std: Tensor) -> Tensor:
        return xhat


class Renorm(Norm):
    """Batch renormalization (Ioffe, 2017): xhat * r + d, where r and d are limited, and constants to the gradient."""

    rmax, dmax = 1.0, 0.0

    def against_running(self, xhat: Tensor, mean: Tensor, std: Tensor) -> Tensor:
        r, d = (kept.reshape(std.shape) for kept in self.corrections(mean.flatten(), std.flatten()))
        return xhat * r + d

    def corrections(self, mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor]:
        r = (std / self.std).clamp(1 / self.rmax, self.rmax)
        return r, ((mean - self.mean) / self.std).clamp(-self.dmax, self.dmax)


class WeightNorm(nn.Module):
    """Weights as a length g and a direction v, one of each for an output unit."""

    def forward(self, g: Tensor, v: Tensor) -> Tensor:
        return g * v / v.flatten(1).norm(dim=1).reshape(g.shape)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return weight.flatten(1).norm(dim=1).reshape(-1, *[1] * (weight.dim() - 1)), weight


class SpectralNorm(nn.Module):
    """Weights divided by their largest singular value, which one step of power iteration a forward pass tracks."""

    def __init__(self, u: Tensor) -> None:
        super().__init__()
        self.register_buffer("u", u)

    def forward(self, weight: Tensor) -> Tensor:
        matrix = weight.flatten(1)
        with torch.no_grad():
            u, v = power(matrix, self.u)
            if self.training:
                self.u.copy_(u)
        return weight / (u @ matrix @ v)


def readers(net: nn.Module) -> list[nn.Module]:
    return [layer for layer in net if isinstance(layer, nn.Conv1d | nn.Linear)]


def signed(part: Split) -> Split:
    """Pixels from -1 to 1, so that an empty column isn't all zeros."""
    return Split(2 * part.x - 1, part.y)


def power(matrix: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    """One step of power iteration: u and v nearer to the singular vectors of the largest singular value."""
    v = F.normalize(matrix.T @ u, dim=0)
    return F.normalize(matrix @ v, dim=0), v


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
            "one", {"batch": 1}, "One image a step: BatchNorm and InstanceNorm train to the same weights, and to 84 %."
        ),
        Preset(
            "tiny",
            {"gain": 0.02, "norm": "none"},
            "First weights fifty times too small: none is at 7 % after 500 steps, seven norms at 95 to 98 %.",
        ),
    )

    def build(self) -> None:
        digits = self.data.digits()
        self.train, self.val = signed(digits.train), signed(digits.val)
        plain = self.net("none")
        for layer in readers(plain):
            std = self.k.gain * layer.weight[0].numel() ** -0.5
            nn.init.normal_(layer.weight, std=std, generator=self.rng)
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
        if name not in over:
            return nn.Identity()
        return (Renorm if name == "renorm" else Norm)(channels, *over[name], centre=name != "rms")

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
                parametrize.register_parametrization(layer, "weight", WeightNorm())
            if name == "spectral":
                parametrize.register_parametrization(layer, "weight", SpectralNorm(F.normalize(u, dim=0)))
        return net

    def step(self) -> Tensor:
        self.model = self.nets[self.k.norm]  # the one that is measured on val
        ix = torch.randint(len(self.train), (self.k.batch,), generator=self.rng)
        x, y = self.train.x.index_select(0, ix), self.train.y.index_select(0, ix)
        self.open_limits()
        losses = {name: F.cross_entropy(net(x), y) for name, net in self.nets.items()}
        for p in self.parameters:
            p.grad = None
        sum(losses.values()).backward()  # no net has a parameter of another's
        with torch.no_grad():
            torch._foreach_add_(self.parameters, [p.grad for p in self.parameters], alpha=-self.k.lr)
        return losses[self.k.norm]

    def open_limits(self) -> None:
        """Renorm begins as BatchNorm, while its running statistics are still far off, and is free at step 200."""
        opened = min(self.iteration / 200, 1)
        for layer in self.nets["renorm"]:
            if isinstance(layer, Renorm):
                layer.rmax, layer.dmax = 1 + opened * (self.k.rmax - 1), opened * self.k.dmax

    def splits(self):
        return {"val": self.val}

    def held_out(self):
        return {"test": signed(self.data.digits().test)}

    @figure("The block and its averages")
    def block(self, seen: Observation) -> HeatMap:
        which = self.averages(self.norm(self.k.norm), IMAGES, CHANNELS, POSITIONS)
        down, across = FACES[self.k.face]
        behind = 3 - down - across
        face = which.select(behind, 0)
        names = [AXES[axis] for axis in (down, across, behind)]
        depth = len(which.select(down, 0).select(across - (across > down), 0).unique())
        count = len(which.unique())
        shared = "one average" if depth == 1 else f"{depth} averages"
        return HeatMap(
            f"{self.k.norm}: {count} averages, each of {which.numel() // count}" if count > 1 else self.k.norm,
            rows=tuple(str(n + 1) for n in range(face.shape[0])),
            columns=tuple(str(n + 1) for n in range(face.shape[1])),
            values=tuple(map(tuple, face.float().tolist())),
            row_label=names[0],
            column_label=names[1],
            numbers=True,
            notes=("into page", f"{which.shape[behind]} {names[2]}s", shared),
        )

    def averages(self, norm: nn.Module, *shape: int) -> Tensor:
        """The number of the average to which each cell of a block of this shape belongs, from 1; 0 without a norm."""
        block = torch.zeros(shape)
        if not isinstance(norm, Norm):
            return block.long()
        means = block.unflatten(1, (norm.groups, -1)).mean(norm.axes, keepdim=True)
        numbers = torch.arange(1, means.numel() + 1).reshape(means.shape)
        return (numbers + block.unflatten(1, (norm.groups, -1)).long()).flatten(1, 2)

    @figure("All the norms, counted")
    def counts(self, seen: Observation) -> Table:
        rows = []
        for name in NORMS[:6]:
            norm = self.norm(name)
            count = len(self.averages(norm, IMAGES, CHANNELS, POSITIONS).unique())
            rows.append((name, str(count), str(IMAGES * CHANNELS * POSITIONS // count), f"{self.coupling(name):.2f}"))
        return Table("4 images, 6 channels, 8 positions", ("norm", "averages", "of", "image 1 moves"), tuple(rows))

    def coupling(self, name: str) -> float:
        """The largest change of an image's normalized numbers when its batch gets other images."""
        rng = torch.Generator().manual_seed(42)
        z = torch.randn(IMAGES, CHANNELS, POSITIONS, generator=rng)
        other = torch.cat((z[:1], 3 * torch.randn(z[1:].shape, generator=rng)))
        norm = self.norm(name)
        return (norm(z)[0] - norm(other)[0]).abs().max().item()

    @metric("coupling")
    def moved(self, seen: Observation) -> float:
        return self.coupling(self.k.norm)

    @figure("What is left of a matrix")
    def erased(self, seen: Observation) -> HeatMap:
        left = self.norm(self.k.norm, channels=4, groups=2)(NOTE[:, :, None])[:, :, 0].detach()
        return HeatMap(
            f"The note's matrix, norm {self.k.norm}",
            rows=tuple("1234"),
            columns=tuple("1234"),
            values=tuple(tuple(round(value, 2) for value in row) for row in left.tolist()),
            row_label="image",
            column_label="feature",
            numbers=True,
        )

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
        sizes = (2, 8, 32)
        shares = [100 * self.share(self.k.norm, size) for size in (*sizes, 0)]
        labels = (*(f"batches of {size}" for size in sizes), "inference")
        return Bars(f"{self.k.norm}: right on val", labels, tuple(shares), "%", digits=1, top=100)

    @figure("Batch renormalization")
    def renormed(self, seen: Observation) -> Strip:
        net = copy.deepcopy(self.nets["renorm"])
        norm = net[2]
        norm.rmax, norm.dmax = self.k.rmax, self.k.dmax
        with torch.no_grad():
            z = net[1](net[0](self.train.x[:IMAGES]))[:, 0]
            variance, mean = torch.var_mean(z, correction=0)
            std = (variance + 1e-5).sqrt()
            r, d = (kept[0].item() for kept in norm.corrections(mean.expand(CHANNELS), std.expand(CHANNELS)))
            z = z[:, 3]
            xhat = (z - mean) / std
            stages = (
                Stage("z", rounded(z)),
                Stage("xhat", rounded(xhat), "batch norm"),
                Stage("renormed", rounded(xhat * r + d), "·r + d"),
                Stage("inference", rounded((z - norm.mean[0]) / norm.std[0]), "from z"),
            )
        return Strip(f"r = {r:.3f}, d = {d:.3f}", tuple("1234"), stages)

    @figure("Lengths and directions")
    def lengths(self, seen: Observation) -> Table:
        g, v = (part.flatten(1) for part in self.nets["weight"][1].parametrizations["weight"].parameters())
        rows = [
            (str(n), *(f"{x:.3f}" for x in row)) for n, row in enumerate(zip(g[:, 0], v.norm(dim=1), strict=True), 1)
        ]
        return Table("First layer, under weight norm", ("channel", "g", "|v|"), tuple(rows))

    @figure("Power iteration")
    def iterations(self, seen: Observation) -> Curve:
        lines = []
        for name, layer, u in zip(LAYERS, readers(self.nets["none"]), self.us, strict=True):
            matrix = layer.weight.detach().flatten(1)
            top, u = torch.linalg.svdvals(matrix)[0], F.normalize(u, dim=0)
            found = []
            for _ in range(25):
                u, v = power(matrix, u)
                found.append((u @ matrix @ v / top).item())
            lines.append(Series(name, tuple(map(float, range(1, 26))), tuple(found)))
        return Curve("σ found, as a share of SVD's", tuple(lines), x_label="iteration", guides=(Guide(1.0, "SVD"),))

    @figure("The largest singular value")
    def sigmas(self, seen: Observation) -> Table:
        nets = [copy.deepcopy(self.nets[name]).eval() for name in ("none", "weight", "spectral")]
        rows = [
            (name, *(f"{torch.linalg.svdvals(layer.weight.detach().flatten(1))[0].item():.3f}" for layer in layers))
            for name, *layers in zip(LAYERS, *map(readers, nets), strict=True)
        ]
        return Table("σ of each layer's weights", ("layer", "none", "weight", "spectral"), tuple(rows))

    @figure("Loss")
    def losses(self, seen: Observation) -> Curve:
        return loss_curve(seen, guides=(Guide(2.3026, "ln 10"),))


def rounded(x: Tensor) -> tuple[float, ...]:
    return tuple(round(value, 3) for value in x.tolist())
