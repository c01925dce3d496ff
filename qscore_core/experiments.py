"""Fine-tuning experiments of a workspace, found from what its runs say of themselves.

An experiment is a set of runs that differ in their arm and in nothing else. Its runs may come from the app or from a
terminal; nothing else remembers them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qscore_core.datasets.dataset import Dataset
from qscore_core.training.arms import ARMS, CONTROL
from qscore_core.training.claim import claim, run_name
from qscore_core.training.files import RunFiles
from qscore_core.training.finetuning import Finetuning
from qscore_core.workspace import Workspace, digest_of, read_json

OF_THE_ARM = ("arm", "weights")
_PLACE = {arm: place for place, arm in enumerate(ARMS)}


@dataclass(frozen=True, eq=False)
class FinetuneRun:
    """One arm: a folder of the workspace and the settings that it was started with."""

    files: RunFiles
    settings: dict[str, Any]

    @property
    def run(self) -> str:
        return self.files.run

    @property
    def ref(self) -> str:
        """The reference of its encoder, which is there once it is done."""
        return f"run:{self.run}"

    @property
    def arm(self) -> str:
        return self.settings["arm"]

    @property
    def done(self) -> bool:
        return self.files.encoder.is_file()

    @property
    def epsilon(self) -> float:
        """Of D and Q while it was trained."""
        return float(self.settings["features"]["epsilon"])

    @cached_property
    def label(self) -> str:
        """The arm, with its coefficients where they are not the arm's usual ones: two runs may share an arm."""
        usual = ARMS.get(self.arm)
        weights = self.settings["weights"]
        names = {"q_score": "λ₁", "columns": "λ₂", "lasso": "λ"}
        if usual is None or (weights["scale"] == usual.scale and usual.of_terms() == {n: weights[n] for n in names}):
            return self.arm
        own = ", ".join(f"{sign} {weights[name]:g}" for name, sign in names.items() if weights[name])
        relative = ", relative" if weights["scale"] == "gradient" else ""
        return f"{self.arm} ({own}{relative})" if own else self.arm


@dataclass(frozen=True, eq=False)
class Experiment:
    """Runs that can be compared with each other; `started` is the Unix time of the first one, `key` its short name."""

    key: str
    runs: tuple[FinetuneRun, ...]
    started: float

    @property
    def settings(self) -> dict[str, Any]:
        """What all its runs share."""
        return shared_settings(self.runs[0].settings)

    @property
    def control(self) -> FinetuneRun | None:
        return next((run for run in self.runs if run.arm == CONTROL), None)


def planned_run(task: Finetuning, dataset: Dataset, workspace: Workspace) -> FinetuneRun:
    """The run that a task is or would become; writes nothing."""
    return FinetuneRun(RunFiles(workspace.root / "runs" / run_name(task, dataset)), task.identity())


def reserve(task: Finetuning, dataset: Dataset, workspace: Workspace) -> FinetuneRun:
    """Writes down what a run will do, so that it is known before its turn comes. Harmless for a run that exists.

    Raises SettingsError where a folder of that name holds other settings.
    """
    files = RunFiles(workspace.artefact("runs", run_name(task, dataset)))
    claim(files, task, dataset)
    return FinetuneRun(files, read_json(files.settings))


def finetune_runs(workspace: Workspace) -> list[FinetuneRun]:
    """All of the workspace; folders without (whole) settings are passed over."""
    found = []
    for path in sorted(workspace.root.glob("runs/*/settings.json")):
        try:
            settings = read_json(path)
        except (OSError, ValueError):
            continue
        if {"parent", *OF_THE_ARM} <= settings.keys():
            found.append(FinetuneRun(RunFiles(path.parent), settings))
    return found


def experiments(parent: str, dataset: str, split: str, workspace: Workspace) -> list[Experiment]:
    """The experiments that start from this encoder and train on this split, newest first, their control first."""
    groups: dict[str, list[FinetuneRun]] = {}
    for run in finetune_runs(workspace):
        if [run.settings[name] for name in ("parent", "dataset", "split")] == [parent, dataset, split]:
            groups.setdefault(experiment_key(run.settings), []).append(run)
    made = [_experiment(key, runs) for key, runs in groups.items()]
    return sorted(made, key=lambda experiment: experiment.started, reverse=True)


def _experiment(key: str, runs: list[FinetuneRun]) -> Experiment:
    ordered = sorted(runs, key=lambda run: (_PLACE.get(run.arm, len(_PLACE)), run.label, run.run))
    return Experiment(key, tuple(ordered), min(run.files.settings.stat().st_mtime for run in runs))


def experiment_key(settings: dict[str, Any]) -> str:
    """The same for settings that differ in their arm only."""
    return digest_of(shared_settings(settings))[:8]


def shared_settings(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in OF_THE_ARM}
