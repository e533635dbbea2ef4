# SPDX-License-Identifier: MIT
"""Log-mel features exactly as the engine computes them: 16 kHz, window 400, hop 160, FFT 512, 80 filters.

`log_mel(wave)` takes mono float samples in [-1, 1) and gives [frames, 80] float32. Cached features are stored as
one byte each, value * 8 rounded: an error of at most 0.06 on values from 0 to 31, far below the augmentation noise.
"""
import numpy as np
from scipy import fft

RATE, WINDOW, HOP, SIZE, MELS, TOP_HZ = 16000, 400, 160, 512, 80, 7690.0
BYTE_STEP = 8.0


def mel_matrix():
    """[257, 80] triangular filters; only bins 1..245 carry weight."""
    mel = lambda hz: 1127.0 * np.log(1.0 + hz / 700.0)
    points = np.linspace(0.0, mel(TOP_HZ), MELS + 2)
    width = points[1] - points[0]
    bank = np.zeros((SIZE // 2 + 1, MELS))
    for k in range(1, 246):
        bank[k] = np.maximum(0.0, 1.0 - np.abs(points[1:-1] - mel(k * RATE / SIZE)) / width)
    return bank.astype(np.float32)


BANK = mel_matrix()
HAMMING = (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))).astype(np.float32)


def log_mel(wave):
    wave = np.asarray(wave, np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(wave, WINDOW)[::HOP]
    before = np.concatenate([frames[:, :1], frames[:, :-1]], 1)  # a frame's first sample is its own predecessor
    y = (frames - np.float32(0.97) * before) * np.float32(32768.0) * HAMMING
    power = np.abs(fft.rfft(y, SIZE, axis=1)) ** 2
    return np.log(np.maximum(power.astype(np.float32) @ BANK, 1.0))


def to_bytes(mel):
    return np.clip(np.rint(mel * BYTE_STEP), 0, 255).astype(np.uint8)


def from_bytes(b):
    return b.astype(np.float32) / BYTE_STEP
