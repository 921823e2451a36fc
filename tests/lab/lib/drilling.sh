# shellcheck shell=sh
# Drills run by the console on a lab, and the guest's own counter seen from outside beside them: sourced after operating.sh.
R=/root/drill.json # the report, on the console's host

# EXIT NAME DRILL ARGUMENT..: run by the console, its report in $test_dir/report
drill_on() {
  want=$1 name=$2
  shift 2
  timeout -k 10 900 $L exec $console kvmconsole drill "$@" --yes --report $R >"$test_dir/drill" 2>&1 </dev/null
  got=$?
  $L exec $console cat $R >"$test_dir/report" 2>/dev/null </dev/null
  if [ $got = "$want" ]; then ok "$name"; else not_ok "$name: exit $got, not $want ($*)" "$test_dir/drill"; fi
}
report() { # NAME JQ
  if jq -e "$2" "$test_dir/report" >"$test_dir/jq" 2>&1; then ok "$1"; else not_ok "$1: $2" "$test_dir/report"; fi
}
value() { jq -r "$1" "$test_dir/report"; }
on_kvm02() { # the console is on kvm01, what is hit is the other host
  [ "$(runs_at test01)" = kvm02 ] || run "test01 moves to kvm02" resource-move resource=test01 to=kvm02 clear=yes
  until_ok "healthy, and nothing waits to heal" 300 all_well kvm01
}
proven() { # what lives while it is given up for dead is only hit where fencing was proven
  $L exec kvm01 kvmconsole lint --json </dev/null 2>/dev/null | jq -e '[.findings[] | select(.id == "fencing-unproven" and .subject == "kvm02")] == []' >/dev/null ||
    run "fencing of kvm02 is proven" fencing-test node=kvm02 --confirm kvm02
  on_kvm02
}
# The guest from outside while a drill runs, until it is seen(): its longest silence in $gap (ms).
watch() { $L observer 900 test01 --json </dev/null >"$test_dir/observed" 2>&1 & watcher=$!; }
seen() {
  kill -TERM $watcher 2>/dev/null
  wait $watcher
  gap=$(jq '.longest * 1000 | floor' "$test_dir/observed" 2>/dev/null || echo none)
}
# The guest's own counter against what the console measured, each within what it says itself how unsure it is (and a tick of the counter).
compare() { # NAME
  seen
  ms=$(value '.outages[0].ms') unsure=$(value '.outages[0].uncertainty_ms')
  loose=$(value '([.phases[] | select(.name == "unattributed") | .ms] | add // 0)')
  note "$1: measured $ms ms, ±$unsure, libvirt $(value '.outages[0].running_ms'); the guest was silent for $gap ms; phases: $(value '[.phases[] | "\(.name) \(.ms)"] | join(", ")')"
  if [ "$gap" = none ] || [ "$ms" = null ]; then not_ok "$1: measured" "$test_dir/report"; return; fi
  over=$((gap - ms))
  if [ $over -ge $((-unsure - 200)) ] && [ $over -le $((unsure + 200)) ]; then ok "$1: as the guest's counter says"; else not_ok "$1: $ms ms against $gap" "$test_dir/report"; fi
  if [ $((loose * 10)) -le "$ms" ]; then ok "$1: less than a tenth of it is nobody's"; else not_ok "$1: $loose of $ms ms are nobody's" "$test_dir/report"; fi
}
calm_again() {
  until_ok "the cluster is whole again" 400 all_well kvm01
  is "the operator lock is free" lock_free
}
no_timer() { no sh -c "$L exec $1 systemctl list-timers --all </dev/null | grep -q kvmconsole-drill"; }
