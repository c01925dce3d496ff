"""Facts of a made-up encoder, small enough to judge answers by hand."""

from qscore_core.encoder_report import EncoderReport
from qscore_core.encoder_report.values import Accuracy, Histogram, ScoreReport
from qscore_core.evaluation import SignalEvaluation
from qscore_core.lab.facts import End, FeatureFact, LabFacts, Pull

TELLING = FeatureFact(3, discriminative=True, firing=40, top_class="striped", purity=0.6, base=0.1)
EVEN = FeatureFact(4, discriminative=True, firing=40, top_class="dotted", purity=0.2, base=0.1)
RARE = FeatureFact(5, discriminative=True, firing=4, top_class="ringed", purity=1.0, base=0.1)
OUTSIDE = FeatureFact(6, discriminative=False, firing=90, top_class="ringed", purity=0.9, base=0.1)


def score(asked, auroc_ci, mean_active=0.6, empty_share=0.82):
    half = (0.5, 0.5)
    judged = SignalEvaluation(
        name="q_score",
        images=200,
        accuracy=0.5,
        accuracy_ci=half,
        auroc=sum(auroc_ci) / 2,
        auroc_ci=auroc_ci,
        auprc_correct=0.5,
        auprc_correct_ci=half,
        auprc_error=0.5,
        auprc_error_ci=half,
        lift_correct=0.0,
        lift_correct_ci=half,
        lift_error=0.0,
        lift_error_ci=half,
        level=0.95,
        resamples=100,
    )
    empty = Histogram(0.1, (0,) * 40)
    return ScoreReport(asked, 4.0, 9, mean_active, empty_share, 0.05, (0.0, 0.0, 0.0), empty, True, (), judged)


def report(ref, accuracies, auroc_ci=(0.49, 0.61)):
    found = tuple(Accuracy(split, part, 100, top1, top1, top1) for (split, part), top1 in accuracies.items())
    scores = (score("4", (0.45, 0.55)), score("auto", auroc_ci))
    return EncoderReport(ref, "simclr", "resnet", 8, "habitats", "train", "test", 400, 200, found, scores, {}, None)


def lab_facts(auroc_ci=(0.49, 0.61), fits=0.95, fits_not=0.25, pull=None):
    own = {
        ("test", "all"): 0.88,
        ("test", "habitat fits"): fits,
        ("test", "habitat does not fit"): fits_not,
        ("swapped", "all"): 0.282,
    }
    mine, rival = report("habitats:a", own, auroc_ci), report("habitats:b", {("swapped", "all"): 0.566}, (0.58, 0.7))
    features = (TELLING, EVEN, RARE, OUTSIDE)
    return LabFacts("habitats", "habitats:a", "habitats:b", mine, rival, features, End(20, 7), End(20, 2), pull)


PULL = Pull("some-run", ssl=0.1, q_score=1e-7, columns=1e-3)
