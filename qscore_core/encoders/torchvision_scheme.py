"""`torchvision:resnet50/IMAGENET1K_V2`: supervised ResNets for contrast, and `torchvision:resnet18/random`."""

from pathlib import Path
from urllib.error import URLError

import torch
from torchvision.models import Weights as ModelWeights
from torchvision.models import WeightsEnum, get_model_weights

from qscore_core.encoders.assemble import Weights, assemble
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.networks.resnet import NAMED_SHAPES, build_resnet
from qscore_core.encoders.options import TRANSFORM_OPTIONS, override_transform
from qscore_core.encoders.strict import compare_keys, require_fit
from qscore_core.encoders.transform import IMAGENET_TRANSFORM, Transform
from qscore_core.errors import BadReferenceError, EncoderError
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

RANDOM = "random"
RANDOM_SEED = 0


def load_torchvision(reference: Reference, workspace: Workspace, device: torch.device | str) -> Encoder:
    """Downloads the weights into the workspace the first time; needs no network afterwards."""
    arch, _, name = reference.body.partition("/")
    if arch not in NAMED_SHAPES:
        raise BadReferenceError(
            f"Reference `{reference}` should name one of {', '.join(NAMED_SHAPES)}, "
            f"as in `torchvision:resnet50/IMAGENET1K_V2`. Found `{arch}`."
        )
    if name == RANDOM:
        return _random(reference, arch, device)
    reference.require_options(TRANSFORM_OPTIONS)
    members = weights_of(arch)
    if name not in members:
        raise BadReferenceError(
            f"Reference `{reference}` should name weights of {arch}: {', '.join(members)} or {RANDOM}. Found `{name}`."
        )
    return assemble(str(reference), _published(reference, arch, members[name], workspace), device)


def weights_of(arch: str) -> dict[str, WeightsEnum]:
    """The published weights of an architecture by name."""
    return {weights.name: weights for weights in get_model_weights(arch)}


def downloaded_file(weights: WeightsEnum, workspace: Workspace) -> Path:
    """Where the file of published weights lies once it was downloaded."""
    return workspace.root / "downloads" / Path(weights.url).name


def _random(reference: Reference, arch: str, device: torch.device | str) -> Encoder:
    reference.require_options(TRANSFORM_OPTIONS | {"seed"})
    seed = reference.options.get("seed", str(RANDOM_SEED))
    if not seed.isdigit():
        raise BadReferenceError(f"Reference `{reference}`: `seed` should be a whole number. Found `{seed}`.")
    shape = NAMED_SHAPES[arch]
    weights = Weights(
        build_resnet(shape, int(seed)).state_dict(),
        shape,
        override_transform(IMAGENET_TRANSFORM, reference),
        method="untrained",
        source=f"random weights, seed {seed}",
    )
    return assemble(str(reference), weights, device)


def _published(reference: Reference, arch: str, weights: WeightsEnum, workspace: Workspace) -> Weights:
    tensors = {key: value for key, value in _fetch(weights, workspace).items() if not key.startswith("fc.")}
    shape = NAMED_SHAPES[arch]
    require_fit(compare_keys(tensors, shape), str(weights), arch, arch)
    return Weights(
        tensors,
        shape,
        override_transform(transform_of(weights.value), reference),
        method="supervised",
        source=f"torchvision {weights}",
    )


def transform_of(weights: ModelWeights) -> Transform:
    """The evaluation transform that torchvision publishes with the weights."""
    published = weights.transforms()
    return Transform(
        resize=published.resize_size[0],
        crop=published.crop_size[0],
        mean=tuple(published.mean),
        std=tuple(published.std),
        interpolation=published.interpolation.value,
    )


def _fetch(weights: WeightsEnum, workspace: Workspace) -> dict[str, torch.Tensor]:
    folder = downloaded_file(weights, workspace).parent
    try:
        state: dict[str, torch.Tensor] = torch.hub.load_state_dict_from_url(
            weights.url, str(folder), map_location="cpu", progress=False, check_hash=True, weights_only=True
        )
    except (URLError, TimeoutError, ConnectionError) as error:
        raise EncoderError(
            f"{weights} is not in the workspace and cannot be downloaded from {weights.url}: no network "
            f"({getattr(error, 'reason', error)}). If you have the file, use `file:PATH`."
        ) from error
    except RuntimeError as error:  # the checksum in the file's name does not match
        raise EncoderError(f"{weights} was downloaded damaged ({error}). Run the same command again.") from error
    return state
