# SPDX-License-Identifier: MIT
"""The whole small model: decoder, audio and image embedding, and what only training needs (alignment loss, glyph head)."""
import torch
import torch.nn.functional as F
from torch import nn

from audio import AudioEmbed
from decoder import Decoder, LoRALinear
from packed import Packed
from vision import ImageEmbed

# 4-bit groups of 64 divide every matrix; query heads per key head as many as the shaders allow
CONFIG = dict(
    decoder=dict(vocabulary=2560, width=256, layers=5, heads=8, kv_heads=2, inner=768, rank=16, alpha=32),
    audio=dict(width=160, heads=5, inner=320, blocks=5, channels=32),
    vision=dict(width=192, heads=6, inner=576, layers=6, crop=224))
GLYPHS, CELLS = 72, 8  # character classes, and half-patch cells of one pooled token


class PhialModel(nn.Module):
    def __init__(self, special, config=CONFIG):
        super().__init__()
        self.config, self.special = config, special
        d = config["decoder"]
        self.model = Decoder(d)
        extend = nn.Module()
        extend.audio_embed, extend.image_embed = AudioEmbed(config["audio"], d["width"]), ImageEmbed(config["vision"], d["width"])
        self.model.embed_tokens_extend = extend
        self.ctc_scale = nn.Parameter(torch.tensor(8.0))  # rows then end up about as long as embeddings
        self.glyph = nn.Linear(config["vision"]["width"], CELLS * GLYPHS)
        self.glyph_word = nn.Linear(config["vision"]["width"], d["width"])

    def pack(self):
        """From here on the decoder computes with the values that the package will hold."""
        for m in self.modules():
            if isinstance(m, LoRALinear):
                m.packed = Packed()

    @property
    def audio(self):
        return self.model.embed_tokens_extend.audio_embed

    @property
    def image(self):
        return self.model.embed_tokens_extend.image_embed

    def encode_audio(self, mel, lengths, mode="speech"):
        """-> token rows [B, T/8, D] and their counts."""
        x, n = self.audio.encoder(mel, lengths)
        return self.audio.audio_projection[mode](x), n

    def alignment_loss(self, rows, counts, targets):
        """CTC with the decoder's own embedding table as labels and the audio placeholder as blank: audio rows are drawn to
        where the decoder, which learned to read text before, expects the words. targets: lists of token ids."""
        logits = F.linear(rows, self.model.embed_tokens.weight) * self.ctc_scale
        scores = logits.float().log_softmax(-1).transpose(0, 1)
        lengths = torch.tensor([len(t) for t in targets], device=rows.device)
        flat = torch.tensor([i for t in targets for i in t], dtype=torch.long, device=rows.device)
        return F.ctc_loss(scores, flat, counts, lengths, blank=self.special["<|endoftext11|>"], zero_infinity=True)

    def decode_loss(self, rows, ids, labels, mode):
        """rows [B, T, D] inputs, labels [B, T] (-100: not scored) predicted one ahead. -> mean loss, token accuracy."""
        h = self.model(rows, mode)[:, :-1]
        wanted = labels[:, 1:]
        keep = wanted >= 0
        logits = F.linear(h[keep], self.model.embed_tokens.weight).float()
        return F.cross_entropy(logits, wanted[keep], label_smoothing=0.02), (logits.argmax(-1) == wanted[keep]).float().mean()

    def embed(self, ids, placeholder=None, inserts=None):
        """Token rows with the rows at `placeholder` replaced, in order, by `inserts` [n, D]."""
        x = self.model.embed_tokens(ids)
        if inserts is None:
            return x
        at = (ids == placeholder).flatten().nonzero()[:, 0]
        return x.flatten(0, 1).index_copy(0, at, inserts.to(x.dtype)).view(x.shape)

    def image_rows(self, pixels, masks, grid):
        """Token rows of a list of images, the tower's pooled patches, and what the rows are projected from: pixels and masks lists, grid [(rows, columns)]."""
        sizes = [len(p) for p in pixels]
        pooled = self.image.pooled(torch.cat(pixels), torch.cat(masks)).split(sizes)
        tokens = [self.image.tokens(p, m, *g) for p, m, g in zip(pooled, masks, grid)]
        tokens = torch.cat(tokens)
        return self.image.img_projection(tokens), pooled, tokens

    def glyph_loss(self, pooled, cells):
        """pooled [N, s, s, C], cells [N, s, s, 8] character labels (0: nothing). -> loss, accuracy where there is ink."""
        logits = self.glyph(pooled).float().view(*pooled.shape[:3], CELLS, GLYPHS)
        ink = cells > 0
        pick = ink | (torch.rand(cells.shape, device=cells.device) < 0.1)
        return F.cross_entropy(logits[pick], cells[pick]), (logits[ink].argmax(-1) == cells[ink]).float().mean()

    @torch.no_grad()
    def generate(self, rows, mode, limit=120):
        """Greedy answer for one prompt, rows [1, T, D]."""
        stop = (self.special["<|end|>"], self.special["<|endoftext|>"])
        caches, begin, out = [[] for _ in self.model.layers], 0, []
        while len(out) < limit:
            h = self.model(rows, mode, caches, begin)[0, -1]
            token = int(F.linear(h, self.model.embed_tokens.weight).argmax())
            if token in stop:
                break
            out.append(token)
            begin += rows.shape[1]
            rows = self.model.embed_tokens(torch.tensor([[token]], device=rows.device))
        return out
