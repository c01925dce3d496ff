"""Containers that are cut, swapped, nested, or two things at once, by name, with words of their refusal."""

import io
import json
import pickle
import struct
import tarfile
import zipfile
import zlib

import safetensors.torch
import torch
from hostile_pickles import CLAIM, LOADS, TERA
from raw_files import MAGIC, legacy_file, program, safetensors_file, storages, tensor, zip_file, zipped


def legacies():
    """Files from before torch 1.6 whose numbers do not come as the pickle says."""
    one = program({"a": tensor(legacy=True)})
    view = program({"a": tensor(legacy=True, view=("1", 2, 100))})
    return {
        "legacy: count against claim": (legacy_file(one, {"0": (5, bytes(20))}), CLAIM),
        "legacy: terabytes behind a small claim": (legacy_file(one, {"0": (TERA, bytes(16))}), CLAIM),
        "legacy: no numbers": (legacy_file(one, {}), "lists other storages than its tensors need"),
        "legacy: keys that are no list": (legacy_file(one, keys={"0": 1}), "its list of storages is none"),
        "legacy: the same key twice": (legacy_file(one, keys=["0", "0"]), "its list of storages is none"),
        "legacy: a view beyond its storage": (legacy_file(view), "claims a part of its numbers that is not there"),
        "legacy: cut in the numbers": (legacy_file(one)[:-3], CLAIM),
        "legacy: cut in the pickle": (legacy_file(one)[:60], "is damaged or cut off"),
        "legacy: another version": (MAGIC + pickle.dumps(7, 2) * 4, "has another version than torch writes"),
    }


def archives():
    """Zip files that torch.save cannot have written."""
    good = {"data.pkl": program({"a": tensor()}), "version": b"3\n", **storages(None)}
    plain = zipped(good)
    bomb = {**good, "data.pkl": bytes(200_000_000)}
    return {
        "zip: a bomb": (zipped(bomb, compression=zipfile.ZIP_DEFLATED), "has compressed entries"),
        "zip: compressed": (zipped(good, compression=zipfile.ZIP_DEFLATED), "has compressed entries"),
        "zip: a bomb that lies": (_lying_bomb(), "has compressed entries"),
        "zip: up the path": (zipped({**good, "../../evil": b""}), "is an archive with the odd path"),
        "zip: from the root": (zipped({**good}, root="/etc"), "is an archive with the odd path"),
        "zip: backslashes": (zipped({**good, "..\\evil": b""}), "is an archive with the odd path"),
        "zip: a drive": (zipped({**good, "C:evil": b""}), "is an archive with the odd path"),
        "zip: names that differ by case": (zipped({**good, "DATA.PKL": b""}), "two entries of the same name"),
        "zip: two tops": (_joined_tops(good), "is a zip archive that torch.save did not write"),
        "zip: three thousand entries": (
            zipped({**good, **{f"data/x{number}": b"" for number in range(3_000)}}),
            "Found a zip directory of 3,003 entries",
        ),
        "zip: overlapping entries": (_overlapping(plain), "whose entries overlap"),
        "zip: an empty directory": (
            plain[: plain.index(b"PK\x01\x02")] + _end_of_nothing(plain),
            "that torch.save did not write",
        ),
        "zip: encrypted": (_flagged(plain), "has encrypted or unusual entries"),
        "zip: an archive in it": (zipped({"inner.zip": plain}), "is a zip archive that torch.save did not write"),
        "zip: an archive beside": (zipped({**good, "inner.zip": plain}), LOADS),
        "zip: TorchScript": (zipped({**good, "constants.pkl": b""}), "is a TorchScript program, which is code"),
        "zip: TorchScript in capitals": (zipped({**good, "CONSTANTS.PKL": b""}), "is a TorchScript program"),
        "zip: a comment": (plain[:-2] + b"\x04\0<br>", "is cut off: its zip directory"),
        "zip: a directory that is elsewhere": (_moved_directory(plain), "its zip directory is not where it says"),
        "zip: a hidden directory": (_hidden_directory(plain), "its zip directory is not where it says"),
        "zip: another byte order": (zipped({**good, "byteorder": b"big"}), LOADS),
        "zip: no byte order": (zipped({**good, "byteorder": b"pdp"}), "torch.load cannot read it"),
        "zip: a far version": (zipped({**good, "version": b"99999\n"}), "torch.load cannot read it"),
    }


def polyglots():
    """Files that are two things at once."""
    weights = zip_file(program({"a": tensor()}))
    legacy = legacy_file(program({"a": tensor(legacy=True)}))
    inside = torch.frombuffer(bytearray(weights), dtype=torch.uint8)
    return {
        "an image, then a zip": (b"\x89PNG\r\n\x1a\n" + weights, "is a PNG image"),
        "a page, then a zip": (b"<!DOCTYPE html><html></html>" + weights, "is an HTML page saved instead"),
        "a zip, then a page": (weights + b"<html></html>", "or something follows it"),
        "a zip that follows a zip": (weights + weights, "something stands before"),
        "a torch file, then a zip": (legacy + weights, "goes on for"),
        "a torch file and a tar": (_torch_and_tar(), "is a torch file and a tar archive at once"),
        "a zip as the numbers of safetensors": (safetensors.torch.save({"a": inside}), LOADS),
        "safetensors that begin like a zip": (_safetensors_like_zip(), "is cut off: its zip directory"),
        "a plain pickle": (pickle.dumps({"a": 1}), "is a plain Python pickle"),
        "compressed": (zlib.compress(weights), "is of an unknown kind"),
    }


def flat_files():
    """Safetensors files that claim what is not there."""

    def one(**how):
        return {"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16], **how}}

    empty = {str(number): {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for number in range(2_001)}
    wrong = "its safetensors header does not fit it"
    return {
        "safetensors: terabytes": (safetensors_file(one(shape=[TERA], data_offsets=[0, 4 * TERA])), wrong),
        "safetensors: more numbers than bytes": (safetensors_file(one(shape=[TERA]), bytes(16)), wrong),
        "safetensors: from before": (safetensors_file(one(data_offsets=[-16, 0]), bytes(16)), wrong),
        "safetensors: backwards": (safetensors_file(one(data_offsets=[16, 0]), bytes(16)), wrong),
        "safetensors: a negative side": (safetensors_file(one(shape=[-4]), bytes(16)), wrong),
        "safetensors: an overflow": (safetensors_file(one(shape=[2**32, 2**32, 2**32]), bytes(16)), wrong),
        "safetensors: overlapping": (safetensors_file({**one(), "b": one()["a"]}, bytes(16)), wrong),
        "safetensors: something behind": (safetensors_file(one(), bytes(16) + b"<html>"), wrong),
        "safetensors: an unknown type": (safetensors_file(one(dtype="OBJ"), bytes(16)), wrong),
        "safetensors: a deep header": (safetensors_file(b'{"a":' + b"[" * 10**6), wrong),
        "safetensors: no header": (safetensors_file(b"{"), wrong),
        "safetensors: a giant header": (
            struct.pack("<Q", 2**31) + b"{}",
            "should have a safetensors header of at most",
        ),
        "safetensors: many tensors": (safetensors_file(empty), "should hold at most 2,000 tensors. Found 2,001"),
        "nothing": (b"", "is empty (0 bytes)"),
        "one byte": (b"\x80", "is a plain Python pickle"),
        "a head alone": (MAGIC, "is damaged or cut off"),
        "an index": (
            json.dumps({"weight_map": {"a": "model-00001-of-00003.safetensors"}}).encode(),
            "is the index of a checkpoint that was saved in pieces (model-00001-of-00003.safetensors)",
        ),
    }


def _lying_bomb():
    """Deflated bytes whose directory says that they are as long as what they unpack to."""
    data = bytearray(zipped({"data.pkl": bytes(100_000)}, compression=zipfile.ZIP_DEFLATED))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = data[directory + 20 : directory + 24]
    return bytes(data)


def _joined_tops(good):
    buffer = io.BytesIO(zipped(good))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("other/data.pkl", good["data.pkl"])
    return buffer.getvalue()


def _overlapping(plain):
    """The second entry's directory record points at the first entry."""
    data = bytearray(plain)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = bytes(4)
    return bytes(data)


def _end_of_nothing(plain):
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 0, plain.index(b"PK\x01\x02"), 0)


def _flagged(plain):
    data = bytearray(plain)
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _moved_directory(plain):
    data = bytearray(plain)
    data[-6:-2] = struct.pack("<L", struct.unpack("<L", data[-6:-2])[0] - 1)
    return bytes(data)


def _hidden_directory(plain):
    """A locator of a 64-bit directory that points elsewhere, before the usual end record."""
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 3, 3, 100, 100)
    return plain[:-22] + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, 7, 1) + plain[-22:]


def _torch_and_tar():
    """A tar archive whose first entry's name is the magic number of a torch file."""
    info = tarfile.TarInfo("x")
    info.size = 4
    head = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    head[: len(MAGIC)] = MAGIC
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + bytes(1024)


def _safetensors_like_zip():
    length = int.from_bytes(b"PK\x03\x04" + bytes(4), "little")
    return struct.pack("<Q", length) + b"{}"
