"""`catalog:NAME`: a published encoder whose file is in the workspace."""

import torch

from qscore_core.encoders.assemble import assemble
from qscore_core.encoders.catalog import CatalogEntry, entry_file, is_at_hand, published_encoders
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.file_scheme import read_weights
from qscore_core.encoders.options import FILE_OPTIONS
from qscore_core.errors import EncoderError
from qscore_core.references import Reference
from qscore_core.workspace import Workspace


def load_catalog(reference: Reference, workspace: Workspace, device: torch.device | str) -> Encoder:
    """The encoder with the row's preset and options, under those of the reference; downloads nothing."""
    reference.require_options(FILE_OPTIONS)
    entry = published_encoders().find(reference.body)
    require_at_hand(entry, workspace)
    weights = read_weights(entry_file(entry, workspace), with_row_options(reference, entry))
    return assemble(str(reference), weights, device)


def with_row_options(reference: Reference, entry: CatalogEntry) -> Reference:
    """What the reference means in full: the row says what the file cannot."""
    row = {"method": entry.method, "preset": entry.preset, **entry.options}
    return Reference(reference.scheme, reference.body, {**row, **reference.options})


def require_at_hand(entry: CatalogEntry, workspace: Workspace) -> None:
    """Raises EncoderError that says how the file comes here, where it is not."""
    if is_at_hand(entry, workspace):
        return
    if entry.address:
        raise EncoderError(
            f"`{entry.ref}` is not in the workspace yet. Fetch it with `python -m qscore_core fetch {entry.name}` or "
            "on the Encoders page; if you have the file, add `--file PATH`."
        )
    raise EncoderError(
        f"`{entry.ref}` is not in the workspace, and it has no address to download from. {entry.bring} "
        f"Then `python -m qscore_core fetch {entry.name} --file PATH`."
    )
