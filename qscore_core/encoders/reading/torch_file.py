"""The two containers of torch.save, opened as far as needed to check what the pickle inside claims."""

from typing import BinaryIO

from qscore_core.encoders.reading.limits import Limits
from qscore_core.encoders.reading.opcodes import take_pickle
from qscore_core.encoders.reading.refusal import Refusal, damaged, hostile
from qscore_core.encoders.reading.survey import StorageClaim, Survey, survey
from qscore_core.encoders.reading.zip_archive import Entry, read_directory

PROTOCOL = 1001  # torch's own, of files before torch 1.6
COUNT_BYTES = 8


def survey_zip(file: BinaryIO, limits: Limits) -> Survey:
    """Checks a file of torch 1.6 or later: a zip with one pickle and one entry for each storage."""
    entries = read_directory(file, limits)
    root = _root(entries)
    pickle_entry = entries[f"{root}/data.pkl"]
    file.seek(pickle_entry.start)
    found = survey(take_pickle(file, pickle_entry.start + pickle_entry.size, limits), limits)
    for claim in found.storages.values():
        entry = entries.get(f"{root}/data/{claim.key}")
        if entry is None or entry.size < claim.bytes:
            raise _too_much(claim, entry.size if entry else 0)
    return found


def survey_legacy(file: BinaryIO, limits: Limits) -> Survey:
    """Checks a file from before torch 1.6: five pickles, then for each storage its length and its numbers."""
    end = file.seek(0, 2)
    file.seek(0)
    _, protocol, _, main, keys = (take_pickle(file, end, limits) for _ in range(5))
    if survey(protocol, limits).value != PROTOCOL:
        raise damaged("it has another version than torch writes")
    place = file.tell()
    found = survey(main, limits)
    for claim in _in_order(found, survey(keys, limits).value):
        file.seek(place)
        count = int.from_bytes(file.read(COUNT_BYTES), "little", signed=True)
        place += COUNT_BYTES + claim.bytes
        if count != claim.count or place > end:
            raise _too_much(claim, max(0, end - (place - claim.bytes)))
    if place != end:
        raise hostile(f"goes on for {end - place:,} bytes after its end")
    return found


def _root(entries: dict[str, Entry]) -> str:
    roots = {name.split("/")[0] for name in entries}
    root = next(iter(roots), "")
    if any(name.casefold().endswith("/constants.pkl") for name in entries):
        raise Refusal(
            "is a TorchScript program, which is code. Expected a state dict. "
            "Save `module.state_dict()` with torch.save where you trust it."
        )
    if len(roots) != 1 or f"{root}/data.pkl" not in entries:
        first = min(entries, key=lambda name: entries[name].start, default="")
        raise Refusal(
            f"is a zip archive that torch.save did not write (it holds {len(entries)} files, first `{first[:80]}`). "
            "Expected weights. Unpack it and name the file inside."
        )
    return root


def _in_order(found: Survey, keys: object) -> list[StorageClaim]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or len(set(keys)) != len(keys):
        raise damaged("its list of storages is none")
    if set(keys) != set(found.storages):
        raise damaged("it lists other storages than its tensors need")
    return [found.storages[key] for key in keys]


def _too_much(claim: StorageClaim, there: int) -> Refusal:
    return hostile(f"claims {claim.bytes:,} bytes for storage `{claim.key[:40]}` where it has {there:,}")
