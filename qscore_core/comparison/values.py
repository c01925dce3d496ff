"""Two to eight encoders on the same images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from qscore_core.comparison.joining import Shared, join
from qscore_core.encoder_report import EncoderReport
from qscore_core.encoder_report.values import accuracy_of
from qscore_core.errors import SettingsError
from qscore_core.evaluation import EvaluationSettings, evaluate_signal
from qscore_core.pipeline import Analysis, Outcomes

FEWEST, MOST = 2, 8


@dataclass(frozen=True, eq=False)
class Member:
    """One encoder: its scores, the answers of its probe (None without labels), and the report on it.

    The report has scores at one epsilon, asked for as in `report.scores[0].asked`.
    """

    ref: str
    analysis: Analysis
    outcomes: Outcomes | None
    report: EncoderReport

    @property
    def digests(self) -> tuple[str, str]:
        """Of the scored representations and of those that D was found on."""
        return self.analysis.target.digest, self.analysis.fit.digest

    @property
    def ids(self) -> list[str]:
        return self.analysis.target.table["id"].astype(str).tolist()


@dataclass(frozen=True, eq=False)
class Comparison:
    """Encoders joined by image; everything per image is of the shared images in their order."""

    members: tuple[Member, ...]
    shared: Shared

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(member.ref for member in self.members)

    @property
    def judged(self) -> bool:
        """Whether right and wrong are known for every encoder."""
        return all(member.outcomes is not None for member in self.members)

    def member(self, ref: str) -> Member:
        """Raises SettingsError for an encoder that is not compared."""
        for member in self.members:
            if member.ref == ref:
                return member
        raise SettingsError(f"`{ref}` is not compared. Compared are {', '.join(self.refs)}.")

    def q(self, ref: str) -> np.ndarray:
        """Q-Scores float [image]."""
        return self.member(ref).analysis.scores.q[self.shared.places[ref]]

    def correct(self, ref: str) -> np.ndarray:
        """Whether the encoder's probe is right, bool [image]. Raises SettingsError where that is not known."""
        outcomes = self.member(ref).outcomes
        if outcomes is None:
            raise SettingsError(f"Right and wrong should be known for `{ref}`. They need labels and a split to fit on.")
        return outcomes.correct[self.shared.places[ref]]

    def predicted(self, ref: str) -> np.ndarray:
        """Name of the class that the encoder's probe says, object [image]; as `correct`."""
        member = self.member(ref)
        self.correct(ref)
        names = np.array(member.analysis.fit.classes, dtype=object)
        return names[member.outcomes.predicted[self.shared.places[ref]]]  # type: ignore[union-attr]

    def class_names(self) -> np.ndarray:
        """Of the data set, object [image]; empty text where unlabelled."""
        first = self.members[0]
        return first.analysis.target.class_names()[self.shared.places[first.ref]]

    def attributes(self) -> pd.DataFrame:
        """The data set's table of the shared images: `id, path, label, split` and its own columns."""
        first = self.members[0]
        return first.analysis.target.table.iloc[self.shared.places[first.ref]].reset_index(drop=True)


def put_together(members: Sequence[Member], how: EvaluationSettings) -> Comparison:
    """Joins the members' images; what their reports say of the scored split is then of these images alone.

    Raises SettingsError for fewer than two, more than eight or repeated encoders, DatasetError as `join` does.
    """
    require_comparable_refs([member.ref for member in members])
    shared = join({member.ref: member.ids for member in members})
    return Comparison(tuple(_restricted(member, shared, how) for member in members), shared)


def require_comparable_refs(refs: Sequence[str]) -> None:
    """Raises SettingsError unless there are two to eight encoders, each named once."""
    if not FEWEST <= len(refs) <= MOST:
        raise SettingsError(f"A comparison should have {FEWEST} to {MOST} encoders. Found {len(refs)}.")
    if len(set(refs)) < len(refs):
        raise SettingsError(f"A comparison should name each encoder once. Found {', '.join(refs)}.")


def _restricted(member: Member, shared: Shared, how: EvaluationSettings) -> Member:
    if len(shared.places[member.ref]) == len(member.ids):
        return member
    places, scores, report = shared.places[member.ref], member.analysis.scores, member.report
    q, correct = scores.q[places], None if member.outcomes is None else member.outcomes.correct[places]
    judged = correct is not None and 0 < correct.sum() < len(correct)
    score = replace(
        report.scores[0],
        empty_share=float((scores.discriminative_active[places] == 0).mean()),
        mean_active=float(scores.highly_active[places].mean()),
        mean_q=float(q.mean()),
        evaluation=evaluate_signal("q_score", q, correct, how) if judged else None,
    )
    accuracies = () if correct is None else (accuracy_of(report.split, "all", correct, how.level),)
    return replace(member, report=replace(report, images=len(places), accuracies=accuracies, scores=(score,)))
