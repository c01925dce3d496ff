"""One table from schemes to the functions that load them."""

from collections.abc import Callable

import torch

from qscore_core.encoders.catalog_scheme import load_catalog
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.file_scheme import load_file, load_run
from qscore_core.encoders.habitats_scheme import load_habitats
from qscore_core.encoders.hub_scheme import load_hub
from qscore_core.encoders.torchvision_scheme import load_torchvision
from qscore_core.references import Reference, parse_reference
from qscore_core.workspace import Workspace

Loader = Callable[[Reference, Workspace, torch.device | str], Encoder]

SCHEMES: dict[str, Loader] = {
    "habitats": load_habitats,
    "catalog": load_catalog,
    "file": load_file,
    "hub": load_hub,
    "run": load_run,
    "torchvision": load_torchvision,
}


def load_encoder(ref: str, *, workspace: Workspace, device: torch.device | str = "cpu") -> Encoder:
    """The frozen encoder that a reference names, on `device`.

    Raises BadReferenceError for a reference that cannot be understood and EncoderError for weights that cannot be
    loaded whole.
    """
    reference = parse_reference(ref, tuple(SCHEMES))
    return SCHEMES[reference.scheme](reference, workspace, device)
