# SPDX-License-Identifier: MIT
"""The decoder: RMSNorm, grouped-query attention with partial LongRoPE, gated MLP, one LoRA adapter per modality.

Module names are those of the published checkpoint, so that `state_dict` is already its layout. B batch, T tokens, D width.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

MODES = ("speech", "vision")


class RMSNorm(nn.Module):
    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x):
        y = x.float()
        return (y * torch.rsqrt(y.square().mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)


class LayerNorm(nn.LayerNorm):
    """Weights follow the activation type: the processor kernels accept no mixture."""

    def forward(self, x):
        return F.layer_norm(x, self.normalized_shape, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps)


class LoRALinear(nn.Module):
    """x W^T + (alpha / r) (x A^T) B^T with the adapter of `mode`; None: the base alone."""

    def __init__(self, inputs, outputs, rank, alpha):
        super().__init__()
        self.base_layer = nn.Linear(inputs, outputs, bias=False)
        self.scale, self.packed = alpha / rank, None  # packed.Packed: what the base is once quantized
        self.lora_A = nn.ModuleDict({m: nn.Linear(inputs, rank, bias=False) for m in MODES})
        self.lora_B = nn.ModuleDict({m: nn.Linear(rank, outputs, bias=False) for m in MODES})
        for m in MODES:
            nn.init.zeros_(self.lora_B[m].weight)

    def forward(self, x, mode):
        y = self.base_layer(x) if self.packed is None else F.linear(x, self.packed(self.base_layer.weight))
        return y if mode is None else y + self.lora_B[mode](self.lora_A[mode](x)) * self.scale


def attend(q, k, v, mask):
    """q, k, v [B, heads, T, d]; mask is added to the scores or None."""
    w = (q * q.shape[-1] ** -0.5) @ k.transpose(2, 3)
    if mask is not None:
        w = w + mask.to(w.dtype)
    with torch.autocast(w.device.type, enabled=False):  # autocast would widen the softmax to float32
        w = w.softmax(-1)
    return w @ v


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.groups, self.size = c["heads"], c["kv_heads"], c["width"] // c["heads"]
        self.qkv_proj = LoRALinear(c["width"], (self.heads + 2 * self.groups) * self.size, c["rank"], c["alpha"])
        self.o_proj = LoRALinear(c["width"], c["width"], c["rank"], c["alpha"])

    def forward(self, x, rope, mask, mode, cache=None):
        b, t, _ = x.shape
        q, k, v = self.qkv_proj(x, mode).view(b, t, -1, self.size).transpose(1, 2).split((self.heads, self.groups, self.groups), 1)
        q, k = rotate(q, *rope), rotate(k, *rope)
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        k, v = (z.repeat_interleave(self.heads // self.groups, 1) for z in (k, v))
        return self.o_proj(attend(q, k, v, mask).transpose(1, 2).reshape(b, t, -1), mode)


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gate_up_proj = LoRALinear(c["width"], 2 * c["inner"], c["rank"], c["alpha"])
        self.down_proj = LoRALinear(c["inner"], c["width"], c["rank"], c["alpha"])

    def forward(self, x, mode):
        gate, up = self.gate_up_proj(x, mode).chunk(2, -1)
        return self.down_proj(up * F.silu(gate), mode)


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(c["width"]), RMSNorm(c["width"])
        self.self_attn, self.mlp = Attention(c), MLP(c)

    def forward(self, x, rope, mask, mode, cache=None):
        x = x + self.self_attn(self.input_layernorm(x), rope, mask, mode, cache)
        return x + self.mlp(self.post_attention_layernorm(x), mode)


def rope_tables(c, begin, end):
    """cos and sin [T, rotated] for positions begin..end-1, short factors (all 1), with LongRoPE's magnitude on both."""
    half = int(c["width"] // c["heads"] * 0.75) // 2
    frequency = 10000.0 ** (-torch.arange(half) * 2.0 / (2 * half))
    angle = torch.arange(begin, end)[:, None] * frequency[None]
    angle = torch.cat([angle, angle], 1)
    scale = math.sqrt(1 + math.log(131072 / 4096) / math.log(4096))
    return angle.cos() * scale, angle.sin() * scale


def rotate(x, cos, sin):
    n = cos.shape[-1]
    y = x[..., :n]
    turned = torch.cat([-y[..., n // 2:], y[..., :n // 2]], -1)
    return torch.cat([(y * cos + turned * sin).to(x.dtype), x[..., n:]], -1)


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.embed_tokens = nn.Embedding(c["vocabulary"], c["width"])
        self.layers = nn.ModuleList(Layer(c) for _ in range(c["layers"]))
        self.norm = RMSNorm(c["width"])
        nn.init.normal_(self.embed_tokens.weight, std=0.05)
        for name, p in self.named_parameters():
            if name.endswith("base_layer.weight"):
                nn.init.normal_(p, std=p.shape[1] ** -0.5)
            if name.endswith(("o_proj.base_layer.weight", "down_proj.base_layer.weight")):
                p.data.mul_((2 * c["layers"]) ** -0.5)

    def forward(self, x, mode, caches=None, begin=0):
        """x [B, T, D] token rows -> states after the final norm. caches: one list per layer, filled in place."""
        t = x.shape[1]
        rope = [z.to(x.device) for z in rope_tables(self.c, begin, begin + t)]
        mask = None
        if t > 1:
            mask = torch.full((t, begin + t), -1e4, device=x.device).triu(1 + begin)
        for i, layer in enumerate(self.layers):
            x = layer(x, rope, mask, mode, None if caches is None else caches[i])
        return self.norm(x)
