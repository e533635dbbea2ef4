#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Habits of the real program with model packages: exit statuses, output, stops, kills, full disks, damage.

usage: package_commands_test.py PHIAL SOURCE_FOLDER
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

PHIAL, SOURCE = sys.argv[1:3]
GOLDEN = SOURCE + "/tests/golden/phi4mm-tiny"


def phial(*words, before=()):
    return subprocess.run([*before, PHIAL, *words], capture_output=True, text=True, timeout=300)


def contents(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(pathlib.Path(folder).iterdir())}


class PackageCommands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.common = tempfile.mkdtemp()
        cls.whole = cls.common + "/whole"
        done = phial("quantize", GOLDEN, cls.whole)
        assert done.returncode == 0, done.stderr
        assert "whole and checked" in done.stdout, done.stdout

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.common)

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def expect(self, status, run, *parts):
        self.assertEqual(run.returncode, status, run.stderr)
        for part in parts:
            self.assertIn(part, run.stderr)
        return run

    def test_usage(self):
        self.expect(2, phial("quantize", GOLDEN), "--dry-run")
        self.expect(2, phial("quantize", GOLDEN, self.folder + "/p", "--context", "400"), "--dry-run")
        self.expect(2, phial("quantize", GOLDEN, self.folder + "/p", "--scheme", "sq99"), "sq99")
        self.expect(2, phial("quantize", GOLDEN, self.folder + "/p", "--scheme", "sq4", "--plan", "small"), "--plan")
        self.expect(2, phial("quantize", GOLDEN, self.whole), "exists already")
        self.expect(3, phial("quantize", self.folder + "/absent", self.folder + "/p"), "absent")
        self.expect(3, phial("verify", self.folder), "phial.json")
        self.assertEqual(os.listdir(self.folder), [])

    def test_info(self):
        self.assertIn("sq4", self.expect(0, phial("info", self.whole, "--tensors")).stdout)
        answer = json.loads(self.expect(0, phial("info", self.whole, "--json")).stdout)
        self.assertEqual((answer["kind"], answer["plan"], answer["source"]), ("package", "default", "phi4mm-tiny"))
        on_disk = sum(os.path.getsize(os.path.join(self.whole, name)) for name in os.listdir(self.whole))
        self.assertEqual(answer["bytes"], on_disk)
        self.assertIn("not quantized", self.expect(0, phial("info", GOLDEN)).stdout)

    def test_the_prediction_of_the_size_is_exact(self):
        answer = json.loads(self.expect(0, phial("quantize", GOLDEN, "--dry-run", "--json")).stdout)
        weights = sum(os.path.getsize(os.path.join(self.whole, name)) for name in os.listdir(self.whole)
                      if name.endswith(".safetensors"))
        self.assertEqual(answer["package_bytes"], weights)

    def test_the_memory_that_is_told_is_what_the_program_expects(self):
        # That it then takes this much is held by PackageTest.TakesTheMemoryThatWasPredicted.
        told = json.loads(self.expect(0, phial("quantize", GOLDEN, "--dry-run", "--json", "--context", "400,500")).stdout)
        self.assertEqual([context["tokens"] for context in told["contexts"]], [400, 500])
        first, predicted = (context["device_bytes"] for context in told["contexts"])
        self.assertLess(first, predicted)
        run = phial("generate", "--model", self.whole, "--software", "--precision", "fp16", "--context", "500", "--json", "--prompt", "Hi",
                    "--max-tokens", "2")
        device = json.loads(self.expect(0, run).stdout)["device"]
        self.assertLess(abs(device["predicted_bytes"] - predicted), 0.01 * predicted)

    def test_every_scheme(self):
        for scheme, *bits in (("sq2",), ("sq3",), ("sq4",), ("sq5",), ("sq6",), ("q8",), ("sinq", "2"), ("sinq", "3"), ("sinq", "4"),
                              ("sinq", "8"), ("nf4",), ("hqq",), ("rtn",), ("keep",)):
            package = self.folder + "/" + scheme + "".join(bits)
            self.expect(0, phial("quantize", GOLDEN, package, "--scheme", scheme, *(["--bits", *bits] if bits else [])))
            self.expect(0, phial("verify", package))
            run = phial("generate", "--model", package, "--software", "--context", "64", "--json", "--prompt", "Hi", "--max-tokens", "2")
            answer = json.loads(self.expect(0, run).stdout)
            self.assertEqual((answer["model"]["name"], len(answer["token_ids"])), (os.path.basename(package), 2))

    def test_a_package_for_sound_hears_as_the_whole_one_and_cannot_see(self):
        package = self.folder + "/sound"
        self.expect(0, phial("quantize", GOLDEN, package, "--plan", "audio"))
        words = ("--software", "--context", "700", "--json", "--prompt", "Hi", "--max-tokens", "4")
        hear = ("--audio", SOURCE + "/tests/golden/recordings/00.wav")
        heard, whole = (json.loads(self.expect(0, phial("generate", "--model", model, *words, *hear)).stdout)
                        for model in (package, self.whole))
        self.assertEqual(heard["token_ids"], whole["token_ids"])
        see = ("--image", SOURCE + "/resources/suites/embedded/chart_000.png")
        self.expect(2, phial("generate", "--model", package, *words, *see), "cannot see")

    def test_stopped_and_continued(self):
        package = self.folder + "/p"
        program = subprocess.Popen([PHIAL, "quantize", GOLDEN, package, "--threads", "1"], stderr=subprocess.PIPE, text=True)
        first = program.stderr.readline()  # work has begun
        program.send_signal(signal.SIGINT)
        rest = program.communicate(timeout=300)[1]
        self.assertIn("quantizing", first)
        if program.returncode != 0:  # it may have been quicker
            self.assertEqual(program.returncode, 6, rest)
            self.assertIn("p.partial", rest)
            self.assertFalse(os.path.exists(package))
            self.expect(0, phial("quantize", GOLDEN, package))
        self.assertEqual(contents(package), contents(self.whole))

    def test_killed_and_continued(self):
        moments = random.Random(3)
        for number in range(8):
            package = f"{self.folder}/p{number}"
            program = subprocess.Popen([PHIAL, "quantize", GOLDEN, package], stderr=subprocess.DEVNULL)
            try:
                program.wait(moments.uniform(0.02, 0.7))
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
            if not os.path.exists(package):
                self.expect(0, phial("quantize", GOLDEN, package))
            made = contents(package)
            made.pop("journal", None)  # killed behind the renaming that made it whole
            self.assertEqual(made, contents(self.whole))

    def test_a_full_disk(self):
        mount = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=2m tmpfs " + self.folder + " && exec \"$@\"", "sh"]
        if subprocess.run([*mount, "true"], capture_output=True).returncode != 0:
            self.skipTest("no small disk can be made here")
        run = self.expect(3, phial("quantize", GOLDEN, self.folder + "/p", before=mount), "free")
        self.assertIn("GB", run.stderr)

    def test_a_disk_that_fills_up_meanwhile(self):
        # Room for the weights is taken at the start; a stranger takes the rest while they are written.
        package, ballast = self.folder + "/disk/p", self.folder + "/disk/ballast"
        os.mkdir(self.folder + "/disk")
        bytes_needed = json.loads(phial("quantize", GOLDEN, "--dry-run", "--json").stdout)["disk_bytes"]
        script = f'''
            mount -t tmpfs -o size={bytes_needed // 1024 + 64}k tmpfs "{self.folder}/disk" || exit 77
            "$0" quantize "{GOLDEN}" "{package}" --threads 1 2> "{self.folder}/first" & job=$!
            until [ -e "{package}.partial/journal" ] || ! kill -0 $job; do :; done
            kill -STOP $job
            cat /dev/zero > "{ballast}" 2> /dev/null
            kill -CONT $job
            wait $job; echo $? > "{self.folder}/status"
            rm "{ballast}"
            "$0" quantize "{GOLDEN}" "{package}" > /dev/null 2> "{self.folder}/second" || exit 1
            cp -r "{package}" "{self.folder}/made"'''
        for _ in range(20):  # until the work is caught in the middle
            done = subprocess.run(["unshare", "-rm", "sh", "-c", script, PHIAL], capture_output=True, text=True, timeout=300)
            if done.returncode == 77 or "unshare" in done.stderr:
                self.skipTest("no small disk can be made here")
            said = pathlib.Path(self.folder, "first").read_text()
            if done.returncode == 0:
                break
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(pathlib.Path(self.folder, "status").read_text().strip(), "3", said)
        self.assertIn("No space left", said)
        self.assertIn(".partial/", said)  # the file that could not be written
        self.assertEqual(contents(self.folder + "/made"), contents(self.whole))

    def test_a_source_that_vanishes_meanwhile(self):
        for attempt in range(20):  # until the work is caught in the middle
            source, package = f"{self.folder}/{attempt}/source", f"{self.folder}/{attempt}/p"
            shutil.copytree(GOLDEN, source)
            program = subprocess.Popen([PHIAL, "quantize", source, package, "--threads", "1"], stderr=subprocess.PIPE, text=True)
            while program.poll() is None and not os.path.exists(package + ".partial/journal"):
                pass
            program.send_signal(signal.SIGSTOP)
            os.truncate(source + "/model.safetensors", 4096)  # what is still to be read is gone
            program.send_signal(signal.SIGCONT)
            said = program.communicate(timeout=300)[1]
            if program.returncode != 0:
                break
        self.assertEqual(program.returncode, 3, said)
        self.assertIn("source/model.safetensors", said)
        self.assertIn("tensor 'model.", said)
        self.assertFalse(os.path.exists(package))

    def test_an_unwritable_target(self):
        self.expect(3, phial("quantize", GOLDEN, "/proc/p"), "/proc")

    def test_a_cut_shard(self):
        source = self.folder + "/source"
        shutil.copytree(GOLDEN, source)
        os.truncate(source + "/model.safetensors", os.path.getsize(source + "/model.safetensors") // 2)
        self.expect(4, phial("quantize", source, self.folder + "/p"), "model.safetensors")

    def test_swapped_planes_are_found(self):
        package = self.folder + "/p"
        shutil.copytree(self.whole, package)
        name = "model.layers.%d.self_attn.o_proj.base_layer.weight.codes"
        path = package + "/model-00001.safetensors"
        with open(path, "r+b") as file:
            size = struct.unpack("<Q", file.read(8))[0]
            header = json.loads(file.read(size))
            places = [(8 + size + header[name % i]["data_offsets"][0],
                       header[name % i]["data_offsets"][1] - header[name % i]["data_offsets"][0]) for i in (0, 1)]
            planes = []
            for offset, length in places:
                file.seek(offset)
                planes.append(file.read(length))
            for (offset, _), plane in zip(places, reversed(planes)):
                file.seek(offset)
                file.write(plane)
        run = self.expect(4, phial("verify", package), name % 0, name % 1)
        answer = json.loads(phial("verify", package, "--json").stdout)
        self.assertFalse(answer["ok"])
        self.assertIn("model-00001.safetensors", run.stderr)

    def test_the_shipped_package_is_made_of_the_shipped_weights(self):
        models, again = SOURCE + "/resources/models", self.folder + "/again"
        self.expect(0, phial("quantize", models + "/embedded", again))
        shipped = contents(models + "/embedded-4bit")
        for name, digest in contents(again).items():
            self.assertEqual(digest, shipped.get(name),
                             f"{name}: make the package anew: phial quantize resources/models/embedded resources/models/embedded-4bit")
        self.assertLess(sum(os.path.getsize(models + "/embedded-4bit/" + name) for name in shipped), 12_000_000)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
