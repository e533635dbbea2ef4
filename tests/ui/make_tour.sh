#!/usr/bin/env bash
# Makes the pictures of docs/tour.md again, with few colours so that they stay small.
# usage: make_tour.sh TOUR_SHOTS_PROGRAM SOURCE_FOLDER [NAME...]
set -euo pipefail
program=$1
folder=$2/docs/tour
shift 2
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
QT_QPA_PLATFORM=offscreen "$program" "$made" "$@"
mkdir -p "$folder"
for picture in "$made"/*.png; do
  convert "$picture" -strip +dither -colors 128 -define png:compression-level=9 "PNG8:$folder/$(basename "$picture")"
done
du -sh "$folder"
