# SPDX-License-Identifier: MIT
"""Cached speech shards and batches made of them. Training data that belongs to an evaluation is refused, not skipped."""
import glob
import json
import os

import numpy as np
import torch

import features
import grammar
import voices
from synth import GROUP

SPARED = 0.4  # share of the clips without a number that is passed over: two fifths of the clips that are misheard hold one, of all three tenths


class Corpus:
    def __init__(self, folder, split):
        self.folder, self.split, self.names, self.frames, self.clips = folder, split, set(), [], []
        self.found, self.looked_at = [], 0
        self.refresh()

    def refresh(self):
        """Takes in shards written since the last call; the synthesiser may run beside the training."""
        for path in sorted(glob.glob(os.path.join(self.folder, f"{self.split}_*.json"))):
            if path in self.names:
                continue
            with open(path) as f:
                entries = json.load(f)
            if self.split == "train":
                for e in entries:
                    if voices.is_held_out(e["voice"]) or (e["en"] and not e["fixed"] and grammar.in_test_fold(e["en"])):
                        raise ValueError(f"{path}: {e['voice']} saying '{e['en']}' belongs to the held-out suite; make the shard anew")
            self.names.add(path)
            self.frames.append(np.load(path[:-5] + ".npy", mmap_mode="r"))
            self.clips += [(len(self.frames) - 1, e) for e in entries]
        return len(self.clips)

    def mel(self, i):
        shard, e = self.clips[i]
        return features.from_bytes(np.asarray(self.frames[shard][e["begin"]:e["end"]]))

    def statistics(self, r, count=400):
        x = np.concatenate([self.mel(r.randrange(len(self.clips))) for _ in range(count)])
        return x.mean(0), x.std(0)

    def pick(self, r, size, short=None):
        """Indices of clips of similar length; short: only clips of words, below so many frames and without noise."""
        drawn = []
        while len(drawn) < 4 * size:
            i = r.randrange(len(self.clips))
            e = self.clips[i][1]
            if short is None:
                taken = r.random() >= SPARED or any(c.isdigit() for c in e["en"])
            else:
                taken = e["end"] - e["begin"] < short and e["en"] and self.mel(i).mean(1).min() < 1.0
            if taken:
                drawn.append(i)
        drawn.sort(key=lambda i: self.clips[i][1]["end"] - self.clips[i][1]["begin"])
        at = r.randrange(4) * size
        return drawn[at:at + size]

    def where(self, wanted, r):
        """Index of a clip whose text is `wanted`, None without one. Always the same function: what was looked at is not looked at again."""
        self.found += [i for i in range(self.looked_at, len(self.clips)) if wanted(self.clips[i][1]["en"])]
        self.looked_at = len(self.clips)
        return r.choice(self.found) if self.found else None

    def passage(self, r, most=5):
        """Consecutive clips of one voice, as one list of indices in speaking order."""
        at = r.randrange(len(self.clips) // GROUP) * GROUP
        while not self.clips[at][1]["en"]:
            at = r.randrange(len(self.clips) // GROUP) * GROUP
        return sorted(r.sample(range(at, at + GROUP), r.randint(2, most)))


def augment(x, r, g):
    """Cheap changes on the log-mel itself, beside those made on the waves: gain, vocal tract, tempo, masks."""
    if r.random() < 0.4:
        x = np.maximum(x + r.uniform(-2, 2) + np.linspace(0, r.uniform(-1.5, 1.5), 80, dtype=np.float32), 0)
    if r.random() < 0.4:
        at = np.clip(np.arange(80) * r.uniform(0.93, 1.08), 0, 79)
        low = np.minimum(at.astype(int), 78)
        part = (at - low).astype(np.float32)
        x = x[:, low] * (1 - part) + x[:, low + 1] * part
    if r.random() < 0.3:
        at = np.linspace(0, len(x) - 1, max(40, int(len(x) / r.uniform(0.88, 1.15))))
        low = np.minimum(at.astype(int), len(x) - 2)
        part = (at - low).astype(np.float32)[:, None]
        x = x[low] * (1 - part) + x[low + 1] * part
    x = x.copy()
    for _ in range(r.randint(0, 2)):
        w = r.randint(2, 10)
        at = r.randint(0, 80 - w)
        x[:, at:at + w] = x.mean()
    for _ in range(r.randint(0, 2)):
        w = r.randint(2, 14)
        at = r.randint(0, max(1, len(x) - w))
        x[at:at + w] = x.mean()
    return x


def pad(mels):
    """-> [B, T, 80] with T a multiple of 8, and lengths."""
    lengths = torch.tensor([len(m) for m in mels])
    out = torch.zeros(len(mels), -(-int(lengths.max()) // 8) * 8, 80)
    for k, m in enumerate(mels):
        out[k, :len(m)] = torch.from_numpy(m)
    return out, lengths


def pad_rows(rows, filler):
    """Rows of tasks.Prompts -> ids [B, L], labels [B, L]."""
    length = max(len(a) + len(b) for a, b, *_ in rows)
    ids = torch.full((len(rows), length), filler)
    labels = torch.full((len(rows), length), -100)
    for k, (a, b, *_) in enumerate(rows):
        ids[k, :len(a) + len(b)] = torch.tensor(a + b)
        labels[k, len(a):len(a) + len(b)] = torch.tensor(b)
    return ids, labels
