"""What is right, question by question, from the measured facts; the questions' words are in `steps.toml`."""

from collections.abc import Callable
from functools import partial

from qscore_core.encoder_report import EncoderReport
from qscore_core.encoder_report.values import ScoreReport
from qscore_core.lab.facts import AUTO, FITS, FITS_NOT, PAPER, SWAPPED, LabFacts
from qscore_core.lab.questions import ChoiceQuestion, FeatureQuestion, NumberQuestion, Question

PERCENT = 100.0
SHORTCUT = 0.5  # right less than half as often without the habitat as with it: that is what it goes by
STURDY = 0.9

LOW, UNTOLD, HIGH = (
    "Yes: a low Q goes with mistakes",
    "It cannot be told: the interval holds 0.5",
    "Yes, but the other way round",
)
ON_HABITAT, ON_BODY, ON_BOTH = "On the habitat", "On the body's pattern", "On both alike"
OVERLAP, APART = "Yes, they overlap", "No, they are apart"
Q_TERM, COLUMN_TERM = "The Q term", "The column term"
SMALLER, BY_LABELS, LEAVE_OUT = (
    "Take the automatic ε, chosen without labels",
    "Take the ε with the best AUROC on the test labels",
    "Leave those images out and rank the rest",
)
WRONG_WAY = {
    BY_LABELS: (
        "Then labels have chosen ε, and the score looks better than it is: nobody has them for the images that matter. "
        "Look for a way that needs no label."
    ),
    LEAVE_OUT: (
        "They may be the very images that you are looking for, and here they are most of the set. Look for a way that "
        "keeps them."
    ),
}
NO_RUN = (
    "No arm `q-score` has been trained from this encoder here yet. Start one, or ask your teacher whether this "
    "machine may train. The session is complete without this answer."
)
EXPECTED_OF_A_RUN = (
    f"{COLUMN_TERM}, by far, in every run that is recorded with this program. It is checked once an arm `q-score` was "
    "trained here from this encoder with the paper's coefficients."
)


def _at_paper(facts: LabFacts) -> ScoreReport:
    found = facts.report.score(PAPER)
    assert found is not None  # the facts are measured at both epsilons
    return found


def _interval(report: EncoderReport) -> tuple[float, float]:
    """Of Q's AUROC at the automatic epsilon; it holds chance where nothing can be judged."""
    score = report.score(AUTO)
    return (0.0, 1.0) if score is None or score.evaluation is None else score.evaluation.auroc_ci


def q_predicts(facts: LabFacts) -> str:
    low, high = _interval(facts.report)
    return LOW if low > 0.5 else HIGH if high < 0.5 else UNTOLD


def _q_predicts_because(facts: LabFacts) -> str:
    low, high = _interval(facts.report)
    return (
        f"AUROC lies between {low:.3f} and {high:.3f} (95 %). Of the {facts.lowest.images} lowest the probe gets "
        f"{facts.lowest.wrong} wrong, of the {facts.highest.images} highest {facts.highest.wrong}."
    )


def leans(facts: LabFacts) -> str:
    fits, fits_not = facts.accuracy("test", FITS), facts.accuracy("test", FITS_NOT)
    if fits_not < SHORTCUT * fits:
        return ON_HABITAT
    return ON_BODY if fits_not > STURDY * fits else ON_BOTH


def _leans_because(facts: LabFacts) -> str:
    return (
        f"Where the habitat goes with the class the probe is right in {facts.accuracy('test', FITS):.0%}, where it "
        f"does not in {facts.accuracy('test', FITS_NOT):.0%}, and with all habitats swapped in "
        f"{facts.accuracy(SWAPPED):.0%} of the pictures."
    )


def sturdier(facts: LabFacts) -> str:
    return facts.rival if facts.rival_accuracy(SWAPPED) > facts.accuracy(SWAPPED) else facts.encoder


def _sturdier_because(facts: LabFacts) -> str:
    own, rival = facts.accuracy(SWAPPED), facts.rival_accuracy(SWAPPED)
    return f"On `swapped` `{facts.encoder}` is right in {own:.0%} and `{facts.rival}` in {rival:.0%} of the pictures."


def intervals(facts: LabFacts) -> str:
    own, rival = _interval(facts.report), _interval(facts.rival_report)
    return OVERLAP if max(own[0], rival[0]) <= min(own[1], rival[1]) else APART


def _intervals_because(facts: LabFacts) -> str:
    own, rival = _interval(facts.report), _interval(facts.rival_report)
    return (
        f"`{facts.encoder}`: {own[0]:.3f} to {own[1]:.3f}; `{facts.rival}`: {rival[0]:.3f} to {rival[1]:.3f}. "
        "Two intervals that overlap do not rule a difference out; they only do not show one."
    )


def stronger(facts: LabFacts) -> str | None:
    if facts.pull is None:
        return None
    return Q_TERM if facts.pull.q_score > facts.pull.columns else COLUMN_TERM


def _stronger_because(facts: LabFacts) -> str:
    pull = facts.pull
    if pull is None or pull.ssl == 0:
        return ""
    return (
        f"In the last epoch of `{pull.run}` the Q term's gradient on the representations was "
        f"{pull.q_score / pull.ssl:.1e} times the SSL loss's, the column term's {pull.columns / pull.ssl:.1e} times."
    )


def _what_to_do_because(facts: LabFacts) -> str:
    return (
        f"The automatic ε uses the sizes of L on `{facts.report.fit}` only. Chosen by test labels, ε would make the "
        "score look better than it is; and images left out are the ones that you are looking for."
    )


QUESTIONS: dict[str, Callable[[str, str], Question]] = {
    "mean_active": partial(
        NumberQuestion,
        truth=lambda facts: _at_paper(facts).mean_active,
        tolerance=0.15,
        written="{:.1f}",
        because="Of hundreds of numbers hardly one stands out at the paper's ε: this encoder is small and dense.",
    ),
    "feature": FeatureQuestion,
    "lowest_wrong": partial(
        NumberQuestion,
        truth=lambda facts: facts.lowest.wrong,
        tolerance=0.4,
        written="{:.0f}",
        because="Compare with the highest tenth, and with the mean over all images.",
    ),
    "q_predicts": partial(
        ChoiceQuestion,
        options=(LOW, UNTOLD, HIGH),
        truth=q_predicts,
        because=_q_predicts_because,
        look="Look at the interval of Q's AUROC on “Does Q predict mistakes?”: where does it lie beside 0.5?",
    ),
    "swapped": partial(
        NumberQuestion,
        truth=lambda facts: PERCENT * facts.accuracy(SWAPPED),
        tolerance=1.0,
        written="{:.1f} %",
        because="With ten classes, chance is 10 %.",
    ),
    "leans": partial(
        ChoiceQuestion,
        options=(ON_HABITAT, ON_BODY, ON_BOTH),
        truth=leans,
        because=_leans_because,
        look="Hold the accuracy on `swapped` beside the one on `test`: the bodies are as good on both.",
    ),
    "sturdier": partial(
        ChoiceQuestion,
        options=("{encoder}", "{rival}"),
        truth=sturdier,
        because=_sturdier_because,
        look="Read the probe's accuracy on the split `swapped` for both encoders.",
    ),
    "intervals": partial(
        ChoiceQuestion,
        options=(OVERLAP, APART),
        truth=intervals,
        because=_intervals_because,
        look="Is the lower end of the higher interval below the upper end of the other?",
    ),
    "stronger": partial(
        ChoiceQuestion,
        options=(Q_TERM, COLUMN_TERM),
        truth=stronger,
        because=_stronger_because,
        look="Compare the two lines in the figure of gradients, at the end of the page Fine-tune.",
        not_yet=NO_RUN,
        foreseen=EXPECTED_OF_A_RUN,
    ),
    "empty": partial(
        NumberQuestion,
        truth=lambda facts: PERCENT * _at_paper(facts).empty_share,
        tolerance=1.0,
        written="{:.1f} %",
        because="A ranking in which most images share one value is no ranking.",
    ),
    "what_to_do": partial(
        ChoiceQuestion,
        options=(SMALLER, BY_LABELS, LEAVE_OUT),
        truth=lambda facts: SMALLER,  # noqa: ARG005
        because=_what_to_do_because,
        replies=WRONG_WAY,
    ),
}
"""From a question's key to its making; what is left to give is the key and the words."""
