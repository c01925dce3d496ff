"""One backbone out of a checkpoint: which networks there are, whose codebase wrote them, which one was asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from qscore_core.encoders.layouts import by_order
from qscore_core.encoders.layouts.codebase import MOMENTUM, ONLINE, Codebase, Presets
from qscore_core.encoders.layouts.codebases import CODEBASES
from qscore_core.encoders.layouts.hints import explain
from qscore_core.encoders.layouts.naming import Naming
from qscore_core.encoders.layouts.walk import Found, Place, names_in, networks_in, plain, tensor_dicts
from qscore_core.errors import EncoderError

FOLLOWER = re.compile(r"(?<![a-z])(momentum|teacher|target|ema|key)(?![a-z])|_k(?![a-z])")  # the network that follows
SHOWN = 4


@dataclass(frozen=True, eq=False)
class Backbone:
    """The tensors of one network under standard names, and what was left in the file.

    `role` is `online` or `momentum`, `roles` are those that the file has. `dropped` are names as they stand in the
    file, `heads` those of them in groups that belong to a network. `classes` counts the outputs of a classifier
    right behind the backbone, 0 where there is none.
    """

    codebase: Codebase
    method: str
    place: Place
    prefix: str
    role: str
    roles: tuple[str, ...]
    naming: Naming
    tensors: dict[str, Tensor]
    dropped: tuple[str, ...]
    heads: tuple[str, ...]
    classes: int

    @property
    def recognised(self) -> bool:
        return self.codebase in CODEBASES


def find_backbone(content: Mapping[str, Any], name: str, role: str | None = None) -> Backbone:
    """The backbone in the asked role, or in the one that its codebase evaluates.

    Raises EncoderError, with the nearest explanation, where there is none or no one of that role; `name` is how the
    message calls the file.
    """
    networks = {found.address: found for found in _networks(content)}
    if not networks:
        raise EncoderError(f"Encoder file `{name}` holds no encoder in a known layout. {explain(content)}")
    names = names_in(content)
    codebase = _recognise(networks, names) or _unknown(networks, name)
    by_role = _roles(codebase, networks)
    role = role or (codebase.default if codebase.default in by_role else next(iter(by_role)))
    if role not in by_role:
        raise EncoderError(
            f"Encoder file `{name}` ({codebase.title}) has no {role} weights. Found {' and '.join(by_role)} weights "
            f"under {_listed(networks)}. Leave `weights=` out of the reference."
        )
    return _take(content, codebase, names, by_role[role], role, tuple(by_role))


def _networks(content: Mapping[str, Any]) -> list[Found]:
    networks = []
    for place, tensors in tensor_dicts(content):
        here = list(networks_in(place, tensors))
        if not here and place and place[-1] in by_order.PLACE:
            renamed = by_order.names_by_order(tensors)
            here = [Found(place, "", by_order.IN_ORDER, renamed)] if renamed else []
        networks += here
    return networks


def _recognise(networks: Mapping[str, Found], names: str) -> Codebase | None:
    for codebase in CODEBASES:
        if ONLINE in _roles(codebase, networks) and codebase.sign.is_in(names):
            return codebase
    return None


def _roles(codebase: Codebase, networks: Mapping[str, Found]) -> dict[str, Found]:
    found = {}
    for role in (ONLINE, MOMENTUM):
        address = next((address for address in codebase.addresses(role) if address in networks), None)
        if address is not None:
            found[role] = networks[address]
    return found


def _unknown(networks: Mapping[str, Found], name: str) -> Codebase:
    """A codebase that no table describes: one network, or one that another follows by its name."""
    followers = tuple(address for address in networks if FOLLOWER.search(address))
    leaders = tuple(address for address in networks if address not in followers)
    if len(leaders) > 1 or len(followers) > 1:
        raise EncoderError(
            f"Encoder file `{name}` holds {len(networks)} networks of an unknown codebase, under {_listed(networks)}. "
            "Expected one, perhaps with its momentum encoder. Save the one you mean alone."
        )
    title = next(iter(networks.values())).naming.title
    return Codebase(title, leaders, followers, presets=Presets())


def _take(
    content: Mapping[str, Any], codebase: Codebase, names: str, found: Found, role: str, roles: tuple[str, ...]
) -> Backbone:
    unneeded = (*codebase.heads, *found.naming.heads)
    inside = {key: key.removeprefix(found.prefix) for key in found.tensors if key.startswith(found.prefix)}
    kept = {key: rest for key, rest in inside.items() if not rest.startswith(unneeded)}
    source = _tensors_at(content, found.place)
    by_name = found.naming is not by_order.IN_ORDER
    left = [key for key in source if key not in kept] if by_name else list(source)[len(kept) :]
    return Backbone(
        codebase,
        codebase.method(names),
        found.place,
        found.prefix,
        role,
        roles,
        found.naming,
        {found.naming.standard(rest): found.tensors[key] for key, rest in kept.items()},
        dropped=(*left, *_beside(content, found.place)),
        heads=tuple(dict.fromkeys(_group(inside.get(key, key)) for key in left)),
        classes=_classes(found),
    )


def _beside(content: Mapping[str, Any], place: Place) -> list[str]:
    """What stands beside a place and beside the dicts above it, as a path."""
    beside = []
    value: Any = content
    for depth in range(len(place)):
        beside += ["/".join([*place[:depth], str(key)]) for key in value if key != place[depth]]
        value = value[place[depth]]
    return beside + ["/".join([*place, str(key)]) for key, item in value.items() if not isinstance(item, Tensor)]


def _tensors_at(content: Mapping[str, Any], place: Place) -> dict[str, Tensor]:
    return next(tensors for at, tensors in tensor_dicts(content) if at == place)


def _classes(found: Found) -> int:
    for head in found.naming.heads:
        weight = found.tensors.get(f"{found.prefix}{head}weight")
        if weight is not None and weight.ndim == 2:
            return weight.shape[0]
    return 0


def _group(key: str) -> str:
    return plain(key).split(".")[0]


def _listed(addresses: Mapping[str, Found]) -> str:
    shown = ", ".join(f"`{address}`" for address in list(addresses)[:SHOWN])
    return shown + (", ..." if len(addresses) > SHOWN else "")
