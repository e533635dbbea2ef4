# SPDX-License-Identifier: MIT
"""The audio side: three convolution stages, conformer blocks, projections. Names follow the published checkpoint.

Training batches hold clips of unequal length; every clip is computed as if it were alone (padding masked before each
convolution and in attention), because the engine runs clips one at a time. B batch, T frames, C width.
"""
import torch
import torch.nn.functional as F
from torch import nn

from decoder import LayerNorm, attend


def projection(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, outputs), nn.GELU(), nn.Linear(outputs, outputs))


class FeedForward(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.layer_norm = LayerNorm(width)
        up = nn.Module()
        up.linear = nn.Linear(width, 2 * inner)
        self.net = nn.ModuleDict({"0": up, "2": nn.Linear(inner, width)})

    def forward(self, x):
        value, gate = self.net["0"].linear(self.layer_norm(x)).chunk(2, -1)
        return self.net["2"](value * F.silu(gate))


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        for n in ("linear_q", "linear_k", "linear_v", "linear_out"):
            setattr(self, n, nn.Linear(width, width))

    def forward(self, x, mask):
        b, t, c = x.shape
        q, k, v = (f(x).view(b, t, self.heads, -1).transpose(1, 2) for f in (self.linear_q, self.linear_k, self.linear_v))
        return self.linear_out(attend(q, k, v, mask).transpose(1, 2).reshape(b, t, c))


class Convolution(nn.Module):
    """Gated pointwise, causal depthwise of three frames, two pointwise; all as matrix products (grouped kernels are slow on CPUs)."""

    def __init__(self, width):
        super().__init__()
        self.layer_norm = LayerNorm(width)
        self.glu, self.dw_sep_conv_1d = nn.Module(), nn.Module()
        self.glu.ext_pw_conv_1d = nn.Conv1d(width, 2 * width, 1)
        self.glu.b1, self.glu.b2 = nn.Parameter(torch.zeros(1, width, 1)), nn.Parameter(torch.zeros(1, width, 1))
        self.dw_sep_conv_1d.dw_conv = nn.Conv1d(width, width, 3, groups=width)
        self.dw_sep_conv_1d.pw_conv = nn.Conv1d(width, width, 1)
        self.ext_pw_conv_1d = nn.Conv1d(width, width, 1)

    def forward(self, x):
        t = x.shape[1]
        value, gate = F.linear(self.layer_norm(x), self.glu.ext_pw_conv_1d.weight[..., 0], self.glu.ext_pw_conv_1d.bias).chunk(2, -1)
        y = F.pad((value + self.glu.b1[..., 0].to(value.dtype)) * F.silu(gate + self.glu.b2[..., 0].to(gate.dtype)), (0, 0, 2, 0))
        dw, pw = self.dw_sep_conv_1d.dw_conv, self.dw_sep_conv_1d.pw_conv
        w = dw.weight[:, 0].to(y.dtype)
        y = y[:, :t] * w[:, 0] + y[:, 1:t + 1] * w[:, 1] + y[:, 2:] * w[:, 2] + dw.bias.to(y.dtype)
        y = F.silu(F.linear(y, pw.weight[..., 0], pw.bias))
        return F.linear(y, self.ext_pw_conv_1d.weight[..., 0], self.ext_pw_conv_1d.bias)


class Block(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.feed_forward_in, self.feed_forward_out = FeedForward(width, inner), FeedForward(width, inner)
        self.self_attn, self.conv = SelfAttention(width, heads), Convolution(width)
        self.layer_norm_att, self.layer_norm = LayerNorm(width), LayerNorm(width)
        for m in (self.self_attn.linear_out, self.conv.ext_pw_conv_1d, self.feed_forward_in.net["2"], self.feed_forward_out.net["2"]):
            nn.init.normal_(m.weight, std=0.4 * m.weight[0].numel() ** -0.5)

    def forward(self, x, mask):
        x = x + 0.5 * self.feed_forward_in(x)
        x = x + self.self_attn(self.layer_norm_att(x), mask)
        x = x + self.conv(x)
        return self.layer_norm(x + 0.5 * self.feed_forward_out(x))


class Subsample(nn.Module):
    """T x 80 -> ceil(T/8) x width."""

    def __init__(self, channels, width):
        super().__init__()
        d = dict(stride=2, padding=1)
        self.conv = nn.Sequential(nn.Conv2d(1, channels, 3, **d), nn.ReLU(), nn.Conv2d(channels, channels, 3, groups=channels, **d), nn.Conv2d(channels, channels, 1),
                                  nn.ReLU(), nn.Conv2d(channels, channels, 3, groups=channels, **d), nn.Conv2d(channels, channels, 1), nn.ReLU())
        self.out = nn.Linear(channels * 10, width)
        for m in self.conv:
            if isinstance(m, nn.Conv2d):  # with smaller gains the output vanishes and training stalls
                nn.init.normal_(m.weight, std=((1 if m.groups > 1 else 2) / m.weight[0].numel()) ** 0.5)

    @staticmethod
    def _dense(dw, pw):
        """A depthwise and a pointwise convolution in a row are one dense convolution with the product of the weights."""
        w = pw.weight[:, :, 0, 0]
        return w[:, :, None, None] * dw.weight[:, 0], F.linear(dw.bias, w, pw.bias)

    def forward(self, x, lengths):
        keep = lambda y, n: y * (torch.arange(y.shape[2], device=y.device)[None, :] < n[:, None])[:, None, :, None].to(y.dtype)
        x = keep(x[:, None], lengths)
        x = F.relu(F.conv2d(x, self.conv[0].weight, self.conv[0].bias, stride=2, padding=1))
        n = (lengths + 1) // 2
        for at in (2, 5):
            w, b = self._dense(self.conv[at], self.conv[at + 1])
            x = F.relu(F.conv2d(keep(x, n), w, b, stride=2, padding=1))
            n = (n + 1) // 2
        b, c, t, f = x.shape
        return self.out(x.permute(0, 2, 1, 3).reshape(b, t, c * f)), n


class Encoder(nn.Module):
    REACH = 500

    def __init__(self, width, heads, inner, blocks, channels):
        super().__init__()
        self.encoder_embedding, self.relative_attention_bias_layer = nn.Module(), nn.Module()
        self.encoder_embedding.register_buffer("global_mean", torch.zeros(80))
        self.encoder_embedding.register_buffer("global_invstd", torch.ones(80))
        self.embed = Subsample(channels, width)
        self.relative_attention_bias_layer.bias_values = nn.Embedding(2 * self.REACH, heads)
        nn.init.normal_(self.relative_attention_bias_layer.bias_values.weight, std=0.02)
        self.encoders = nn.ModuleList(Block(width, heads, inner) for _ in range(blocks))

    def forward(self, mel, lengths):
        """mel [B, T, 80], lengths [B] in frames -> states [B, T/8, C], lengths."""
        e = self.encoder_embedding
        x, n = self.embed((mel - e.global_mean) * e.global_invstd, lengths)
        t = x.shape[1]
        place = torch.arange(t, device=x.device)
        gap = (place[None, :] - place[:, None]).clamp(-self.REACH, self.REACH - 1) + self.REACH
        bias = self.relative_attention_bias_layer.bias_values(gap).permute(2, 0, 1)[None]
        padded = place[None, :] >= n[:, None]
        mask = bias.masked_fill(padded[:, None, None, :], -1e4).to(x.dtype)
        for block in self.encoders:
            x = block(x, mask)
        return x, n


class AudioEmbed(nn.Module):
    def __init__(self, c, decoder_width):
        super().__init__()
        self.encoder = Encoder(c["width"], c["heads"], c["inner"], c["blocks"], c["channels"])
        self.audio_projection = nn.ModuleDict({m: projection(c["width"], decoder_width) for m in ("speech", "vision")})
