"""`file:PATH` and `run:ID`: weights on this machine."""

from pathlib import Path

import torch

from qscore_core.encoders.assemble import Weights, assemble
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.inspection import Checkpoint, open_checkpoint
from qscore_core.encoders.options import FILE_OPTIONS, TRANSFORM_OPTIONS, override_shape, override_transform
from qscore_core.encoders.resnet import ResNetShape, arch_name
from qscore_core.encoders.strict import compare_keys, require_fit, require_numbers
from qscore_core.encoders.transform import CIFAR_TRANSFORM, IMAGENET_TRANSFORM, Transform
from qscore_core.errors import BadReferenceError, EncoderError
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

RUNS = "runs"
RUN_ENCODER = "encoder.safetensors"


def load_file(reference: Reference, workspace: Workspace, device: torch.device | str) -> Encoder:
    """Any checkpoint of a known layout; each detected property can be overridden by an option."""
    del workspace  # a scheme's function takes what every scheme may need
    if not reference.body:
        raise BadReferenceError("Reference `file:` should name a file: `file:PATH`.")
    reference.require_options(FILE_OPTIONS)
    return assemble(str(reference), read_weights(Path(reference.body).expanduser(), reference), device)


def load_run(reference: Reference, workspace: Workspace, device: torch.device | str) -> Encoder:
    """The encoder that a training run of this workspace wrote."""
    reference.require_options(TRANSFORM_OPTIONS)
    path = run_encoder_path(workspace, reference.body)
    if not path.is_file():
        found = ", ".join(f"`run:{run}`" for run in finished_runs(workspace)) or "none"
        raise EncoderError(f"Run `{reference.body}` has no encoder in `{workspace.root}`. Finished runs: {found}.")
    return assemble(str(reference), read_weights(path, reference), device)


def run_encoder_path(workspace: Workspace, run: str) -> Path:
    """Where a run keeps its encoder. Raises BadReferenceError for an id that is no plain name."""
    if not run or Path(run).name != run or run.startswith("."):
        raise BadReferenceError(f"Reference `run:{run}` should name a training run of this workspace: `run:ID`.")
    return workspace.root / RUNS / run / RUN_ENCODER


def finished_runs(workspace: Workspace) -> list[str]:
    """Ids of the runs that wrote an encoder, by name."""
    return sorted(path.parent.name for path in workspace.root.glob(f"{RUNS}/*/{RUN_ENCODER}"))


def read_weights(path: Path, reference: Reference) -> Weights:
    """Reads, checks and describes a file. Raises EncoderError unless it fills the network exactly."""
    checkpoint = open_checkpoint(path)
    own = checkpoint.own
    shape = override_shape(checkpoint.shape, reference)
    tensors = checkpoint.backbone.tensors
    require_fit(compare_keys(tensors, shape), checkpoint.name, arch_name(shape), arch_name(checkpoint.shape))
    require_numbers(tensors, checkpoint.name)
    transform = own.transform if own else _default_transform(shape)
    detected = own.method if own else checkpoint.backbone.layout.method
    return Weights(
        tensors,
        shape,
        override_transform(transform, reference),
        method=reference.options.get("method", detected),
        source=str(path),
        warnings=_warnings(checkpoint, shape, reference),
    )


def _default_transform(shape: ResNetShape) -> Transform:
    return CIFAR_TRANSFORM if _small_stem(shape) else IMAGENET_TRANSFORM


def _small_stem(shape: ResNetShape) -> bool:
    return shape.stem.kernel == 3 and not shape.stem.pool


def _warnings(checkpoint: Checkpoint, shape: ResNetShape, reference: Reference) -> tuple[str, ...]:
    if checkpoint.own or not _small_stem(shape):
        return ()
    texts = []
    if "normalize" not in reference.options:
        texts.append("The file does not say its normalisation: CIFAR-10's is assumed (`normalize=` overrides).")
    if not {"resize", "crop"} & set(reference.options):
        texts.append("The file does not say its input size: 32 pixels are assumed (`resize=`, `crop=` override).")
    if "padding" not in reference.options:
        texts.append(
            "The file does not say its stem's padding: 1 is assumed (solo-learn uses 2: `padding=2` overrides)."
        )
    return tuple(texts)
