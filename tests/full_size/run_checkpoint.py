#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes a checkpoint of the true size from the disk to an answer and prints what each step costs. Not part of CI.

usage: run_checkpoint.py PHIAL FOLDER [--only STEP ...] [--context N] [--precision auto|fp32|fp16]

In FOLDER (16 GB): `checkpoint` (11.09 GB, make_checkpoint.py), `package` (quantized with the default plan), a recording of ten
seconds and a picture of 448 x 448 points. Steps, in this order: make, quantize, verify, load, text, sound, picture; the last three
load the package on the software device and write 8 tokens. What is there already is not made again. Each step is one line of a
table: seconds of the clock and of the processor, the largest resident memory, and also

- host (of `load`): most that the process held while loading beyond what it had put on the device, whose memory is the computer's
  own here. Anonymous and shared pages are counted, mapped files are not: they belong to the page cache. The program is held every
  few milliseconds, so that what it tells of its progress is true when its memory is read; the seconds of this step say nothing;
- load: seconds until the weights are on the device;
- allocated and predicted: device memory at its peak, and what `phial quantize --dry-run --context N` says for it.
"""
import argparse
import array
import json
import math
import os
import pathlib
import pty
import random
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import wave
import zlib

STEPS = ("make", "quantize", "verify", "load", "text", "sound", "picture")
LOADING = re.compile(rb"loading weights, (\d+) %")


class Run:
    """One program from start to end, watched; with `only_load` held again and again, and ended when the weights are there."""

    def __init__(self, words, only_load=False):
        terminal, end = pty.openpty()  # progress comes ten times a second there, else every ten seconds
        self.began = time.monotonic()
        program = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=end)
        os.close(end)
        self.loaded = None  # seconds until the weights were there
        self.samples = []  # (percent of the weights on the device or None, pages that are no file's, in bytes)
        self.percent, self.said = 0, b""
        reader = threading.Thread(target=self.listen, args=(terminal,))
        output = threading.Thread(target=lambda: setattr(self, "answer", program.stdout.read()))
        watcher = threading.Thread(target=self.watch, args=(program.pid,))
        for thread in (reader, output, watcher) if only_load else (reader, output):
            thread.start()
        output.join()
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        self.seconds, self.processor = time.monotonic() - self.began, used.ru_utime + used.ru_stime
        self.peak = used.ru_maxrss * 1024
        for thread in (reader, watcher) if only_load else (reader,):
            thread.join()
        os.close(terminal)
        if program.returncode != (-signal.SIGKILL if only_load else 0):
            sys.exit(f"{' '.join(map(str, words))}: status {program.returncode}\n{self.said.decode(errors='replace')[-2000:]}")

    def listen(self, terminal):
        while True:
            try:
                said = os.read(terminal, 1 << 16)
            except OSError:  # the program is gone
                return
            self.said = (self.said + said)[-100000:]
            found = LOADING.findall(said)
            if found and self.loaded is None:
                self.percent = int(found[-1])
            if b"preparing the device" in said and self.loaded is None:
                self.loaded, self.percent = time.monotonic() - self.began, 100

    def watch(self, pid):
        while self.loaded is None:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.12)  # longer than the program waits between two lines of progress
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            pages = dict(re.findall(r"^(Rss\w+):\s+(\d+) kB", status, re.MULTILINE))
            if not pages:  # it has ended by itself
                return
            self.samples.append((self.percent, 1024 * (int(pages["RssAnon"]) + int(pages["RssShmem"]))))
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.008)  # the program's turn
        os.kill(pid, signal.SIGKILL)

    def host(self, weights):
        """Most that was held while loading beyond the part of the weights that had been told as loaded."""
        return max(held - percent / 100 * weights for percent, held in self.samples)


def write_sound(path):
    """Ten seconds of syllables without words: tones that rise and fall, under noise."""
    noise, samples, phase = random.Random(7), array.array("h"), 0.0
    for i in range(160000):
        t = i / 16000
        phase += 2 * math.pi * (160 + 60 * math.sin(2.1 * t)) / 16000
        voice = sum(math.sin(k * phase) / k for k in range(1, 12)) * max(0.0, math.sin(2 * math.pi * 3.3 * t))
        samples.append(int(6000 * voice + 300 * noise.gauss(0, 1)))
    with wave.open(path, "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes(samples.tobytes())


def write_picture(path):
    side = 448
    rows = b"".join(b"\0" + b"".join(bytes((x * 255 // side, y * 255 // side, 255 * ((x // 32 + y // 32) % 2))) for x in range(side))
                    for y in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) +
                  chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def line(step, run, rest=""):
    print(f"| {step} | {run.seconds:.0f} s | {run.processor:.0f} s | {run.peak / 1e6:.0f} MB | {rest} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("phial")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", choices=STEPS, nargs="+", default=STEPS)
    parser.add_argument("--context", type=int, default=768)
    parser.add_argument("--precision", default="auto")
    words = parser.parse_args()
    folder, only = words.folder, words.only
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint, package = folder / "checkpoint", folder / "package"
    print("| step | clock | processor | peak resident | |\n|---|---:|---:|---:|---|", flush=True)
    if "make" in only and not (checkpoint / "model.safetensors.index.json").exists():  # written last
        line("make", Run([sys.executable, pathlib.Path(__file__).with_name("make_checkpoint.py"), checkpoint]))
    if "quantize" in only and not package.exists():
        run = Run([words.phial, "quantize", checkpoint, package])
        line("quantize", run, f"{sum(f.stat().st_size for f in package.iterdir()) / 1e9:.2f} GB")
    if "verify" in only:
        line("verify", Run([words.phial, "verify", package]))
    sound, picture = folder / "sound.wav", folder / "picture.png"
    write_sound(str(sound))
    write_picture(str(picture))
    told = json.loads(subprocess.run([words.phial, "quantize", checkpoint, "--dry-run", "--json", "--context", str(words.context)],
                                     check=True, capture_output=True, text=True).stdout)
    predicted = told["contexts"][0]["device_bytes"]
    generate = [words.phial, "generate", "--model", package, "--software", "--json", "--context", str(words.context), "--precision",
                words.precision, "--max-tokens", "8", "--prompt", "Name three colours."]
    if "load" in only:
        run = Run(generate, only_load=True)
        line("load", run, f"host {run.host(told['package_bytes']) / 1e6:.0f} MB, {len(run.samples)} looks")
    for step, media in (("text", []), ("sound", ["--audio", sound]), ("picture", ["--image", picture])):
        if step not in only:
            continue
        run = Run([*generate, *media])
        answer = json.loads(run.answer)
        usage, timings, device = answer["usage"], answer["timings"], answer["device"]
        tokens = usage["completion_tokens"]
        line(step, run, f"{usage['prompt_tokens']} tokens read, {tokens} written; load {run.loaded:.0f} s, encoders "
             f"{timings['encode_seconds']:.0f} s, prompt {timings['prefill_seconds']:.0f} s, "
             f"{timings['decode_seconds'] / max(1, tokens - 1):.2f} s a token; "
             f"allocated {device['peak_bytes'] / 1e6:.0f} of {predicted / 1e6:.0f} MB predicted "
             f"({100 * device['peak_bytes'] / predicted - 100:+.1f} %), {device['precision']}, {device['driver']}")
        if tokens != 8 and answer["finish_reason"] == "length":
            sys.exit(f"{step}: {tokens} tokens instead of 8")


if __name__ == "__main__":
    main()
