"""What the objectives' tests share: narrow heads, a tiny encoder, random rows, derivatives, the momentum rule."""

from dataclasses import replace

import torch
from torch import nn

from qscore_core.encoders.networks.resnet import ResNetShape, Stem, build_resnet
from qscore_core.objectives import (
    BarlowSettings,
    BYOLSettings,
    DINOSettings,
    MoCoSettings,
    SimCLRSettings,
    SimSiamSettings,
    SwAVSettings,
    VICRegSettings,
    ViewRecipe,
)

VIEW = ViewRecipe(size=12)
SMALL_VIEW = ViewRecipe(size=8)
DIM = 6  # features of the random representations
SHAPE = ResNetShape(
    "basic", (1, 1, 1, 1), planes=(8, 8, 8, 16), strides=(1, 2, 2, 1), stem=Stem(3, 1, 1, False), stem_planes=8
)
NARROW = {"hidden_dim": 8, "output_dim": 5}

SETTINGS = {
    entry.method: entry
    for entry in (
        SimCLRSettings(VIEW, **NARROW),
        SwAVSettings(VIEW, SMALL_VIEW, local_views=2, prototypes=7, queue_length=12, **NARROW),
        MoCoSettings(VIEW, queue_length=24, **NARROW),
        BYOLSettings(VIEW, SMALL_VIEW, **NARROW),
        DINOSettings(VIEW, SMALL_VIEW, local_views=2, hidden_dim=8, bottleneck_dim=5, output_dim=7),
        SimSiamSettings(VIEW, output_dim=8, predictor_hidden_dim=4),
        VICRegSettings(VIEW, SMALL_VIEW, **NARROW),
        BarlowSettings(VIEW, SMALL_VIEW, **NARROW),
    )
}


def built(method, *, dim=DIM, seed=0, **changes):
    """The method's objective in float64 with a linear encoder; its random weights follow from the seed."""
    torch.manual_seed(seed)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(4, dim))
    return replace(SETTINGS[method], **changes).build(encoder, dim).double()


def without_heads(method, **changes):
    """The method's objective for hand-made projections of two numbers: heads pass their input on."""
    objective = built(method, dim=2, **changes)
    for name in ("projector", "predictor", "momentum_projector"):
        if hasattr(objective, name):
            setattr(objective, name, nn.Identity())
    return objective


def tensor(rows):
    return torch.tensor(rows, dtype=torch.float64)


def random_rows(views=2, *, images=4, dim=DIM, seed=0):
    """Representations [image, dim] of some views, float64."""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(images, dim, generator=generator, dtype=torch.float64) for _ in range(views)]


def leaves(rows):
    return [h.clone().requires_grad_() for h in rows]


def total(terms):
    return sum(terms.values())


def gradients(objective, rows, targets):
    inputs = leaves(rows)
    return torch.autograd.grad(total(objective.terms(inputs, targets)), inputs)


@torch.no_grad()
def differences(function, rows, step=1e-5):
    """Derivatives of `function(rows)` with respect to every number in `rows`, by central differences."""
    slopes = []
    for h in rows:
        slope = torch.zeros_like(h)
        for place in range(h.numel()):
            kept = h.view(-1)[place].item()
            h.view(-1)[place] = kept + step
            above = function(rows)
            h.view(-1)[place] = kept - step
            slope.view(-1)[place] = (above - function(rows)) / (2 * step)
            h.view(-1)[place] = kept
        slopes.append(slope)
    return slopes


def derivative_matches(method, targets=(), views=2, **changes):
    """Whether autograd and differences agree on the loss, for representations of some views.

    Every evaluation builds the objective anew, since terms move queues and centres.
    """

    def loss(*representations):
        return total(built(method, **changes).terms(list(representations), list(targets)))

    return torch.autograd.gradcheck(loss, leaves(random_rows(views)))


def assert_momentum_copies_follow(method, share_done, rate, **changes):
    """A step leaves each copy at rate * copy + (1 - rate) * original; the originals are a new encoder and projector."""
    objective, other = built(method, **changes), built(method, seed=1)
    objective.projector.load_state_dict(other.projector.state_dict())
    encoder = other.momentum_encoder.encoder
    pairs = [(encoder, objective.momentum_encoder.encoder), (objective.projector, objective.momentum_projector)]
    expected = [
        rate * late + (1 - rate) * new
        for original, copied in pairs
        for new, late in zip(original.parameters(), copied.parameters(), strict=True)
    ]
    objective.after_step(encoder, share_done)
    found = [parameter for _, copied in pairs for parameter in copied.parameters()]
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-7)


def unit(row):
    return row / (row @ row) ** 0.5


def tiny_encoder(seed=0):
    return build_resnet(SHAPE, seed)


def random_views(objective, *, images=8, seed=0):
    """Noise as normalised views, one for each recipe."""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(images, 3, recipe.size, recipe.size, generator=generator) for recipe in objective.views]
