"""The whole state of a run in one file, replaced atomically: a kill at any moment leaves a whole one."""

import io
import pickle
from pathlib import Path

import torch
from lightning_fabric import Fabric

from qscore_core.errors import TrainingError
from qscore_core.training.finite import require_finite_weights
from qscore_core.training.state import TrainingState
from qscore_core.workspace import write_atomic

FORMAT = 1


def save_checkpoint(path: Path, state: TrainingState, fabric: Fabric) -> None:
    """Writes all that the coming steps depend on.

    Raises NotFiniteError for weights that are not finite: the file then stays the last good one.
    """
    require_finite_weights(state.learner, state.step)
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, "state": state.state_dict(), **_surroundings(fabric)}, buffer)
    write_atomic(path, buffer.getvalue())


def load_checkpoint(path: Path, state: TrainingState, fabric: Fabric) -> None:
    """Brings `state` to where the file left it. Raises TrainingError when the file is not a checkpoint of this run."""
    try:
        saved = torch.load(path, map_location=fabric.device, weights_only=True)
        state.load_state_dict(saved["state"])
        fabric.strategy.precision.load_state_dict(saved["precision"])
        torch.set_rng_state(saved["rng"].cpu())
    except (RuntimeError, KeyError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise TrainingError(
            f"Checkpoint `{path}` cannot be read ({type(error).__name__}). Delete it to start this run anew."
        ) from error
    if fabric.device.type == "cuda" and len(saved["device_rng"]):
        torch.cuda.set_rng_state(saved["device_rng"].cpu(), fabric.device)


def _surroundings(fabric: Fabric) -> dict[str, object]:
    """State outside the modules: loss scaler and random generators (for methods with dropout or random queues)."""
    return {
        "precision": fabric.strategy.precision.state_dict(),
        "rng": torch.get_rng_state(),
        # of this process's device alone: a run may go on where there are fewer of them, or none
        "device_rng": torch.cuda.get_rng_state(fabric.device) if fabric.device.type == "cuda" else [],
    }
