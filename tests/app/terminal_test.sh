#!/usr/bin/env bash
# Habits of the real terminal program with the shipped model on a software device: exit statuses, standard input and output,
# pipes, Ctrl-C. usage: terminal_test.sh PROGRAM SOURCE_FOLDER
set -uo pipefail
phial=$1
source=$2
golden=$source/tests/golden/recordings
export PHIAL_SOFTWARE=1
unset PHIAL_MODEL
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
export XDG_CACHE_HOME=$state/cache
failures=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

# expect STATUS NAME COMMAND...: runs it, keeps its output in $state/out and $state/err
expect() {
  local wanted=$1 name=$2 got=0
  shift 2
  "$@" >"$state/out" 2>"$state/err" || got=$?
  [[ $got == "$wanted" ]] || fail "$name: status $got instead of $wanted: $(head -c 500 "$state/err")"
}

# expected FILE TASK: what the reference implementation writes for a recording
expected() {
  /usr/bin/python3 -c 'import json, sys; print(next(e for e in json.load(open(sys.argv[1])) if e["file"] == sys.argv[2])[sys.argv[3]]["text"])' \
    "$golden/expected.json" "$1" "$2"
}

said() { [[ $(<"$state/out") == "$1" ]] || fail "said '$(<"$state/out")' instead of '$1'"; }

expect 0 version "$phial" --version
expect 2 "no such command" "$phial" dance
expect 2 "no such option" "$phial" generate --colour red
expect 3 "absent file" "$phial" transcribe "$state/absent.wav"
grep -q absent.wav "$state/err" || fail "the absent file is not named"
expect 4 "no model" "$phial" generate --model "$state" --prompt Hi
expect 0 devices "$phial" devices --json
expect 5 "no driver" env VK_DRIVER_FILES=/nonexistent VK_ICD_FILENAMES=/nonexistent "$phial" devices
expect 5 "software device not asked for" env PHIAL_SOFTWARE=0 "$phial" generate --prompt Hi --device ''
grep -q -- --software "$state/err" || fail "it is not said how to allow a software device"

expect 0 transcribe "$phial" transcribe "$golden/00.wav" --quiet
said "$(expected 00.wav transcribe)"
[[ ! -s $state/err ]] || fail "--quiet wrote to standard error: $(<"$state/err")"
# shellcheck disable=SC2016
expect 0 "speech from standard input" bash -c '"$1" translate - --to German <"$2"' - "$phial" "$golden/04.wav"
said "$(expected 04.wav german)"
grep -q "software device" "$state/err" || fail "the software device is used silently"
expect 0 json "$phial" transcribe "$golden/11.wav" --json --quiet
/usr/bin/python3 - "$state/out" "$golden/expected.json" <<'PY' || fail "the token ids are not the reference's"
import json, sys
answer = json.load(open(sys.argv[1]))
expected = next(e for e in json.load(open(sys.argv[2])) if e["file"] == "11.wav")["transcribe"]
sys.exit(answer["token_ids"] != expected["token_ids"] or answer["text"] != expected["text"])
PY

# Ctrl-C: what has been written is kept, status 6. The pipe tells when the answer has begun.
mkfifo "$state/pipe"
"$phial" generate --prompt "Tell me everything" --temperature 5 --max-tokens 8000 --quiet >"$state/pipe" 2>"$state/err" &
program=$!
exec 3<"$state/pipe"
IFS= read -r -n 1 -u 3 first
kill -INT "$program"
cat <&3 >"$state/out"
exec 3<&-
wait "$program"
status=$?
[[ $status == 6 ]] || fail "Ctrl-C gave status $status instead of 6: $(<"$state/err")"
[[ -n $first ]] || fail "nothing was written before Ctrl-C"

# Ctrl-C while loading: the first line on standard error tells that it has begun.
mkfifo "$state/errors"
"$phial" generate --prompt "Tell me everything" --temperature 5 --max-tokens 8000 >"$state/out" 2>"$state/errors" &
program=$!
exec 3<"$state/errors"
IFS= read -r -u 3 first
kill -INT "$program"
cat <&3 >"$state/err"
exec 3<&-
wait "$program"
status=$?
[[ $status == 6 ]] || fail "Ctrl-C while loading gave status $status instead of 6"
[[ $first == *"reading the model"* ]] || fail "loading began with '$first'"

if ((failures == 0)); then
  echo "all as expected"
fi
exit $((failures > 0))
