"""The page of all jobs, with folders of jobs as their workers leave them and with one that lives."""

import shutil

import pytest
from job_process import LightJob, in_state, until

from qscore_core.jobs import cancel_job, list_jobs
from qscore_core.jobs.folder import JobFolder
from qscore_core.jobs.request import make_request
from qscore_core.jobs.starting import submit
from qscore_core.status import StatusFile
from qscore_core.workspace import Workspace


def ended(workspace: Workspace, state: str, kind: str = "probe", message: str = "") -> JobFolder:
    arguments = ["--encoder", "habitats:simclr", "--dataset", "habitats?count=120", "--split", "swapped"]
    folder = submit(make_request(kind, [*arguments, "--device", "cpu"], f"{state} *work*"), workspace)
    StatusFile(folder.status).write(state, message)
    folder.log.write_text(f"log of {state}\n")
    return folder


@pytest.fixture
def jobs_workspace(empty_app):
    return empty_app, Workspace.at(empty_app.workspace)


def words(test):
    return "\n".join(text.value for text in [*test.markdown, *test.caption])


def test_an_empty_workspace_says_how_jobs_come_about(jobs_workspace):
    app, _ = jobs_workspace
    test = app.open("jobs")
    assert not test.exception
    assert test.info[0].value.startswith("No job has run in this workspace yet.")


def test_ended_jobs_say_how_and_lead_on(jobs_workspace):
    app, workspace = jobs_workspace
    ended(workspace, "done")
    failed = ended(workspace, "failed", message="`x.npy` should hold *numbers*.")
    test = app.open("jobs")
    assert not test.exception
    assert "Nothing at the moment." in words(test)
    assert r"done \*work\*" in words(test)
    assert "`x.npy` should hold *numbers*." in words(test)
    assert "Linear probe · habitats\\:simclr on habitats?count=120 · cpu · started" in words(test)
    assert {code.value for code in test.code} == {"log of done", "log of failed"}
    again = next(button for button in test.button if button.label == "Try again")
    assert failed.id in again.key
    link = test.get("page_link")[0].proto
    assert (link.page, link.query_string) == ("", "encoder=habitats%3Asimclr&data=habitats%3Fcount%3D120&split=swapped")


def test_they_are_filtered_by_how_they_ended_and_the_address_says_so(jobs_workspace):
    app, workspace = jobs_workspace
    ended(workspace, "done")
    ended(workspace, "cancelled")
    test = app.open("jobs", ended="cancelled")
    assert r"cancelled \*work\*" in words(test)
    assert r"done \*work\*" not in words(test)
    assert test.query_params["ended"] == "cancelled"
    test.segmented_control(key="ended").set_value("failed").run()
    assert "No job ended as failed." in words(test)


def test_a_running_job_shows_where_it_stands_and_is_stopped(jobs_workspace):
    app, workspace = jobs_workspace
    job = LightJob(workspace, "Sort shells")
    try:
        until(workspace, job, in_state("running"))
        test = app.open("jobs")
        assert not test.exception
        assert test.get("progress")[0].proto.text == "sorting: 3 of 12 (1 a second, 9 s left of this part)"
        next(button for button in test.button if button.label == "Stop").click().run()
        until(workspace, job, in_state("cancelled"))
        test.run()
        assert "Stopped as asked" in words(test)
    finally:
        job.kill()


def test_the_map_is_made_as_a_job_from_its_page(app):
    workspace = Workspace.at(app.workspace)
    test = app.open("low_q", map="umap")
    waited_for = LightJob(workspace, "in front", launch=False)  # holds the line up: nothing is computed here
    next(button for button in test.button if button.label == "Compute the map").click().run()
    assert not test.exception
    assert not test.error
    job = list_jobs(workspace)[0]
    assert job.kind == "project"
    cancel_job(job, workspace)
    shutil.rmtree(waited_for.folder.path)
