# shellcheck shell=sh
# Operations run by the console on a lab, and looked at with the tools: what the tests of operations share.
console=kvm01
GL="gluster --mode=script"

run_on() { # HOST EXIT NAME OPERATION ARGUMENT..: what the console says of it in the end
  run_at=$1 want=$2 name=$3
  shift 3
  timeout -k 10 600 $L exec "$run_at" kvmconsole run "$@" --yes >"$test_dir/run" 2>&1 </dev/null
  got=$?
  if [ $got = "$want" ]; then ok "$name"; else not_ok "$name: exit $got, not $want ($*)" "$test_dir/run"; fi
}
run() { run_on $console 0 "$@"; }
refused() { # NAME PATTERN OPERATION ARGUMENT..: nothing ran, and the reason is said
  name=$1 pattern=$2
  shift 2
  run_on $console 2 "$name" "$@"
  grep -qE "$pattern" "$test_dir/run" || not_ok "$name: and why" "$test_dir/run"
}
is() { # NAME COMMAND..: by the tools
  name=$1
  shift
  if within 30 "$@"; then ok "$name"; else not_ok "$name ($*)" "$test_dir/within"; fi
}
no() { ! "$@"; }
runs_on() { [ "$(runs_at "$1")" = "$2" ]; }
runs_nowhere() { [ -z "$(runs_at "$1")" ]; }
constraint_of() { $L exec $console cibadmin -Q --scope constraints </dev/null 2>/dev/null | grep -q "cli-.*$1"; }
meta_is() { $L exec $console crm_resource -r "$1" -m -g "$2" </dev/null 2>/dev/null | grep -qx "$3"; }
standby() { $L exec $console crm_mon -1 --output-as=xml </dev/null | grep "<node name=\"$1\"" | grep -q 'standby="true"'; }
maintenance() { $L exec $console crm_mon -1 --output-as=xml </dev/null | grep "<node name=\"$1\"" | grep -q 'maintenance="true"'; }
lock_free() { no sh -c "$L exec $console cibadmin -Q --scope crm_config </dev/null | grep -q kvmconsole-lock"; }
volume_has() { $L exec node1 $GL volume info "$1" </dev/null 2>/dev/null | grep -qE "$2"; }
other() { kvm_hosts | grep -vx "$1" | head -n 1; }
calm() { until_ok "the cluster is idle" 60 idle $console; }
runs() { [ -n "$(runs_at "$1")" ]; }
