"""What a reader needs to get the same numbers: settings, versions, digests."""

import platform
from dataclasses import asdict
from importlib.metadata import version

from qscore_core.comparison import CompareSettings, Member
from qscore_core.html_report.document import Facts, Section

PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "torchvision", "plotly")


def made_from(members: tuple[Member, ...], settings: CompareSettings, command: str) -> Section:
    """The last section of a report."""
    first = members[0]
    chosen, probe, how = first.analysis.settings, settings.report.probe, settings.report.evaluation
    rows = {
        "command": command,
        "data": f"{first.report.dataset}, split {first.report.split}; D and probe from {first.report.fit}",
        "epsilon": ", ".join(f"{member.report.scores[0].epsilon:g} for {member.ref}" for member in members),
        "percentiles of A": f"{chosen.features.lower:g} to {chosen.features.upper:g}",
        "firing features only": _yes(chosen.features.firing_only),
        "two-sided": _yes(chosen.features.two_sided),
        "unit rows": _yes(chosen.normalize),
        "low Q": f"at or below percentile {settings.percentile:g} of an encoder's scores",
        "probe": ", ".join(f"{name} {value}" for name, value in asdict(probe).items() if not isinstance(value, dict)),
        "intervals": f"{how.level:.0%}, bootstrap over the images, {how.resamples:,} resamples, seed {how.seed}",
        **{f"representations of {member.ref}": _digests(member) for member in members},
        "versions": ", ".join([f"Python {platform.python_version()}", *(f"{p} {version(p)}" for p in PACKAGES)]),
        "method": "Q-Score, equation 1 of Kalibhat et al., AAAI 2024, arXiv 2203.01881",
    }
    return Section("How this was made", (Facts(rows),))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _digests(member: Member) -> str:
    target, fit = member.analysis.target, member.analysis.fit
    return f"{target.digest} ({target.split}, {target.images:,} x {target.dim}), {fit.digest} ({fit.split})"
