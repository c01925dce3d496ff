"""`habitats:NAME`: the encoders that come with the program, and `habitats:untrained` of the same shape."""

from dataclasses import replace
from pathlib import Path

import torch

from qscore_core.encoders.assemble import Weights, assemble
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.file_scheme import read_weights
from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.encoders.options import TRANSFORM_OPTIONS, override_transform
from qscore_core.encoders.own_format import OwnMetadata, read_own_metadata
from qscore_core.errors import EncoderError
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

ASSETS = Path(__file__).parents[2] / "assets" / "encoders"
UNTRAINED = "untrained"
UNTRAINED_LIKE = "simclr"
UNTRAINED_SEED = 0
THUMBPRINT = "thumbprint"
DRIFT_LIMIT = 2.0  # grey levels of 255


def load_habitats(reference: Reference, workspace: Workspace, device: torch.device | str) -> Encoder:
    """A built-in encoder; warns when the pictures drawn here differ from those it was trained on."""
    reference.require_options(TRANSFORM_OPTIONS)
    if reference.body == UNTRAINED:
        return assemble(str(reference), _untrained(reference), device)
    path = asset_path(reference.body)
    if path is None:
        names = ", ".join(f"`habitats:{name}`" for name in [*built_in_names(), UNTRAINED])
        raise EncoderError(f"There is no built-in encoder `{reference}`. Found {names}.")
    weights = read_weights(path, reference)
    own = read_own_metadata(path)
    warnings = () if own is None else drift_warnings(own, workspace)
    return assemble(str(reference), replace(weights, warnings=weights.warnings + warnings), device)


def built_in_names() -> list[str]:
    """Names of the encoders in `assets/encoders`."""
    return sorted(path.stem for path in ASSETS.glob("*.safetensors"))


def asset_path(name: str) -> Path | None:
    """The file of a built-in encoder, None if there is none of that name."""
    path = ASSETS / f"{name}.safetensors"
    return path if path.parent == ASSETS and path.is_file() else None


def _untrained(reference: Reference) -> Weights:
    path = asset_path(UNTRAINED_LIKE)
    own = read_own_metadata(path) if path else None
    if own is None:
        raise EncoderError(
            f"`habitats:{UNTRAINED}` takes its shape from `habitats:{UNTRAINED_LIKE}`, whose file is missing from "
            f"`{ASSETS}`. Restore it, or train one with `pretrain --method {UNTRAINED_LIKE} --dataset habitats`."
        )
    return Weights(
        build_resnet(own.shape, UNTRAINED_SEED).state_dict(),
        own.shape,
        override_transform(own.transform, reference),
        method=UNTRAINED,
        source=f"random weights, seed {UNTRAINED_SEED}",
    )


def drift_warnings(own: OwnMetadata, workspace: Workspace) -> tuple[str, ...]:
    """Compares the pictures that lie in the workspace already with the record's thumbprint; draws nothing."""
    # Here, because a run without Habitats should not pay for importing its painter.
    from qscore_core.datasets.habitats import thumbprint, thumbprint_drift
    from qscore_core.datasets.habitats_set import stored_pictures

    expected = own.record.get(THUMBPRINT)
    pictures = stored_pictures(workspace, "train")
    if expected is None or pictures is None:
        return ()
    drift = thumbprint_drift(thumbprint(pictures), expected)
    if drift <= DRIFT_LIMIT:
        return ()
    return (
        "The Habitats pictures in this workspace differ from those this encoder was trained on by up to "
        f"{drift:.1f} grey levels ({DRIFT_LIMIT:.0f} allowed), so its numbers may differ from the published ones.",
    )
