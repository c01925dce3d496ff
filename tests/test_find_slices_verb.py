"""`find-slices` on Habitats: what is found is kept as slices that other verbs open."""

import json

from small_inputs import small_encoder_file
from typer.testing import CliRunner

from qscore_core.cli import app


def run(*words):
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.stdout
    return json.loads(done.stdout)


def test_slices_are_found_and_kept(tmp_path):
    encoder, where = f"file:{small_encoder_file(tmp_path)}", ["--workspace", str(tmp_path / "w"), "--device", "cpu"]
    asked = ["--encoder", encoder, "--dataset", "habitats?count=200", "--split", "test", *where]
    found = run("find-slices", *asked, "--epsilon", "2", "--clusters", "5", "--low", "40", "--save", "low")
    kept = run("slices", "list", *where)
    assert {one["name"] for one in kept} == {one["saved"] for one in found}
    assert [one["p_value"] for one in found] == sorted(one["p_value"] for one in found)
    for one in found:
        assert one["images"] == len(one["ids"]) >= 8
        assert one["low_share"] > 0.4
        assert 0 <= one["error_ci"][0] <= one["error"] <= one["error_ci"][1] <= 1
