# SPDX-License-Identifier: MIT
"""The training stages: base (text), hear (audio encoder), speech (answers to sound), read (answers to words on a page), look (vision
tower), vision (answers to pictures).

A stage names the parameters it trains, draws batches (`draw`: plain arrays and lists, so that worker processes can do it beside a
GPU) and computes one loss of a batch (`loss`). The order is the original model's: base first, then each modality with the base frozen.
`scale` multiplies the batch size. `average` is the running loss; it opens the easy-first curricula.
"""
import collections
import random

import numpy as np
import torch

import canvas
import charts
import chat
import minutes
import seen
import tasks
from corpus import augment, pad, pad_rows
from grammar import Sentence


class Stage:
    rate, warmup, minutes, needs_speech = 1e-3, 150, 60, False
    packed = True  # whether the decoder stands as the package will hold it

    def __init__(self, prompts, corpora, r, scale=1):
        self.p, self.c, self.r, self.scale, self.average = prompts, corpora.get("speech"), r, scale, 99.0
        self.g = np.random.default_rng(r.randrange(1 << 30))

    @staticmethod
    def orthogonal(name):
        """Whether a matrix that the stage trains is trained by Muon instead of Adam."""
        return False

    def follow(self, loss, most):
        self.average = 0.98 * min(self.average, most) + 0.02 * float(loss.detach())


def on(model, array):
    """An array of a batch on the model's device."""
    t = torch.as_tensor(array)
    return t.to(model.ctc_scale.device, torch.float32 if t.is_floating_point() else t.dtype)


def encoded(model, batch):
    """A batch's sound as the encoder delivers it: rows [B, n, D] and how many of them count."""
    return model.encode_audio(on(model, batch["mel"]), on(model, batch["lengths"]))


def batches(rows, tokens, r):
    """Rows of about the same length together, as many as make about `tokens`; in random order."""
    queue, batch = [], []
    for row in sorted(rows, key=lambda x: len(x[0]) + len(x[1])):
        if batch and (len(row[0]) + len(row[1])) * (len(batch) + 1) > tokens:
            queue.append(batch)
            batch = []
        batch.append(row)
    queue.append(batch)
    r.shuffle(queue)
    return queue


def stood_in(rows, prompts, r):
    """A batch of rows whose slots hold words in place of what an encoder will deliver; that will be of other sizes."""
    ids, labels = pad_rows(rows, prompts.s["<|endoftext|>"])
    return dict(ids=ids.numpy(), labels=labels.numpy(), scale=sizes(rows, ids.shape, r), count=len(rows))


def sizes(rows, shape, r, seen=None):
    """How long each row of input is beside an embedding, [B, L, 1]: 1 but for what stands in for an encoder's rows, which lie in a
    row's slot, behind its `seen` image rows."""
    scale = np.ones((*shape, 1), np.float32)
    for k, (_, _, a, b) in enumerate(rows):
        a += seen[k] if seen else 0
        if b > a:
            scale[k, a:b] = np.exp(r.gauss(0.2, 0.4))
    return scale


def unsure(x, scale, noise):
    """Stand-ins as an encoder delivers them: of other length, and not quite what they mean."""
    return torch.where(scale != 1, (x + noise * x.detach().std() * torch.randn_like(x)) * scale, x)


def stand_in_answers(model, batch, noise, mode):
    """Loss and accuracy of the answers to a batch of `stood_in`."""
    ids = on(model, batch["ids"])
    x = unsure(model.model.embed_tokens(ids), on(model, batch["scale"]), noise)
    return model.decode_loss(x, ids, on(model, batch["labels"]), mode)


def stand_in_loss(stage, model, batch, stats, noise, mode):
    loss, acc = stand_in_answers(model, batch, noise, mode)
    stats.update(loss=loss, acc=acc)
    stage.follow(loss, 9.0)
    return loss


class Base(Stage):
    """Decoder and embeddings on text, with heard words standing in for sound and placed words for pictures."""
    rate, warmup, minutes = 1.5e-3, 200, 120
    pictures = 0.15  # share of rows that show a picture's words; they are four times as long as the others
    ranked = 0.15    # ... of those that take comparing values
    meetings = 0.05  # ... of what the program asks of a transcript; five times as long as most
    packed = False
    queue = None

    @staticmethod
    def trains(name):
        return name.startswith("model.") and "lora_" not in name and "embed_tokens_extend" not in name

    def one(self):
        easy, k = self.average > 1.1, self.r.random()
        if easy or k > self.pictures + self.ranked + self.meetings:
            return tasks.base_row(self.p, self.r, easy)
        if k < self.pictures:
            return seen.row(self.p, self.r, self.g)[0]
        return seen.ranked(self.p, self.r) if k < self.pictures + self.ranked else minutes.row(self.p, self.r, tasks.heard)

    def draw(self):
        if not self.queue:
            self.queue = batches([self.one() for _ in range(240 * self.scale)], 1900 * self.scale, self.r)
        return stood_in(self.queue.pop(), self.p, self.r)

    def loss(self, model, batch, stats):
        return stand_in_loss(self, model, batch, stats, 0.25, None)


def often(prompts, rows=3000, least=20):
    """Ids of the pieces that stand in the base's rows at least so often in so many."""
    stage, count = Base(prompts, {}, random.Random(11)), collections.Counter()
    stage.average = 0.0
    for _ in range(rows):
        ids, answer, *_ = stage.one()
        count.update(ids + answer)
    return {i for i, n in count.items() if n >= least and i < prompts.t.ranks}


class Further(Base):
    """The base once more, its embeddings kept: what encoders were aligned to stays true, and only adapters must follow."""
    rate = 1.2e-3
    meetings = 0.1  # the longest answers; with 0.25 translations were unlearned
    packed = True

    @staticmethod
    def trains(name):
        return Base.trains(name) and "embed_tokens" not in name


class Hear(Stage):
    """Audio encoder and speech projection alone, by the alignment loss."""
    rate, warmup, minutes, needs_speech = 1.2e-3, 150, 120, True
    size = 16

    @staticmethod
    def trains(name):
        return name == "ctc_scale" or "audio_embed.encoder" in name or "audio_projection.speech" in name

    def clips(self, short=None, plain=False):
        picked = self.c.pick(self.r, self.size * self.scale, short)
        mels = [self.c.mel(i) if plain or self.r.random() < 0.4 else augment(self.c.mel(i), self.r, self.g) for i in picked]
        return mels, [self.c.clips[i][1] for i in picked]

    def draw(self):
        early = self.average > 3.0  # short quiet clips without further distortion until the encoder has caught on
        mels, entries = self.clips(260 if early else None, early)
        mel, lengths = pad(mels)
        return dict(mel=mel.numpy().astype(np.float16), lengths=lengths.numpy(), targets=[self.p.t.encode(e["en"]) for e in entries], count=len(mels))

    def loss(self, model, batch, stats):
        rows, counts = encoded(model, batch)
        loss = model.alignment_loss(rows, counts, batch["targets"])
        self.follow(loss, 20.0)
        stats.update(ctc=loss)
        return loss


class Speech(Hear):
    """Encoder, projection and speech adapters by the answers; the alignment stays as an auxiliary loss."""
    rate, warmup, minutes = 8e-4, 150, 180
    passages = 0.5   # share of the batches
    meetings = 0.15  # of the passages: what the program asks of a meeting's sound
    written = 0.2    # of them, only written down, as the pieces of a recording are
    wishes = {}      # of all else: shares of `tasks.spoken_task`, where they are others than its own
    together = 4     # passages of a batch

    @staticmethod
    def trains(name):
        return Hear.trains(name) or Recap.trains(name)

    def _groups(self):
        if self.r.random() > self.passages:
            return [(m, [e]) for m, e in zip(*self.clips())]
        out = []
        for _ in range(self.together * self.scale):
            picked = self.c.passage(self.r)
            gap = lambda: np.zeros((self.r.randint(5, 60), 80), np.float32)
            x = np.concatenate([x for i in picked for x in (self.c.mel(i), gap())][:-1])
            out.append((augment(x, self.r, self.g) if self.r.random() < 0.6 else x, [self.c.clips[i][1] for i in picked]))
        return out

    def draw(self):
        rows, targets, mels = [], [], []
        for x, entries in self._groups():
            sentences = [Sentence(e["en"], e["de"], e["es"], e["fr"], e["kind"]) for e in entries]
            en, others = tasks.joined(sentences)
            wish = self.r.random() if len(sentences) > 1 else 1.0
            if wish < self.meetings:
                asked = minutes.asked_of_sound(sentences, self.r)
            elif wish < self.meetings + self.written:
                asked = self.r.choice(tasks.TRANSCRIBE), en
            elif all(s.kind != "ask" for s in sentences):
                asked = tasks.spoken_task(en, others, sentences, self.r, **self.wishes)
            elif len(sentences) == 1 and self.r.random() < 0.6:
                asked = "", chat.answer_to(en)
            else:
                asked = self.r.choice(tasks.TRANSCRIBE), en
            rows.append(self.p.row([self.p.s["<|endoftext11|>"]] * -(-len(x) // 8), *asked))
            targets.append(self.p.t.encode(en))
            mels.append(x)
        ids, labels = pad_rows(rows, self.p.s["<|endoftext|>"])
        mel, lengths = pad(mels)
        return dict(mel=mel.numpy().astype(np.float16), lengths=lengths.numpy(), targets=targets, ids=ids.numpy(), labels=labels.numpy(), count=len(rows))

    def answers(self, model, batch, audio, counts, stats):
        inserts = torch.cat([audio[k, :int(n)] for k, n in enumerate(counts.tolist())])
        ids = on(model, batch["ids"])
        answer, acc = model.decode_loss(model.embed(ids, self.p.s["<|endoftext11|>"], inserts), ids, on(model, batch["labels"]), "speech")
        stats.update(loss=answer, acc=acc)
        self.follow(answer, 9.0)
        return answer

    def loss(self, model, batch, stats):
        audio, counts = encoded(model, batch)
        aligned = model.alignment_loss(audio, counts, batch["targets"])
        stats.update(ctc=aligned)
        return self.answers(model, batch, audio, counts, stats) + 0.3 * aligned


class Recap(Speech):
    """Speech adapters alone, most of all on summaries of passages: thirteen of 31 wrong ones were of passages that the model wrote down without
    a mistake, and of the rows that `speech` draws only one in fourteen is a summary. The encoder is run, not trained."""
    rate, warmup, minutes = 8e-4, 60, 30
    passages, meetings, written, together = 0.9, 0.1, 0.05, 8
    wishes = dict(summarize=0.8, translate=0.12)

    @staticmethod
    def trains(name):
        return ".speech." in name and "lora_" in name

    def loss(self, model, batch, stats):
        with torch.no_grad():
            audio, counts = encoded(model, batch)
        return self.answers(model, batch, audio, counts, stats)


class Read(Stage):
    """Vision adapters alone, on pictures without pixels: the decoder learns to find and conclude from words on a page."""
    rate, warmup, minutes = 2e-3, 100, 60
    queue = None

    @staticmethod
    def trains(name):
        return ".vision." in name and "lora_" in name

    def draw(self):
        if not self.queue:
            self.queue = batches([seen.row(self.p, self.r, self.g)[0] for _ in range(160 * self.scale)], 2600 * self.scale, self.r)
        return stood_in(self.queue.pop(), self.p, self.r)

    def loss(self, model, batch, stats):
        return stand_in_loss(self, model, batch, stats, 0.2, "vision")


class Look(Stage):
    """Vision tower and image projection alone, by the alignment to the base's stand-in rows: pages full of text first."""
    rate, warmup, minutes = 1e-3, 150, 180
    size = 8
    easy = 6.0  # alignment loss below which the variety opens
    sure = 3.0  # ... below which every piece has to make up its mind where it lies
    whole = 0.25  # share of the batches that carry the global view, which is too coarse to read

    @staticmethod
    def trains(name):
        return "image_embed" in name or name.startswith("glyph")

    @staticmethod
    def orthogonal(name):
        return "img_processor.encoder" in name or "img_projection" in name

    def page(self):
        """Level 0 (one font, one size, no effects) until pieces begin to be read, then more and more of the variety."""
        level = self.r.random() ** 0.5 * min(1.0, max(0.0, (self.easy - self.average) / 3))
        return canvas.Page(charts.crowded(self.r, level) if self.r.random() < 0.5 else charts.picture(self.r, level)[0])

    @staticmethod
    def pictures(pages):
        return dict(papers=[p.paper for p in pages], grids=[p.grid for p in pages], masks=[p.masks for p in pages], count=len(pages))

    def draw(self):
        """Every page is new: one that is shown three times is soon known by heart, and drawing takes a tenth of the step."""
        pages = [self.page() for _ in range(self.size * self.scale)]
        return dict(self.pictures(pages), cells=[p.crop_cells for p in pages], kinds=[seen.kind(self.p, p) for p in pages], places=[seen.grids(self.p.t, p) for p in pages])

    @staticmethod
    def shown(model, batch, first=0):
        """Projected token rows of the batch's pictures, what they are projected from, and the tower's pooled patches; from crop `first` on."""
        crops = [canvas.crops(on(model, p), *g)[first:] for p, g in zip(batch["papers"], batch["grids"])]
        rows, pooled, features = model.image_rows(crops, [on(model, m)[first:] for m in batch["masks"]], batch["grids"])
        return rows, features, pooled

    def loss(self, model, batch, stats):
        whole = bool(torch.rand(1) < self.whole)
        first = 0 if whole else 1
        rows, features, pooled = self.shown(model, batch, first)
        aligned, acc, kept = seen.alignment(model, rows, [on(model, x) for x, _ in batch["places"]], on(model, batch["kinds"]), self.p, whole, self.average < self.sure)
        word, known = seen.covered(model, features, [on(model, x) for _, x in batch["places"]], whole)
        glyph, _ = model.glyph_loss(torch.cat([x[1 - first:] for x in pooled]), torch.cat([on(model, c) for c in batch["cells"]]))
        stats.update(align=aligned, glyph=glyph, word=word, pieces=acc, known=known)
        if whole:
            stats.update(kinds=kept)
        self.follow(aligned, 6.0)
        return aligned + 0.3 * (glyph + 2 * word)


class Vision(Look):
    """Vision adapters on questions about pictures, typed or heard; base, tower, projection and audio encoder frozen. What teaches the adapters
    unlearns the tower: at 2.5e-4 the loss of its alignment doubled within ten minutes."""
    rate, warmup, minutes, needs_speech = 1e-3, 60, 120, True
    size = 6
    asked_aloud = 0.4
    ranked = 3  # rows without a picture beside each batch: finding the highest of some values takes more examples than there are pictures

    trains = staticmethod(Read.trains)

    def heard(self):
        """A clip that asks about a picture, and a picture that it can be asked about -> mel, canvas, answer; None without clips."""
        at = self.c.where(lambda text: tasks.wish(text)[0], self.r) if self.c else None
        if at is None:
            return None
        mel = self.c.mel(at)
        return mel if self.r.random() < 0.4 else augment(mel, self.r, self.g), *charts.fitting(self.r, self.c.clips[at][1]["en"], self.r.random() ** 0.5)

    def draw(self):
        pages, rows, mels, spoken = [], [], [], []
        for k in range(self.size * self.scale):
            aloud = self.r.random() < self.asked_aloud
            found = self.heard() if aloud else None
            if found:
                mels.append(found[0])
                _, drawn, a = found
                heard, typed = [self.p.s["<|endoftext11|>"]] * -(-len(mels[-1]) // 8), ""
            else:  # of a question that is to be heard words stand in for sound, where there are no clips
                drawn, q, a, _ = charts.picture(self.r, self.r.random() ** 0.5)
                heard, typed = tasks.asked(self.p, q, self.r, float(aloud))
            pages.append(canvas.Page(drawn))
            rows.append(self.p.row([self.p.s["<|endoftext10|>"]] * pages[-1].tokens + heard, typed, a))
            if found:
                spoken.append((k, rows[-1][2] + pages[-1].tokens))
        ids, labels = pad_rows(rows, self.p.s["<|endoftext|>"])
        scale = sizes(rows, ids.shape, self.r, [p.tokens for p in pages])
        for k, at in spoken:
            scale[k, at:rows[k][3]] = 1
        sound = dict(mel=None)
        if mels:
            mel, lengths = pad(mels)
            sound = dict(mel=mel.numpy().astype(np.float16), lengths=lengths.numpy(), spoken=spoken)
        ranked = stood_in([seen.ranked(self.p, self.r) for _ in range(self.ranked * self.scale)], self.p, self.r)
        return dict(self.pictures(pages), ids=ids.numpy(), labels=labels.numpy(), scale=scale, ranked=ranked, **sound)

    @staticmethod
    def with_sound(model, x, batch):
        """Input rows with what the encoder hears of the batch's spoken questions at their places."""
        with torch.no_grad():
            rows, counts = encoded(model, batch)
        x = x.clone()
        for (k, at), heard, n in zip(batch["spoken"], rows, counts.tolist()):
            x[k, at:at + n] = heard[:n].to(x.dtype)
        return x

    def loss(self, model, batch, stats):
        with torch.no_grad():
            images = self.shown(model, batch)[0]
        ids = on(model, batch["ids"])
        x = unsure(model.embed(ids, self.p.s["<|endoftext10|>"], images), on(model, batch["scale"]), 0.2)
        if batch["mel"] is not None:
            x = self.with_sound(model, x, batch)
        answer, acc = model.decode_loss(x, ids, on(model, batch["labels"]), "vision")
        ranked, right = stand_in_answers(model, batch["ranked"], 0.2, "vision")
        stats.update(loss=answer, acc=acc, ranked=ranked, right=right)
        self.follow(answer, 9.0)
        return answer + 0.5 * ranked


STAGES = {"base": Base, "further": Further, "hear": Hear, "speech": Speech, "recap": Recap, "read": Read, "look": Look, "vision": Vision}
