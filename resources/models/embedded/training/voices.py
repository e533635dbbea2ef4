# SPDX-License-Identifier: MIT
"""Synthetic voices from Debian packages: espeak-ng with its variants, flite, festival.

TRAIN and HELD_OUT share no voice, no espeak variant and no accent of the held-out list. `synthesize` gives 16 kHz waves.
"""
import os
import subprocess
import tempfile

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

from features import RATE

ACCENTS = ["en-us", "en-gb", "en-gb-x-rp", "en-029", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc"]
VARIANTS = ["", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f5", "klatt", "klatt2", "klatt3", "klatt4",
            "Andy", "Annie", "Alicia", "Andrea", "Lee", "Hugo", "Diogo", "Jacky", "Mike", "adam", "belinda", "benjamin", "boris",
             "david", "edward", "john", "michael", "paul", "rob", "robert", "steph", "travis", "victor", "max", "norbert",
            "sandro", "marcelo", "pablo", "quincy", "iven", "anika", "announcer", "aunty", "ed", "linda", "mike2", "Mr", "Nguyen",
            "Reed", "RicishayMax", "Storm", "Tweaky", "zac"]
HELD_OUT_ESPEAK = ["en-gb-scotland+f4", "en-gb-scotland+Gene", "en-us+grandma", "en-gb+shelby"]
HELD_OUT = ["flite:slt", "festival:cmu_us_slt_arctic_hts"] + ["espeak:" + v for v in HELD_OUT_ESPEAK]

_FOLDERS = ["/usr/lib/x86_64-linux-gnu/espeak-ng-data/voices/!v", "/usr/share/espeak-ng-data/voices/!v"]


def _installed():
    """Variant files differ between espeak-ng releases: an unknown name would silently fall back to the plain voice."""
    for f in _FOLDERS:
        if os.path.isdir(f):
            return set(os.listdir(f))
    return set(VARIANTS)


TRAIN = {"espeak": [f"{a}+{v}" if v else a for a in ACCENTS for v in VARIANTS if not v or v in _installed()],
         "flite": ["kal", "kal16", "awb", "rms"], "festival": ["kal_diphone", "ked_diphone"]}


def is_held_out(voice):
    return voice in HELD_OUT or voice.split("@")[0] in HELD_OUT


def pick(r, split):
    """split: train and seen draw training voices (with a vocal-tract factor after '@'), unseen the others as they are."""
    k = r.random()
    if split == "unseen":
        return "flite:slt" if k < 0.45 else "festival:cmu_us_slt_arctic_hts" if k < 0.6 else "espeak:" + r.choice(HELD_OUT_ESPEAK)
    engine = "espeak" if k < 0.55 else "flite" if k < 0.95 else "festival"
    voice = f"{engine}:{r.choice(TRAIN[engine])}"
    if split == "train" and r.random() < (0.7 if engine != "espeak" else 0.35):
        voice += f"@{r.uniform(0.86, 1.22):.2f}"
    return voice


def _run(command, text=None):
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=60).stdout


def _load(path, factor):
    rate, x = wavfile.read(path)
    if x.dtype != np.int16 or x.ndim != 1:
        raise ValueError(f"{path}: expected 16-bit mono, got {x.dtype} {x.shape}")
    x = x.astype(np.float32) / 32768
    source = int(round(rate * factor / 50.0)) * 50  # playing faster raises pitch and formants together: another speaker
    g = np.gcd(RATE, source)
    return np.clip(resample_poly(x, RATE // g, source // g).astype(np.float32), -1, 1)


def synthesize(voice, texts, r):
    """One wave for each text, all by the same voice at about the same speed."""
    engine, name = voice.split(":")
    name, _, factor = name.partition("@")
    factor = float(factor or 1.0)
    base, pitch = r.uniform(0.85, 1.2), r.randint(25, 75)
    waves = []
    with tempfile.TemporaryDirectory(prefix="phial_tts_", dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        path = os.path.join(folder, "a.wav")
        stretch = [base * factor * r.uniform(0.95, 1.05) for _ in texts]
        if engine == "festival":
            script = f"(voice_{name})\n"
            for i, text in enumerate(texts):
                script += f"(Parameter.set 'Duration_Stretch {stretch[i]:.2f})\n(utt.save.wave (utt.synth (Utterance Text \"{text}\")) \"{path}{i}\" 'riff)\n"
            _run(["festival", "--pipe"], script.encode())
            return [_load(f"{path}{i}", factor) for i in range(len(texts))]
        for text, s in zip(texts, stretch):
            if engine == "espeak":
                _run(["espeak-ng", "-v", name, "-s", str(int(165 / s)), "-p", str(pitch), "-w", path, text])
            else:
                _run(["flite", "-voice", name, "--setf", f"duration_stretch={s:.2f}", "-o", path, "-t", text])
            waves.append(_load(path, factor))
    return waves
