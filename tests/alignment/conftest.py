"""A small encoder on pictures with masks: the third without a spurious one, the fifth broken."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from small_inputs import small_encoder_file, spoil, write_pictures

from qscore_core.activation import FeatureSettings
from qscore_core.datasets import open_dataset
from qscore_core.encoders import load_encoder
from qscore_core.extraction import ExtractSettings
from qscore_core.pipeline import Subject, analyse, representations_of
from qscore_core.qscore import ScoreSettings
from qscore_core.workspace import Workspace

COUNT = 12


def write_table(folder):
    """Non-square pictures, and masks that cover different parts of each."""
    write_pictures(folder / "pictures", COUNT, splits=("test",))
    rows, rng = [], np.random.default_rng(0)
    for number, path in enumerate(sorted((folder / "pictures").rglob("*.png"))):
        Image.open(path).resize((40, 32)).save(path)
        masks = [folder / f"{kind}{number}.png" for kind in ("core", "spurious")]
        for place, mask in enumerate(masks):
            drawn = rng.random((8, 10)) < 0.3
            drawn &= (number, place) != (2, 1)
            Image.fromarray(drawn.astype(np.uint8) * 255).resize((40, 32), Image.Resampling.NEAREST).save(mask)
        rows.append({"image_path": path, "label": path.parent.name, "core_mask": masks[0], "spurious_mask": masks[1]})
    spoil(rows[4]["image_path"], "text")
    pd.DataFrame(rows).to_csv(folder / "table.csv", index=False)
    return f"table:{folder / 'table.csv'}"


@pytest.fixture(scope="session")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene")
    workspace = Workspace.at(folder / "workspace")
    encoder = f"file:{small_encoder_file(folder, seed=5)}"
    subject = Subject(encoder, write_table(folder), "cpu", ExtractSettings(workers=0))
    stored = representations_of(subject, None, workspace).representations
    settings = ScoreSettings(FeatureSettings(epsilon=2.0, lower=0, upper=100))
    return SimpleNamespace(
        workspace=workspace,
        subject=subject,
        encoder=load_encoder(subject.encoder, workspace=workspace),
        dataset=open_dataset(subject.dataset, None, workspace=workspace),
        analysis=analyse(stored, stored, settings, workspace),
    )
