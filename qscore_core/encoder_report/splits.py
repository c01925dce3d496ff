"""Which splits a report looks at."""

from dataclasses import dataclass

from qscore_core.datasets import open_dataset
from qscore_core.errors import DatasetError
from qscore_core.imported import open_features
from qscore_core.pipeline import splits
from qscore_core.workspace import Workspace


@dataclass(frozen=True)
class ReportSplits:
    """D, probe and metrics come from `fit`; scores are of `target`; the probe is also asked on `others`."""

    fit: str
    target: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Each once, the target before the others."""
        return tuple(dict.fromkeys((self.fit, self.target, *self.others)))


def report_splits(
    dataset: str, workspace: Workspace, fit: str | None = None, target: str | None = None
) -> ReportSplits:
    """The named splits, else `train` and `test`, and every other one with labels of the fit split's classes.

    Raises DatasetError where a split is not named and cannot be guessed.
    """
    known = splits(dataset, workspace)
    fit = fit or _preferred(dataset, known, "train", "--fit")
    target = target or _preferred(dataset, known, "test", "--split")
    classes = _classes(dataset, fit, workspace)
    others = {split: _classes(dataset, split, workspace) for split in known if split not in (fit, target)}
    return ReportSplits(fit, target, tuple(split for split, found in others.items() if found and found <= classes))


def _preferred(dataset: str, known: tuple[str, ...], name: str, option: str) -> str:
    if name in known:
        return name
    if len(known) == 1:
        return known[0]
    raise DatasetError(f"`{dataset}` has the splits {', '.join(known)}: name one with {option}.")


def _classes(dataset: str, split: str, workspace: Workspace) -> set[str]:
    """Names of the classes of a split that is labelled throughout, else none."""
    if dataset.startswith("features:"):
        found = open_features(dataset, split, workspace)
    else:
        found = open_dataset(dataset, split, workspace=workspace)
    return set(found.class_names()) if found.labelled else set()
