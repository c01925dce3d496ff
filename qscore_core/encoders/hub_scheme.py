"""`hub:timm/NAME`, `hub:facebook/NAME`: networks of the Hugging Face hub, from its local cache."""

import torch

from qscore_core.encoders.assemble import fingerprint
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.hub import (
    HubNetwork,
    Repository,
    fetch_repository,
    repository_of,
    timm_network,
    transformers_network,
)
from qscore_core.encoders.options import TRANSFORM_OPTIONS, override_transform
from qscore_core.encoders.transform import MAX_PIXELS, Transform
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

DOWNLOAD = "download"
METHODS = ("dinov2", "dino", "mae", "clip", "moco")


def load_hub(reference: Reference, workspace: Workspace, device: torch.device | str) -> Encoder:
    """Downloads nothing unless the reference says `download=1`; afterwards it needs no network."""
    del workspace  # the hub keeps its own cache
    reference.require_options(TRANSFORM_OPTIONS | {"method", DOWNLOAD})
    repository = repository_of(reference)
    if reference.options.get(DOWNLOAD) == "1" and not repository.is_at_hand:
        fetch_repository(repository)
    build = timm_network if repository.owner == "timm" else transformers_network
    return _encoder(reference, repository, build(repository, _wanted_crop(reference)), device)


def _wanted_crop(reference: Reference) -> int | None:
    """Another input size than the network's own, if the reference asks for one."""
    anything = Transform(MAX_PIXELS, MAX_PIXELS)
    return override_transform(anything, reference).crop if "crop" in reference.options else None


def _encoder(reference: Reference, repository: Repository, network: HubNetwork, device: torch.device | str) -> Encoder:
    module = network.module.float().eval().requires_grad_(False)
    transform = override_transform(network.transform, reference)
    kept = {key: value for key, value in reference.options.items() if key != DOWNLOAD}
    return Encoder(
        ref=str(Reference(reference.scheme, reference.body, kept)),
        module=module.to(device=torch.device(device)),
        arch=network.arch,
        method=reference.options.get("method", method_of(repository)),
        dim=network.dim,
        transform=transform,
        fingerprint=fingerprint(module.state_dict(), network.settings, transform),
        source=f"https://huggingface.co/{repository.id}",
        warnings=network.warnings,
    )


def method_of(repository: Repository) -> str:
    """The objective as far as the repository's name tells it; `unknown` otherwise."""
    name = repository.name.lower()
    return next((method for method in METHODS if method in name), "unknown")
