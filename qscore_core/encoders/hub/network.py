"""A hub network as a value."""

from dataclasses import dataclass

from torch import nn

from qscore_core.encoders.transform import Transform


@dataclass(frozen=True, eq=False)
class HubNetwork:
    """`module(pixels [image, 3, height, width]) -> h [image, dim]` with its weights, and its own transform.

    `settings` is all that fixes the network but its weights, as text for a digest.
    """

    module: nn.Module
    arch: str
    dim: int
    transform: Transform
    settings: str
    warnings: tuple[str, ...] = ()
