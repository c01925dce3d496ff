"""Habitats: pictures drawn from a seed, where what makes an encoder fail is known for each of them.

Ten classes, each named after its core attribute: a pattern on a body (`striped`, `ringed`, ...) or a thing it
wears (`petalled`, `spined`, `winged`). Shape, pose, size, colour, light and blur of the body vary alike in every
class. Class k stands in habitat k (`striped` on a `dune`, ...) in 90 % of train and test and never in `swapped`:
the habitat's telling elements are the spurious attribute. Each picture comes with exact masks of both and with a
row of causes.

    >>> from qscore_core.datasets.habitats import draw_picture
    >>> picture = draw_picture("train", 0)
    >>> picture.image.shape, picture.causes.class_
    ((64, 64, 3), 'striped')

How far "the same pictures" holds: picture i of a split depends only on (seed, split, i), whatever the number of
workers and whatever else is drawn. With the same versions of numpy and Pillow the bytes were the same in every
run we compared. Another version may round differently, and numpy's float32 sine, exponential and arc tangent may
differ in the last bit between kinds of CPU, which can move a pixel by a grey level and a mask by a pixel on its edge.
A change in the stream of numpy's distributions would give other pictures altogether. So an encoder's record should
hold `VERSION` and the `thumbprint` of what it was trained on; `thumbprint_drift` above 2 means other pictures.
"""

from .names import CLASSES, HABITATS, IMAGE_SIZE, SEED, SPLITS, VERSION
from .scene import draw_picture
from .split_drawing import draw_split
from .thumbprints import thumbprint, thumbprint_drift
from .values import Causes, Drawn, Picture

__all__ = [
    "CLASSES",
    "HABITATS",
    "IMAGE_SIZE",
    "SEED",
    "SPLITS",
    "VERSION",
    "Causes",
    "Drawn",
    "Picture",
    "draw_picture",
    "draw_split",
    "thumbprint",
    "thumbprint_drift",
]
