"""Why is the Q of an image what it is? In numbers that add up, and in features that are usual for its like.

    Q_i = s_i * mean of z_ij over the features j in L_i and D        equation 1, with s_i the standard deviation of h_i

so a low Q has a flat representation (small s), discriminative features that hardly stand out (small z), or none at all.
The like of an image are the images of its class in the fit split, or its nearest ones where there are no labels.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from qscore_core.feature_notes import Notes, called
from qscore_core.feature_profile import class_breakdown, counts_within, firing_of
from qscore_core.pipeline import Analysis
from qscore_core.qscore import scale_of
from qscore_core.signals.neighbours import nearest
from qscore_core.signals.spaces import PLAIN

NEAREST = 20
USUAL_LIFT = 2.0  # how much more often than in all images a feature fires in the image's like to be usual for them
USUAL_SHARE = 0.1
MOST = 3  # features named of each kind


@dataclass(frozen=True)
class Heights:
    """The two factors of Q: mean z over L and D (None where they share no feature), standard deviation of h."""

    z: float | None
    deviation: float


@dataclass(frozen=True)
class OneFeature:
    """A feature seen from one image: its z there, the share of the image's like in which it fires, its own classes.

    `favourite` is the class of the fit split in which it fires most often, empty where there are no labels.
    """

    feature: int
    z: float
    share: float
    favourite: str


@dataclass(frozen=True)
class Explanation:
    """Factors of Q, `own` and `median` (over the scored images), what is usual and silent, and what fires instead.

    `like` names them in words, `peers` is their number, `below` the share of the images with a lower Q.
    """

    q: float
    below: float
    active: int
    inside: int
    own: Heights
    median: Heights
    like: str
    peers: int
    missing: tuple[OneFeature, ...]
    instead: tuple[OneFeature, ...]


def explain(analysis: Analysis, place: int) -> Explanation:
    """Of the image in that row of the scored split."""
    index, epsilon, scores = analysis.index, analysis.settings.features.epsilon, analysis.scores
    like, peers = _peers(analysis, place)
    share = counts_within(analysis.fit_index, peers, epsilon) / max(len(peers), 1)
    own, median = _heights(analysis, place)
    z = _z(analysis, place)
    return Explanation(
        q=float(scores.q[place]),
        below=float((scores.q < scores.q[place]).mean()),
        active=len(index.active_features(place, epsilon)[0]),
        inside=int(scores.discriminative_active[place]),
        own=own,
        median=median,
        like=like,
        peers=len(peers),
        missing=_named(analysis, _missing(analysis, z, share), z, share),
        instead=_named(analysis, _instead(analysis, place, share), z, share),
    )


def _peers(analysis: Analysis, place: int) -> tuple[str, np.ndarray]:
    """Who is like the image, in words, and their rows in the fit split without the image itself."""
    target, fit = analysis.target, analysis.fit
    own = place if analysis.fitted_on_itself else -1
    name = target.class_names()[place]
    if target.labelled and fit.labelled and name in fit.classes:
        rows = np.flatnonzero(fit.labels == fit.classes.index(name))
        return _class_in_words(name), rows[rows != own]
    rows = nearest(target.matrix[[place]], fit.matrix, PLAIN, min(NEAREST + 1, fit.images)).index[0]
    return "its nearest images", rows[rows != own][:NEAREST]


def _class_in_words(name: str) -> str:
    """`class cat`, but `class 5` for one that is called so, as in many data sets."""
    return name if name.casefold().startswith("class ") else f"class {name}"


def _heights(analysis: Analysis, place: int) -> tuple[Heights, Heights]:
    """Of the image, and the medians over the images that have any."""
    sums, inside, _ = analysis.index.sums_over(analysis.features.discriminative, analysis.settings.features.epsilon)
    some = inside > 0
    z = np.divide(sums, inside, out=np.full(len(sums), np.nan), where=some)
    deviation = scale_of(analysis.index, analysis.settings.normalize)
    middle = Heights(float(np.median(z[some])) if some.any() else None, float(np.median(deviation)))
    return Heights(float(z[place]) if some[place] else None, float(deviation[place])), middle


def _missing(analysis: Analysis, z: Float[np.ndarray, " feature"], share: Float[np.ndarray, " feature"]) -> np.ndarray:
    """Discriminative features that are usual for the like and do not fire here, the most frequent first."""
    lift = share / np.maximum(analysis.features.rates / 100, np.finfo(float).tiny)
    usual = analysis.features.discriminative & (lift >= USUAL_LIFT) & (share >= USUAL_SHARE)
    silent = np.flatnonzero(usual & (z <= analysis.settings.features.epsilon))
    return silent[np.argsort(-share[silent], kind="stable")]


def _instead(analysis: Analysis, place: int, share: Float[np.ndarray, " feature"]) -> np.ndarray:
    """Features that fire here and less often in the like than in all images, the strongest first."""
    numbers, _ = analysis.index.active_features(place, analysis.settings.features.epsilon)
    return numbers[100 * share[numbers] < analysis.features.rates[numbers]]


def _z(analysis: Analysis, place: int) -> Float[np.ndarray, " feature"]:
    """z of every feature in the image, which the index keeps only above its floor."""
    h = np.asarray(analysis.target.matrix[place], np.float64)
    z = (h - h.mean()) / max(h.std(), np.finfo(float).tiny)
    return np.abs(z) if analysis.settings.features.two_sided else z


def _named(analysis: Analysis, features: np.ndarray, z: np.ndarray, share: np.ndarray) -> tuple[OneFeature, ...]:
    return tuple(
        OneFeature(int(j), float(z[j]), float(share[j]), _favourite(analysis, int(j))) for j in features[:MOST]
    )


def _favourite(analysis: Analysis, feature: int) -> str:
    fit = analysis.fit
    firing = firing_of(analysis.fit_index, feature, analysis.settings.features.epsilon)
    if not fit.labelled or not len(firing):
        return ""
    return str(class_breakdown(firing, fit.labels, fit.classes)["class"].iloc[0])


def in_sentences(found: Explanation, notes: Notes) -> list[str]:
    """The explanation for a person; features that have names are called by them."""
    return [_factors(found), _silent(found, notes), *_others(found, notes)]


def _factors(found: Explanation) -> str:
    if found.own.z is None:
        others = f"{found.active} other features are" if found.active else "nothing stands out in this representation"
        return f"No discriminative feature is highly active here, so Q is 0 by definition; {others}."
    middle = "" if found.median.z is None else f" (median image: {found.median.z:.1f})"
    return (
        f"{found.inside} of its {found.active} highly active features are discriminative. They stand {found.own.z:.1f} "
        f"standard deviations above its mean{middle}, and one of those is {found.own.deviation:.4f} "
        f"({found.median.deviation:.4f}): Q = {found.own.z:.2f} x {found.own.deviation:.4f} = {found.q:.3f}."
    )


def _silent(found: Explanation, notes: Notes) -> str:
    if not found.missing:
        return f"No feature that is usual for {found.like} ({found.peers:,} images) is silent here."
    parts = [f"{called(one.feature, notes)} (in {one.share:.0%} of them, z {one.z:.1f} here)" for one in found.missing]
    return f"Usual for {found.like} ({found.peers:,} images) but silent here: {'; '.join(parts)}."


def _others(found: Explanation, notes: Notes) -> list[str]:
    if not found.instead:
        return []
    parts = []
    for one in found.instead:
        favourite = f", most often in {one.favourite}" if one.favourite else ""
        parts.append(f"{called(one.feature, notes)} (z {one.z:.1f}, in {one.share:.0%} of them{favourite})")
    return [f"What fires instead: {'; '.join(parts)}."]
