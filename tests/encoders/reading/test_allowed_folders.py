import os
from pathlib import Path

import pytest

from qscore_core.encoders.reading import AllowedFolders
from qscore_core.errors import EncoderError
from qscore_core.verbs.serving import app_environment


@pytest.fixture
def inside(tmp_path):
    (tmp_path / "inside" / "deep").mkdir(parents=True)
    (tmp_path / "inside" / "deep" / "w.pth").write_text("x")
    (tmp_path / "secret.pth").write_text("x")
    (tmp_path / "inside-too").mkdir()
    return tmp_path / "inside"


@pytest.fixture
def allowed(inside):
    return AllowedFolders.of([inside])


def test_a_file_inside(allowed, inside, monkeypatch):
    path = inside / "deep" / "w.pth"
    assert allowed.require(path) == path.resolve()
    assert allowed.require(f"{inside}/deep/../deep/w.pth") == path.resolve()
    monkeypatch.chdir(inside)
    assert allowed.require("deep/w.pth") == path.resolve()


def test_a_link_inside_the_folders(allowed, inside):
    (inside / "link.pth").symlink_to(inside / "deep" / "w.pth")
    assert allowed.require(inside / "link.pth") == (inside / "deep" / "w.pth").resolve()


@pytest.mark.parametrize(
    "leave",
    [
        "{inside}/../secret.pth",
        "{inside}/deep/../../secret.pth",
        "{inside}-too/w.pth",
        "/etc/passwd",
        "{inside}/link.pth",
        "{inside}/up/secret.pth",
        "{inside}/chain.pth",
        "~root/secret.pth",
    ],
)
def test_every_way_out_is_refused(leave, allowed, inside):
    (inside / "link.pth").symlink_to(inside.parent / "secret.pth")
    (inside / "up").symlink_to("..")
    (inside / "chain.pth").symlink_to("link.pth")
    path = leave.format(inside=inside)
    with pytest.raises(EncoderError) as error:
        allowed.require(path)
    leads_to = Path(path).expanduser().resolve().parent
    assert str(error.value) == (
        f"Encoder file `{path}` lies outside the folders that this server opens: `{inside.resolve()}`. Copy it into "
        f"one of them, or start the server with `python -m qscore_core serve --folder {leads_to}` (or QSCORE_FOLDERS)."
    )


def test_links_in_a_circle_and_names_that_cannot_be(allowed, inside):
    (inside / "a").symlink_to(inside / "b")
    (inside / "b").symlink_to(inside / "a")
    for path in (inside / "a", inside / "a\0b", "~nobody-of-that-name/w.pth"):
        with pytest.raises(EncoderError, match="cannot be found"):
            allowed.require(path)


def test_a_folder_that_is_a_link(inside):
    (inside.parent / "name").symlink_to(inside)
    allowed = AllowedFolders.of([inside.parent / "name"])
    assert allowed.folders == (inside.resolve(),)
    assert allowed.require(inside.parent / "name" / "deep" / "w.pth") == (inside / "deep" / "w.pth").resolve()


def test_the_server_opens_its_own_folder_and_the_workspace(inside, monkeypatch):
    monkeypatch.delenv("QSCORE_FOLDERS", raising=False)
    monkeypatch.chdir(inside)
    assert AllowedFolders.of_server(inside.parent / "work").folders == (inside.resolve(), inside.parent / "work")
    monkeypatch.setenv("QSCORE_FOLDERS", os.pathsep.join(["/a", "/b", "/a"]))
    assert list(map(str, AllowedFolders.of_server(inside).folders)) == ["/a", "/b", str(inside.resolve())]


def test_serve_hands_the_folders_on(inside, monkeypatch):
    """The app runs in another folder, so it gets them in full."""
    monkeypatch.delenv("QSCORE_FOLDERS", raising=False)
    monkeypatch.chdir(inside)
    assert app_environment(inside, [])["QSCORE_FOLDERS"] == str(inside)
    monkeypatch.setenv("QSCORE_FOLDERS", f"deep{os.pathsep}/b")
    assert app_environment(inside, [])["QSCORE_FOLDERS"] == f"{inside}/deep{os.pathsep}/b"
    assert app_environment(inside, [inside.parent])["QSCORE_FOLDERS"] == str(inside.parent)
    assert app_environment(inside, [])["QSCORE_WORKSPACE"] == str(inside)
