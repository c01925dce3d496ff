"""Saved slices in a report: their numbers beside the rest of the split, and their pictures."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_inputs import small_encoder_file, write_pictures
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.slices import Slice, save_slice
from qscore_core.workspace import Workspace

NAME = "first <five>"


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Two random encoders, a labelled folder, and a slice of five of its pictures and one that is gone."""
    folder = tmp_path_factory.mktemp("slices")
    write_pictures(folder / "pictures", 30)
    encoders = [f"file:{small_encoder_file(folder, seed)}" for seed in (0, 1)]
    data = f"folder:{folder / 'pictures'}"
    code, found = report(folder, encoders[:1], data, folder / "without")
    assert code == 0, found
    images = pd.read_csv(folder / "without" / "tables" / "images.csv")
    ids = tuple(images["id"].astype(str)[:5])
    split = images["split"][0]
    save_slice(Slice(NAME, data, split, (*ids, "gone.png"), "hand"), Workspace.at(folder / "workspace"))
    return folder, encoders, data, images


def report(folder, encoders, data, out, *slices):
    words = ["report", *encoders, "--dataset", data, "--workspace", str(folder / "workspace"), "--device", "cpu"]
    named = [word for name in slices for word in ("--slice", name)]
    done = CliRunner().invoke(app, [*words, *named, "--out", str(out), "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_a_slice_has_its_own_section_with_the_numbers_of_its_images(ready):
    folder, encoders, data, images = ready
    code, found = report(folder, encoders[:1], data, folder / "one", NAME)
    assert code == 0, found
    assert f"Slice: {NAME}" in found["sections"]
    html = Path(found["file"]).read_text()
    assert NAME not in html  # a name is never markup
    assert "5 of 30 images, selected by: hand." in html
    assert "1 of its images is" in html
    inside = np.arange(30) < 5
    for number in (images["q_score"][inside].mean(), images["q_score"][~inside].mean()):
        assert f"{number:.4f}" in html
    section = html[html.rindex("Slice: first") :]
    assert len(re.findall(r"<img", section[: section.index("How this was made")])) == 5


def test_a_comparison_tells_what_each_encoder_makes_of_it(ready):
    folder, encoders, data, _ = ready
    code, found = report(folder, encoders, data, folder / "two", NAME)
    assert code == 0, found
    html = Path(found["file"]).read_text()
    section = html[html.rindex("Slice: first") :]
    table = section[: section.index("</table>")]
    assert all(ref in table for ref in encoders)
    assert "--slice" in html[html.rindex("How this was made") :]


def test_a_slice_saved_anew_under_its_name_is_another():
    one, other = Slice("a", "d", "test", ("1", "2")), Slice("a", "d", "test", ("1", "3"))
    assert one.digest == Slice("a", "d", "test", ("1", "2"), "hand").digest
    assert one.digest != other.digest


def test_a_slice_that_is_not_there_is_told(ready):
    folder, encoders, data, _ = ready
    code, found = report(folder, encoders[:1], data, folder / "three", "other")
    assert code != 0
    assert "has no slice `other`" in found["error"]
    assert NAME in found["error"]
