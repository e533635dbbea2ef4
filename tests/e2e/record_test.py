#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`phial record` on a real sound system: a virtual microphone that is pulled out and put back, Ctrl-C, kill -9, disks that
are full, read-only or gone; and Ctrl-C in a long transcription. Small disks are mounted where the user may do that.
usage: record_test.py PROGRAM SOURCE_FOLDER [PULLS [transcribe|storm|kill|disks ...]]"""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import wave

program, source = sys.argv[1:3]
pulls = int(sys.argv[3]) if len(sys.argv) > 3 else 3
parts = sys.argv[4:] or ["transcribe", "storm", "kill", "disks"]
golden = os.path.join(source, "tests/golden/recordings")
HEADER = 80  # bytes before the sound
failures, figures = [], {}


def check(condition, what):
    if not condition:
        failures.append(what)
        print("FAILED:", what, file=sys.stderr)


def wait_for(condition, what, seconds=120):
    """Waits for something outside this process; the deadline only ends a hanging test."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            check(False, f"waited in vain for {what}")
            return result
        time.sleep(0.01)
    return result


class Microphone:
    def __init__(self, folder):
        self.folder = os.path.join(folder, "mic")
        self.command("start")
        lines = self.command("env").splitlines()
        self.environment = dict(line[len("export "):].replace("'", "").split("=", 1) for line in lines)

    def command(self, *words):
        done = subprocess.run([os.path.join(source, "tests/support/virtual-mic"), "--dir", self.folder, *words],
                              stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout


def talk(path, seconds):
    """Sentences one after the other, with pauses; at least `seconds`."""
    sound = bytearray()
    entries = json.load(open(os.path.join(golden, "expected.json"), encoding="utf-8"))
    while True:
        for entry in entries:
            with wave.open(os.path.join(golden, entry["file"])) as one:
                rate, frames = one.getframerate(), one.readframes(one.getnframes())
            sound += bytes(2 * 2 * rate) + frames
            if len(sound) > 2 * rate * seconds:
                with wave.open(path, "wb") as whole:
                    whole.setparams((1, 2, rate, 0, "NONE", ""))
                    whole.writeframes(bytes(sound))
                return


class Recording:
    """A running `phial record`."""

    def __init__(self, environment, *words):
        self.begun = time.monotonic()
        self.data = environment["XDG_DATA_HOME"]
        before = set(self.folders())
        self.process = subprocess.Popen([program, "record", *words], env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.errors = ""
        self.reader = threading.Thread(target=self.listen)
        self.reader.start()
        self.own = words[words.index("--output") + 1] if "--output" in words else None
        self.before = before

    def listen(self):
        for line in self.process.stderr:
            self.errors += line

    def folders(self):
        return glob.glob(self.data + "/**/meetings/*/", recursive=True)

    def folder(self):
        if self.own:
            return self.own if os.path.isdir(self.own) else None
        new = set(self.folders()) - self.before
        return next(iter(new), None)

    def sound_bytes(self):
        folder = self.folder()
        return sum(os.path.getsize(part) for part in glob.glob(folder + "/audio*.wav")) if folder else 0

    def wait_for_sound(self, more=0):
        """Until there is more sound on the disk than now."""
        least = max(self.sound_bytes(), HEADER) + more
        wait_for(lambda: self.sound_bytes() > least or self.process.poll() is not None, "sound on the disk")

    def journal(self, folder=None):
        path = os.path.join(folder or self.folder(), "journal.jsonl")
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def events(self, kind, folder=None):
        return [entry for entry in self.journal(folder) if entry["event"] == kind]

    def end(self, how=signal.SIGINT):
        if how:
            self.process.send_signal(how)
        out = self.process.stdout.read()
        self.process.wait(120)
        self.reader.join()
        return out.strip()


def frames_of(folder):
    """Frames of all parts, read by another program's reader, which refuses a wrong header."""
    total, rate = 0, 0
    for part in sorted(glob.glob(folder + "/audio*.wav")):
        with wave.open(part) as sound:
            data = sound.readframes(sound.getnframes())
            total += len(data) // 2 // sound.getnchannels()
            rate = sound.getframerate()
            check(os.path.getsize(part) == HEADER + len(data), f"{part} is as long as its header says")
    return total, rate


def plug_and_unplug(microphone, environment):
    recording = Recording(environment, "--title", "Storm")
    recording.wait_for_sound()
    figures["from exec to the first sample on disk, ms"] = round(1000 * (time.monotonic() - recording.begun))
    noticed = []
    for i in range(pulls):
        recording.wait_for_sound(20000)
        pulled = time.monotonic()
        microphone.command("unplug")
        wait_for(lambda: len(recording.events("gap")) == i + 1, "the gap in the journal")
        noticed.append(time.monotonic() - pulled)
        microphone.command("replug")
        wait_for(lambda: len(recording.events("gap_end")) == i + 1, "the end of the gap")
    recording.wait_for_sound(20000)
    folder = recording.end()
    check(recording.process.returncode == 0, f"Ctrl-C of a recording: status {recording.process.returncode}")
    check("recorded" in recording.errors, "it says what was recorded: " + recording.errors)
    frames, rate = frames_of(folder)
    gaps = sum(entry.get("seconds", 0) for entry in recording.events("gap_end", folder))
    check(all(entry.get("seconds", 0) > 0.1 for entry in recording.events("gap_end", folder)), "every gap has its length")
    check(len(recording.events("gap", folder)) == pulls, "one gap a pull")
    check(recording.events("end", folder), "the journal has an end")
    check(len(glob.glob(folder + "/audio*.wav")) == 1, "one file through all pulls")
    figures["pulls"] = pulls
    figures["longest from pull to journal, ms"] = round(1000 * max(noticed))
    figures["gaps in the journal, s"] = round(gaps, 2)
    figures["recorded, s"] = round(frames / rate, 2)


def killed(environment):
    recording = Recording(environment, "--title", "Killed")
    recording.wait_for_sound(100000)
    folder = recording.folder()
    recording.end(signal.SIGKILL)
    size = sum(os.path.getsize(part) for part in glob.glob(folder + "/audio*.wav"))
    listed = subprocess.run([program, "library", "list", "--json"], env=environment, capture_output=True, text=True,
                            check=True).stdout
    found = [json.loads(line) for line in listed.splitlines()]
    check(any(os.path.basename(folder.rstrip("/")) == meeting["name"] for meeting in found), "the killed one is listed")
    frames, _ = frames_of(folder)
    check(2 * frames == (size - HEADER) // 2 * 2, "every byte that was written is there")


def mounted(path, options):
    os.makedirs(path, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path], check=True)
    return path


def may_mount(state):
    """Whether this user may make small disks."""
    probe = state + "/probe"
    os.makedirs(probe)
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", probe], stderr=subprocess.DEVNULL, check=False).returncode:
        print("small disks cannot be mounted here: full and read-only disks were not tried")
        return False
    subprocess.run(["umount", probe], check=True)
    return True


def disks(environment, state):
    if may_mount(state):
        full_and_read_only(environment, state)
    vanished(environment, state)


def full_and_read_only(environment, state):
    # Nearly full: 200 MB are kept free; a filler leaves less, which the next look at the disk finds.
    disk = mounted(state + "/small", "size=202m")
    try:
        recording = Recording(environment | {"XDG_DATA_HOME": disk}, "--title", "Small")
        recording.wait_for_sound(40000)
        with open(disk + "/filler", "wb") as filler:
            filler.write(bytes(12_000_000))
        folder = recording.end(None)
        check(recording.process.returncode == 0, "a nearly full disk ends a recording in an orderly way")
        check("nearly full" in recording.errors and folder in recording.errors, "nearly full: " + recording.errors)
        figures["nearly full disk, s recorded"] = round(frames_of(folder)[0] / frames_of(folder)[1], 2)
        os.remove(disk + "/filler")
        # Full at once: the next write fails before the next look.
        recording = Recording(environment | {"XDG_DATA_HOME": disk}, "--title", "Full")
        recording.wait_for_sound(40000)
        before = recording.sound_bytes()
        with open(disk + "/filler", "wb", buffering=0) as filler:
            try:
                while filler.write(bytes(1 << 16)):
                    pass
            except OSError:
                pass
        folder = recording.end(None)
        check("The recording ended" in recording.errors and folder in recording.errors, "full: " + recording.errors)
        check(sum(map(os.path.getsize, glob.glob(folder + "/audio*.wav"))) >= before, "what was there stays")
        check(frames_of(folder)[0] > 0, "a full disk leaves a whole file")
        print("nearly full and full disk said:", recording.errors.strip().splitlines()[-2:])
        os.remove(disk + "/filler")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        recording = Recording(environment | {"XDG_DATA_HOME": disk})
        recording.end(None)
        check(recording.process.returncode == 3 and "read-only" in recording.errors.lower(), "read-only: " + recording.errors)
        print("read-only disk said:", recording.errors.strip())
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def vanished(environment, state):
    # Gone: what was recorded is copied from the open file while the recording goes on elsewhere.
    recording = Recording(environment, "--output", state + "/stick/talk")
    recording.wait_for_sound(100000)
    before = recording.sound_bytes()
    shutil.rmtree(state + "/stick")
    wait_for(lambda: "goes on in" in recording.errors, "the move")
    elsewhere = environment["XDG_DATA_HOME"] + "/phial/recordings/talk"
    recording.own = next(iter(glob.glob(environment["XDG_DATA_HOME"] + "/**/recordings/talk", recursive=True)), elsewhere)
    recording.wait_for_sound(100000)
    folder = recording.end()
    check(frames_of(folder)[0] * 2 > before, "what was recorded before it vanished is there: " + folder)
    check(len(glob.glob(folder + "/audio*.wav")) == 2, "in two parts")
    print("vanished folder said:", recording.errors.strip().splitlines()[-2:])


def interrupted_transcription(environment, state):
    meeting = state + "/long.wav"
    talk(meeting, 90)
    whole = subprocess.run([program, "transcribe", meeting, "-q"], env=environment, capture_output=True, text=True, check=True)
    lines = whole.stdout.splitlines()
    check(len(lines) > 6, f"{len(lines)} lines")
    first = subprocess.Popen([program, "transcribe", meeting], env=environment, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    shown = [first.stdout.readline() for _ in range(2)]
    asked = time.monotonic()
    first.send_signal(signal.SIGINT)
    rest, errors = first.communicate()
    figures["Ctrl-C in a transcription to its end, ms"] = round(1000 * (time.monotonic() - asked))
    check(first.returncode == 6, f"status {first.returncode}")
    check("the same command goes on" in errors, "says that the work is kept: " + errors)
    done = "".join(shown) + rest
    second = subprocess.run([program, "transcribe", meeting], env=environment, capture_output=True, text=True, check=True)
    check(second.stdout == whole.stdout and whole.stdout.startswith(done), "it goes on to the same transcript")
    check("going on with" in second.stderr, "says where it goes on")


def main(state):
    environment = {k: v for k, v in os.environ.items() if k != "PHIAL_MODEL"}
    environment |= {"PHIAL_SOFTWARE": "1", "XDG_DATA_HOME": state + "/data", "XDG_CACHE_HOME": state + "/cache"}
    if "transcribe" in parts:
        interrupted_transcription(environment, state)
    if not shutil.which("pulseaudio"):
        print("pulseaudio is not installed: recording was not tried")
        return
    microphone = Microphone(state)
    try:
        environment |= microphone.environment
        talk(state + "/talk.wav", 600)
        microphone.command("play-bg", state + "/talk.wav")
        if "storm" in parts:
            plug_and_unplug(microphone, environment)
        if "kill" in parts:
            killed(environment)
        if "disks" in parts:
            disks(environment, state)
    finally:
        microphone.command("stop")


with tempfile.TemporaryDirectory(prefix="phial-") as temporary:
    main(temporary)
print(json.dumps(figures))
sys.exit(bool(failures))
