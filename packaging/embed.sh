#!/bin/sh
# Turns text files into C: sh embed.sh SUFFIX SIGN HEADER NAME FILE.SUFFIX ... >out.c, as in
#   sh embed.sh keys _ keymaps/keymap.h keymap keymaps/default.keys keymaps/vi.keys
# The text of each file as bytes, so that nothing in it needs quoting, and one row a file of NAME_texts[], which HEADER
# declares, in the order given. A file's name is of a-z, 0-9 and SIGN.
set -eu
LC_ALL=C
export LC_ALL
[ $# -gt 4 ] || { echo "embed.sh: no file given; name them: sh embed.sh SUFFIX SIGN HEADER NAME FILE.SUFFIX ..." >&2; exit 64; }
suffix=$1 sign=$2 header=$3 table=$4
shift 4
echo "/* Made by packaging/embed.sh; change the .$suffix files instead. */"
echo "#include \"$header\""
for file; do
  name=$(basename "$file" ".$suffix")
  case $name in *[!a-z0-9"$sign"]*|'') echo "embed.sh: $file: its name is a-z, 0-9 and $sign" >&2; exit 65 ;; esac
  [ -r "$file" ] || { echo "embed.sh: $file cannot be read" >&2; exit 65; }
  echo "static const char text_$(echo "$name" | tr - _)[] = {"
  od -An -v -tu1 "$file" | sed 's/\([0-9][0-9]*\)/(char)\1,/g'
  echo '0};'
done
echo "const struct ${table}_text ${table}_texts[] = {"
for file; do
  name=$(basename "$file" ".$suffix")
  echo "  {\"$name\", text_$(echo "$name" | tr - _)},"
done
echo '  {0, 0},'
echo '};'
