# SPDX-License-Identifier: MIT
"""Rooms, telephones, noises and music for the speech data; everything is made from random numbers, nothing recorded."""
import numpy as np
from scipy import fft
from scipy.signal import fftconvolve

from features import RATE


def _coloured(n, g, slope):
    """Noise whose power falls with frequency^slope (0 white, 1 pink, 2 brown), unit variance."""
    spectrum = fft.rfft(g.standard_normal(n).astype(np.float32))
    spectrum /= np.maximum(np.arange(len(spectrum)), 4.0).astype(np.float32) ** (slope / 2)
    x = fft.irfft(spectrum, n)
    return x / (x.std() + 1e-9)


def _modulate(x, g):
    """Slow swelling, as of passing cars or wind."""
    knots = g.uniform(0.2, 1.0, max(2, len(x) // 8000 + 2))
    return x * np.interp(np.linspace(0, len(knots) - 1, len(x)), np.arange(len(knots)), knots)


def _hum(n, g):
    t = np.arange(n) / RATE
    f = g.choice([50.0, 60.0, 100.0, 120.0, g.uniform(80, 400)])
    return sum(np.sin(2 * np.pi * f * k * t + g.uniform(0, 6)) / k for k in range(1, g.integers(2, 9)))


def _clicks(n, g):
    """Keyboard, cutlery, steps: short decaying bursts."""
    x = np.zeros(n, np.float32)
    for _ in range(g.integers(1, 4 + n // 4000)):
        length = int(g.integers(80, 1200))
        at = int(g.integers(0, max(1, n - length)))
        burst = g.standard_normal(length) * np.exp(-np.arange(length) / g.uniform(20, length / 3)) * g.uniform(0.2, 1)
        x[at:at + length] += burst[:n - at].astype(np.float32)
    return x


def music(n, g):
    """Chords and a melody of decaying partials."""
    x, t = np.zeros(n), 0
    beat = int(RATE * g.uniform(0.15, 0.6))
    root, tone = g.uniform(80, 300), g.uniform(0.3, 1.2)
    scale = [0, 2, 4, 5, 7, 9, 11, 12]
    while t < n:
        length = min(n - t, int(beat * g.integers(1, 5)))
        s = np.arange(length) / RATE
        for step in g.choice(scale, int(g.integers(1, 4))):
            f = root * 2 ** ((step + 12 * int(g.integers(0, 2))) / 12)
            x[t:t + length] += sum(np.sin(2 * np.pi * f * k * s) * k ** -tone / k for k in range(1, 6)) * np.exp(-s * g.uniform(0.5, 6))
        t += beat
    return x


def noise(n, g):
    """Unit-variance background of n samples."""
    k = g.random()
    if k < 0.6:
        x = _coloured(n, g, g.uniform(0, 2.2))
        if g.random() < 0.5:
            x = _modulate(x, g)
    elif k < 0.7:
        x = _hum(n, g) + 0.3 * _coloured(n, g, 1.0)
    elif k < 0.82:
        x = _clicks(n, g) + 0.02 * _coloured(n, g, 1.0)
    elif k < 0.92:
        x = music(n, g)
    else:
        x = _coloured(n, g, 1.0) + 0.7 * _hum(n, g)
    return (x / (np.std(x) + 1e-9)).astype(np.float32)


def reverberate(x, g):
    length = int(RATE * g.uniform(0.08, 0.5))
    tail = g.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length) * g.uniform(0.02, 0.12)
    tail[: int(RATE * 0.002)] = 0
    tail[0] = 1.0
    return fftconvolve(x, tail.astype(np.float32))[: len(x)].astype(np.float32)


def telephone(x, g):
    spectrum = fft.rfft(x)
    hz = np.arange(len(spectrum)) * RATE / len(x)
    low, high = g.uniform(150, 350), g.uniform(3200, 4000)
    spectrum *= (1 / (1 + (low / np.maximum(hz, 1)) ** 6)) * (1 / (1 + (hz / high) ** 20))
    y = fft.irfft(spectrum, len(x))
    peak = np.abs(y).max() + 1e-6
    z = np.sign(y) * np.log1p(255 * np.abs(y) / peak) / np.log(256)
    z = np.round(z * 127) / 127
    return (np.sign(z) * (256 ** np.abs(z) - 1) / 255 * peak).astype(np.float32)


def tilt(x, g):
    """A microphone's own colour: a gentle slope over frequency."""
    spectrum = fft.rfft(x)
    hz = np.arange(len(spectrum)) * RATE / len(x)
    return fft.irfft(spectrum * (1 + hz / 1000.0) ** g.uniform(-0.7, 0.7), len(x)).astype(np.float32)


def add_noise(x, g, snr_db):
    power = np.mean(x[np.abs(x) > 0.02 * np.abs(x).max()] ** 2) + 1e-12
    return x + noise(len(x), g) * np.sqrt(power / 10 ** (snr_db / 10)).astype(np.float32)


def level(x, g, low=-26.0, high=-1.0):
    return x * np.float32(10 ** (g.uniform(low, high) / 20) / max(1e-3, float(np.abs(x).max())))


def distort(x, g, split):
    """Pauses around the words, room, telephone, microphone, noise, gain. Evaluation splits stay clean except for the pauses."""
    quiet = lambda: np.zeros(int(RATE * g.uniform(0.0, 0.45)), np.float32)
    x = np.concatenate([quiet(), x, quiet()])
    if split != "train":
        return level(x, g, -12.0, 0.0)
    if g.random() < 0.3:
        x = tilt(x, g)
    if g.random() < 0.25:
        x = reverberate(x, g)
    if g.random() < 0.45:
        x = add_noise(x, g, g.uniform(4, 30))
    if g.random() < 0.12:
        x = telephone(x, g)
    return np.clip(level(x, g), -1, 1)


def empty(g):
    """A clip without words: silence, room tone, noise, clicks, music."""
    n = int(RATE * g.uniform(0.6, 6.0))
    k = g.random()
    if k < 0.15:
        return np.zeros(n, np.float32)
    if k < 0.3:
        return (_coloured(n, g, g.uniform(0, 2)) * 10 ** g.uniform(-5, -3)).astype(np.float32)
    x = music(n, g).astype(np.float32) if k < 0.5 else noise(n, g)
    return np.clip(level(x, g, -40, -1), -1, 1)
