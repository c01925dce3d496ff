import numpy as np
import pytest
import torch
from jaxtyping import install_import_hook

# Shapes in signatures are checked in tests and cost nothing outside; compiled loops cannot be wrapped.
SHAPED = ("activation", "activation_index", "qscore", "fit_check", "probe", "evaluation", "compression")
install_import_hook([f"qscore_core.{module}" for module in SHAPED], "shape_checker.checked")

from qscore_core.workspace import Workspace  # noqa: E402


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)
    np.random.seed(0)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.at(tmp_path / "workspace")
