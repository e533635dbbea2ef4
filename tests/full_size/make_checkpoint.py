#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a seeded checkpoint with the true shapes and layout of Phi-4-multimodal-instruct, without its weights.

usage: make_checkpoint.py DIR [--layers N] [--seed S] [--sparse]

11.15 GB in three shards (32 layers): the same tensor names, types and sizes as the official files, so that quantizing, verifying,
loading and running can be measured at full size on a machine that does not have the real weights. Values follow what is known of
trained decoders: normal weights under log-normal row and column scales, with a few outlier columns per matrix. Needs NumPy.

--sparse writes the headers only, over files with holes that take no room on the disk: for questions about shapes and sizes.
"""
import argparse
import json
import math
import os
import struct
import time

try:
    import numpy as np
except ImportError:
    np = None  # enough for --sparse

HIDDEN, HEADS, KV_HEADS, HEAD, MLP, VOCAB, LAYERS = 3072, 24, 8, 128, 8192, 200064, 32
VISION, VISION_MLP, VISION_LAYERS = 1152, 4304, 27
AUDIO, AUDIO_FF, AUDIO_BLOCKS = 1024, 1536, 24
RANKS = {"speech": 320, "vision": 256}
SHARD_BYTES = 4_990_000_000
RANKS_OF_VOCABULARY = 199998
LONG_FACTOR = [1, 1.118320672, 1.250641126, 1.398617824, 1.564103225, 1.74916897, 1.956131817, 2.187582649, 2.446418898, 2.735880826,
               3.059592084, 3.421605075, 3.826451687, 4.279200023, 4.785517845, 5.351743533, 5.984965424, 6.693110555, 7.485043894,
               8.370679318, 9.36110372, 10.4687158, 11.70738129, 13.09260651, 14.64173252, 16.37415215, 18.31155283, 20.47818807,
               22.90118105, 25.61086418, 28.64115884, 32.03, 32.1, 32.13, 32.23, 32.6, 32.61, 32.64, 32.66, 32.7, 32.71, 32.93, 32.97,
               33.28, 33.49, 33.5, 44.16, 47.77]


def tensors(layers):
    """(name, shape, kind) in file order. kind: matrix, norm, zero, small, one."""
    yield "model.embed_tokens.weight", (VOCAB, HIDDEN), "embedding"
    for i in range(layers):
        p = f"model.layers.{i}."
        yield p + "input_layernorm.weight", (HIDDEN,), "norm"
        yield p + "post_attention_layernorm.weight", (HIDDEN,), "norm"
        for name, out, inp in (("self_attn.qkv_proj", (HEADS + 2 * KV_HEADS) * HEAD, HIDDEN), ("self_attn.o_proj", HIDDEN, HIDDEN),
                               ("mlp.gate_up_proj", 2 * MLP, HIDDEN), ("mlp.down_proj", HIDDEN, MLP)):
            yield p + name + ".base_layer.weight", (out, inp), "matrix"
            for adapter, rank in RANKS.items():
                yield p + f"{name}.lora_A.{adapter}.weight", (rank, inp), "lora"
                yield p + f"{name}.lora_B.{adapter}.weight", (out, rank), "lora"
    yield "model.norm.weight", (HIDDEN,), "norm"

    p = "model.embed_tokens_extend.image_embed."
    yield p + "glb_GN", (1, 1, VISION), "small"
    yield p + "sub_GN", (1, 1, 1, VISION), "small"
    yield from linear(p + "img_projection.0", HIDDEN, VISION)
    yield from linear(p + "img_projection.2", HIDDEN, HIDDEN)
    p += "img_processor."
    yield p + "embeddings.patch_embedding.weight", (VISION, 3, 14, 14), "matrix"
    yield p + "embeddings.patch_embedding.bias", (VISION,), "small"
    yield p + "embeddings.position_embedding.weight", (1024, VISION), "small"
    for i in range(VISION_LAYERS):
        q = p + f"encoder.layers.{i}."
        for norm in ("layer_norm1", "layer_norm2"):
            yield from layer_norm(q + norm, VISION)
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            yield from linear(q + "self_attn." + name, VISION, VISION)
        yield from linear(q + "mlp.fc1", VISION_MLP, VISION)
        yield from linear(q + "mlp.fc2", VISION, VISION_MLP)
    yield from layer_norm(p + "post_layernorm", VISION)
    yield p + "head.probe", (1, 1, VISION), "small"
    yield p + "head.attention.in_proj_weight", (3 * VISION, VISION), "matrix"
    yield p + "head.attention.in_proj_bias", (3 * VISION,), "small"
    yield from linear(p + "head.attention.out_proj", VISION, VISION)
    yield from layer_norm(p + "head.layernorm", VISION)
    yield from linear(p + "head.mlp.fc1", VISION_MLP, VISION)
    yield from linear(p + "head.mlp.fc2", VISION, VISION_MLP)

    p = "model.embed_tokens_extend.audio_embed."
    for adapter in RANKS:
        yield from linear(p + f"audio_projection.{adapter}.0", HIDDEN, AUDIO)
        yield from linear(p + f"audio_projection.{adapter}.2", HIDDEN, HIDDEN)
    p += "encoder."
    yield p + "encoder_embedding.global_mean", (80,), "mean"
    yield p + "encoder_embedding.global_invstd", (80,), "invstd"
    yield p + "embed.conv.0.weight", (AUDIO, 1, 3, 3), "matrix"
    yield p + "embed.conv.0.bias", (AUDIO,), "small"
    for k in (2, 5):
        yield p + f"embed.conv.{k}.weight", (AUDIO, 1, 3, 3), "matrix"
        yield p + f"embed.conv.{k}.bias", (AUDIO,), "small"
        yield p + f"embed.conv.{k + 1}.weight", (AUDIO, AUDIO, 1, 1), "matrix"
        yield p + f"embed.conv.{k + 1}.bias", (AUDIO,), "small"
    yield from linear(p + "embed.out", AUDIO, 10 * AUDIO)
    yield p + "relative_attention_bias_layer.bias_values.weight", (1000, 16), "small"
    for i in range(AUDIO_BLOCKS):
        q = p + f"encoders.{i}."
        for ff in ("feed_forward_in", "feed_forward_out"):
            yield from layer_norm(q + ff + ".layer_norm", AUDIO)
            yield from linear(q + ff + ".net.0.linear", 2 * AUDIO_FF, AUDIO)
            yield from linear(q + ff + ".net.2", AUDIO, AUDIO_FF)
        for name in ("linear_q", "linear_k", "linear_v", "linear_out"):
            yield from linear(q + "self_attn." + name, AUDIO, AUDIO)
        for norm in ("conv.layer_norm", "layer_norm_att", "layer_norm"):
            yield from layer_norm(q + norm, AUDIO)
        yield q + "conv.glu.ext_pw_conv_1d.weight", (2 * AUDIO, AUDIO, 1), "matrix"
        yield q + "conv.glu.ext_pw_conv_1d.bias", (2 * AUDIO,), "small"
        yield q + "conv.glu.b1", (1, AUDIO, 1), "small"
        yield q + "conv.glu.b2", (1, AUDIO, 1), "small"
        yield q + "conv.dw_sep_conv_1d.dw_conv.weight", (AUDIO, 1, 3), "matrix"
        yield q + "conv.dw_sep_conv_1d.dw_conv.bias", (AUDIO,), "small"
        for name in ("conv.dw_sep_conv_1d.pw_conv", "conv.ext_pw_conv_1d"):
            yield q + name + ".weight", (AUDIO, AUDIO, 1), "matrix"
            yield q + name + ".bias", (AUDIO,), "small"


def linear(name, out, inp):
    yield name + ".weight", (out, inp), "matrix"
    yield name + ".bias", (out,), "small"


def layer_norm(name, width):
    yield name + ".weight", (width,), "norm"
    yield name + ".bias", (width,), "small"


class Values:
    """Seeded values at memory speed: slices of one pool of normals, scaled."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.pool = self.random.standard_normal(1 << 24, dtype=np.float32)

    def normals(self, count):
        offset = int(self.random.integers(0, self.pool.size))
        out = np.empty(count, np.float32)
        done = 0
        while done < count:
            take = min(count - done, self.pool.size - offset)
            out[done:done + take] = self.pool[offset:offset + take]
            done, offset = done + take, 0
        return out

    def blocks(self, shape, kind):
        """Float32 pieces of the tensor in order, a few million values each."""
        count = math.prod(shape)
        if kind == "norm":
            yield 1 + 0.1 * self.normals(count)
        elif kind == "small":
            yield 0.02 * self.normals(count)
        elif kind == "mean":
            yield 10 + self.normals(count)
        elif kind == "invstd":
            yield 0.25 + 0.01 * self.normals(count)
        else:
            rows, columns = shape[0], count // shape[0]
            gain = {"embedding": 0.04, "lora": 0.3 / np.sqrt(columns)}.get(kind, 0.8 / np.sqrt(columns))
            column = np.exp(0.25 * self.normals(columns)).astype(np.float32)
            if columns >= 256:
                column[self.random.integers(0, columns, columns // 256)] *= 6
            step = max(1, (1 << 22) // columns)
            for first in range(0, rows, step):
                n = min(step, rows - first)
                scale = (gain * np.exp(0.2 * self.normals(n))).astype(np.float32)
                yield self.normals(n * columns).reshape(n, columns) * scale[:, None] * column[None]


def to_bf16(x):
    bits = np.ascontiguousarray(x, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def write_shards(folder, layers, seed, sparse):
    shards, size = [[]], 0
    for name, shape, kind in tensors(layers):
        nbytes = 2 * math.prod(shape)
        if size + nbytes > SHARD_BYTES and shards[-1]:
            shards.append([])
            size = 0
        shards[-1].append((name, shape, kind))
        size += nbytes
    values, index, total, started = None if sparse else Values(seed), {}, 0, time.time()
    for number, shard in enumerate(shards):
        file = f"model-{number + 1:05d}-of-{len(shards):05d}.safetensors"
        header, offset = {"__metadata__": {"format": "pt"}}, 0
        for name, shape, _ in shard:
            nbytes = 2 * math.prod(shape)
            header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, offset + nbytes]}
            offset += nbytes
            index[name] = file
        raw = json.dumps(header).encode()
        raw += b" " * (-len(raw) % 8)
        with open(os.path.join(folder, file), "wb") as out:
            out.write(struct.pack("<Q", len(raw)) + raw)
            if sparse:
                out.truncate(8 + len(raw) + offset)
            for _, shape, kind in () if sparse else shard:
                for block in values.blocks(shape, kind):
                    out.write(to_bf16(block).tobytes())
        total += offset
        print(f"{file}: {offset / 1e9:.2f} GB, {time.time() - started:.0f} s", flush=True)
    with open(os.path.join(folder, "model.safetensors.index.json"), "w") as out:
        json.dump({"metadata": {"total_size": total}, "weight_map": index}, out, indent=1)


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w") as out:
        json.dump(value, out, indent=1, ensure_ascii=False)


def write_config(folder, layers):
    target = "(layers.*self_attn\\.(qkv|o)_proj)|(layers.*mlp\\.(gate_up|down)_proj)"
    write_json(folder, "config.json", {
        "architectures": ["Phi4MMForCausalLM"], "model_type": "phi4mm", "hidden_size": HIDDEN, "intermediate_size": MLP,
        "num_hidden_layers": layers, "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS, "partial_rotary_factor": 0.75,
        "rope_theta": 10000.0, "max_position_embeddings": 131072, "original_max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
        "hidden_act": "silu", "vocab_size": VOCAB, "tie_word_embeddings": True, "bos_token_id": 199999, "eos_token_id": 199999,
        "pad_token_id": 199999, "sliding_window": 262144, "attention_bias": False, "mlp_bias": False, "lm_head_bias": False,
        "img_processor": None, "torch_dtype": "bfloat16",
        "vision_lora": {"r": RANKS["vision"], "lora_alpha": 512, "dp": 0.0, "layer": target},
        "speech_lora": {"r": RANKS["speech"], "lora_alpha": 640, "dp": 0.01, "layer": target},
        "rope_scaling": {"type": "longrope", "short_factor": [1.0] * 48, "long_factor": LONG_FACTOR},
        "embd_layer": {
            "image_embd_layer": {"crop_size": 448, "hd_transform_order": "sub_glb", "image_token_compression_cls": "avg_pool_2d",
                                 "projection_cls": "mlp", "use_hd_transform": True, "with_learnable_separator": True},
            "audio_embd_layer": {"compression_rate": 8, "downsample_rate": 1, "projection_cls": "mlp", "use_qformer": False}},
        "audio_processor": {"name": "cascades", "config": {
            "attention_dim": AUDIO, "attention_heads": 16, "linear_units": AUDIO_FF, "num_blocks": AUDIO_BLOCKS, "kernel_size": 3,
            "causal": True, "chunk_size": -1, "left_chunk": 18, "time_reduction": 8, "input_size": 80, "activation": "swish",
            "conv_activation": "swish", "conv_glu_type": "swish", "batch_norm": False, "bias_in_glu": True, "cnn_layer_norm": True,
            "depthwise_multiplier": 1, "depthwise_seperable_out_channel": AUDIO, "ext_pw_kernel_size": 1, "ext_pw_out_channel": AUDIO,
            "input_layer": "nemo_conv", "nemo_conv_settings": {"conv_channels": AUDIO},
            "relative_attention_bias_args": {"type": "t5", "t5_bias_max_distance": 500}}}})
    write_json(folder, "generation_config.json", {"bos_token_id": 199999, "eos_token_id": [200020, 199999], "pad_token_id": 199999})
    write_json(folder, "preprocessor_config.json", {"dynamic_hd": 36, "audio_compression_rate": 8, "audio_downsample_rate": 1,
                                                    "audio_feat_stride": 1})


def write_tokenizer(folder):
    """A byte-level vocabulary of the true size: the 256 bytes, then made-up ranks; special tokens at their real ids."""
    bytes_in_order = [*range(33, 127), *range(161, 173), *range(174, 256)]
    shown = {b: chr(b) for b in bytes_in_order}
    for n, b in enumerate(b for b in range(256) if b not in shown):
        shown[b] = chr(256 + n)
    order = bytes_in_order + [b for b in range(256) if b not in bytes_in_order]
    vocabulary = {shown[b]: i for i, b in enumerate(order)}
    merges, letters, words = [], [chr(c) for c in range(97, 123)], []
    for a in letters:
        for b in letters:
            words.append(a + b)
            merges.append([a, b])
    grown = 0
    while len(vocabulary) + len(words) < RANKS_OF_VOCABULARY:
        stem = words[grown]
        for c in letters:
            words.append(stem + c)
            merges.append([stem, c])
            if len(vocabulary) + len(words) == RANKS_OF_VOCABULARY:
                break
        grown += 1
    vocabulary.update({word: 256 + i for i, word in enumerate(words)})
    special = [(199999, "endoftext", False, True), (200010, "endoftext10", False, True), (200011, "endoftext11", False, True),
               (200018, "endofprompt", False, True), (200019, "assistant", True, True), (200020, "end", True, True),
               (200021, "user", True, True), (200022, "system", True, True), (200023, "tool", True, False), (200024, "/tool", True, False),
               (200025, "tool_call", True, False), (200026, "/tool_call", True, False), (200027, "tool_response", True, False),
               (200028, "tag", True, True)]
    pattern = "|".join([
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
    write_json(folder, "tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None,
        "added_tokens": [{"id": i, "content": f"<|{t}|>", "single_word": False, "lstrip": False, "rstrip": r, "normalized": False,
                          "special": s} for i, t, r, s in special],
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "post_processor": None, "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocabulary, "merges": merges}})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sparse", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    write_config(options.folder, options.layers)
    if not options.sparse:
        write_tokenizer(options.folder)
    write_shards(options.folder, options.layers, options.seed, options.sparse)


if __name__ == "__main__":
    main()
