"""Named selections of images: kept by id, found again, renamed, deleted and brought back, exported."""

import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_inputs import write_pictures
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.datasets import open_dataset
from qscore_core.errors import SliceError
from qscore_core.selection_export import TABLE_FORMATS
from qscore_core.selection_export import write_pictures as write_zip
from qscore_core.slices import (
    Slice,
    delete_slice,
    find_slice,
    list_slices,
    members,
    rename_slice,
    restore_slice,
    save_slice,
)

DATA = ("habitats", "test")


def test_a_slice_is_found_as_it_was_saved(workspace):
    chosen = Slice("striped & lost", *DATA, ("b", "a", "b"), "lasso on the map")
    save_slice(chosen, workspace)
    found = find_slice("striped & lost", *DATA, workspace)
    assert found == chosen
    assert found.ids == ("b", "a")


def test_slices_of_another_split_or_data_set_are_others(workspace):
    save_slice(Slice("one", *DATA, ("a",), made=1.0), workspace)
    save_slice(Slice("one", "habitats", "train", ("b",), made=2.0), workspace)
    assert [s.ids for s in list_slices(workspace)] == [("b",), ("a",)]
    assert [s.split for s in list_slices(workspace, "habitats", "test")] == ["test"]
    with pytest.raises(SliceError, match=r"no slice `two`\. Saved: `one`"):
        find_slice("two", *DATA, workspace)


def test_a_name_that_is_taken_is_refused_and_the_first_slice_stays(workspace):
    save_slice(Slice("one", *DATA, ("a",)), workspace)
    with pytest.raises(SliceError, match="There is a slice `one` already"):
        save_slice(Slice(" one ", *DATA, ("b",)), workspace)
    assert find_slice("one", *DATA, workspace).ids == ("a",)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused(workspace, name):
    with pytest.raises(SliceError, match="1 to 80 printable"):
        save_slice(Slice(name, *DATA, ("a",)), workspace)


def test_nothing_selected_is_no_slice(workspace):
    with pytest.raises(SliceError, match="at least one image"):
        save_slice(Slice("none", *DATA, ()), workspace)


def test_a_deleted_slice_can_be_brought_back(workspace):
    save_slice(Slice("one", *DATA, ("a",)), workspace)
    gone = delete_slice("one", *DATA, workspace)
    assert list_slices(workspace) == []
    assert restore_slice("one", *DATA, workspace) == gone
    with pytest.raises(SliceError, match="was deleted"):
        restore_slice("one", *DATA, workspace)


def test_bringing_back_never_replaces_a_new_slice_of_that_name(workspace):
    save_slice(Slice("one", *DATA, ("a",)), workspace)
    delete_slice("one", *DATA, workspace)
    save_slice(Slice("one", *DATA, ("b",)), workspace)
    with pytest.raises(SliceError, match="already"):
        restore_slice("one", *DATA, workspace)
    assert find_slice("one", *DATA, workspace).ids == ("b",)


def test_renaming_frees_the_old_name(workspace):
    save_slice(Slice("one", *DATA, ("a",)), workspace)
    rename_slice(find_slice("one", *DATA, workspace), "two", workspace)
    assert [s.name for s in list_slices(workspace)] == ["two"]


def test_a_damaged_file_takes_no_other_slice_down(workspace):
    save_slice(Slice("good", *DATA, ("a",)), workspace)
    save_slice(Slice("bad", *DATA, ("a",)), workspace)
    file = next(f for f in (workspace.root / "slices").glob("*/*.json") if json.loads(f.read_text())["name"] == "bad")
    file.write_text('{"name": "bad", ')
    assert [s.name for s in list_slices(workspace)] == ["good"]
    with pytest.raises(SliceError, match="cannot be read"):
        find_slice("bad", *DATA, workspace)


@given(st.permutations(range(12)), st.lists(st.integers(0, 20), unique=True))
def test_members_stand_where_their_ids_do(order, chosen):
    table = pd.Series([f"id{n}" for n in order])
    ids = [f"id{n}" for n in chosen]
    found = members(ids, table)
    assert table.iloc[found.rows].tolist() == [name for name in ids if name in set(table)]
    assert list(found.unknown) == [name for name in ids if name not in set(table)]


@pytest.mark.parametrize("ending", TABLE_FORMATS)
def test_tables_come_back(ending):
    table = pd.DataFrame({"id": ["b", "a,"], "q_score": [0.5, 0.25]})
    content = TABLE_FORMATS[ending](table)
    if ending == ".txt":
        assert content == b"b\na,\n"
        return
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet}[ending]
    pd.testing.assert_frame_equal(read(io.BytesIO(content)), table)


def test_pictures_are_taken_as_they_are_and_a_lost_one_is_named(workspace, tmp_path):
    folder = write_pictures(tmp_path / "set", 3, splits=("test",))
    dataset = open_dataset(f"folder:{folder}", "test", workspace=workspace)
    table = dataset.table.iloc[::-1]
    lost = dataset.table["path"].iloc[1]
    Path(lost).rename(tmp_path / "moved")
    held = io.BytesIO()
    write_zip(table, dataset, held)
    with zipfile.ZipFile(held) as archive:
        names = [name for name in archive.namelist() if name.startswith("images/")]
        assert [name.split("-", 1)[0] for name in names] == ["images/00000", "images/00002"]
        assert archive.read(names[0]) == Path(table["path"].iloc[0]).read_bytes()
        assert dataset.table["id"].iloc[1] in archive.read("could-not-be-read.txt").decode()
        assert pd.read_csv(io.BytesIO(archive.read("table.csv")))["id"].tolist() == table["id"].tolist()


@pytest.fixture
def command(workspace):
    def run(*words, status=0):
        result = CliRunner().invoke(app, ["slices", *map(str, words), "--workspace", str(workspace.root), "--json"])
        assert result.exit_code == status, result.output
        return json.loads(result.stdout)

    return run


def test_the_verb_saves_lists_exports_and_undoes(command, workspace, tmp_path):
    folder = write_pictures(tmp_path / "set", 4, splits=("test",))
    data = ["--dataset", f"folder:{folder}"]
    ids = open_dataset(f"folder:{folder}", "test", workspace=workspace).table["id"].tolist()
    (tmp_path / "ids.txt").write_text(f"{ids[2]}\n{ids[0]}\n")
    assert command("save", "two", *data, "--ids", tmp_path / "ids.txt")[0]["ids"] == 2
    assert [row["name"] for row in command("list")] == ["two"]
    assert command("show", "two", *data)[0]["members"] == [ids[2], ids[0]]
    out = tmp_path / "two.parquet"
    command("export", "two", *data, "--out", out)
    assert pd.read_parquet(out)["id"].tolist() == [ids[2], ids[0]]
    command("export", "two", *data, "--out", tmp_path / "two.zip")
    assert len(zipfile.ZipFile(tmp_path / "two.zip").namelist()) == 3
    command("rename", "two", *data, "--to", "pair")
    command("delete", "pair", *data)
    assert command("list") == []
    assert command("restore", "pair", *data)[0]["ids"] == 2


def test_the_verb_refuses_ids_that_the_split_does_not_have(command, tmp_path):
    folder = write_pictures(tmp_path / "set", 2, splits=("test",))
    (tmp_path / "ids.txt").write_text("nobody\n")
    error = command("save", "x", "--dataset", f"folder:{folder}", "--ids", tmp_path / "ids.txt", status=1)["error"]
    assert "1 of 1 that it does not have, the first is `nobody`" in error
    assert command("list") == []


def test_an_image_that_is_gone_is_counted(command, workspace, tmp_path):
    folder = write_pictures(tmp_path / "set", 4, splits=("test",))
    dataset = open_dataset(f"folder:{folder}", "test", workspace=workspace)
    (tmp_path / "ids.txt").write_bytes("\n".join(dataset.table["id"]).encode())
    command("save", "all", "--dataset", f"folder:{folder}", "--ids", tmp_path / "ids.txt")
    Path(dataset.table["path"].iloc[0]).unlink()
    assert command("show", "all", "--dataset", f"folder:{folder}")[0]["unknown"] == 1
