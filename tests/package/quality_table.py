#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the table of docs/quantization.md for a model at hand: what each scheme of the decoder's matrices keeps.

usage: quality_table.py PHIAL MODEL [--text FILE...] [--audio FILE...] [--images FILE...] [--schemes NAME...] [--tokens N]
                        [--suite FOLDER...] [--calibrate FILE...]

Every row quantizes MODEL with the program PHIAL and compares the package with MODEL on the files, in fp32. Everything but the
decoder's matrices is stored with 8 bits in all rows. Of a suite (see resources/suites) the recordings that are to be written down
are heard, with their right words, and all right answers are read as one text. A scheme may carry its bits and group ("sinq:3:64"), or
be the path of a plan file. "q4_0" is no scheme of Phial: its values (groups of 32, one binary16 scale, the largest weight becomes -8)
are written into an fp32 checkpoint, which is measured. Needs NumPy for that row. Not a test.
"""
import argparse
import json
import os
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

SCHEMES = ("q8", "sq6", "sq5", "sq4", "nf4", "rtn:4:64", "hqq:4:64", "sinq:4:64", "q4_0", "sinq:8:64", "sq3", "sinq:3:64", "sq2", "sinq:2:64")
LINEAR = re.compile(r"model\.layers\.\d+\..*_proj(\.base_layer)?\.weight")


def child_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}\n{done.stderr}")
    return done.stdout


def q4_zero(values):
    import numpy as np
    groups = values.reshape(-1, 32).astype(np.float32)
    largest = np.take_along_axis(groups, np.abs(groups).argmax(axis=1)[:, None], 1)
    scale = (largest / -8).astype(np.float16).astype(np.float32)
    inverse = np.where(scale == 0, 0, 1 / np.where(scale == 0, 1, scale))
    codes = np.clip(np.floor(groups * inverse + 8.5), 0, 15) - 8
    return (codes * scale).reshape(values.shape)


def write_q4_zero(source, folder):
    """A copy of a one-file bf16 checkpoint whose decoder matrices hold Q4_0's values, as fp32."""
    import numpy as np
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.safetensors", "training", "cases"))
    with open(os.path.join(source, "model.safetensors"), "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
        data = file.read()
    header.pop("__metadata__", None)
    pieces, place, out = [], 0, {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        raw = data[first:last]
        kind = entry["dtype"]
        if LINEAR.fullmatch(name):
            assert kind == "BF16", name
            words = np.frombuffer(raw, np.uint16).astype(np.uint32) << 16
            raw = q4_zero(words.view(np.float32).reshape(entry["shape"])).astype("<f4").tobytes()
            kind = "F32"
        out[name] = {"dtype": kind, "shape": entry["shape"], "data_offsets": [place, place + len(raw)]}
        pieces.append(raw)
        place += len(raw)
    head = json.dumps(out).encode()
    head += b" " * (-len(head) % 8)
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head + b"".join(pieces))


def write_suites(suites, folder):
    """(texts, recordings) of suites, put into a folder."""
    os.mkdir(folder)
    answers, sounds = {}, []
    for suite in suites:
        with open(os.path.join(suite, "suite.json"), encoding="utf-8") as file:
            cases = json.load(file)
        for case in cases:
            if case["answer"]:
                answers[case["answer"]] = True
            if case["task"].startswith("transcribe") and case["audio"] and case["answer"]:
                path = os.path.join(folder, f"{len(sounds):03d}-{case['audio']}")
                shutil.copy(os.path.join(suite, case["audio"]), path)
                with open(os.path.splitext(path)[0] + ".txt", "w", encoding="utf-8") as out:
                    out.write(case["answer"])
                sounds.append(path)
    text = os.path.join(folder, "answers.md")
    with open(text, "w", encoding="utf-8") as out:
        out.write("\n".join(answers))
    return [text], sounds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("phial")
    parser.add_argument("model")
    for kind in ("text", "audio", "images", "suite", "calibrate"):
        parser.add_argument("--" + kind, nargs="*", default=[])
    parser.add_argument("--schemes", nargs="*", default=SCHEMES)
    parser.add_argument("--tokens", default="1024")
    words = parser.parse_args()
    print("| scheme | bits per weight of the decoder | mean KL | 99 % | same token | WER | quantizing, CPU s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as work:
        if words.suite:
            texts, sounds = write_suites(words.suite, work + "/suite")
            words.text, words.audio = words.text + texts, words.audio + sounds
        files = []
        for kind in ("text", "audio", "images"):
            files += ["--" + kind, *getattr(words, kind)] if getattr(words, kind) else []
        for number, scheme in enumerate(words.schemes):
            package = f"{work}/{number}"
            seconds, bits = 0.0, "4.50"
            if scheme == "q4_0":
                write_q4_zero(words.model, package)
            else:
                name, *numbers = scheme.split(":") if not os.path.isfile(scheme) else [scheme]
                options = ["--plan", name] if os.path.isfile(name) else ["--scheme", name]
                for option, value in zip(("--bits", "--group"), numbers):
                    options += [option, value]
                if words.calibrate:
                    options += ["--software", "--precision", "fp32", "--calibrate", *words.calibrate]
                before = child_seconds()
                run([words.phial, "quantize", words.model, package, "--quiet", *options])
                seconds = child_seconds() - before
                parts = json.loads(run([words.phial, "info", package, "--json"]))["parts"]
                bits = "%.2f" % next(part["bits_per_weight"] for part in parts if part["part"] == "decoder")
            lines = run([words.phial, "evaluate", "--model", package, "--reference", words.model, "--software", "--precision",
                         "fp32", "--quiet", "--json", "--tokens", words.tokens, *files]).splitlines()
            found = json.loads(lines[-1])  # of all files together
            wer = "%.1f %%" % (100 * found["wer"]) if "wer" in found else ""
            print("| %s | %s | %.3g | %.3g | %.1f %% | %s | %.1f |" % (
                scheme, bits, found["kl_mean"], found["kl_99"], 100 * found["top1_agreement"], wer, seconds), flush=True)
            shutil.rmtree(package)


if __name__ == "__main__":
    main()
