"""The numbers of Kalibhat et al. (AAAI 2024, arXiv 2203.01881) that ours are set beside, by method."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """ImageNet-100, ResNet-18 unless said otherwise; all in percent, of images or of the scale of the figure.

    `top1`, `auroc`, `auprc` (correct images positive): table 1; `after`: top-1 with the regulariser, table 2.
    `whole`, `cut`: top-1 on ImageNet-1K, ResNet-50, with all features and with 60 % of them, read off figure 2 to about
    a point. `core`, `core_after`: overlap with core masks of correct and of mis-classified images before and after
    regularisation, figure 6, in units of its grid lines.
    """

    top1: float
    auroc: float
    auprc: float
    after: float
    whole: float
    cut: float
    core: tuple[float, float]
    core_after: tuple[float, float]


PAPER = {
    "simclr": Paper(78.64, 73.26, 91.11, 80.79, 64, 62, (3.7, 2.9), (4.0, 3.0)),
    "swav": Paper(74.36, 62.30, 81.18, 78.90, 70, 67, (2.9, 2.6), (3.5, 2.8)),
    "moco": Paper(79.62, 63.09, 84.59, 85.16, 67, 66, (2.9, 2.1), (3.4, 2.8)),
    "byol": Paper(80.88, 72.78, 91.45, 86.72, 69, 66.5, (2.6, 2.1), (3.2, 2.2)),
    "simsiam": Paper(78.80, 66.97, 86.05, 81.41, 68.5, 65.5, (3.3, 2.7), (3.6, 2.8)),
    "dino": Paper(75.41, 62.57, 83.03, 76.39, 75.5, 73, (3.3, 3.1), (3.2, 3.1)),
    "vicreg": Paper(79.77, 69.68, 89.06, 81.56, 73, 71, (3.4, 3.0), (3.7, 3.1)),
    "barlow": Paper(80.63, 69.57, 90.06, 81.03, 67.5, 66, (3.6, 2.9), (3.5, 3.0)),
}
