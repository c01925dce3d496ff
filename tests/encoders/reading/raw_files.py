"""Files of torch.save and safetensors put together byte by byte, so that they can be wrong in every place."""

import io
import json
import pickle
import struct
import zipfile
from dataclasses import dataclass

MAGIC = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)
PROTOCOL = pickle.dumps(1001, protocol=2)
SYSTEM = pickle.dumps({"protocol_version": 1001, "little_endian": True}, protocol=2)
REBUILD = ("torch._utils", "_rebuild_tensor_v2")


@dataclass(frozen=True)
class Raw:
    """Instructions of a pickle that leave one value behind."""

    code: bytes


def named(module, name):
    return Raw(b"c" + module.encode() + b"\n" + name.encode() + b"\n")


def called(function, *arguments):
    return Raw(instructions(function) + instructions(arguments) + pickle.REDUCE)


def built(value, state):
    return Raw(instructions(value) + instructions(state) + pickle.BUILD)


def instructions(value):
    """A value, which may have `Raw` parts, as instructions."""
    if isinstance(value, Raw):
        return value.code
    if isinstance(value, tuple):
        return pickle.MARK + b"".join(map(instructions, value)) + pickle.TUPLE
    if isinstance(value, list):
        return pickle.EMPTY_LIST + pickle.MARK + b"".join(map(instructions, value)) + pickle.APPENDS
    if isinstance(value, dict):
        pairs = b"".join(instructions(key) + instructions(item) for key, item in value.items())
        return pickle.EMPTY_DICT + pickle.MARK + pairs + pickle.SETITEMS
    if isinstance(value, str):
        data = value.encode()
        return pickle.BINUNICODE + struct.pack("<I", len(data)) + data
    return pickle.dumps(value, protocol=2)[2:-1]


def program(value, protocol=2):
    return pickle.PROTO + bytes([protocol]) + instructions(value) + pickle.STOP


def storage(key="0", count=4, kind="FloatStorage", legacy=False, view=None):
    identity = ("storage", named("torch", kind), key, "cpu", count)
    return Raw(instructions((*identity, view) if legacy else identity) + pickle.BINPERSID)


def tensor(key="0", count=4, offset=0, shape=(4,), stride=(1,), legacy=False, **how):
    held = storage(key, count, legacy=legacy, **how)
    return called(named(*REBUILD), held, offset, shape, stride, False, called(named("collections", "OrderedDict")))


def zip_file(data_pickle, records=None, **how):
    """A file of torch >= 1.6; `records` are the storages' bytes by key."""
    return zipped({"data.pkl": data_pickle, "version": b"3\n", **storages(records)}, **how)


def storages(records):
    return {f"data/{key}": data for key, data in (records or {"0": bytes(16)}).items()}


def zipped(entries, root="archive", compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(f"{root}/{name}", data)
    return buffer.getvalue()


def legacy_file(data_pickle, records=None, keys=None):
    """A file of torch < 1.6; `records` are (count of numbers, bytes) by key."""
    records = {"0": (4, bytes(16))} if records is None else records
    listed = pickle.dumps(list(records) if keys is None else keys, protocol=2)
    numbers = b"".join(struct.pack("<q", count) + data for count, data in records.values())
    return MAGIC + PROTOCOL + SYSTEM + data_pickle + listed + numbers


def safetensors_file(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data
