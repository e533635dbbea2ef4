# SPDX-License-Identifier: MIT
"""A meeting made of recorded sentences whose words and times are known, and finding sounds in other sounds."""
import array
import json
import math
import operator
import os
import random
import subprocess
import wave


class Sentence:
    """path: the sound file; start and end: seconds in it; text: what is said; heard: what the model's reference implementation wrote."""

    def __init__(self, entry, path, start, end, samples, rate):
        self.path, self.start, self.end, self.samples, self.rate = path, start, end, samples, rate
        self.text, self.german, self.heard = entry["text"], entry["german"]["text"], entry["transcribe"]["text"]


def sentences_of(golden):
    with open(os.path.join(golden, "expected.json"), encoding="utf-8") as file:
        return json.load(file)


def heard_part(samples):
    """(first, end, samples between) without the silence that a voice leaves around its words."""
    least = max(map(abs, samples)) / 50
    first = next(i for i, x in enumerate(samples) if abs(x) > least)
    end = len(samples) - next(i for i, x in enumerate(reversed(samples)) if abs(x) > least)
    return first, end, samples[first:end]


def make_meeting(golden, entries, path, pauses=(5, 9), at_least=0.0, seed=1):
    """Writes the sound of `entries`, each after a pause of random length (seconds); returns its sentences."""
    lengths = random.Random(seed)
    sound, truth = bytearray(), []
    for entry in entries:
        with wave.open(os.path.join(golden, entry["file"])) as one:
            rate, frames = one.getframerate(), one.readframes(one.getnframes())
        sound += bytes(2 * int(lengths.uniform(*pauses) * rate))
        begin = len(sound) // 2
        sound += frames
        first, end, samples = heard_part(array.array("h", frames))
        truth.append(Sentence(entry, path, (begin + first) / rate, (begin + end) / rate, samples, rate))
    sound += bytes(max(0, 2 * int(at_least * rate) - len(sound)))
    with wave.open(path, "wb") as whole:
        whole.setparams((1, 2, rate, 0, "NONE", ""))
        whole.writeframes(bytes(sound))
    return truth


def samples_at(path, rate):
    """All of a sound file, one channel, at another rate."""
    raw = subprocess.run(["sox", path, "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", str(rate), "-"],
                         capture_output=True, check=True).stdout
    return array.array("h", raw)


def loudness(samples, rate, per_second=50):
    """Root mean square of equal pieces."""
    size = rate // per_second
    return [math.sqrt(sum(x * x for x in samples[i:i + size]) / size) for i in range(0, len(samples) - size + 1, size)]


def find_in(whole, part, lags=None):
    """(best place, correlation there) of `part` in `whole`; 1 = the same up to its volume."""
    mean = sum(part) / len(part)
    centred = [x - mean for x in part]
    norm = math.sqrt(sum(x * x for x in centred)) or 1.0
    best = (0, -1.0)
    for lag in lags if lags is not None else range(len(whole) - len(part) + 1):
        if lag < 0 or lag + len(part) > len(whole):
            continue
        piece = whole[lag:lag + len(part)]
        average = sum(piece) / len(piece)
        energy = sum(map(operator.mul, piece, piece)) - len(piece) * average * average
        if energy > 0:
            value = sum(map(operator.mul, piece, centred)) / (math.sqrt(energy) * norm)
            best = max(best, (lag, value), key=operator.itemgetter(1))
    return best


def wave_in(whole, part, rate):
    """The same for waves of a few seconds: (seconds, correlation). Looks roughly by loudness, then sample by sample."""
    coarse, _ = find_in(loudness(whole, rate), loudness(part, rate))
    middle = coarse * (rate // 50)
    place, value = find_in(whole, part, range(middle - rate // 40, middle + rate // 40))
    return place / rate, value
