"""Writes an embedding model of three words where Chroma keeps its default one, which it would download:
small-model.py HOME. Cider is as near to apple as a word can be. Same form, same use by Chroma."""

import pathlib
import struct
import sys

from tokenizers import Tokenizer, models, pre_tokenizers

SIZE = 384
# [PAD] and [UNK] point nowhere.
PLACES = {"[PAD]": None, "[UNK]": None, "apple": 0, "cider": 0, "pear": 1}


def varint(number):
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def field(number, value):
    """One field of a protocol buffer: https://protobuf.dev/programming-guides/encoding/"""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def tensor(name, kind, *dimensions):
    shape = b"".join(field(1, field(2, one)) for one in dimensions)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def vector(place):
    return struct.pack(f"<{SIZE}f", *(1.0 if at == place else 0.0 for at in range(SIZE)))


# The numbers are those of onnx.proto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
FLOAT, INT64 = 1, 7
table = b"".join(vector(place) for place in PLACES.values())
weights = field(1, len(PLACES)) + field(1, SIZE) + field(2, FLOAT) + field(8, "table") + field(9, table)
gather = field(1, "table") + field(1, "input_ids") + field(2, "hidden") + field(4, "Gather")
inputs = [tensor(name, INT64, "batch", "token") for name in ("input_ids", "attention_mask", "token_type_ids")]
graph = field(1, gather) + field(2, "words") + field(5, weights)
graph += b"".join(field(11, one) for one in inputs)
graph += field(12, tensor("hidden", FLOAT, "batch", "token", "size"))
model = field(1, 8) + field(7, graph) + field(8, field(2, 13))

folder = pathlib.Path(sys.argv[1], ".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx")
folder.mkdir(parents=True)
(folder / "model.onnx").write_bytes(model)
words = Tokenizer(models.WordLevel({word: at for at, word in enumerate(PLACES)}, unk_token="[UNK]"))
words.pre_tokenizer = pre_tokenizers.Whitespace()
words.save(str(folder / "tokenizer.json"))
# Chroma only looks whether they are there.
for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt"):
    (folder / name).touch()
