"""The report on an encoder by reference, before anything of it is loaded."""

from qscore_core.encoders.catalog import entry_file, published_encoders
from qscore_core.encoders.catalog_scheme import require_at_hand, with_row_options
from qscore_core.encoders.inspection import Inspection, inspect_checkpoint
from qscore_core.references import parse_reference
from qscore_core.workspace import Workspace


def inspect_reference(ref: str, workspace: Workspace) -> Inspection:
    """What the file behind `file:PATH` or `catalog:NAME` holds, with the options of the reference applied.

    Raises BadReferenceError for another scheme, EncoderError where the file is not there or holds no encoder.
    """
    reference = parse_reference(ref, ("file", "catalog"))
    if reference.scheme == "file":
        return inspect_checkpoint(reference.body, reference.options)
    entry = published_encoders().find(reference.body)
    require_at_hand(entry, workspace)
    return inspect_checkpoint(entry_file(entry, workspace), with_row_options(reference, entry).options)
