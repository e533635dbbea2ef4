#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The shipped plans reach their promised sizes on the true shapes. usage: plan_sizes_test.py PHIAL SOURCE_FOLDER"""
import json
import subprocess
import sys
import tempfile

PROMISED = {"default": (4.3, 61), "compact": (3.6, 68), "small": (3.2, 71)}  # GB, percent saved


def main(phial, source):
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, source + "/tests/full_size/make_checkpoint.py", folder, "--sparse"], check=True,
                       stdout=subprocess.DEVNULL)
        for plan, (gigabytes, percent) in PROMISED.items():
            out = subprocess.run([phial, "quantize", folder, "--dry-run", "--json", "--plan", plan], check=True,
                                 capture_output=True, text=True).stdout
            answer = json.loads(out)
            size, original = answer["package_bytes"], answer["source_bytes"]
            saved = 100 * (1 - size / original)
            print(f"{plan}: {size / 1e9:.3f} GB of {original / 1e9:.3f} GB, {saved:.1f} % less")
            if not 11.0e9 < original < 11.3e9:
                failures.append(f"the checkpoint has {original} bytes")
            if size > gigabytes * 1e9 or saved < percent:
                failures.append(f"{plan}: {size} bytes, {saved:.2f} % less")
            if sum(part["bytes"] for part in answer["parts"]) > size:
                failures.append(f"{plan}: the parts are larger than the whole")
    print("\n".join(failures) or "all as promised")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
