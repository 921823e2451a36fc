# shellcheck shell=sh
# Verdicts tried on the cluster: sourced by the tests that do what ok-to-stop calls SAFE, and what it calls UNSAFE. What it
# foretold in seconds is what the guest may be silent, give or take what the guest's own clock and a slow machine blur.
GL="gluster --mode=script"
BLUR=1500 # ms
here=kvm01 # where the console is asked; never the host that goes

# VERDICT NAME TARGET...: it is that, soon (facts settle), and says why
verdict() {
  want=$1 name=$2
  shift 2
  if within 60 says "$want" "$@"; then ok "$name: $want"; else not_ok "$name: not $want" "$test_dir/verdict"; fi
  sed 's/^/# /' "$test_dir/verdict"
}
says() {
  want=$1
  shift
  $L exec $here kvmconsole ok-to-stop --json "$@" </dev/null >"$test_dir/verdict.json" 2>/dev/null
  [ "$(jq -r .verdict "$test_dir/verdict.json")" = "$(echo "$want" | tr '[:upper:]' '[:lower:]')" ] || shown=no
  jq -r '"\(.targets | join(" ")): \(.verdict), data \(.durability)", (.reasons[] | "  \(.verdict) \(.layer): \(.text)"), (.domains[] | "  \(.name) \(.effect) \(.seconds) s \(.text // "")")' "$test_dir/verdict.json" >"$test_dir/verdict"
  [ "${shown:-yes}" = yes ] || { shown=yes; return 1; }
}
foretold() { jq "[.domains[] | select(.name == \"test01\") | .seconds // 0][0] * 1000 + $BLUR" "$test_dir/verdict.json"; } # ms
other() { kvm_hosts | grep -vx "$1" | head -n 1; }
runs_on() { [ "$(runs_at "$1")" = "$2" ]; }
runs_nowhere() { [ -z "$(runs_at "$1")" ]; }
runs_somewhere() { [ -n "$(runs_at "$1")" ]; }
counts() { $L observer 4 test01 --json </dev/null 2>/dev/null | jq -e '.ticks > 5' >/dev/null; } # the guest, not only its process
set_of_disk() { # the hosts whose bricks hold it
  for h in $(store_hosts); do ! $L exec "$h" test -s /data/test01.qcow2 </dev/null || echo "$h"; done | xargs
}
set_without_disk() { for h in $(store_hosts); do $L exec "$h" test -s /data/test01.qcow2 </dev/null || echo "$h"; done | xargs; }

# The guest, watched from outside while something is done: its longest silence in $gap (ms).
watch() {
  ms=$(foretold)
  $L observer "$1" test01 --json </dev/null >"$test_dir/observed" 2>&1 &
  watcher=$!
}
seen() {
  wait $watcher
  gap=$(jq '.longest * 1000 | floor' "$test_dir/observed" 2>/dev/null || echo none)
}
went_on() { # NAME: no silence longer than what was foretold when it was watched
  seen
  if [ "$gap" != none ] && [ "${ms:-null}" != null ] && [ "${gap%.*}" -le "${ms%.*}" ]; then ok "$1: the guest's longest silence is $gap ms, $ms were foretold (blur included)"; else not_ok "$1: $gap ms, not within $ms" "$test_dir/observed"; fi
}
stood_still() { # NAME: silent from then on to the end of the watch
  seen
  if jq -e '.gaps[-1].ended == null and .gaps[-1].seconds >= 5' "$test_dir/observed" >/dev/null 2>&1; then ok "$1: the guest is silent for $gap ms, to the end"; else not_ok "$1: $gap ms" "$test_dir/observed"; fi
}
stop_kvm() { quiet timeout 120 $L exec "$1" pcs cluster stop; $L poweroff "$1"; }
stop_store() { quiet timeout 30 $L exec "$1" sh -c 'systemctl stop glusterd; pkill -x glusterfs; pkill -x glusterfsd; true'; $L poweroff "$1"; }
forgiven() { # what failed meanwhile is no news; some of it is written down late
  all_well $here || { quiet $L exec $here pcs resource cleanup && false; }
}
back() { # HOST...: and all is as it was
  for h; do must "$h is on again" 60 $L poweron "$h"; done
  until_ok "the cluster is whole" 200 $L status
  quiet $L start-brick
  must "everything is healed" 300 $L heal
  for h in $(kvm_hosts); do quiet timeout 60 $L exec "$h" pcs cluster start; done
  quiet $L mount
  quiet $L exec $here pcs resource cleanup
  until_ok "test01 runs" 150 runs_somewhere test01
  if ! within 30 counts; then # what it had open is lost for good: nothing but a restart brings it back
    must "test01 is started anew" 150 $L exec $here crm_resource --restart -r test01
    until_ok "and counts" 60 counts
  fi
  until_ok "healthy again" 300 forgiven
}
