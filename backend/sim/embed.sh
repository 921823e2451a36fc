#!/bin/sh
# Turns scenarios into C: sh embed.sh lab.scenario tour.scenario ... >out.c
# The text of each file as bytes, so that nothing in it needs quoting, and one row a file for sim.h, in the order given.
set -eu
LC_ALL=C
export LC_ALL
[ $# -gt 0 ] || { echo "embed.sh: no scenario given; name them: sh embed.sh lab.scenario ..." >&2; exit 64; }
echo '/* Made by backend/sim/embed.sh; change the .scenario files instead. */'
echo '#include "sim/sim.h"'
for file; do
  name=$(basename "$file" .scenario)
  case $name in *[!a-z0-9-]*|'') echo "embed.sh: $file: the name of a scenario is a-z, 0-9 and -" >&2; exit 65 ;; esac
  [ -r "$file" ] || { echo "embed.sh: $file cannot be read" >&2; exit 65; }
  echo "static const char text_$(echo "$name" | tr - _)[] = {"
  od -An -v -tu1 "$file" | sed 's/\([0-9][0-9]*\)/(char)\1,/g'
  echo '0};'
done
echo 'const struct scenario_text scenario_texts[] = {'
for file; do
  name=$(basename "$file" .scenario)
  echo "  {\"$name\", text_$(echo "$name" | tr - _)},"
done
echo '  {0, 0},'
echo '};'
