#!/bin/sh
# Turns key files into C: sh embed.sh default.keys vi.keys ... >out.c
# The text of each file as bytes, so that nothing in it needs quoting, and one row a file for keymap.h.
set -eu
LC_ALL=C
export LC_ALL
[ $# -gt 0 ] || { echo "embed.sh: no key files given; name them: sh embed.sh default.keys ..." >&2; exit 64; }
echo '/* Made by keymaps/embed.sh; change the .keys files instead. */'
echo '#include "keymaps/keymap.h"'
for file; do
  name=$(basename "$file" .keys)
  case $name in *[!a-z0-9_]*|'') echo "embed.sh: $file: the name of a key file is a-z, 0-9 and _" >&2; exit 65 ;; esac
  [ -r "$file" ] || { echo "embed.sh: $file cannot be read" >&2; exit 65; }
  echo "static const char text_$name[] = {"
  od -An -v -tu1 "$file" | sed 's/\([0-9][0-9]*\)/(char)\1,/g'
  echo '0};'
done
echo 'const struct keymap_text keymap_texts[] = {'
for file; do
  name=$(basename "$file" .keys)
  echo "  {\"$name\", text_$name},"
done
echo '  {0, 0},'
echo '};'
