# shellcheck shell=sh
# The screen as an operator types on it: keys sent to a console that screen_on started as `op`, and what is seen of it. Every frame
# that is looked at is kept: no password may be on any. Sourced by wizards.test and guide.test.
: >"$test_dir/frames"
key() { tmux -L "kvmconsole-lab-$$-op" send-keys -t t "$@"; }
text() { tmux -L "kvmconsole-lab-$$-op" send-keys -t t -l -- "$1"; }
shows() { screen_of op >"$test_dir/frame"; cat "$test_dir/frame" >>"$test_dir/frames"; grep -qE -- "$1" "$test_dir/frame"; }
sees() { # SECONDS PATTERN: it comes on the screen
  within "$1" shows "$2"
}
give_up() { # NAME: nothing that follows has sense
  screen_of op | grep -vE '^(│ +│+ *)+$' >"$test_dir/frame"
  not_ok "$1" "$test_dir/frame"
  exit 1
}
one() { text "$1"; sees 10 "$1" || give_up "'$1' is typed and seen"; key Down; }
lines() { for l; do one "$l"; done; key Down; } # the lines of a list, then the next field
skip() { i=0; while [ $i -lt "$1" ]; do key Down; i=$((i + 1)); done; }
secret() { text "$1"; sees 10 '\*{4,}|•{4,}' || give_up "a secret is typed, and hidden"; key Down; }
marked() { screen_of op | grep -E '^│?(▶|>)'; }
marked_other() { [ "$(marked)" != "$1" ]; }
field() { # NAME: on to that field of the form, wherever it is below
  i=0
  until shows "^│?(▶|>) ?$1 "; do
    i=$((i + 1))
    [ $i -lt 80 ] || give_up "the form has a field $1"
    was=$(marked)
    key Down
    within 3 marked_other "$was"
  done
}
