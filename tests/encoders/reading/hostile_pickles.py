"""Pickles that want memory or time, or claim tensors that are not there, by name, with words of their refusal."""

import pickle
import struct

from raw_files import Raw, built, called, instructions, named, program, storage, tensor

from qscore_core.encoders.reading import Limits

LOADS = ""
LIMITS = Limits(tensors=2_000, operations=100_000)  # smaller than usual: what is to exceed them is smaller, too
TERA = 10**12
DEEP = "should be nested at most 32 deep"
NOT_PLAIN = "has a dict whose keys are no plain values"
AGAIN = "has a pickle that copies the same values over and over"
BEYOND = "which reaches beyond the 4 numbers it has"
ODD = "described as torch does"
CLAIM = "where it has"
OTHER = "it lists other storages than its tensors need"


def pickles():
    """Programs that want memory or time."""
    ordered, foreign = named("collections", "OrderedDict"), named("builtins", "getattr")
    # many values once, then remembered as number 7
    many = instructions([0] * 20_000) + b"q\x07"
    many_arguments = instructions((0,) * 20_000) + b"q\x07"
    again = b"h\x07"
    return {
        "a list in itself": (b"\x80\x02}X\x01\0\0\0a]q\0h\0as.", DEEP),
        "a dict in itself": (b"\x80\x02}q\0X\x01\0\0\0ah\0s.", DEEP),
        "ten thousand lists": (b"\x80\x02}X\x01\0\0\0a" + b"]" * 10_000 + b"a" * 9_999 + b"s.", DEEP),
        "ten lists of ten lists": (_laughs(), "should hold at most 100,000 values"),
        "a key that takes for ever to hash": (_nested_key(), NOT_PLAIN),
        "a set that takes for ever to hash": (
            program({"a": called(named("builtins", "set"), [Raw(_nested_tuple())])}),
            NOT_PLAIN,
        ),
        "an unhashable key": (b"\x80\x02}]Ns.", NOT_PLAIN),
        "a long key": (program({"a" * 2000: 1}), "has a key of more than 1,024 characters"),
        "a huge number in memory": (b"\x80\x02Nr\xff\xff\xff\xff0}.", "remembers value number 4,294,967,295"),
        "a huge whole number": (
            b"\x80\x02}\x8b" + struct.pack("<i", 10_000) + b"\x7f" * 10_000 + b"0.",
            "has a whole number of 79,999 bits",
        ),
        "a whole number longer than the file": (b"\x80\x02\x8b\xff\xff\xff\x7f.", "asks for 2,147,483,647 bytes"),
        "text longer than the file": (b"\x80\x04\x8d" + struct.pack("<Q", 2**60) + b".", f"asks for {2**60:,} bytes"),
        "bytes longer than the file": (b"\x80\x04\x8e" + struct.pack("<Q", 2**50) + b".", f"asks for {2**50:,} bytes"),
        "a byte array": (b"\x80\x05\x96" + struct.pack("<Q", 2**50) + b".", f"asks for {2**50:,} bytes"),
        "a frame longer than the file": (
            b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"}.",
            "has a frame that is longer than itself",
        ),
        "an instruction for memory outside": (b"\x80\x05\x97.", "has the pickle instruction NEXT_BUFFER"),
        "a registered extension": (b"\x80\x02\x82\xf0)R.", "has the pickle instruction EXT1"),
        "a reference as text": (b"Pabc\n.", "has the pickle instruction PERSID"),
        "an unknown instruction": (b"\x80\x02\xff.", "its pickle cannot be followed"),
        "no end": (b"\x80\x02}", "its pickle"),
        "an empty stack": (b"\x80\x020.", "its pickle cannot be followed"),
        "a line without end": (b"c" + b"a" * 5000 + b"\n.", "has a line without an end"),
        "millions of instructions": (b"\x80\x02" + b"N0" * 50_001 + b"}.", "of more than 100,000 instructions"),
        "thousands of names": (
            program([named("canary", f"x{number}") for number in range(1001)]),
            "names more than 1,000 Python objects",
        ),
        "a name that steers a terminal": (program({"\x1b[2Ja": named("x\x1b[2J", "y")}), LOADS),
        "a call with many arguments, over and over": (
            b"\x80\x02" + many_arguments + (foreign.code + again + b"R0") * 6 + b"}.",
            AGAIN,
        ),
        "a dict of many pairs, over and over": (
            b"\x80\x02" + many + (ordered.code + again + b"\x85R0") * 6 + b"}.",
            "an OrderedDict in it is not made of pairs",
        ),
        "a state of many entries, over and over": (
            b"\x80\x02"
            + instructions(dict.fromkeys(range(20_000)))
            + b"q\x07"
            + (ordered.code + b")R" + again + b"b0") * 6
            + b"}.",
            AGAIN,
        ),
        "encodings that grow": (_growing_bytes(), LOADS),
        "a slow encoding": (
            program({"a": called(named("_codecs", "encode"), "ü" * 300_000, "punycode")}),
            LOADS,
        ),
        "a byte array of terabytes": (program({"a": called(named("builtins", "bytearray"), TERA)}), LOADS),
        "a tensor by its class": (program(called(named("torch", "Tensor"), TERA)), "calls something that is no"),
        "a tensor by its old class": (program({"a": called(named("torch", "FloatTensor"), TERA)}), LOADS),
        "a storage by its class": (program(called(named("torch", "FloatStorage"), TERA)), "calls something that is no"),
        "a bare storage": (program({"a": called(named("torch", "UntypedStorage"), TERA)}), LOADS),
        "zeros of terabytes": (program({"a": called(named("torch", "zeros"), TERA)}), LOADS),
        "an array of numpy": (program({"a": called(named("numpy", "zeros"), TERA)}), LOADS),
        "a sparse tensor": (program({"a": called(named("torch._utils", "_rebuild_sparse_tensor"), 1, (TERA,))}), LOADS),
        "a tensor without storage": (
            program({"a": called(named("torch._utils", "_rebuild_meta_tensor_no_storage"), TERA, (TERA, TERA))}),
            LOADS,
        ),
        "source code to patch": (
            program({"a": Raw(instructions(("module", named("os", "path"), "w.patch", "text")) + pickle.BINPERSID)}),
            LOADS,
        ),
        "calls a text": (program(called("text", 1)), "calls something that is no function"),
        "calls without arguments": (b"\x80\x02cos\nmkdir\nX\x01\0\0\0aR.", "calls something without arguments"),
        "entries into a text": (b"\x80\x02X\x01\0\0\0aNNs.", "puts entries into something that is no dict"),
        "appends to a number": (b"\x80\x02K\x01Na.", "appends to something that is no list"),
        "the state of a number": (b"\x80\x02K\x01}b.", "sets the state of something that has none"),
    }


def tensors(legacy):
    """Descriptions of tensors that claim what is not there, over a storage of four numbers."""
    here = {"legacy": legacy}
    return {
        "a storage of terabytes": ({"a": tensor(count=TERA, **here)}, CLAIM),
        "a storage of five numbers": ({"a": tensor(count=5, **here)}, CLAIM),
        "a storage of less than nothing": ({"a": tensor(count=-4, **here)}, ODD),
        "a storage counted by a text": ({"a": tensor(count="4", **here)}, ODD),
        "a storage of another name": ({"a": tensor(key="1", **here)}, OTHER if legacy else CLAIM),
        "a storage up the path": ({"a": tensor(key="../version", **here)}, OTHER if legacy else CLAIM),
        "a storage of no known kind": ({"a": tensor(kind="PosixStorage", **here)}, ODD),
        "a storage described twice": (
            {"a": tensor(**here), "b": tensor(count=2, shape=(2,), **here)},
            "describes the same numbers in two ways",
        ),
        "strides of zero": ({"a": tensor(shape=(10**6, 10**6), stride=(0, 0), **here)}, "of more bytes than the file"),
        "many views": ({str(n): tensor(shape=(2**25,), stride=(0,), **here) for n in range(70)}, "of more bytes than"),
        "many tensors": ([tensor(**here)] * 2_001, "should hold at most 2,000 tensors. Found more."),
        "a negative stride": ({"a": tensor(stride=(-1,), **here)}, ODD),
        "a negative offset": ({"a": tensor(offset=-1, **here)}, ODD),
        "a negative side": ({"a": tensor(shape=(-4,), **here)}, ODD),
        "a side of half a number": ({"a": tensor(shape=(1.5,), **here)}, ODD),
        "a side of a huge number": (
            {"a": tensor(shape=(0, 2**70), stride=(1, 1), **here)},
            "torch.load cannot read it",
        ),
        "a shape beyond the storage": ({"a": tensor(shape=(TERA,), **here)}, BEYOND),
        "an offset beyond the storage": ({"a": tensor(offset=TERA, **here)}, BEYOND),
        "more axes than strides": ({"a": tensor(shape=(1, 1, 4), **here)}, "has 3 axes and 1 strides"),
        "thousands of axes": ({"a": tensor(shape=(1,) * 5000, stride=(1,) * 5000, **here)}, "has 5000 axes"),
        "a stretched tensor": (built(tensor(**here), (storage(legacy=legacy), 0, (TERA,), (1,))), "sets the state of"),
        "entries into a tensor": (Raw(instructions(tensor(**here)) + b"NNs"), "puts entries into something"),
        "a parameter that is none": (
            {"a": called(named("torch._utils", "_rebuild_parameter"), 1, True, {})},
            "is no ten",
        ),
        "a reference by number": ({"a": Raw(instructions(7) + pickle.BINPERSID)}, ODD),
        "attributes of a parameter": ({"a": _parameter_with_attributes({"data": 1}, legacy)}, LOADS),
        "attributes of a tensor": ({"a": _with_attributes({"data": 1, "grad": 2}, legacy)}, LOADS),
    }


def _laughs():
    """Ten lists, each of ten times the one before."""
    lists = b"".join(
        b"]" + bytes([0x71, number]) + b"(" + bytes([0x68, number - 1]) * 10 + b"e0" for number in range(1, 10)
    )
    return b"\x80\x02]q\x000" + lists + b"}X\x01\0\0\0ah\x09s."


def _nested_tuple():
    """A pair of the same pair, sixty times: its hash would visit 2**60 values."""
    return b")" + b"2\x86" * 60


def _nested_key():
    return b"\x80\x02}" + _nested_tuple() + b"Ns."


def _growing_bytes():
    """Thirty times the bytes before in hexadecimal: a gigabyte from one letter."""
    value = called(named("_codecs", "encode"), "a", "latin1")
    for _ in range(30):
        value = called(named("_codecs", "encode"), value, "hex_codec")
    return program({"a": value})


def _with_attributes(state, legacy):
    held = storage(legacy=legacy)
    arguments = (held, 0, (4,), (1,), False, called(named("collections", "OrderedDict")))
    rebuild = named("torch._tensor", "_rebuild_from_type_v2")
    return called(rebuild, named("torch._utils", "_rebuild_tensor_v2"), named("torch", "Tensor"), arguments, state)


def _parameter_with_attributes(state, legacy):
    return called(named("torch._utils", "_rebuild_parameter_with_state"), tensor(legacy=legacy), False, {}, state)
