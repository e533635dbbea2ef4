# SPDX-License-Identifier: MIT
"""Takes a run's first weights from an exported model of the same or a smaller design (a folder in the published layout).

A narrower or shallower decoder is grown so that it computes the same as before: new widths read with their random first values but
write zeros, new layers write zeros, RMSNorm weights make up for the zeros in the mean. Only texts that the larger vocabulary
cuts differently see a change. The encoder must have the same width, because LayerNorm does not bear zeros; other widths of it, and
the vision side, keep their random first values.
"""
import json
import os
import struct

import numpy as np
import torch

from tokenizer import Tokenizer, learn

WRITES = ("o_proj", "down_proj")  # matrices whose output is added to the residual stream


def read_safetensors(path):
    """The tensors of a bf16 safetensors file as float32, by name, and the file's metadata."""
    with open(path, "rb") as f:
        length, = struct.unpack("<Q", f.read(8))
        header, data = json.loads(f.read(length)), f.read()
    out = {}
    for name, t in header.items():
        if name == "__metadata__":
            continue
        if t["dtype"] != "BF16":
            raise ValueError(f"{path}: {name} is {t['dtype']}, expected BF16; export the model with export.py")
        raw = np.frombuffer(data[t["data_offsets"][0]:t["data_offsets"][1]], np.uint16)
        out[name] = torch.from_numpy((raw.astype(np.uint32) << 16).view(np.float32).reshape(t["shape"]).copy())
    return out, header.get("__metadata__", {})


def vocabulary(folder, lines, ranks):
    """The folder's vocabulary, with further merges learned from `lines` where it is smaller than `ranks`."""
    old = Tokenizer.load(os.path.join(folder, "tokenizer.json"))
    return old if old.ranks == ranks else Tokenizer(learn(lines, ranks, old.merges))


def old_specials(folder):
    with open(os.path.join(folder, "tokenizer.json")) as f:
        return {t["content"]: t["id"] for t in json.load(f)["added_tokens"]}


def _embeddings(new, old, tokens, before, special):
    """Rows of known pieces are kept, new pieces start as the mean of the pieces they are made of."""
    width = old.shape[1]
    new[:, width:] = 0
    for i, piece in enumerate(tokens.piece):
        parts = [before.rank[piece]] if piece in before.rank else before._word(piece)
        new[i, :width] = old[parts].mean(0)
    for text, i in tokens.special.items():
        if text in special:
            new[i, :width] = old[special[text]]


def _heads(rows, old, new):
    """Places of the old query, key and value rows among the new ones: each key head's group grows at its end."""
    size, before, after = old["size"], old["heads"] // old["kv"], new["heads"] // new["kv"]
    query = [g * after + k for g in range(old["kv"]) for k in range(before)]
    heads = query if rows == "query" else query + [new["heads"] + g for g in range(old["kv"])] + [new["heads"] + new["kv"] + g for g in range(old["kv"])]
    return torch.cat([torch.arange(h * size, (h + 1) * size) for h in heads])


def _decoder(name, new, old, shape_old, shape_new):
    """One decoder tensor; `new` holds random first values. Rows are outputs, columns inputs."""
    if old.dim() == 1:  # RMSNorm: the zeros of the new widths lower the mean square
        new[:len(old)] = old * (len(old) / len(new)) ** 0.5
        return
    rows, columns = torch.arange(old.shape[0]), torch.arange(old.shape[1])
    if "qkv_proj" in name and "lora_A" not in name:
        rows = _heads("all", shape_old, shape_new)
    if "o_proj" in name and "lora_B" not in name:
        columns = _heads("query", shape_old, shape_new)
    if "gate_up" in name and "lora_A" not in name:
        half = old.shape[0] // 2
        rows = torch.cat([torch.arange(half), new.shape[0] // 2 + torch.arange(half)])
    if any(w in name for w in WRITES) and "lora_A" not in name:
        new.zero_()
    if "lora_B" in name:  # a grown base is trained anew before its adapters are
        new.zero_()
        return
    kept = torch.zeros_like(new, dtype=torch.bool)
    kept[rows[:, None], columns[None]] = True
    new[kept] = old.flatten()


@torch.no_grad()
def take(model, tokens, folder):
    """Fills `model` (random first values, vocabulary `tokens`) from the folder. -> names left at their first values."""
    weights, _ = read_safetensors(os.path.join(folder, "model.safetensors"))
    with open(os.path.join(folder, "config.json")) as f:
        c = json.load(f)
    d, left = model.config["decoder"], []
    describe = lambda width, heads, kv: dict(size=width // heads, heads=heads, kv=kv)
    old = describe(c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"])
    new = describe(d["width"], d["heads"], d["kv_heads"])
    if old["size"] != new["size"] or old["kv"] != new["kv"]:
        raise ValueError(f"{folder}: heads of {old['size']} and {old['kv']} key heads cannot grow into {new['size']} and {new['kv']}; train from the beginning")
    before = Tokenizer.load(os.path.join(folder, "tokenizer.json"))
    for name, tensor in model.state_dict().items():
        have = weights.get(name)
        if name == "model.embed_tokens.weight":
            _embeddings(tensor, have, tokens, before, old_specials(folder))
        elif have is not None and have.shape == tensor.shape and not name.startswith("model.norm"):
            tensor.copy_(have)
        elif have is not None and name.startswith(("model.layers", "model.norm")):
            _decoder(name, tensor, have, old, new)
        elif have is None and name.startswith("model.layers") and any(w in name for w in WRITES) and "lora_" not in name:
            tensor.zero_()
            left.append(name)
        elif have is not None and "audio_projection" in name and name.endswith("2.weight"):
            tensor.zero_()
            tensor[:have.shape[0], :have.shape[1]] = have
        elif have is not None and "audio_projection" in name:
            if tensor.dim() == 1:
                tensor.zero_()
            tensor[:len(have)] = have
        else:
            left.append(name)
    return left


@torch.no_grad()
def wake(model, used, alike=0.9):
    """Gives pieces that are used now and were not before a row of their own. -> their ids.

    What a model never had to say is only ever pushed away: the rows of all such pieces come to lie in one direction, where neither a
    base whose embeddings are kept nor what is read from it can tell them apart. used: ids; alike: cosine between such rows.
    """
    rows = model.model.embed_tokens.weight
    unit = torch.nn.functional.normalize(rows, dim=1)
    near = unit @ unit.T > alike
    never = near[near.sum(1).argmax()]
    if never.sum() < 0.02 * len(rows):
        return []
    ids = [i for i in sorted(used) if never[i]]
    fresh = torch.nn.functional.normalize(torch.randn(len(ids), rows.shape[1], generator=torch.Generator().manual_seed(3)), dim=1)
    rows[ids] = fresh * rows[~never].norm(dim=1).median()
    return ids
