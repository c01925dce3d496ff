"""A synthetic data set in exactly Salient ImageNet's layout, with its awkward cases.

Two classes. n01440764: features 59 and 686 core, 701 spurious by three of five, 1030 core with two of five against it;
n01443537: both features spurious. `a` is listed by a core and by a spurious feature and by a second core one, `b` by a
core feature only, whose mask file is missing for `c`; `far` is not in the user's copy of ImageNet.
"""

import csv

import numpy as np
from mask_set_files import write_grey, write_picture
from PIL import Image

from qscore_core.datasets.mask_sets.salient_geometry import CROP, RESIZE

WNIDS = {0: "n01440764", 1: "n01443537"}
MAIN, SEPARATE, BACKGROUND = "main_object", "separate_object", "background"
VOTES = {
    (0, 59): [MAIN] * 5,
    (0, 686): [MAIN] * 5,
    (0, 701): [SEPARATE, BACKGROUND, MAIN, BACKGROUND, MAIN],
    (0, 1030): [SEPARATE, BACKGROUND, MAIN, MAIN, MAIN],
    (1, 12): [BACKGROUND] * 5,
    (1, 13): [SEPARATE] * 3 + [MAIN] * 2,
}
LISTS = {
    0: {59: ["a", "b", "c"], 686: ["a", "far", ""], 701: ["a", "c", ""], 1030: ["b", "", ""], 999: ["b", "", ""]},
    1: {12: ["x", "y", ""], 13: ["x", "", ""]},
}
SIZES = {"a": (300, 260), "b": (260, 300), "c": (224, 500), "x": (640, 480), "y": (256, 256)}
SHIFT = {59: 0.0, 686: 0.1, 1030: 0.05}
HEADER = (
    "WorkerId,Input.wordnet_id,Input.class_index,Input.feature_index,Input.feature_rank,"
    "Answer.main,Answer.confidence,Answer.reasons"
)
MISSING = (0, 59, "c")


def full_name(class_, name):
    return f"{WNIDS[class_]}_{name}"


def cropped(picture):
    """Resize(256) and CenterCrop(224), as torchvision does it."""
    from torchvision.transforms import CenterCrop, Compose, Resize

    return Compose([Resize(RESIZE), CenterCrop(CROP)])(picture)


def write_salient(root, dictionary="wordnet_dict.py"):
    """`root/salient_imagenet_dataset`, `root/ILSVRC2012` and the votes beside them; returns the reference."""
    folder, imagenet = root / "salient_imagenet_dataset", root / "ILSVRC2012"
    for class_, lists in LISTS.items():
        for feature, names in lists.items():
            for name in filter(None, names):
                if name in SIZES:
                    write_picture(imagenet / "train" / WNIDS[class_] / f"{full_name(class_, name)}.JPEG", SIZES[name])
                if (class_, feature, name) != MISSING:
                    write_mask(folder, class_, feature, name)
        write_names(folder / WNIDS[class_], class_, lists)
    text = "{" + ",\n ".join(f"{index}: '{wnid}'" for index, wnid in WNIDS.items()) + "}\n"
    if dictionary.endswith(".json"):
        text = text.replace("'", '"').replace("0:", '"0":').replace("1:", '"1":')
    (folder / dictionary).write_text(text)
    write_votes(root / "salient_imagenet-main/mturk_results/discover_spurious_features.csv")
    return f"salient-imagenet:{folder}?imagenet={imagenet}"


def write_mask(folder, class_, feature, name):
    """The object of the picture as a soft blob: what is left of it after the crop, 8-bit grey JPEG of 224 x 224."""
    from mask_set_files import object_at

    whole = object_at(SIZES.get(name, (300, 260)), SHIFT.get(feature, 0.2)) * 255
    mask = cropped(Image.fromarray(whole.astype(np.uint8)))
    path = folder / WNIDS[class_] / f"feature_{feature}" / f"{full_name(class_, name)}.JPEG"
    write_grey(path, mask, quality=95)


def write_names(folder, class_, lists):
    with (folder / "image_names_map.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(lists)
        for row in zip(*lists.values(), strict=True):
            writer.writerow([name and full_name(class_, name) for name in row])


def write_votes(path, votes=VOTES):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.split(","))
        for rank, ((class_, feature), answers) in enumerate(votes.items(), 1):
            for worker, answer in enumerate(answers):
                writer.writerow([f"w{worker}", WNIDS[class_], class_, feature, rank, answer, "4.0", "fins, tail"])
