# SPDX-License-Identifier: MIT
"""Writes a run in the published checkpoint's layout: model.safetensors (bf16), config.json, tokenizer.json and the small files.

usage: export.py RUN FOLDER
Running-average weights. What only training needs (glyph head, alignment scale) is left out; parts not trained yet keep their
first values, so that the loader finds every tensor.
"""
import json
import os
import struct
import sys

import torch

from tokenizer import SPECIALS
from train import open_run

LAYER = "((layers.*self_attn\\.(qkv|o)_proj)|(layers.*mlp\\.(gate_up|down)_proj))"


def write_safetensors(path, tensors):
    """u64 header length, JSON header, raw little-endian bf16 data."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, t in tensors.items():
        header[name] = dict(dtype="BF16", shape=list(t.shape), data_offsets=[at, at + 2 * t.numel()])
        at += 2 * t.numel()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            out.write(t.to(torch.bfloat16).contiguous().view(torch.int16).numpy().tobytes())


def config_json(model):
    d, a, v, s = model.config["decoder"], model.config["audio"], model.config["vision"], model.special
    half = int(d["width"] // d["heads"] * 0.75) // 2
    lora = dict(r=d["rank"], lora_alpha=d["alpha"], dp=0.0, layer=LAYER)
    return dict(
        architectures=["Phi4MMForCausalLM"], model_type="phi4mm", demo_model=True, torch_dtype="bfloat16",
        vocab_size=d["vocabulary"], hidden_size=d["width"], intermediate_size=d["inner"], num_hidden_layers=d["layers"],
        num_attention_heads=d["heads"], num_key_value_heads=d["kv_heads"], rms_norm_eps=1e-5, tie_word_embeddings=True, hidden_act="silu",
        attention_bias=False, mlp_bias=False, lm_head_bias=False, partial_rotary_factor=0.75, rope_theta=10000.0, sliding_window=262144,
        max_position_embeddings=131072, original_max_position_embeddings=4096,
        rope_scaling=dict(type="longrope", short_factor=[1.0] * half, long_factor=[1.0 + 2.0 * i for i in range(half)]),
        bos_token_id=s["<|endoftext|>"], eos_token_id=s["<|endoftext|>"], pad_token_id=s["<|endoftext|>"],
        special_image_token_id=s["<|endoftext10|>"], special_audio_token_id=s["<|endoftext11|>"], speech_lora=lora, vision_lora=lora,
        audio_processor=dict(name="cascades", config=dict(
            input_size=80, attention_dim=a["width"], attention_heads=a["heads"], linear_units=a["inner"], num_blocks=a["blocks"], time_reduction=8,
            kernel_size=3, causal=True, chunk_size=-1, left_chunk=18, ext_pw_out_channel=a["width"], ext_pw_kernel_size=1,
            depthwise_seperable_out_channel=a["width"], depthwise_multiplier=1, activation="swish", conv_activation="swish", conv_glu_type="swish",
            bias_in_glu=True, batch_norm=False, cnn_layer_norm=True, input_layer="nemo_conv", nemo_conv_settings=dict(conv_channels=a["channels"]),
            encoder_embedding_config=dict(input_size=80), relative_attention_bias_args=dict(type="t5", t5_bias_max_distance=500))),
        img_processor=dict(hidden_size=v["width"], intermediate_size=v["inner"], num_hidden_layers=v["layers"] + 1, num_attention_heads=v["heads"],
                           image_size=v["crop"], patch_size=14, layer_norm_eps=1e-6),
        embd_layer=dict(embedding_cls="image_audio", audio_embd_layer=dict(embedding_cls="audio", compression_rate=8, downsample_rate=1, projection_cls="mlp"),
                        image_embd_layer=dict(embedding_cls="tune_image", crop_size=v["crop"], hd_transform_order="sub_glb", image_token_compression_cls="avg_pool_2d",
                                              projection_cls="mlp", use_hd_transform=True, with_learnable_separator=True)))


def main():
    run, folder = sys.argv[1], sys.argv[2]
    model, prompts, state = open_run(run)
    weights = dict(model.state_dict())
    weights.update(state.get("average", {}))
    tensors = {k: v for k, v in weights.items() if not k.startswith("glyph") and k != "ctc_scale"}
    for name in tensors:  # beside a picture, sound enters through the projection that was trained: no stage trains another
        if ".audio_projection.vision." in name:
            tensors[name] = tensors[name.replace(".vision.", ".speech.")]
    os.makedirs(folder, exist_ok=True)
    write_safetensors(os.path.join(folder, "model.safetensors"), tensors)
    prompts.t.save(os.path.join(folder, "tokenizer.json"))
    s = model.special
    files = {"config.json": config_json(model),
             "generation_config.json": dict(bos_token_id=s["<|endoftext|>"], pad_token_id=s["<|endoftext|>"], eos_token_id=[s["<|end|>"], s["<|endoftext|>"]], use_cache=True),
             "preprocessor_config.json": dict(processor_class="Phi4MMProcessor", image_processor_type="Phi4MMImageProcessor", feature_extractor_type="Phi4MMAudioFeatureExtractor",
                                              dynamic_hd=6, crop_size=model.config["vision"]["crop"], audio_compression_rate=8, audio_downsample_rate=1, audio_feat_stride=1),
             "tokenizer_config.json": dict(tokenizer_class="GPT2TokenizerFast", bos_token="<|endoftext|>", eos_token="<|endoftext|>", pad_token="<|endoftext|>",
                                           unk_token="<|endoftext|>", model_max_length=131072, add_bos_token=False)}
    for name, data in files.items():
        with open(os.path.join(folder, name), "w") as out:
            json.dump(data, out, indent=1)
    count = sum(t.numel() for t in tensors.values())
    matrices = sum(t.numel() for k, t in tensors.items() if t.dim() == 2 and "lora_" not in k and "bias_values" not in k and "position_embedding" not in k)
    print(f"{len(tensors)} tensors, {count / 1e6:.2f} M parameters, bf16 {2 * count / 1e6:.1f} MB, 4 bit about {(matrices * 0.5625 + (count - matrices) * 2) / 1e6:.1f} MB; "
          f"{len(SPECIALS)} special tokens from id {prompts.t.ranks + 1}; trained {state.get('minutes', {})} processor minutes")


if __name__ == "__main__":
    main()
