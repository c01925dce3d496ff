import numpy as np
import pytest
import torch
from hypothesis import settings
from jaxtyping import install_import_hook

settings.register_profile("untimed", deadline=None)  # other work on the machine is no fault of the code
settings.load_profile("untimed")

# Shapes in signatures are checked in tests and cost nothing outside; compiled loops cannot be wrapped.
SHAPED = (
    *("activation", "activation_index", "qscore", "fit_check", "probe", "evaluation", "compression"),
    *("model_metrics", "heatmaps", "alignment", "comparison", "signals"),
)
install_import_hook([f"qscore_core.{module}" for module in SHAPED], "shape_checker.checked")

from job_process import LightJob  # noqa: E402

from qscore_core.workspace import Workspace  # noqa: E402


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)
    np.random.seed(0)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.at(tmp_path / "workspace")


@pytest.fixture
def light(workspace):
    """Starts light jobs, and ends those that a failed test left."""
    made = []

    def start(title="light", **how):
        made.append(LightJob(workspace, title, **how))
        return made[-1]

    yield start
    for job in made:
        if job.process:
            job.kill()
