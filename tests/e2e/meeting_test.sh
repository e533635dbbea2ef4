#!/usr/bin/env bash
# A meeting in the real window, in one run: recorded through a virtual microphone that is pulled out and put back, killed, recovered,
# transcribed, translated, summarized, played by a click and listened to, exported in every format, searched.
# usage: meeting_test.sh PROGRAM SOURCE_FOLDER short|long [SHOTS_FOLDER]. Exit status 77: a tool is missing.
set -euo pipefail
program=$1
source=$2
length=$3
shots=${4:-}
# shellcheck source=tests/e2e/private_desktop.sh
source "$source/tests/e2e/private_desktop.sh"
private_desktop parec

# A machine that is too busy cannot play sound in real time: then once more, with everything new.
for try in 1 2 3; do
  mkdir -p "$state/out"
  status=0
  "$support/run-headless" --bus --timeout 900 -- \
    /usr/bin/python3 "$source/tests/e2e/meeting_window.py" "$program" "$source" "$state" "$length" ${shots:+"$shots"} || status=$?
  [[ $status == 75 ]] || exit $status
  echo "try $try: sound stuttered on its way into the recording"
  rm -rf "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$state/out"
  mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME"
done
echo "FAILED: no recording holds what was played"
exit 1
