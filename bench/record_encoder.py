"""`python -m bench.record_encoder simclr` writes the record of a built-in encoder; `untrained` is one of them."""

from typing import Any

from bench.recording import record_by_name, tell
from bench.records import EncoderRecord, write_encoder
from qscore_core.encoder_report import encoder_report, report_splits
from qscore_core.encoders import read_own_metadata
from qscore_core.encoders.habitats_scheme import THUMBPRINT, asset_path
from qscore_core.pipeline import Subject
from qscore_core.workspace import Workspace

DATASET = "habitats"


def training_of(name: str) -> dict[str, Any] | None:
    """What the header of the encoder's file says of its training, less the thumbprint of its pictures."""
    path = asset_path(name)
    own = read_own_metadata(path) if path else None
    return None if own is None else {key: value for key, value in own.record.items() if key != THUMBPRINT}


def record_encoder(name: str, workspace: Workspace) -> EncoderRecord:
    subject = Subject(f"habitats:{name}", DATASET)
    report = encoder_report(subject, report_splits(DATASET, workspace), workspace, tell)
    return EncoderRecord(name, training_of(name), report)


def main() -> None:
    record_by_name(__doc__, lambda name, workspace, records: write_encoder(record_encoder(name, workspace), records))


if __name__ == "__main__":
    main()
