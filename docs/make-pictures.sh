#!/bin/sh
# The pictures of the documents, drawn by the program itself on simulated clusters: the same program makes the same bytes.
# `sh docs/make-pictures.sh build/kvmconsole docs/pictures`; without a folder their names are printed.
set -eu
console=${1:-build/kvmconsole} folder=${2:-}
picture() { # NAME SIZE THEME SCENARIO, a script on stdin: its last frame
  if [ -z "$folder" ]; then cat >/dev/null; echo "$1"; return; fi
  "$console" render --demo="$4" --size "$2" --theme "$3" --format svg --script - >"$folder/$1.svg"
}
picture overview 100x26 dark tour <<END
wait 14s
END
picture overview-light 100x26 light degraded <<END
wait 5s
END
picture overview-high-contrast 80x24 high-contrast node-down <<END
wait 20s
END
picture overview-colour-blind 80x24 colour-blind degraded <<END
wait 5s
END
picture problems 100x26 dark storm <<END
wait 20s
key !
END
picture node 100x34 dark degraded <<END
wait 5s
key N
key Down
key Enter
END
picture actions 100x30 dark lab <<END
key D
key a
END
picture preview 100x34 dark lab <<END
key D
key a
type move
key Enter
key C-r
wait 2s
END
picture task 100x34 dark lab <<END
key D
key a
type move
key Enter
key C-r
wait 2s
type yes
key Enter
wait 4s
END
picture past 100x26 dark tour <<END
wait 10s
wait 3s
wait 3s
wait 3s
wait 3s
wait 3s
wait 3s
wait 30s
key {
key {
key {
key {
key {
key {
key {
END
