"""The kinds of questions of a lab session: how an answer is judged, and what a teacher may expect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from qscore_core.lab.facts import FeatureFact, LabFacts

TELLING_LIFT = 3.0  # times as often as in the whole split: a feature that has something to do with the class
ENOUGH_IMAGES = 10


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, None where it cannot be judged yet, and why in one or two sentences."""

    right: bool | None
    words: str


@dataclass(frozen=True)
class NumberQuestion:
    """A number that can be read off a page; right within `tolerance`."""

    kind: ClassVar[str] = "number"
    key: str
    text: str
    truth: Callable[[LabFacts], float]
    tolerance: float
    written: str
    because: str

    def judge(self, facts: LabFacts, answer: float) -> Verdict:
        right = abs(float(answer) - self.truth(facts)) <= self.tolerance
        if right:
            return Verdict(True, f"Yes: {self.written.format(self.truth(facts))}. {self.because}")
        return Verdict(False, "Not what the page shows. Check encoder, split and ε in the sidebar, and look again.")

    def expected(self, facts: LabFacts) -> str:
        """The truth, how far from it an answer may be, and why it is so."""
        steps = (-self.tolerance, 0.0, self.tolerance)
        least, truth, most = (self.written.format(max(self.truth(facts) + by, 0)) for by in steps)
        counted = "nothing else counts" if least == most else f"{least} to {most} counts"
        return f"{truth} ({counted}). {self.because}"


@dataclass(frozen=True)
class ChoiceQuestion:
    """One of `options`, of which `truth` says the right one, None where that cannot be said yet.

    A wrong one is answered with its own of the `replies`, else with `look`: where the right one is to be seen. Before
    it can be said, participants are told `not_yet` and teachers what is `foreseen`.
    """

    kind: ClassVar[str] = "choice"
    key: str
    text: str
    options: tuple[str, ...]
    truth: Callable[[LabFacts], str | None]
    because: Callable[[LabFacts], str]
    look: str = ""
    replies: Mapping[str, str] = field(default_factory=dict)
    not_yet: str = ""
    foreseen: str = ""

    def judge(self, facts: LabFacts, answer: str) -> Verdict:
        truth = self.truth(facts)
        if truth is None:
            return Verdict(None, self.not_yet)
        if answer == truth:
            return Verdict(True, f"Yes. {self.because(facts)}")
        return Verdict(False, f"Not quite. {self.replies.get(answer, self.look)}")

    def expected(self, facts: LabFacts) -> str:
        truth = self.truth(facts)
        return self.foreseen if truth is None else f"{truth}. {self.because(facts)}"


@dataclass(frozen=True)
class FeatureQuestion:
    """A discriminative feature that fires mostly in one class: many answers are right."""

    kind: ClassVar[str] = "feature"
    key: str
    text: str

    def judge(self, facts: LabFacts, answer: float) -> Verdict:
        found = next((fact for fact in facts.features if fact.feature == int(answer)), None)
        if found is None:
            return Verdict(False, f"Feature {int(answer)} fires in no image of `{facts.report.fit}`.")
        if not found.discriminative:
            return Verdict(False, f"{_described(found)}. It is not discriminative: it lies outside the band.")
        if found.firing < ENOUGH_IMAGES:
            return Verdict(False, f"{_described(found)}. That is too few images to call it a habit.")
        if found.lift < TELLING_LIFT:
            return Verdict(False, f"{_described(found)}. Look for one with a clearer favourite.")
        return Verdict(True, f"Yes. {_described(found)}, {found.lift:.1f} times as often as among all images.")

    def expected(self, facts: LabFacts) -> str:
        """The most telling ones, of which any counts."""
        best = sorted(filter(telling, facts.features), key=lambda fact: -fact.lift)[:5]
        return "; ".join(map(_described, best)) or "No feature of this encoder is that telling"


def telling(fact: FeatureFact) -> bool:
    """Whether a feature is a right answer."""
    return fact.discriminative and fact.firing >= ENOUGH_IMAGES and fact.lift >= TELLING_LIFT


def _described(fact: FeatureFact) -> str:
    return f"Feature {fact.feature} fires in {fact.firing:,} images, {fact.purity:.0%} of them `{fact.top_class}`"


Question = NumberQuestion | ChoiceQuestion | FeatureQuestion
