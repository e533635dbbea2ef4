# SPDX-License-Identifier: MIT
"""The training stages: base (text), hear (audio encoder aligned to the base's embeddings), speech and see/vision adapters.

A stage names the parameters it trains and computes one loss. The order is the original model's: base first, then each
modality with the base frozen.
"""
import numpy as np
import torch

import canvas
import charts
import chat
import seen
import tasks
from corpus import augment, pad, pad_rows
from grammar import Sentence


class Base:
    """Decoder and embeddings on text, with heard words standing in for sound."""
    rate, warmup, minutes = 1.5e-3, 200, 30
    pictures = 0.12  # share of rows that show a picture's characters; they are four times as long as the others

    def __init__(self, model, prompts, corpora, r):
        self.m, self.p, self.r, self.queue, self.average = model, prompts, r, [], 99.0
        self.code, self.g = seen.Code(model, prompts), np.random.default_rng(r.randrange(1 << 30))

    @staticmethod
    def trains(name):
        return name.startswith("model.") and "lora_" not in name and "embed_tokens_extend" not in name

    def draw(self, budget=1900):
        """Rows of similar length filling about `budget` tokens; a pool is cut into batches, which come in random order."""
        if not self.queue:
            batch, length = [], 0
            easy = self.average > 1.1
            new = lambda: seen.row(self.p, self.r, self.g) if not easy and self.r.random() < self.pictures else tasks.base_row(self.p, self.r, easy)
            for row in sorted((new() for _ in range(240)), key=lambda x: len(x[0]) + len(x[1])):
                length = len(row[0]) + len(row[1])
                if batch and length * (len(batch) + 1) > budget:
                    self.queue.append(batch)
                    batch = []
                batch.append(row)
            self.queue.append(batch)
            self.queue = [part for b in self.queue for part in ([x for x in b if len(x) == 4], [x for x in b if len(x) > 4]) if part]
            self.r.shuffle(self.queue)
        return self.queue.pop()

    def loss(self, stats):
        rows = self.draw()
        ids, labels = pad_rows(rows, self.p.s["<|endoftext|>"])
        x = self.m.model.embed_tokens(ids)
        scale = torch.ones(*ids.shape, 1)
        for k, (_, _, a, b, *cells) in enumerate(rows):
            if cells:
                x = x.index_put((torch.full((b - a,), k), torch.arange(a, b)), self.code.rows(cells[0]).to(x.dtype))
            if b > a:  # the encoder's rows will be neither exact nor of the same size
                scale[k, a:b] = float(np.exp(self.r.gauss(0.2, 0.4)))
        x = torch.where(scale != 1, (x + 0.25 * x.detach().std() * torch.randn_like(x)) * scale, x)
        loss, acc = self.m.decode_loss(x, ids, labels, None)
        stats.update({"loss": loss, "acc": acc} if len(rows[0]) == 4 else {"picture loss": loss, "picture acc": acc})
        self.average = 0.98 * min(self.average, 9.0) + 0.02 * float(loss.detach())
        return loss, len(rows)


class Hear:
    """Audio encoder and speech projection alone, by the alignment loss."""
    rate, warmup, minutes = 1.2e-3, 150, 40
    size = 16

    def __init__(self, model, prompts, corpora, r):
        self.m, self.p, self.r, self.c = model, prompts, r, corpora["speech"]
        self.g = np.random.default_rng(r.randrange(1 << 30))
        self.average = 99.0

    @staticmethod
    def trains(name):
        return name == "ctc_scale" or "audio_embed.encoder" in name or "audio_projection.speech" in name

    def clips(self, short=None, plain=False):
        picked = self.c.pick(self.r, self.size, short)
        mels = [self.c.mel(i) if plain or self.r.random() < 0.4 else augment(self.c.mel(i), self.r, self.g) for i in picked]
        return mels, [self.c.clips[i][1] for i in picked]

    def loss(self, stats):
        early = self.average > 3.0  # short clips without further distortion until the encoder has caught on
        mels, entries = self.clips(260 if early else None, early)
        rows, counts = self.m.encode_audio(*pad(mels))
        loss = self.m.alignment_loss(rows, counts, [self.p.t.encode(e["en"]) for e in entries])
        self.average = 0.98 * min(self.average, 20.0) + 0.02 * float(loss.detach())
        stats.update(ctc=loss)
        return loss, len(mels)


class Look:
    """Vision tower and image projection alone, by the alignment to the base's stand-in rows: pages full of text first."""
    rate, warmup, minutes = 1e-3, 150, 120
    size = 4  # pages of four crops

    def __init__(self, model, prompts, corpora, r):
        self.m, self.p, self.r, self.average = model, prompts, r, 99.0
        self.code, self.pool, self.owed = seen.Code(model, prompts), [], 0.0

    @staticmethod
    def trains(name):
        return "image_embed" in name or name.startswith("glyph")

    def page(self):
        """Level 0 (one font, one size, no effects) until the characters are mostly read, then a spread of levels."""
        level = 0.0 if self.average > 1.0 else self.r.random()
        return canvas.Crops(charts.crowded(self.r, level) if self.r.random() < 0.75 else charts.picture(self.r, level)[0])

    def loss(self, stats):
        self.owed += self.size / 3  # each page is used about three times: drawing costs as much as learning
        while self.owed > 0 or len(self.pool) < self.size:
            self.pool.append(self.page())
            self.owed -= 1
        self.r.shuffle(self.pool)
        self.pool = self.pool[-120:]
        pages = self.r.sample(self.pool, self.size)
        rows, pooled = self.m.image_rows([c.pixels for c in pages], [c.masks for c in pages], [c.grid for c in pages])
        loss, acc = self.code.alignment(rows, np.concatenate([seen.sequence(c) for c in pages]))
        glyph, _ = self.m.glyph_loss(torch.cat([x[1:] for x in pooled]), torch.cat([c.cells for c in pages]))
        self.average = 0.98 * min(self.average, 6.0) + 0.02 * float(glyph.detach())
        stats.update(align=loss, glyph=glyph, characters=acc)
        return loss + glyph, len(pages)


class Speech(Hear):
    """Encoder, projection and speech adapters by the answers; the alignment stays as an auxiliary loss."""
    rate, warmup, minutes = 8e-4, 150, 90
    passages = 0.3

    @staticmethod
    def trains(name):
        return Hear.trains(name) or ".speech." in name and "lora_" in name

    def loss(self, stats):
        groups = []
        if self.r.random() < self.passages:
            for _ in range(4):
                picked = self.c.passage(self.r)
                gap = lambda: np.zeros((self.r.randint(5, 60), 80), np.float32)
                parts = [x for i in picked for x in (self.c.mel(i), gap())][:-1]
                groups.append((np.concatenate(parts), [self.c.clips[i][1] for i in picked]))
            groups = [(augment(x, self.r, self.g) if self.r.random() < 0.6 else x, e) for x, e in groups]
        else:
            groups = [(m, [e]) for m, e in zip(*self.clips())]
        rows, targets = [], []
        for x, entries in groups:
            sentences = [Sentence(e["en"], e["de"], e["es"], e["fr"], e["kind"]) for e in entries]
            en, others = tasks.joined(sentences)
            slot = [self.p.s["<|endoftext11|>"]] * -(-len(x) // 8)
            ask = ("", chat.answer_to(en)) if entries[-1]["kind"] == "ask" and len(entries) == 1 and self.r.random() < 0.6 else None
            only = ask or (self.r.choice(tasks.TRANSCRIBE), en) if any(e["kind"] == "ask" for e in entries) else tasks.spoken_task(en, others, sentences, self.r)
            rows.append(self.p.row(slot, *only))
            targets.append(self.p.t.encode(en))
        audio, counts = self.m.encode_audio(*pad([x for x, _ in groups]))
        aligned = self.m.alignment_loss(audio, counts, targets)
        ids, labels = pad_rows(rows, self.p.s["<|endoftext|>"])
        inserts = torch.cat([audio[k, :int(n)] for k, n in enumerate(counts)])
        answer, acc = self.m.decode_loss(self.m.embed(ids, self.p.s["<|endoftext11|>"], inserts), ids, labels, "speech")
        stats.update(ctc=aligned, loss=answer, acc=acc)
        return answer + 0.3 * aligned, len(groups)


class Vision:
    """Image projection, tower and vision adapters on questions about pictures, typed; base frozen."""
    rate, warmup, minutes = 5e-4, 150, 180
    size = 6

    def __init__(self, model, prompts, corpora, r):
        self.m, self.p, self.r = model, prompts, r
        self.code = seen.Code(model, prompts)

    @staticmethod
    def trains(name):
        return Look.trains(name) or ".vision." in name and "lora_" in name

    def loss(self, stats):
        pages, rows = [], []
        for _ in range(self.size):
            page, q, a, _ = charts.picture(self.r, self.r.random())
            pages.append(canvas.Crops(page))
            rows.append(self.p.row([self.p.s["<|endoftext10|>"]] * pages[-1].tokens, q, a))
        images, _ = self.m.image_rows([c.pixels for c in pages], [c.masks for c in pages], [c.grid for c in pages])
        aligned, characters = self.code.alignment(images, np.concatenate([seen.sequence(c) for c in pages]))
        ids, labels = pad_rows(rows, self.p.s["<|endoftext|>"])
        answer, acc = self.m.decode_loss(self.m.embed(ids, self.p.s["<|endoftext10|>"], images), ids, labels, "vision")
        stats.update(align=aligned, characters=characters, loss=answer, acc=acc)
        return answer + 0.3 * aligned, len(pages)


STAGES = {"base": Base, "hear": Hear, "speech": Speech, "look": Look, "vision": Vision}
