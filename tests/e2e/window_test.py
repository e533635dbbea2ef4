#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Drives the window through its accessibility tree, as a screen reader would, and reads the answers from it.

usage: window_test.py PROGRAM SOURCE STATE [SHOTS]   (started by window_test.sh inside a display and a session bus)
"""
import glob
import json
import os
import subprocess
import sys

import window_driver
from window_driver import (SUPPORT, TITLE, application, everything, find, key, on_screen, press, shot, type_text, wait_for,
                           word_errors)

PROGRAM, SOURCE, STATE = sys.argv[1:4]
window_driver.shots = sys.argv[4] if len(sys.argv) > 4 else ""
SPEECH = os.path.join(SOURCE, "tests/golden/recordings")
SAMPLES = os.path.join(SOURCE, "resources/samples")


def conversations():
    found = []
    for path in glob.glob(os.path.join(STATE, "data", "**", "*.json"), recursive=True):
        try:
            with open(path, encoding="utf-8") as file:
                value = json.load(file)
        except (OSError, ValueError):
            continue  # being replaced
        if isinstance(value, dict) and "turns" in value:
            found.append((os.path.getmtime(path), path, value))
    return [(path, value) for _, path, value in sorted(found)]


def finished_answers():
    """All answers that are done, oldest first, with their folder and the question they answer."""
    answers = []
    for path, conversation in conversations():
        turns = conversation["turns"]
        for turn in turns:
            if turn["author"] == "assistant" and turn["state"] not in ("waiting", "streaming"):
                question = turns[turn["parent"]] if turn.get("parent", -1) >= 0 else None
                answers.append((path, question, turn))
    return answers


def next_answer(before):
    answers = wait_for("an answer", lambda: finished_answers() if len(finished_answers()) > before else None, 240)
    return answers[-1]


def terminal(*arguments):
    """One object for each answer of the terminal program."""
    out = subprocess.run([PROGRAM, *arguments, "--json", "--quiet", "--software"], capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def chips():
    return sum(name.startswith("Remove ") for _, _, name in everything())


def record(wav):
    """Plays a file into the virtual microphone while the window records, stops the recording, and sends it."""
    attached = chips()
    key("ctrl+d")
    wait_for("the recording to run", lambda: find("Microphone level"), 30)
    # The player returns when its data is gone, the sound server may still hold half a second: silence is played after it.
    padded = os.path.join(STATE, "played.wav")
    subprocess.run(["sox", wav, padded, "pad", "0", "0.8"], check=True)
    subprocess.run([os.path.join(SUPPORT, "virtual-mic"), "play", padded], check=True)
    key("ctrl+d")
    # A toggled recording becomes a chip, to be looked at before it is sent.
    wait_for("the chip of the recording", lambda: chips() > attached, 30)
    wait_for("the message to be ready", lambda: find("Send (Enter)"), 30)
    find("Message").queryComponent().grabFocus()
    key("Return")


def stored_file(path, question, kind):
    folder = os.path.dirname(path)
    for attachment in question["attachments"]:
        if attachment["kind"] == kind:
            for found in glob.glob(os.path.join(folder, "**", attachment["file"]), recursive=True):
                return found
    raise SystemExit(f"the {kind} of the question was not kept: {question['attachments']}")


def compare(what, answer, ids, problems):
    if answer.get("token_ids") != ids:
        problems.append(f"{what}: window {answer.get('token_ids')}, terminal {ids}")


def transcribes(problems):
    """Ten sentences through the microphone: right, on the screen, and with the token ids of the terminal program."""
    with open(os.path.join(SPEECH, "expected.json"), encoding="utf-8") as file:
        expected = json.load(file)[:10]
    errors = words = 0
    answers, clips = [], []
    for entry in expected:
        before = len(finished_answers())
        record(os.path.join(SPEECH, entry["file"]))
        path, question, answer = next_answer(before)
        if not on_screen(answer["text"]):
            problems.append(f"the answer '{answer['text']}' is stored but not shown")
        # Right is what was said, or what the reference implementation wrote for the file of this recording.
        reference = entry["transcribe"]
        said, w = word_errors(entry["text"], answer["text"])
        errors, words = errors + min(said, word_errors(reference["text"], answer["text"])[0]), words + w
        same = "the reference's ids" if answer.get("token_ids") == reference["token_ids"] else "other ids than the reference"
        print(f"{entry['file']}: '{answer['text']}' ({same})", flush=True)
        answers.append(answer)
        clips.append(stored_file(path, question, "audio"))
    shot("03-transcripts")
    print(f"words wrong: {errors} of {words}", flush=True)
    if errors > 0.1 * words:
        problems.append(f"more than a tenth of the words is wrong: {errors} of {words}")
    for answer, clip, result in zip(answers, clips, terminal("transcribe", *clips), strict=True):
        compare(clip, answer, result["token_ids"], problems)


def ask(action):
    """Begins a conversation, does what makes the message, and returns its answer: (folder, question, answer)."""
    press("New Chat")
    before = len(finished_answers())
    action()
    return next_answer(before)


def sees_and_reads(problems):
    """Shipped pictures dropped by another process, with typed and with spoken words, and typed text alone."""
    with open(os.path.join(SAMPLES, "samples.json"), encoding="utf-8") as file:
        samples = {sample["kind"]: sample for sample in json.load(file)}
    page, chart = samples["page"], samples["chart"]

    def drop(sample):
        picture = os.path.join(SAMPLES, sample["picture"])
        subprocess.run([os.path.join(SUPPORT, "drop-file"), "--title", TITLE, picture], check=True)
        wait_for("the chip of the picture", lambda: find(sample["picture"], exact=False), 30)

    def write(text, name):
        find("Message").queryComponent().grabFocus()
        type_text(text)
        shot(name)
        key("Return")

    def is_right(answer, sample):
        if answer["text"] != sample["answer"]:
            problems.append(f"{sample['picture']}: '{answer['text']}' instead of '{sample['answer']}'")

    path, question, answer = ask(lambda: (drop(page), write(page["question"], "04-picture")))
    [result] = terminal("generate", "--image", stored_file(path, question, "image"), "--prompt", page["question"])
    compare("picture", answer, result["token_ids"], problems)
    is_right(answer, page)

    _, _, answer = ask(lambda: (drop(chart), write(chart["said"], "05-chart")))
    is_right(answer, chart)

    # What a microphone makes of the question is not what the sample was chosen for: the terminal is the judge.
    path, question, answer = ask(lambda: (drop(chart), record_sample(chart)))
    [result] = terminal("generate", "--image", stored_file(path, question, "image"), "--audio",
                        stored_file(path, question, "audio"))
    compare("picture and speech", answer, result["token_ids"], problems)
    shot("06-picture-and-speech")

    _, _, answer = ask(lambda: write("How do I translate?", "07-text"))
    [result] = terminal("generate", "--prompt", "How do I translate?")
    compare("text", answer, result["token_ids"], problems)
    if not on_screen(answer["text"]):
        problems.append(f"the answer '{answer['text']}' is stored but not shown")


def record_sample(sample):
    """Says a sample's question into the microphone."""
    wav = os.path.join(STATE, "question.wav")
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-i", os.path.join(SAMPLES, sample["sound"]), wav], check=True)
    record(wav)


def main():
    process = subprocess.Popen([PROGRAM])
    problems = []
    try:
        wait_for("the window", application, 60)
        shot("01-software-device")
        press("Use Anyway")
        wait_for("the model", lambda: find("Device: ", exact=False) and not on_screen("Loading"), 120)
        shot("02-home")

        transcribes(problems)
        sees_and_reads(problems)
    finally:
        process.terminate()
        process.wait(20)
    if problems:
        raise SystemExit("\n".join(problems))
    print("the window and the terminal agree", flush=True)


if __name__ == "__main__":
    main()
