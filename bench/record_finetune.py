"""`python -m bench.record_finetune RUN` writes the record of a finished fine-tuning run of the workspace."""

import argparse
from dataclasses import replace
from pathlib import Path

from bench.records import FOLDER, HABITATS, RunRecord, snapshot_of, write_run
from qscore_core.encoder_report import ReportSettings, encoder_report, report_splits
from qscore_core.encoders import read_own_metadata
from qscore_core.pipeline import Subject
from qscore_core.training.files import RunFiles
from qscore_core.workspace import Workspace, read_json

DEFAULTS = ReportSettings()


def record_run(
    run: str,
    recipe: str,
    workspace: Workspace,
    how: ReportSettings = DEFAULTS,
    pictures: str = HABITATS,
) -> RunRecord:
    """Before and after at the epsilon that the run's regulariser used, and the means over its last epoch.

    Method, data, arm, seed and parent come from the run's `settings.json`, the means from its encoder's file. The
    record names the data by `pictures`, since a folder's path says nothing elsewhere.
    """
    files = RunFiles(workspace.root / "runs" / run)
    settings = read_json(files.settings)
    epsilon = float(settings["features"]["epsilon"])
    how = replace(how, epsilons=(*how.epsilons, epsilon))
    dataset = settings["dataset"]
    which = report_splits(dataset, workspace)
    before, after = (
        snapshot_of(encoder_report(Subject(ref, dataset), which, workspace, settings=how), f"{epsilon:g}")
        for ref in (settings["parent"], f"run:{run}")
    )
    own = read_own_metadata(files.encoder)
    assert own is not None  # a run writes no other file
    return RunRecord(
        method=settings["method"],
        arm=settings["arm"],
        recipe=recipe,
        seed=settings["seed"],
        run=run,
        settings={**settings, "dataset": pictures},
        before=before,
        after=after,
        last_epoch=own.record["final_terms"],
        pictures=pictures,
    )


def keep_run(record: RunRecord, folder: Path, workspace: Workspace) -> Path:
    """Writes the record; runs that end at the same time wait for each other."""
    with workspace.lock(workspace.artefact("records", "finetune"), wait_seconds=600):
        return write_run(record, folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="+")
    parser.add_argument("--recipe", default="quick", help="the recipe that the runs followed")
    parser.add_argument("--pictures", default=HABITATS, help="what they were trained and judged on, in words")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--records", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    workspace = Workspace.at(arguments.workspace)
    for run in arguments.run:
        record = record_run(run, arguments.recipe, workspace, pictures=arguments.pictures)
        print(keep_run(record, arguments.records, workspace))


if __name__ == "__main__":
    main()
