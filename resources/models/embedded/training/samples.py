# SPDX-License-Identifier: MIT
"""The samples that are shipped with the model: a short meeting, a question asked over a chart, a picture of text, a spoken sentence.

usage: samples.py MODEL FOLDER [SEED]
Sentences, numbers and print are of the held-out folds. A sample shows what the model can do, so each is drawn again until the model
answers rightly; how often that took is printed, and the model card tells how often the model is right.
"""
import json
import os
import random
import subprocess
import sys

import numpy as np

import charts
import features
import grammar
import suite
import tasks
from evaluate import Scorer
from recordings import load

TRIES = 80


def mel_of(samples):
    return features.log_mel(samples.astype(np.float32) / 32768)


def whole(wave):
    return np.clip(np.rint(wave * 32767), -32768, 32767).astype(np.int16)


def write(path, samples):
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-f", "s16le", "-ar", str(features.RATE), "-ac", "1", "-i", "-", "-bitexact", path],
                   input=samples.tobytes(), check=True)


class Samples:
    def __init__(self, model, folder, seed):
        self.s, self.folder = Scorer(*load(model)), folder
        self.r, self.g = random.Random(f"phial samples/{seed}"), np.random.default_rng(seed)
        os.makedirs(folder, exist_ok=True)

    def say(self, sentences):
        return [whole(x) for x in suite.say("seen", sentences, self.r, self.g)[1]]

    def hears(self, samples, text):
        return self.s.listen(mel_of(samples), tasks.TRANSCRIBE[0]) == text

    def meeting(self):
        kinds = []
        while kinds.count("decision") < 1 or kinds.count("action") < 2:
            said = [grammar.sentence(self.r, "test", False) for _ in range(5)]
            kinds = [s.kind for s in said]
        text = " ".join(s.en for s in said)
        row = self.s.p.row([], tasks.TYPED_SUMMARY[0] + text, "")
        waves = self.say(said) if self.s.answer(row, None) == grammar.summary(said) else []
        if not waves or not all(self.hears(x, s.en) for x, s in zip(waves, said)):
            return None
        write(os.path.join(self.folder, "meeting.flac"), np.concatenate([p for x in waves for p in (x, np.zeros(int(0.8 * features.RATE), np.int16))]))
        return dict(kind="meeting", sound="meeting.flac", title="Sample: a short meeting", said=text)

    def chart(self):
        page, q, a, kind = charts.picture(self.r, 1.0, "test", describe=0.0)
        if kind == "text":
            return None
        wave, = self.say([grammar.Sentence(q, "", "", "", "talk")])
        if self.s.look(page, q) != a or self.s.look(page, "", mel=mel_of(wave)) != a:
            return None
        page.image.save(os.path.join(self.folder, "chart.png"))
        write(os.path.join(self.folder, "question.flac"), wave)
        return dict(kind="chart", picture="chart.png", sound="question.flac", said=q, answer=a)

    def page(self):
        page, q, a, kind = charts.picture(self.r, 1.0, "test")
        if kind != "text" or len(a) < 30 or self.s.look(page, q) != a:
            return None
        page.image.save(os.path.join(self.folder, "page.png"))
        return dict(kind="page", picture="page.png", question=q, answer=a)

    def sentence(self):
        s, language = grammar.sentence(self.r, "test", False), self.r.choice(list(grammar.LANGUAGES))
        wave, = self.say([s])
        if not self.hears(wave, s.en) or self.s.listen(mel_of(wave), tasks.TRANSLATE.format(language)) != getattr(s, grammar.LANGUAGES[language]):
            return None
        write(os.path.join(self.folder, "sentence.flac"), wave)
        return dict(kind="sentence", sound="sentence.flac", said=s.en, translate=[language])


def main():
    samples = Samples(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    entries = []
    for make in (samples.meeting, samples.chart, samples.page, samples.sentence):
        for k in range(TRIES):
            entry = make()
            if entry:
                entries.append(entry)
                break
        print(make.__name__, f"at try {k + 1}" if entry else f"never in {TRIES} tries", flush=True)
    with open(os.path.join(samples.folder, "samples.json"), "w") as out:
        json.dump(entries, out, ensure_ascii=False, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
