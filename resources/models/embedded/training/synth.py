# SPDX-License-Identifier: MIT
"""Speech corpus: shards of cached log-mel, made voice by voice from the grammar.

usage: synth.py FOLDER SPLIT SHARDS [FIRST [PROCESSES]]
SPLIT train: training voices, fold "train", distorted. seen / unseen: fold "test", training voices / held-out voices, clean;
noisy: as seen with noise at 10 dB. A shard is SPLIT_NNNNN.npy (bytes [frames, 80]) and SPLIT_NNNNN.json (one entry a clip).
A shard depends on its split and number alone; existing shards are kept, so the program can be stopped and started at will.
"""
import dataclasses
import json
import multiprocessing
import os
import random
import subprocess
import sys

import numpy as np

import chat
import features
import grammar
import sounds
import voices

SHARD, GROUP = 512, 8  # clips in a shard; consecutive clips of one voice, so that spoken passages can be joined
# Some of ten training shards hold one thing alone, what nothing else in the sentence helps to guess: labels of charts, letters and digits.
ONLY = {9: [grammar.chart_question], 4: [grammar.spelled, grammar.letters], 7: [grammar.spelled, grammar.letters, grammar.person, grammar.page, grammar.money]}


def question(r):
    """A question to the assistant, to be answered by voice; it has no translation."""
    return grammar.Sentence(chat.ask(r), "", "", "", "ask", fixed=True)


def clips(split, number):
    """Yield (bytes, entry) for one shard."""
    r = random.Random(f"phial/{split}/{number}")
    g = np.random.default_rng([["train", "seen", "unseen", "noisy"].index(split), number])
    fold = "train" if split == "train" else "test"
    families = ONLY.get(number % 10) if split == "train" else None
    made = 0
    while made < SHARD:
        if split == "train" and r.random() < 0.05:
            for _ in range(GROUP):
                x = sounds.empty(g)
                yield features.to_bytes(features.log_mel(x)), dict(voice="none", kind="empty", en="", de="", es="", fr="")
                made += 1
            continue
        voice = voices.pick(r, split)
        group = [question(r) if split == "train" and r.random() < 0.05 else grammar.sentence(r, fold, split == "train", families) for _ in range(GROUP)]
        try:
            waves = voices.synthesize(voice, [s.spoken for s in group], r)
        except (subprocess.SubprocessError, RuntimeError, ValueError) as e:
            print("skipped", voice, e, flush=True)  # a synthesiser may refuse a text
            continue
        for s, x in zip(group, waves):
            if len(x) < 3200:
                continue
            x = sounds.distort(x, g, split)
            if split == "noisy":
                x = np.clip(sounds.add_noise(x, g, 10.0), -1, 1)
            entry = dataclasses.asdict(s)
            entry.pop("say")
            yield features.to_bytes(features.log_mel(x)), dict(entry, voice=voice)
            made += 1


def write_shard(folder, split, number):
    base = os.path.join(folder, f"{split}_{number:05d}")
    if os.path.exists(base + ".json"):
        return
    frames, entries, at = [], [], 0
    for f, e in clips(split, number):
        frames.append(f)
        entries.append(dict(e, begin=at, end=at + len(f)))
        at += len(f)
    np.save(base + ".tmp.npy", np.concatenate(frames))
    os.replace(base + ".tmp.npy", base + ".npy")
    with open(base + ".tmp", "w") as out:
        json.dump(entries, out, ensure_ascii=False)
    os.replace(base + ".tmp", base + ".json")  # the entry list appears last: a shard with it is whole
    print(f"{split} {number}: {len(entries)} clips, {at / 360000:.2f} h", flush=True)


def main():
    folder, split, shards = sys.argv[1], sys.argv[2], int(sys.argv[3])
    first = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    os.makedirs(folder, exist_ok=True)
    numbers = range(first, first + shards)
    processes = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    if processes == 1:
        for number in numbers:
            write_shard(folder, split, number)
        return
    with multiprocessing.Pool(processes) as pool:
        pool.starmap(write_shard, [(folder, split, n) for n in numbers], chunksize=1)


if __name__ == "__main__":
    main()
