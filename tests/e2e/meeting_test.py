#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A two-minute meeting made of recorded sentences, through the real program and the shipped model on a software device:
transcribed (killed on the way and taken up again), translated, summarized, searched, exported.
usage: meeting_test.py PROGRAM SOURCE_FOLDER"""
import json
import os
import signal
import subprocess
import sys
import tempfile

from spoken_meeting import make_meeting, sentences_of

program, source = sys.argv[1:]
golden = os.path.join(source, "tests/golden/recordings")
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)
        print("FAILED:", what, file=sys.stderr)


def word_of_one_line(parts):
    """The longest word that one line alone has, and where that line begins."""
    lines = [{word.strip(".,").lower() for word in part["text"].split()} for part in parts]
    found = [(len(word), word, part["start_seconds"]) for words, part in zip(lines, parts) for word in words
             if sum(any(other.startswith(word) for other in line) for line in lines) == 1]
    return max(found)[1:]


def main(state):
    meeting = os.path.join(state, "meeting.wav")
    spoken = make_meeting(golden, sentences_of(golden), meeting, at_least=120)
    # Right is what the reference writes for each recording alone: the pipeline may not spoil it.
    truth = [(one.start, one.end, one.heard, one.german) for one in spoken]
    environment = {k: v for k, v in os.environ.items() if k != "PHIAL_MODEL"}
    environment |= {"PHIAL_SOFTWARE": "1", "XDG_DATA_HOME": state + "/data", "XDG_CACHE_HOME": state + "/cache"}

    def phial(*words):
        done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)
        check(done.returncode == 0, f"{words}: status {done.returncode}: {done.stderr[-500:]}")
        return done.stdout

    # Killed after two lines; only what was not saved yet may be asked again.
    killed = subprocess.Popen([program, "transcribe", meeting, "--library", "-q"], env=environment,
                              stdout=subprocess.PIPE, text=True)
    for _ in range(2):
        killed.stdout.readline()
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    answer = json.loads(phial("transcribe", meeting, "--library", "--json", "-q"))
    parts = answer["parts"]
    check(len(parts) == len(truth), f"{len(parts)} lines instead of {len(truth)}")
    for part, (start, end, text, _) in zip(parts, truth):
        begins, ends = part["start_seconds"], part["start_seconds"] + part["seconds"]
        check(start - 0.7 < begins <= start + 0.1, f"'{text}' begins at {begins:.2f} instead of {start:.2f}")
        check(end - 0.3 < ends < end + 0.7, f"'{text}' ends at {ends:.2f} instead of {end:.2f}")
        check(0.3 < part["confidence"] <= 1, f"confidence of '{text}'")
    # A line is cut where the voice pauses, not where the recording was: a name may then come out as another.
    right = sum(part["text"] == text for part, (_, _, text, _) in zip(parts, truth))
    check(right >= 9, f"{right} of {len(truth)} sentences are right")

    german = phial("translate", meeting, "--library", "--to", "German", "-q").splitlines()
    right = sum(line == wanted for line, (_, _, _, wanted) in zip(german, truth))
    check(right >= 9, f"{right} of {len(truth)} translations are right")

    check("# meeting" in phial("summarize", meeting, "--library", "-q"), "summary has no title")
    meetings = [json.loads(line) for line in phial("library", "list", "--json").splitlines()]
    check(len(meetings) == 1, f"{len(meetings)} meetings of one file")
    word, start = word_of_one_line(parts)
    hits = [json.loads(line) for line in phial("library", "search", word, "--json").splitlines()]
    check([round(hit["start_seconds"], 1) for hit in hits] == [round(start, 1)], f"'{word}' found at {hits}, not {start}")
    for form in ("txt", "md", "srt", "vtt", "json", "csv", "docx"):
        out = os.path.join(state, "out." + form)
        phial("library", "export", meetings[0]["name"], "--output", out, "-q")
        check(os.path.getsize(out) > 500, f"{form} is {os.path.getsize(out)} bytes long")


with tempfile.TemporaryDirectory() as folder:
    main(folder)
sys.exit(bool(failures))
