"""The committed records behind docs/results.md: one file an encoder, one line a fine-tuning run."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qscore_core.encoder_report import PARTS, EncoderReport, report_from_dict
from qscore_core.regulariser import Weights
from qscore_core.workspace import write_atomic

FOLDER = Path("docs/records")
RUNS = "finetune.jsonl"
TUNED = "tuned.json"
HABITATS = "Habitats"
SWAPPED = "swapped"


@dataclass(frozen=True)
class Candidate:
    """Weights tried for the arm `tuned`: probe accuracy on held-out train pictures by method, and its mean lead."""

    weights: Weights
    validation_top1: dict[str, float]
    against_control: float


@dataclass(frozen=True)
class EncoderRecord:
    """A built-in encoder: how it was trained, as its file's header says (None: not at all), and the report on it."""

    name: str
    training: dict[str, Any] | None
    report: EncoderReport


@dataclass(frozen=True)
class Snapshot:
    """An encoder at one moment; shares from 0 to 1, None where the data cannot say.

    `top1` and its parts by habitat are of the target split, `swapped` is of that split. Q-Score's numbers hold at
    `epsilon`, an image with an empty L_i n D counting as Q = 0. `core` and `spurious` are shares of the heat.
    """

    epsilon: float
    top1: float | None
    fits: float | None
    fits_not: float | None
    swapped: float | None
    mean_q: float
    empty: float
    auroc: float | None
    auprc_correct: float | None
    auprc_error: float | None
    zeros: float
    rankme: float
    core: float | None
    spurious: float | None


@dataclass(frozen=True)
class RunRecord:
    """One fine-tuning run; `last_epoch` holds the means of its metrics: terms, `gradient_*` norms, what was watched.

    `pictures` says what it was trained and judged on, in words: folders have other names elsewhere.
    """

    method: str
    arm: str
    recipe: str
    seed: int
    run: str
    settings: dict[str, Any]
    before: Snapshot
    after: Snapshot
    last_epoch: dict[str, float]
    pictures: str = HABITATS

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        return self.pictures, self.recipe, self.method, self.arm, self.seed


def snapshot_of(report: EncoderReport, epsilon: str) -> Snapshot:
    """The report in brief, with Q-Score at `epsilon` as it was asked for."""
    score = report.score(epsilon)
    assert score is not None  # who takes a snapshot has asked for this epsilon
    judged, heat = score.evaluation, report.heat
    top1 = lambda split, *part: None if (a := report.accuracy(split, *part)) is None else a.top1  # noqa: E731
    return Snapshot(
        epsilon=score.epsilon,
        top1=top1(report.split),
        fits=top1(report.split, PARTS[True]),
        fits_not=top1(report.split, PARTS[False]),
        swapped=top1(SWAPPED),
        mean_q=score.mean_q,
        empty=score.empty_share,
        auroc=judged and judged.auroc,
        auprc_correct=judged and judged.auprc_correct,
        auprc_error=judged and judged.auprc_error,
        zeros=report.metrics["zeros"],
        rankme=report.metrics["rankme"],
        core=heat and heat.core and heat.core.share,
        spurious=heat and heat.spurious and heat.spurious.share,
    )


def write_encoder(record: EncoderRecord, folder: Path) -> Path:
    """`encoder-<name>.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"encoder-{record.name}.json"
    write_atomic(path, json.dumps(asdict(record), indent=1) + "\n")
    return path


def read_encoders(folder: Path) -> list[EncoderRecord]:
    """In the order of their file names."""
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("encoder-*.json"))]
    return [EncoderRecord(**{**record, "report": report_from_dict(record["report"])}) for record in found]


def write_run(record: RunRecord, folder: Path) -> Path:
    """Adds a line to `finetune.jsonl`, or replaces the one of the same pictures, recipe, method, arm and seed."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {found.key: found for found in read_runs(folder)} | {record.key: record}
    lines = [json.dumps(asdict(kept[key])) + "\n" for key in sorted(kept)]
    write_atomic(folder / RUNS, "".join(lines))
    return folder / RUNS


def read_runs(folder: Path) -> list[RunRecord]:
    """In the order of the file; none where there is no file."""
    path = folder / RUNS
    lines = path.read_text().splitlines() if path.is_file() else []
    return [_run(json.loads(line)) for line in lines]


def _run(found: dict[str, Any]) -> RunRecord:
    return RunRecord(**{**found, "before": Snapshot(**found["before"]), "after": Snapshot(**found["after"])})


def write_candidates(candidates: list[Candidate], folder: Path) -> None:
    write_atomic(folder / TUNED, json.dumps([asdict(candidate) for candidate in candidates], indent=1) + "\n")


def read_candidates(folder: Path) -> list[Candidate]:
    """In the order they were tried, control first; empty where nobody has chosen yet."""
    file = folder / TUNED
    entries = json.loads(file.read_text()) if file.exists() else []
    return [Candidate(**{**entry, "weights": Weights(**entry["weights"])}) for entry in entries]
