"""The report needs nothing but itself, says what it was made from, and hides nothing that its tables hold."""

import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest
from PIL import Image
from small_inputs import small_encoder_file, write_pictures
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.datasets import open_dataset
from qscore_core.errors import SettingsError
from qscore_core.html_report import (
    Document,
    Gallery,
    Picture,
    Plot,
    Section,
    Table,
    Thumbnails,
    Words,
    html_of,
    write_document,
)

HOSTILE = "<script>alert(1)</script>"
SMALL = Document(
    title=HOSTILE,
    subtitle="two & three",
    sections=(
        Section(
            "All",
            (
                Words(HOSTILE),
                Table(pd.DataFrame({HOSTILE: [HOSTILE]})),
                Gallery(HOSTILE, (Picture("data:image/jpeg;base64,AA==", HOSTILE, HOSTILE, HOSTILE, "wrong"),)),
                Plot(go.Figure(go.Scatter(x=[1], y=[2], name=HOSTILE)), HOSTILE),
            ),
        ),
    ),
    tables={"one": pd.DataFrame({"id": ["a", "b"], "q": [0.1, 0.2]})},
)


def test_what_people_named_is_never_run():
    html = html_of(SMALL)
    assert HOSTILE not in html
    assert "two &amp; three" in html


def test_plotly_stands_in_it_once_and_nothing_is_fetched():
    html = html_of(SMALL)
    assert html.count("plotly.js v") == 1
    own = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert not re.findall(r"(?:src|href)=\"(?!data:|#)", own)


def test_a_folder_a_zip_or_the_page_alone(tmp_path):
    file = write_document(SMALL, tmp_path / "folder")
    assert file == tmp_path / "folder" / "report.html"
    assert pd.read_csv(tmp_path / "folder" / "tables" / "one.csv").equals(SMALL.tables["one"])
    assert pd.read_parquet(tmp_path / "folder" / "tables" / "one.parquet").equals(SMALL.tables["one"])
    packed = write_document(SMALL, tmp_path / "packed.zip")
    assert zipfile.ZipFile(packed).namelist() == ["report.html", "tables/one.csv", "tables/one.parquet"]
    assert write_document(SMALL, tmp_path / "alone.html").read_text() == file.read_text()
    with pytest.raises(SettingsError, match=r"end in \.html or \.zip"):
        write_document(SMALL, tmp_path / "report.pdf")


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Two random encoders and a labelled folder."""
    folder = tmp_path_factory.mktemp("reports")
    write_pictures(folder / "pictures", 30)
    return folder, [f"file:{small_encoder_file(folder, seed)}" for seed in (0, 1)], f"folder:{folder / 'pictures'}"


def report(ready, encoders, out=None):
    folder, _, data = ready
    words = ["report", *encoders, "--dataset", data, "--workspace", str(folder / "workspace"), "--device", "cpu"]
    done = CliRunner().invoke(app, [*words, *(["--out", str(out)] if out else []), "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_a_comparison_holds_everything(ready):
    folder, encoders, data = ready
    code, found = report(ready, encoders, folder / "both")
    assert code == 0, found
    html = Path(found["file"]).read_text()
    assert found["sections"] == ["In numbers", " and ".join(encoders), *encoders, "How this was made"]
    for word in (*encoders, data, *found["representations"], "Linear CKA", "only A wrong", "seed 0", "torch"):
        assert word in html
    images = pd.read_parquet(folder / "both" / "tables" / "images.parquet")
    rows = pd.read_csv(folder / "both" / "tables" / "encoders.csv")
    assert len(images) == 30
    for place, ref in enumerate(encoders):
        right = images[f"correct {ref}"]
        assert rows["top1"][place] == pytest.approx(right.mean())
        judged = folder / "both" / "tables" / f"encoder{place + 1}_signals.csv"
        assert judged.is_file() == (0 < right.mean() < 1)  # nothing is judged where all are right
        if judged.is_file():
            q = pd.read_csv(judged).set_index("key").loc["q_score"]
            told = f"{q['auroc']:.3f} ({q['auroc_low']:.3f} to {q['auroc_high']:.3f})"
            assert told in html.replace("\u00a0", " ")
    assert {file.suffix for file in (folder / "both" / "tables").iterdir()} == {".csv", ".parquet"}
    assert len(list((folder / "both" / "tables").iterdir())) == 2 * len(found["tables"])


def test_one_encoder_in_the_workspace(ready):
    folder, encoders, _ = ready
    code, found = report(ready, encoders[:1])
    assert code == 0, found
    packed = Path(found["file"])
    assert packed.is_relative_to(folder / "workspace")
    with zipfile.ZipFile(packed) as archive:
        html = archive.read("report.html").decode()
        scores = pd.read_csv(archive.open("tables/images.csv"))
    assert html.count("data:image/jpeg;base64,") == 48  # both ends of the ranking
    assert len(scores) == 30
    for word in ("RankMe", "Whitened k-NN, k = 5", "than Q", "Lower is better", "AUROC of Q"):
        assert word in html
    lowest = re.search(r"Lowest Q-Scores.*?Q (0\.\d+)", html, re.DOTALL).group(1)
    assert float(lowest) == pytest.approx(scores["q_score"].min(), abs=5e-4)


def test_a_picture_that_is_gone_is_left_out(tmp_path, workspace):
    for number in range(2):
        (tmp_path / "flat").mkdir(exist_ok=True)
        Image.new("RGB", (20, 10)).save(tmp_path / "flat" / f"{number}.png")
    dataset = open_dataset(f"folder:{tmp_path / 'flat'}", None, workspace=workspace)
    (tmp_path / "flat" / "0.png").unlink()
    thumbnails = Thumbnails(dataset)
    ids = dataset.table["id"].tolist()
    assert thumbnails(ids[0]) is None
    assert thumbnails(ids[1]).startswith("data:image/jpeg;base64,")


def test_refusals(ready):
    folder, encoders, _ = ready
    code, found = report(ready, encoders, folder / "report.pdf")
    assert code == 2
    assert "end in .html or .zip" in found["error"]
