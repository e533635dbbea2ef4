# SPDX-License-Identifier: MIT
"""The held-out suite as files, for `phial evaluate`: sound as WAV, pictures as PNG, questions and right answers as JSON.

usage: suite.py FOLDER [COUNT] [flac]
suite.json holds a list of cases: name, task, prompt, audio and image (file names or null), answer, and for summaries the facts.
flac: sound in half the space, through ffmpeg, for a sample that is kept in the repository.
Sentences come from the test fold, unseen voices and print from the held-out lists; the same COUNT gives the same files.
"""
import json
import os
import random
import subprocess
import sys

import numpy as np
from scipy.io import wavfile

import charts
import chat
import features
import grammar
import sounds
import tasks
import voices

WHOLE = 60  # COUNT of the suite that scores are told of; smaller ones are samples


class Suite:
    def __init__(self, folder, flac=False):
        self.folder, self.cases, self.flac = folder, [], flac
        os.makedirs(folder, exist_ok=True)

    def add(self, task, prompt, answer, wave=None, page=None, **more):
        name = f"{task}_{sum(c['task'] == task for c in self.cases):03d}"
        audio, image = name + (".flac" if self.flac else ".wav") if wave is not None else None, f"{name}.png" if page is not None else None
        if audio:
            self.write(os.path.join(self.folder, audio), np.clip(np.rint(wave * 32767), -32768, 32767).astype(np.int16))
        if image:
            page.image.save(os.path.join(self.folder, image))
        self.cases.append(dict(name=name, task=task, prompt=prompt, audio=audio, image=image, answer=answer, **more))

    def write(self, path, samples):
        if not self.flac:
            wavfile.write(path, features.RATE, samples)
            return
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-f", "s16le", "-ar", str(features.RATE), "-ac", "1", "-i", "-", "-bitexact", path],
                       input=samples.tobytes(), check=True)


def say(split, sentences, r, g):
    """One voice says the sentences; split as in synth.py."""
    while True:
        voice = voices.pick(r, "unseen" if split == "unseen" else "seen")
        try:
            waves = voices.synthesize(voice, [s.spoken for s in sentences], r)
        except Exception as e:  # a synthesiser may refuse a text
            print("skipped", voice, e)
            continue
        return voice, [sounds.distort(x, g, split) for x in waves]


def spoken(suite, count, r, g):
    for split in ("seen", "unseen", "noisy"):
        for _ in range(count):
            s = grammar.sentence(r, "test", False)
            voice, (x,) = say(split, [s], r, g)
            x = np.clip(sounds.add_noise(x, g, 10.0), -1, 1) if split == "noisy" else x
            suite.add(f"transcribe_{split}", tasks.TRANSCRIBE[0], s.en, x, voice=voice)
    for k in range(count):
        name = list(grammar.LANGUAGES)[k % 3]
        s = grammar.sentence(r, "test", False)
        voice, (x,) = say("seen", [s], r, g)
        right = getattr(s, grammar.LANGUAGES[name])
        if k % 4 == 3:
            suite.add("translate", tasks.BOTH.format(name), f"{s.en} <sep> {right}", x, voice=voice)
        else:
            suite.add("translate", tasks.TRANSLATE.format(name), right, x, voice=voice)
    passages(suite, count // 2, r, g)


def passages(suite, count, r, g):
    for k in range(count):
        draw = lambda: [grammar.sentence(r, "test", False) for _ in range(r.randint(3, 5))]
        passage = draw()
        while k % 5 != 4 and not any(s.kind in ("decision", "action") for s in passage):  # one in five may hold nothing to note
            passage = draw()
        voice, waves = say("seen", passage, r, g)
        summary = grammar.summary(passage)
        suite.add("summarize", tasks.SUMMARIZE[0], summary, np.concatenate(waves), voice=voice, facts=[s.en for s in passage if s.kind in ("decision", "action")])


def meeting(suite, seconds, r, g):
    """Several voices in turn with pauses and a little room noise."""
    parts, said, length = [], [], 0.0
    while length < seconds:
        turn = [grammar.sentence(r, "test", False) for _ in range(r.randint(2, 4))]
        for s, x in zip(turn, say("seen", turn, r, g)[1]):
            parts += [x, np.zeros(int(features.RATE * r.uniform(0.3, 1.2)), np.float32)]
            length += (len(parts[-1]) + len(x)) / features.RATE
            said.append(s)
    x = np.concatenate(parts)
    x = np.clip(x + g.normal(0, 0.0005, len(x)), -1, 1).astype(np.float32)
    suite.add("meeting", tasks.TRANSCRIBE[0], " ".join(s.en for s in said), x, facts=[s.en for s in said if s.kind in ("decision", "action")])


def wordless(suite, minutes, g):
    seconds = 0.0
    while seconds < 60 * minutes:
        x = sounds.empty(g)
        seconds += len(x) / features.RATE
        suite.add("wordless", tasks.TRANSCRIBE[0], "", x)


def picture(r, text, **more):
    """Of the held-out style, with a question: a page of text, or anything else."""
    while True:
        page, q, a, kind = charts.picture(r, 1.0, "test", **more)
        if (kind == "text") == text:
            return page, q, a, kind


def shown(suite, text, r):
    page, q, a, kind = picture(r, text)
    suite.add("text_line" if text else "chart", q, a, page=page, kind=kind)


def seen_pictures(suite, count, r, g):
    for k in range(count):
        shown(suite, k % 4 == 3, r)  # every fourth is printed text, so that a small sample has some too
    asked_aloud(suite, count // 3, r, g)


def asked_aloud(suite, count, r, g):
    for _ in range(count):
        page, q, a, kind = picture(r, False, describe=0.0)
        _, (x,) = say("seen", [grammar.Sentence(q, "", "", "", "talk")], r, g)
        suite.add("spoken_chart", "", a, x, page, kind=kind, question=q)


def typed(suite, count, r):
    typed_translations(suite, count, r)
    for _ in range(count // 2):
        suite.add("chat", *chat.about(r))
        suite.add("refuse", *chat.refusal(r))


def typed_translations(suite, count, r):
    for k in range(count):
        s, name = grammar.sentence(r, "test", False), list(grammar.LANGUAGES)[k % 3]
        suite.add("typed_translate", tasks.TYPED_TRANSLATE[0].format(name) + s.en, getattr(s, grammar.LANGUAGES[name]))


def further(suite, count, r, g):
    """More of what a few cases cannot tell a point of, behind all others: those stay what they were."""
    passages(suite, count, r, g)
    for text in [True] * (3 * count // 2) + [False] * (count // 2):
        shown(suite, text, r)
    asked_aloud(suite, count // 3, r, g)
    typed_translations(suite, 2 * count, r)


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else WHOLE
    suite, r, g = Suite(sys.argv[1], "flac" in sys.argv[3:]), random.Random("phial suite"), np.random.default_rng(20)
    spoken(suite, count, r, g)
    meeting(suite, min(120, 2 * count), r, g)
    wordless(suite, min(10, count / 6), g)
    seen_pictures(suite, 2 * count, r, g)
    typed(suite, count, r)
    if count >= WHOLE:
        further(suite, count, random.Random("phial suite, further"), np.random.default_rng(21))
    with open(os.path.join(suite.folder, "suite.json"), "w") as out:
        json.dump(suite.cases, out, ensure_ascii=False, indent=1)
    print({t: sum(c["task"] == t for c in suite.cases) for t in dict.fromkeys(c["task"] for c in suite.cases)})


if __name__ == "__main__":
    main()
