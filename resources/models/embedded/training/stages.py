# SPDX-License-Identifier: MIT
"""The training stages: base (text), hear (audio encoder aligned to the base's embeddings), speech and see/vision adapters.

A stage names the parameters it trains and computes one loss. The order is the original model's: base first, then each
modality with the base frozen.
"""
import numpy as np
import torch

import tasks
from corpus import augment, pad, pad_rows
from grammar import Sentence


class Base:
    """Decoder and embeddings on text, with heard words standing in for sound."""
    rate, warmup, minutes = 1.5e-3, 200, 30

    def __init__(self, model, prompts, corpora, r):
        self.m, self.p, self.r, self.queue, self.average = model, prompts, r, [], 99.0

    @staticmethod
    def trains(name):
        return name.startswith("model.") and "lora_" not in name and "embed_tokens_extend" not in name

    def draw(self, budget=1900):
        """Rows of similar length filling about `budget` tokens; a pool is cut into batches, which come in random order."""
        if not self.queue:
            batch, length = [], 0
            for row in sorted((tasks.base_row(self.p, self.r, self.average > 1.1) for _ in range(240)), key=lambda x: len(x[0]) + len(x[1])):
                length = len(row[0]) + len(row[1])
                if batch and length * (len(batch) + 1) > budget:
                    self.queue.append(batch)
                    batch = []
                batch.append(row)
            self.queue.append(batch)
            self.r.shuffle(self.queue)
        return self.queue.pop()

    def loss(self, stats):
        rows = self.draw()
        ids, labels = pad_rows(rows, self.p.s["<|endoftext|>"])
        x = self.m.model.embed_tokens(ids)
        scale = torch.ones(*ids.shape, 1)
        for k, (_, _, a, b) in enumerate(rows):
            if b > a:  # the encoder's rows will be neither exact nor of the same size
                scale[k, a:b] = float(np.exp(self.r.gauss(0.2, 0.4)))
        x = torch.where(scale != 1, (x + 0.25 * x.detach().std() * torch.randn_like(x)) * scale, x)
        loss, acc = self.m.decode_loss(x, ids, labels, None)
        stats.update(loss=loss, acc=acc)
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
            rows.append(self.p.row(slot, *tasks.spoken_task(en, others, sentences, self.r)))
            targets.append(self.p.t.encode(en))
        audio, counts = self.m.encode_audio(*pad([x for x, _ in groups]))
        aligned = self.m.alignment_loss(audio, counts, targets)
        ids, labels = pad_rows(rows, self.p.s["<|endoftext|>"])
        inserts = torch.cat([audio[k, :int(n)] for k, n in enumerate(counts)])
        answer, acc = self.m.decode_loss(self.m.embed(ids, self.p.s["<|endoftext11|>"], inserts), ids, labels, "speech")
        stats.update(ctc=aligned, loss=answer, acc=acc)
        return answer + 0.3 * aligned, len(groups)


STAGES = {"base": Base, "hear": Hear, "speech": Speech}
