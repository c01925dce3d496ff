"""Groups of low-Q images on the low-Q page: looked for by a job, shown, and taken along as a selection."""

import json
import time

from conftest import DATA, ENCODER
from typer.testing import CliRunner

from qscore_core.cli import app as cli
from qscore_core.jobs import find_job, list_jobs
from qscore_core.slices import list_slices
from qscore_core.workspace import Workspace


def job_of(app):
    return next(job for job in list_jobs(Workspace.at(app.workspace)) if job.kind == "find-slices")


def button(test, label):
    return next(button for button in test.button if button.label == label)


def unfolded(app):
    """The page with the groups unfolded."""
    test = app.open("low_q")
    test.session_state["found_slices"] = True
    return test.run()


def test_groups_are_looked_for_shown_and_saved(app):
    workspace = Workspace.at(app.workspace)
    button(unfolded(app), "Look for groups").click().run()
    for _ in range(600):
        if not (job := find_job(job_of(app).id, workspace)).live:
            break
        time.sleep(0.2)
    assert job.state == "done", job.error
    # Twenty clusters of 120 images are too small for any to count; four are not.
    assert "No cluster holds more" in unfolded(app).info[0].value
    words = ["find-slices", "--encoder", ENCODER, "--dataset", DATA, "--epsilon", "auto", "--clusters", "4"]
    done = CliRunner().invoke(cli, [*words, "--low", "50", "--workspace", str(app.workspace), "--json"])
    found = json.loads(done.stdout)
    assert found, done.stderr
    (workspace.root / "jobs" / job.id / "result.json").write_text(done.stdout)
    test = unfolded(app)
    assert not test.exception
    table = next(frame.value for frame in test.dataframe if "what they share" in frame.value)
    assert table["images"].tolist() == [group["images"] for group in found]
    # Written by hand: what a quarter of a group has in common is not what the group shares.
    weak = {"column": "class", "value": "winged", "share": 0.25, "everywhere": 0.1, "lift": 2.5}
    (workspace.root / "jobs" / job.id / "result.json").write_text(json.dumps([{**found[0], "attributes": [weak]}]))
    test = unfolded(app)
    table = next(frame.value for frame in test.dataframe if "what they share" in frame.value)
    assert table["what they share"].tolist() == ["no clear common trait"]
    assert any("comes nearest: class winged, which is 25% of them" in text.value for text in test.markdown)
    button(test, "Show this group").click().run()
    assert any(text.value.startswith(f"**{found[0]['images']} of 120 images** from group 1") for text in test.markdown)
    before = {slice_.name for slice_ in list_slices(workspace, DATA, "test")}  # other tests may have saved some
    next(b for b in test.button if b.key == "group_save").click().run()
    (saved,) = (slice_ for slice_ in list_slices(workspace, DATA, "test") if slice_.name not in before)
    assert saved.ids == tuple(found[0]["ids"])
    other = app.open("features", slice=saved.name)
    assert not other.exception
    for file in (app.workspace / "slices").glob("*/*"):
        file.unlink()
