"""What a run has written into `metrics.csv` so far, sorted by what it means."""

from dataclasses import dataclass

import pandas as pd

from qscore_core.training.files import RunFiles, read_rows

REGULARISER = {"q_score": "Q term", "columns": "column term", "lasso": "lasso"}
GRADIENT = "gradient_"
OBJECTIVE = "ssl"
_NO_TERMS = {"epoch", "step", "learning_rate", "seconds", "spread", "mean_q", "empty", *REGULARISER}


@dataclass(frozen=True, eq=False)
class RunMetrics:
    """Means of the steps since the row before, numbers only; `recorder.py` says when a row is written."""

    table: pd.DataFrame

    @property
    def epochs(self) -> pd.Series:
        """Where each row ends, parts of epochs included."""
        return self.table["epoch"]

    def column(self, name: str) -> pd.Series:
        """A column, empty where the run does not have it."""
        return self.table[name] if name in self.table else pd.Series(dtype=float)

    @property
    def objective_terms(self) -> list[str]:
        """Names of the terms that make the objective's loss."""
        return [name for name in self.table if name not in _NO_TERMS and not name.startswith(GRADIENT)]

    @property
    def objective_loss(self) -> pd.Series:
        """The objective's loss alone, without the regulariser."""
        return self.table[self.objective_terms].sum(axis=1)

    @property
    def regulariser_terms(self) -> list[str]:
        """Names of the regulariser's terms that this arm has; their columns hold weighted values."""
        return [name for name in REGULARISER if name in self.table]

    def gradient(self, name: str) -> pd.Series:
        """Norm of a term's gradient on the representations; `ssl` for the objective's."""
        return self.column(GRADIENT + name)

    @property
    def seconds(self) -> float:
        """Time of the steps so far."""
        return float(self.column("seconds").sum())


def read_metrics(files: RunFiles) -> RunMetrics:
    """The rows so far."""
    return RunMetrics(pd.DataFrame(read_rows(files.metrics)).astype(float))
