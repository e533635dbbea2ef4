# SPDX-License-Identifier: MIT
"""The vision side: SigLIP tower, 2x2 pooling, separators, projection. Names follow the published checkpoint.

The published tower reads the output of its last layer but one; the last layer is never run and is not made here.
"""
import torch
import torch.nn.functional as F
from torch import nn

from audio import projection
from decoder import LayerNorm, attend

PATCH = 14


class TowerAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        for n in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, n, nn.Linear(width, width))

    def forward(self, x, mask):
        b, t, c = x.shape
        q, k, v = (f(x).view(b, t, self.heads, -1).transpose(1, 2) for f in (self.q_proj, self.k_proj, self.v_proj))
        return self.out_proj(attend(q, k, v, mask).transpose(1, 2).reshape(b, t, c))


class TowerLayer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.layer_norm1, self.layer_norm2 = LayerNorm(width, eps=1e-6), LayerNorm(width, eps=1e-6)
        self.self_attn, self.mlp = TowerAttention(width, heads), nn.Module()
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(width, inner), nn.Linear(inner, width)
        for m in (self.self_attn.out_proj, self.mlp.fc2):
            nn.init.normal_(m.weight, std=0.4 * m.weight.shape[1] ** -0.5)

    def forward(self, x, mask):
        x = x + self.self_attn(self.layer_norm1(x), mask)
        inner = self.mlp.fc1(self.layer_norm2(x))
        return x + self.mlp.fc2(F.gelu(inner.float(), approximate="tanh").to(inner.dtype))  # in float32: twice as fast in PyTorch 1.13


class Tower(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.side = c["crop"] // PATCH
        self.embeddings, self.encoder = nn.Module(), nn.Module()
        self.embeddings.patch_embedding = nn.Conv2d(3, c["width"], PATCH, stride=PATCH)
        self.embeddings.position_embedding = nn.Embedding(self.side ** 2, c["width"])
        self.encoder.layers = nn.ModuleList(TowerLayer(c["width"], c["heads"], c["inner"]) for _ in range(c["layers"]))
        nn.init.normal_(self.embeddings.patch_embedding.weight, std=588 ** -0.5)
        nn.init.normal_(self.embeddings.position_embedding.weight, std=0.1)

    @staticmethod
    def valid(masks):
        """How many rows and how many columns of patches of each crop are not masked."""
        return masks[:, :, 0].sum(1), masks[:, 0].sum(1)

    def positions(self, masks):
        """Valid rows and columns are stretched over the whole table; masked patches take id 0."""
        def bucket(valid):
            place = torch.arange(self.side, device=masks.device)[None] * (1.0 / valid[:, None].float())
            borders = torch.arange(1, self.side, device=masks.device) / self.side
            return torch.bucketize(place.clamp(max=1 - 1e-6), borders, right=True)
        rows, columns = map(bucket, self.valid(masks))
        return ((rows[:, :, None] * self.side + columns[:, None]) * masks).flatten(1)

    def forward(self, pixels, masks):
        """pixels [N, 3, crop, crop] in -1..1, masks [N, side, side] bool -> [N, side * side, C]; zeros where no token of valid patches lies."""
        e, n = self.embeddings, pixels.shape[0]
        x = pixels.view(n, 3, self.side, PATCH, self.side, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(n, self.side ** 2, -1)
        x = F.linear(x, e.patch_embedding.weight.flatten(1), e.patch_embedding.bias) + e.position_embedding(self.positions(masks))
        x = x.view(n, self.side, self.side, -1)
        out = torch.zeros_like(x)
        for (high, wide), crops in self.shapes(masks).items():
            # a token is the mean of two by two patches: at the border of what is valid the masked ones of it count as well
            h, w = high + high % 2, wide + wide % 2
            inside = masks[crops[0], :h, :w].flatten()
            mask = None if (h, w) == (high, wide) else torch.zeros(h * w, device=x.device, dtype=x.dtype).masked_fill(~inside, -1e4)
            y = x[crops, :h, :w].flatten(1, 2)
            for layer in self.encoder.layers:
                y = layer(y, mask)
            out[crops, :h, :w] = y.view(len(crops), h, w, -1).to(out.dtype)
        return out.flatten(1, 2)

    def shapes(self, masks):
        """Crops by their valid (rows, columns), so that what is masked, a fifth of the patches of drawn pictures, need not be computed."""
        found = {}
        for k, shape in enumerate(zip(*(n.tolist() for n in self.valid(masks)))):
            found.setdefault(shape, []).append(k)
        return found


class ImageEmbed(nn.Module):
    def __init__(self, c, decoder_width):
        super().__init__()
        self.img_processor = Tower(c)
        self.glb_GN, self.sub_GN = nn.Parameter(torch.randn(1, 1, c["width"]) * 0.02), nn.Parameter(torch.randn(1, 1, 1, c["width"]) * 0.02)
        self.img_projection = projection(c["width"], decoder_width)

    def pooled(self, pixels, masks):
        """Tower and 2x2 pooling: [N, side/2, side/2, C]."""
        x, s = self.img_processor(pixels, masks), self.img_processor.side
        return x.view(x.shape[0], s // 2, 2, s // 2, 2, -1).mean((2, 4))

    def tokens(self, pooled, masks, rows, columns):
        """One image: pooled [1 + rows * columns, s, s, C] (global view first) and its masks -> token rows before the projection.
        Without the global view: those of the detailed part."""
        whole = pooled[0] if len(pooled) > rows * columns else None
        pooled, masks = pooled[-rows * columns:], masks[-rows * columns:]
        s, c = pooled.shape[1], pooled.shape[-1]
        grid = pooled.view(rows, columns, s, s, c).transpose(1, 2).reshape(rows * s, columns * s, c)
        kept = masks[:, ::2, ::2].reshape(rows, columns, s, s).transpose(1, 2).reshape(rows * s, columns * s)
        high, wide = int(kept[:, 0].sum()), int(kept[0].sum())
        end = self.sub_GN[0].to(grid.dtype)
        sub = torch.cat([grid[:high, :wide], end.expand(high, 1, c)], 1).flatten(0, 1)
        if whole is None:
            return sub
        whole = torch.cat([whole, end.expand(s, 1, c)], 1).flatten(0, 1)
        return torch.cat([sub, self.glb_GN[0].to(grid.dtype), whole])
