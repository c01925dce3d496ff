"""Published encoders come into the workspace whole or not at all, from servers as they are."""

import hashlib
import io
import re
from dataclasses import replace

import pytest
import torch
from weights_server import serving

from qscore_core.encoders.catalog import (
    Checksum,
    adopt,
    at_hand,
    entry_file,
    fetch_entry,
    is_at_hand,
    published_encoders,
    transfer,
)
from qscore_core.errors import EncoderError, WorkspaceError


def saved(seed):
    held = io.BytesIO()
    torch.save({"conv1.weight": torch.randn(64, 3, 7, 7, generator=torch.Generator().manual_seed(seed))}, held)
    return held.getvalue()


WEIGHTS, OTHER = saved(0), saved(1)
HALF = len(WEIGHTS) // 2


@pytest.fixture
def server():
    with serving(WEIGHTS) as server:
        yield server


@pytest.fixture
def entry(server):
    return replace(published_encoders().find("dino/dino_resnet50_pretrain"), address=server.address)


def failure(entry, workspace):
    with pytest.raises(EncoderError) as caught:
        fetch_entry(entry, workspace)
    return str(caught.value)


def test_a_file_is_downloaded_once_checked_and_its_origin_kept(server, entry, workspace):
    events = []
    done = fetch_entry(entry, workspace, events.append)
    path = entry_file(entry, workspace)
    assert path.read_bytes() == WEIGHTS
    assert (done.path, done.source, done.bytes) == (str(path), server.address, len(WEIGHTS))
    assert done.sha256 == hashlib.sha256(WEIGHTS).hexdigest()
    assert events[-1].done == events[-1].total == len(WEIGHTS) // 1000
    assert fetch_entry(entry, workspace) == done
    assert server.asked == [None]
    assert sorted(file.name for file in path.parent.iterdir()) == [".lock", "encoder.pth", "source.json"]


def test_a_broken_download_goes_on_where_it_broke(server, entry, workspace):
    server.stop_after = HALF
    told = failure(entry, workspace)
    assert re.fullmatch(
        rf"The connection to {server.address} broke after [\d.]+ kB of [\d.]+ kB\. "
        r"Run the same command again: it goes on from there\.",
        told,
    )
    assert not is_at_hand(entry, workspace)
    fetch_entry(entry, workspace)
    assert entry_file(entry, workspace).read_bytes() == WEIGHTS
    assert server.asked == [None, f"bytes={HALF}-"]


def test_a_stopped_download_goes_on_where_it_stopped(server, entry, workspace, monkeypatch):
    monkeypatch.setattr(transfer, "CHUNK", 4096)

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_entry(entry, workspace, stop)
    fetch_entry(entry, workspace)
    assert entry_file(entry, workspace).read_bytes() == WEIGHTS
    assert server.asked == [None, "bytes=4096-"]


def test_a_whole_part_needs_no_more_bytes(server, entry, workspace):
    server.stop_after = HALF
    failure(entry, workspace)
    part = entry_file(entry, workspace).with_name("encoder.pth.part")
    part.write_bytes(WEIGHTS)
    fetch_entry(entry, workspace)
    assert server.asked == [None]


def test_a_server_that_ignores_ranges_sends_all_of_it_again(server, entry, workspace):
    server.stop_after, server.ranges = HALF, False
    failure(entry, workspace)
    fetch_entry(entry, workspace)
    assert entry_file(entry, workspace).read_bytes() == WEIGHTS
    assert server.asked == [None, f"bytes={HALF}-"]


@pytest.mark.parametrize("checks", [True, False])
def test_a_file_that_changed_meanwhile_is_downloaded_afresh(server, entry, workspace, checks):
    server.stop_after = HALF
    failure(entry, workspace)
    server.content, server.checks = OTHER, checks
    fetch_entry(entry, workspace)
    assert entry_file(entry, workspace).read_bytes() == OTHER


def test_a_file_that_became_shorter_is_downloaded_afresh(server, entry, workspace):
    server.stop_after = len(WEIGHTS) - 10
    failure(entry, workspace)
    server.content, server.checks = OTHER[: len(OTHER) - 1000], False
    assert "is cut off" in failure(entry, workspace)
    assert server.asked == [None, f"bytes={len(WEIGHTS) - 10}-", None]


def test_without_a_way_to_tell_versions_apart_it_begins_again(server, entry, workspace):
    server.tagged, server.stop_after = False, HALF
    failure(entry, workspace)
    fetch_entry(entry, workspace)
    assert server.asked == [None, None]
    assert entry_file(entry, workspace).read_bytes() == WEIGHTS


def test_a_web_page_is_not_taken_for_the_file(server, entry, workspace):
    server.kind = "text/html; charset=utf-8"
    assert failure(entry, workspace) == (
        f"{server.address} answers with a web page instead of the file. Open it in a browser (a login, a licence or a "
        "download limit may stand before it), save the file and give it with `--file PATH`."
    )


def test_a_web_page_that_pretends_to_be_a_file_is_thrown_away(server, entry, workspace):
    server.content = b"<!DOCTYPE html><html><body>Quota exceeded</body></html>"
    told = failure(entry, workspace)
    assert told.startswith(f"What came from {server.address} for `{entry.ref}` was thrown away. ")
    assert "is an HTML page saved instead of the file" in told
    assert not list(entry_file(entry, workspace).parent.glob("encoder*"))


@pytest.mark.parametrize(
    ("kind", "digits"), [("md5", hashlib.md5(WEIGHTS).hexdigest()[:8]), ("sha256", hashlib.sha256(WEIGHTS).hexdigest())]
)
def test_a_published_checksum_is_compared(entry, workspace, kind, digits):
    entry = replace(entry, checksum=Checksum(kind, digits, "its README"))
    assert fetch_entry(entry, workspace).checked == f"opened with weights_only; {kind} {digits} from its README"


def test_another_checksum_throws_the_file_away(server, entry, workspace):
    entry = replace(entry, checksum=Checksum("md5", "00000000", "its README"))
    found = hashlib.md5(WEIGHTS).hexdigest()[:16]
    assert failure(entry, workspace) == (
        f"What came from {server.address} for `{entry.ref}` was thrown away. Its md5 should begin with 00000000 "
        f"(from its README). Found {found}: it is damaged, or another file."
    )
    assert not list(entry_file(entry, workspace).parent.glob("encoder*"))


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (404, "the file is no longer there (404)"),
        (403, "the server refuses to give the file away (403)"),
        (500, "it answers 500"),
    ],
)
def test_a_server_that_says_no_is_quoted(server, entry, workspace, status, why):
    server.status = status
    assert failure(entry, workspace) == (
        f"Nothing was downloaded from {server.address}: {why}. If you have the file, give it with `--file PATH`."
    )


def test_no_network_is_one_sentence(entry, workspace):
    entry = replace(entry, address="http://127.0.0.1:9/encoder.pth")  # nobody listens there
    told = failure(entry, workspace)
    assert re.fullmatch(
        r"http://127\.0\.0\.1:9/encoder\.pth cannot be reached: no network \(.*refused\)\. "
        r"If you have the file, give it with `--file PATH`\.",
        told,
    )


def test_no_network_says_what_is_kept(server, entry, workspace):
    server.stop_after = HALF
    failure(entry, workspace)
    server.shutdown()
    server.server_close()
    assert "kB received so far are kept: the same command goes on from there." in failure(entry, workspace)


def test_a_file_for_which_there_is_no_room_is_not_begun(entry, workspace, monkeypatch):
    monkeypatch.setattr(transfer.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10}))
    told = failure(entry, workspace)
    assert "where 10 bytes are free. Free some space, or choose another folder with `--workspace`." in told
    assert not list(entry_file(entry, workspace).parent.glob("encoder*"))


def test_a_file_larger_than_any_checkpoint_is_refused(server, tmp_path):
    part = tmp_path / "part"
    with pytest.raises(EncoderError, match="more than the 10 bytes that a checkpoint may have here"):
        transfer.download(server.address, part, longest=10)
    assert not part.exists()


def test_only_one_process_fetches_a_file(entry, workspace):
    folder = entry_file(entry, workspace).parent
    folder.mkdir(parents=True)
    with workspace.lock(folder), pytest.raises(WorkspaceError, match="Another process is working on"):
        fetch_entry(entry, workspace)


def test_a_file_at_hand_is_adopted_by_copy(server, entry, workspace, tmp_path):
    mine = tmp_path / "mine.pth"
    mine.write_bytes(WEIGHTS)
    done = adopt(entry, mine, workspace)
    mine.write_bytes(b"something else")
    assert done.source == str(mine)
    assert entry_file(entry, workspace).read_bytes() == WEIGHTS
    assert fetch_entry(entry, workspace) == done
    assert server.asked == []


def test_the_wrong_file_is_not_adopted(entry, workspace, tmp_path):
    mine = tmp_path / "mine.pth"
    mine.write_bytes(OTHER)
    entry = replace(entry, checksum=Checksum("sha256", hashlib.sha256(WEIGHTS).hexdigest()[:8], "the file's name"))
    with pytest.raises(EncoderError, match="Its sha256 should begin with"):
        adopt(entry, mine, workspace)
    mine.write_bytes(b"no weights")
    with pytest.raises(EncoderError, match="is text, beginning `no weights`"):
        adopt(entry, mine, workspace)
    assert not is_at_hand(entry, workspace)


def test_what_is_at_hand_is_told_for_many_at_once_and_a_half_file_is_not(entry, workspace, tmp_path):
    rows = published_encoders().entries[:3]
    assert at_hand([entry, *rows], workspace) == [False] * 4
    entry_file(entry, workspace).parent.mkdir(parents=True)
    entry_file(entry, workspace).with_suffix(".part").write_bytes(WEIGHTS[:100])
    assert at_hand([entry, *rows], workspace) == [False] * 4
    mine = tmp_path / "mine.pth"
    mine.write_bytes(WEIGHTS)
    adopt(entry, mine, workspace)
    assert at_hand([entry, *rows], workspace) == [True, False, False, False]


def test_without_an_address_it_says_where_the_file_is(workspace):
    entry = published_encoders().find("yaox12/resnet50_byol_imagenet2012")
    assert failure(entry, workspace) == (
        f"`{entry.ref}` has no address to download from. {entry.bring} Then give it with `--file PATH`."
    )
