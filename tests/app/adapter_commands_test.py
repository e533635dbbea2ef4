#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--adapter DIR in the real program: what an adapter says beside the golden model, its package and every command, and bad folders.

usage: adapter_commands_test.py PHIAL SOURCE_FOLDER
"""
import array
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

PHIAL, SOURCE = sys.argv[1:3]
GOLDEN = SOURCE + "/tests/golden/phi4mm-tiny"
SPEECH = SOURCE + "/tests/golden/recordings/00.wav"
HIDDEN, MLP, LAYERS, RANK, ALPHA = 192, 256, 3, 3, 6.0
SIZES = {"self_attn.qkv_proj": (320, HIDDEN), "self_attn.o_proj": (HIDDEN, HIDDEN), "mlp.gate_up_proj": (2 * MLP, HIDDEN),
         "mlp.down_proj": (HIDDEN, MLP)}
CONFIG = {"peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA, "bias": "none", "use_dora": False, "fan_in_fan_out": False,
          "target_modules": ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]}
MODULES = [f"model.layers.{layer}.{linear}" for layer in range(LAYERS) for linear in SIZES]


def phial(*words):
    environment = {**os.environ, "PHIAL_SOFTWARE": "1"}
    environment.pop("PHIAL_MODEL", None)
    return subprocess.run([PHIAL, *words], capture_output=True, text=True, timeout=300, env=environment)


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])]) for name, entry in header.items()}


def write_safetensors(path, tensors):
    header, place = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, place + len(data)]}
        place += len(data)
    raw = json.dumps(header).encode()
    raw += b" " * (-len(raw) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(raw)) + raw + b"".join(data for _, _, data in tensors.values()))


def floats(values):
    return array.array("f", values).tobytes()


def widened(bf16):
    """The numbers of a bf16 tensor."""
    return array.array("f", array.array("I", [word << 16 for word in array.array("H", bf16)]).tobytes())


class Adapter:
    """Random factors for every linear of the golden model's decoder, as PEFT stores them."""

    def __init__(self, seed, strength=0.04):
        normal = random.Random(seed)
        self.factors = {}
        for module in MODULES:
            rows, columns = SIZES[module.split(".", 3)[3]]
            self.factors[module] = ([normal.gauss(0, strength) for _ in range(RANK * columns)],
                                    [normal.gauss(0, strength) for _ in range(rows * RANK)])

    def tensors(self):
        out = {}
        for module, (a, b) in self.factors.items():
            rows, columns = SIZES[module.split(".", 3)[3]]
            out[f"base_model.model.{module}.lora_A.weight"] = ("F32", [RANK, columns], floats(a))
            out[f"base_model.model.{module}.lora_B.weight"] = ("F32", [rows, RANK], floats(b))
        return out

    def write(self, folder, config=None, tensors=None):
        os.makedirs(folder)
        with open(folder + "/adapter_config.json", "w") as file:
            json.dump({**CONFIG, **(config or {})}, file)
        write_safetensors(folder + "/adapter_model.safetensors", self.tensors() if tensors is None else tensors)
        return folder

    def merge(self, folder):
        """A copy of the golden checkpoint whose matrices are W + alpha / r B A, in fp32."""
        shutil.copytree(GOLDEN, folder)
        tensors = read_safetensors(GOLDEN + "/model.safetensors")
        for module, (a, b) in self.factors.items():
            name = module + ".base_layer.weight"
            dtype, (rows, columns), data = tensors[name]
            assert dtype == "BF16", name
            merged = widened(data)
            for i in range(rows):
                for r in range(RANK):
                    scale = ALPHA / RANK * b[i * RANK + r]
                    for j in range(columns):
                        merged[i * columns + j] += scale * a[r * columns + j]
            tensors[name] = ("F32", [rows, columns], merged.tobytes())
        write_safetensors(folder + "/model.safetensors", tensors)
        return folder


class AdapterCommands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.common = tempfile.mkdtemp()
        cls.mine = Adapter(1).write(cls.common + "/mine")
        cls.merged = Adapter(1).merge(cls.common + "/merged")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.common)

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def answer(self, *words):
        run = phial(*words, "--precision", "fp32", "--json", "--quiet")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def generated(self, model, *adapter):
        return self.answer("generate", "--model", model, "--prompt", "Name three colours.", "--max-tokens", "12", *adapter)

    def test_an_adapter_says_what_the_merged_weights_say(self):
        plain, merged = self.generated(GOLDEN), self.generated(self.merged)
        adapted = self.generated(GOLDEN, "--adapter", self.mine)
        self.assertEqual(plain["model"]["adapters"], [])
        self.assertEqual(adapted["model"]["adapters"], ["mine"])
        self.assertNotEqual(plain["token_ids"], merged["token_ids"])
        self.assertEqual(adapted["token_ids"], merged["token_ids"])

    def test_it_works_beside_the_adapter_for_speech(self):
        words = ("transcribe", SPEECH, "--model")
        plain, merged = self.answer(*words, GOLDEN), self.answer(*words, self.merged)
        adapted = self.answer(*words, GOLDEN, "--adapter", self.mine)
        self.assertNotEqual(plain["token_ids"], merged["token_ids"])
        self.assertEqual(adapted["token_ids"], merged["token_ids"])

    def test_it_works_on_a_package(self):
        package = self.folder + "/package"
        made = phial("quantize", GOLDEN, package, "--scheme", "q8", "--quiet")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertNotEqual(self.generated(package, "--adapter", self.mine)["token_ids"], self.generated(package)["token_ids"])

    def test_a_neutral_adapter_changes_nothing(self):
        neutral = Adapter(2)
        for _, b in neutral.factors.values():
            b[:] = [0.0] * len(b)
        folder = neutral.write(self.folder + "/neutral")
        self.assertEqual(self.generated(GOLDEN, "--adapter", folder)["token_ids"], self.generated(GOLDEN)["token_ids"])

    def refused(self, folder, *parts):
        for command in (("generate", "--prompt", "Hi"), ("transcribe", SPEECH)):
            run = phial(*command, "--model", GOLDEN, "--adapter", folder, "--quiet")
            self.assertEqual((run.returncode, run.stdout), (4, ""), run.stderr)
            self.assertEqual(len(run.stderr.strip().splitlines()), 1, run.stderr)
            for part in parts:
                self.assertIn(part, run.stderr)

    def test_a_folder_without_an_adapter(self):
        self.refused(self.folder + "/absent", "absent/adapter_config.json")
        self.refused(GOLDEN, "phi4mm-tiny/adapter_config.json")

    def test_only_half_an_adapter(self):
        folder = Adapter(3).write(self.folder + "/half")
        os.remove(folder + "/adapter_model.safetensors")
        self.refused(folder, "half/adapter_model.safetensors")

    def test_a_method_that_phial_does_not_have(self):
        self.refused(Adapter(3).write(self.folder + "/ia3", {"peft_type": "IA3"}), "ia3/adapter_config.json", "IA3")
        self.refused(Adapter(3).write(self.folder + "/dora", {"use_dora": True}), "dora/adapter_config.json", "DoRA")

    def test_an_adapter_of_another_model(self):
        tensors = Adapter(3).tensors()
        name = "base_model.model.model.layers.1.mlp.down_proj.lora_A.weight"
        tensors[name] = ("F32", [RANK, MLP + 8], floats([0.0] * RANK * (MLP + 8)))
        self.refused(Adapter(3).write(self.folder + "/other", None, tensors), "other/adapter_model.safetensors", name,
                     f"[rank, {MLP}]")

    def test_a_damaged_adapter(self):
        cut = Adapter(3).write(self.folder + "/cut")
        os.truncate(cut + "/adapter_model.safetensors", os.path.getsize(cut + "/adapter_model.safetensors") - 100)
        self.refused(cut, "cut/adapter_model.safetensors", "cut")
        broken = Adapter(3)
        broken.factors[MODULES[0]][0][5] = float("nan")
        self.refused(broken.write(self.folder + "/broken"), "broken/adapter_model.safetensors", "NaN", "qkv_proj.lora_A")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
