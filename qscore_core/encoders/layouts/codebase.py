"""What is known about a codebase's checkpoints, as data."""

import re
from dataclasses import dataclass

ONLINE, MOMENTUM = "online", "momentum"
UNKNOWN = "unknown"
SEVERAL_CODES = "barlow or vicreg"  # Barlow Twins and VICReg have the same heads, so some files cannot tell


@dataclass(frozen=True)
class Sign:
    """Regular expressions that must match (`has`) or must not (`lacks`) in the list of a file's names, one a line."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def is_in(self, names: str) -> bool:
        found = (re.search(pattern, names, re.MULTILINE) for pattern in self.has)
        return all(found) and not any(re.search(pattern, names, re.MULTILINE) for pattern in self.lacks)


@dataclass(frozen=True)
class Presets:
    """Names of presets: for an ImageNet stem, for a 3x3 stem, for a ViT."""

    usual: str = "imagenet"
    small: str = "cifar10"
    vit: str = "imagenet"


@dataclass(frozen=True)
class Codebase:
    """`online` and `momentum` are addresses (`state_dict/encoder_q.`) of the two networks, in order of preference.

    `default` is the one that the codebase evaluates. `methods` are tried in order. `heads` begin keys behind the prefix
    that are no part of the backbone, besides those of the naming; `note` is what a user should know.
    """

    title: str
    online: tuple[str, ...]
    momentum: tuple[str, ...] = ()
    sign: Sign = Sign()
    methods: tuple[tuple[str, Sign], ...] = ()
    heads: tuple[str, ...] = ()
    default: str = ONLINE
    presets: Presets = Presets()
    note: str = ""

    def method(self, names: str) -> str:
        return next((method for method, sign in self.methods if sign.is_in(names)), UNKNOWN)

    def addresses(self, role: str) -> tuple[str, ...]:
        return self.momentum if role == MOMENTUM else self.online


def always(method: str) -> tuple[tuple[str, Sign], ...]:
    """The methods of a codebase that has one."""
    return ((method, Sign()),)
