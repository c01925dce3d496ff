"""What drawing returns: one picture with its ground truth, or a whole split."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Causes:
    """Why a picture looks as it does.

    class_, label, habitat: the class by name and number (0-9), and where it was put.
    habitat_fits: whether the habitat is the one that goes with the class.
    size: area of the whole body (petals, spines, wings included) over the area of the frame, 0.12-0.70,
        before occlusion and before the frame cuts anything off.
    visible_share: visible part of that area, 0-1.
    contrast: distance between the mean colour of the visible body and that of the pixels within 4 px around
        it, root mean square over the three channels, 0 (equal) to 1 (black on white), in the finished picture.
    blur: standard deviation of the Gaussian blur of the whole picture, in pixels.
    distractors: number of small things of other classes with at least 4 visible pixels.
    occluded_share: part of the body inside the frame that something in front of it hides, 0-0.4.
    rotation: turn of the body in degrees, 0-360.
    """

    class_: str
    label: int
    habitat: str
    habitat_fits: bool
    size: float
    visible_share: float
    contrast: float
    blur: float
    distractors: int
    occluded_share: float
    rotation: float


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture and its ground truth.

    image: uint8 (64, 64, 3), sRGB.
    core: bool (64, 64), visible pixels of the class attribute: the petals, spines or wings, or the part of
        the body that carries the pattern (both of its tones).
    spurious: bool (64, 64), visible pixels of the habitat's telling elements (corals, ripples, trunks, ...).
    body: bool (64, 64), visible pixels of the whole body; holds `core`, never meets `spurious`.
    """

    image: np.ndarray
    core: np.ndarray
    spurious: np.ndarray
    body: np.ndarray
    causes: Causes


@dataclass(frozen=True, eq=False)
class Drawn:
    """Pictures of one split, in order.

    images: uint8 (image, 64, 64, 3); core, spurious, body: bool (image, 64, 64), see `Picture`.
    table: one row an image with the columns of `Causes`, where `class_` is called `class`.
    """

    images: np.ndarray
    core: np.ndarray
    spurious: np.ndarray
    body: np.ndarray
    table: pd.DataFrame
