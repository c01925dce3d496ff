"""`file:PATH` and `run:ID`: weights on this machine."""

from pathlib import Path

import torch

from qscore_core.encoders.assemble import Weights, assemble
from qscore_core.encoders.checkpoint import open_checkpoint
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.options import FILE_OPTIONS, TRANSFORM_OPTIONS
from qscore_core.encoders.remarks import warnings_about
from qscore_core.encoders.strict import compare_keys, require_fit, require_numbers
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
    checkpoint = open_checkpoint(path, reference)
    shape, tensors = checkpoint.shape, checkpoint.tensors
    require_fit(compare_keys(tensors, shape), checkpoint.name, shape.name, checkpoint.detected.name)
    require_numbers(tensors, checkpoint.name)
    if checkpoint.undecided:
        raise EncoderError(checkpoint.undecided)
    return Weights(
        tensors,
        shape,
        checkpoint.transform,
        method=checkpoint.method,
        source=str(path),
        warnings=warnings_about(checkpoint, reference),
        role=checkpoint.backbone.role,
    )
