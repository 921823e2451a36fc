#!/bin/bash
# A test of the lab itself: does each fault do what it says, and does nothing stay behind? About five minutes.
# Prints "ok - ..." and "not ok - ..." lines.
#   selftest.sh             everything; takes down the lab that runs, and its own at the end (KEEP=1: leaves it ready)
#   selftest.sh bare        only the hosts without packages; takes down the lab that runs, and its own
#   selftest.sh faults      only the faults, on the lab that runs (started if need be), which stays
# shellcheck disable=SC2001,SC2009,SC2317
set -uo pipefail
HERE=$(dirname "$(readlink -f "$0")")
L=$HERE/lab
LAB=${LAB:-/var/tmp/kvmconsole-lab}
PASSED=0 FAILED=0 SKIPPED=0

ok() { # TEXT CMD...
  local text=$1 out
  shift
  if out=$("$@" 2>&1); then
    PASSED=$((PASSED + 1))
    echo "ok - $text"
  else
    FAILED=$((FAILED + 1))
    echo "not ok - $text"
    sed 's/^/#   /' <<<"$out" | tail -n 30
  fi
}
no() { ! "$@"; }
finish() {
  echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
  ((FAILED == 0))
  exit
}
within() { # SECONDS CMD...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || { echo "not within the time: $*"; "$@"; return 1; }
    sleep 0.3
  done
}

# Looked for without the lab's own code: that is what is tested.
nothing_left() {
  local left
  left=$(
    ps -eo pid,args | grep -E 'systemd-nspawn|[/ ](glusterd|glusterfsd|corosync|pacemakerd|libvirtd|ipmi_sim|pcsd)( |$)|kc-' | grep -v grep
    ip netns list | grep kclab
    ip -o link show | grep -E ' (kc-|kt-|kclab)'
    grep -F " $LAB/" /proc/mounts
    find /sys/fs/cgroup -type d -name 'kclab*'
    [[ ! -e $LAB ]] || echo "$LAB"
  )
  echo "$left"
  [[ -z $left ]]
}
until_says() { # FILE WORD: a verb's progress has come so far
  within 180 grep -q "$2" "$1"
}
killed_run() { # SIGNAL WORD: a `lab ready` that is killed after it said WORD
  local log
  log=$(mktemp)
  setsid "$L" ready 2>"$log" >&2 &
  until_says "$log" "$2" || return 1
  sleep 1 # into the next stage
  kill "-$1" $!
  wait $! 2>/dev/null
  rm -f "$log"
}
test_leftovers() {
  ok "down, from whatever there is" "$L" down
  ok "nothing is left" nothing_left
  ok "down where there is no lab" "$L" down
  killed_run KILL 'shape seed' 2>/dev/null
  ok "status does not call half a lab ready" bash -c "'$L' status | grep -q unfinished"
  ok "down after kill -9 during the boot" "$L" down
  ok "nothing is left after kill -9 during the boot" nothing_left
  killed_run KILL gluster 2>/dev/null
  "$L" freeze node2
  rm -rf "$LAB/state"
  ok "down after kill -9, with a frozen host and the state files gone" "$L" down
  ok "nothing is left after that" nothing_left
  killed_run TERM 'hosts have booted' 2>/dev/null
  ok "down after SIGTERM" "$L" down
  ok "nothing is left after SIGTERM" nothing_left
}

pings() { "$L" exec "$1" ping -c 1 -W 1 "$2"; } # FROM TO
carrier() { [[ $("$L" exec "$1" cat /sys/class/net/host0/carrier 2>/dev/null) == 1 ]]; }
freezer() { [[ $(cat "/sys/fs/cgroup/freezer/kclab/$1/freezer.state") == "$2" ]]; }
all_in_freezer() { # HOST: no process of its pid namespace is outside of its cgroup
  local ns p
  ns=$(readlink "/proc/$(cut -d' ' -f1 "$LAB/state/$1.init")/ns/pid")
  for p in /proc/[0-9]*; do
    [[ $(readlink "$p/ns/pid" 2>/dev/null) == "$ns" ]] || continue
    grep -q ":freezer:/kclab/$1\$" "$p/cgroup" || { cat "$p/cmdline" "$p/cgroup"; return 1; }
  done
}
cpu_of() { while read -r p; do cut -d' ' -f14,15 "/proc/$p/stat"; done <"/sys/fs/cgroup/freezer/kclab/$1/cgroup.procs"; }
stands_still() { # HOST: no process of it gets any time
  local before
  before=$(cpu_of "$1")
  sleep 2
  [[ $(cpu_of "$1") == "$before" ]]
}
test_cable() {
  ok "hosts reach each other" pings node1 node4
  "$L" cut node4
  ok "cut: the carrier stays" carrier node4
  ok "cut: silence from others" no pings node1 node4
  ok "cut: silence to others" no pings node4 node1
  ok "cut: silence to this machine" no pings node4 10.77.0.1
  "$L" join node4
  ok "join after cut" within 10 pings node1 node4
  "$L" unplug node4
  ok "unplug: the carrier is gone" no carrier node4
  ok "unplug: silence" no pings node1 node4
  "$L" join node4
  ok "join after unplug: the carrier is back" within 10 carrier node4
  ok "join after unplug" within 10 pings node1 node4
  ok "healed" "$L" heal
  "$L" slow node4 40
  ok "slow: the round trip takes twice the delay" \
    bash -c "'$L' exec node1 ping -c 5 -i 0.2 node4 | awk -F/ '/^rtt/{exit !(\$5 >= 79 && \$5 < 200)}'"
  "$L" slow node4 off
  ok "slow off" bash -c "'$L' exec node1 ping -c 5 -i 0.2 node4 | awk -F/ '/^rtt/{exit !(\$5 < 20)}'"
  ok "healed after slow" "$L" heal
}
test_freeze() {
  ok "all processes of a host are in its freezer group" all_in_freezer kvm02
  "$L" freeze node3
  ok "freeze: the group is FROZEN" freezer node3 FROZEN
  ok "freeze: not one process runs" stands_still node3
  ok "freeze: the network hears nothing" no pings node1 node3
  ok "freeze: exec says so instead of hanging" no timeout 5 "$L" exec node3 true
  "$L" thaw node3
  ok "thaw: the group is THAWED" freezer node3 THAWED
  ok "thaw: it answers" within 10 "$L" exec node3 true
  ok "freeze-proc: glusterd stops" "$L" freeze-proc node3 glusterd
  ok "freeze-proc: it is in state T" bash -c "'$L' exec node3 ps -C glusterd -o stat= | grep -q ^T"
  ok "thaw-proc: it goes on" "$L" thaw-proc node3 glusterd
  ok "glusterd answers again" within 30 "$L" exec node3 gluster --mode=script pool list
  ok "healed after freeze" "$L" heal
}
bricks_y() { [[ $("$L" exec node1 gluster --mode=script volume status models detail | grep -c '^Online *: Y') == "$1" ]]; }
test_store() {
  ok "poweroff of a store host" "$L" poweroff node3
  ok "poweroff: it is down" no "$L" exec node3 true
  ok "poweroff: its network is gone" no ip netns exec kclab-node3 true
  ok "poweron" "$L" poweron node3
  ok "poweron: its brick is back" within 90 bricks_y 4
  ok "healed after poweron" "$L" heal
  ok "kill-brick" "$L" kill-brick node2 /data
  ok "kill-brick: three of four online" within 20 bricks_y 3
  ok "start-brick" "$L" start-brick
  ok "start-brick: four of four online" within 30 bricks_y 4
  ok "healed after start-brick" "$L" heal
}
ticks() { [[ $("$L" observer 2 --json) =~ \"ticks\":[1-9] ]]; }
where() { "$L" exec "$1" crm_resource -W -r test01 2>&1 | sed -n 's/.*running on: \([^ ]*\).*/\1/p'; }
online() { # HOST, as the other sees it
  "$L" exec "$2" crm_mon -1 --output-as=xml | grep -q "<node name=\"$1\".*online=\"true\""
}
test_guest() {
  local at to boot
  ok "the domain counts" ticks
  at=$(where kvm01)
  if [[ $at == kvm01 ]]; then to=kvm02; else to=kvm01; fi
  ok "move" "$L" move test01 "$to"
  ok "move: it runs there" test "$(where kvm01)" = "$to"
  ok "move: no constraint stays" no bash -c "'$L' exec kvm01 cibadmin -Q --scope constraints | grep -q cli-"
  ok "the domain counts after the move" ticks
  boot=$(cat "$LAB/state/$to.init")
  "$L" cut "$to"
  ok "the cluster fences a host that is cut" within 60 bash -c "[[ \$(cat '$LAB/state/$to.init' 2>&1) != '$boot' ]]"
  ok "its domain counts on the other" within 60 bash -c "[[ \$('$L' observer 1 --json) == *'\"host\":\"$at\"'* ]]"
  "$L" join "$to"
  ok "it is back in the cluster" within 120 online "$to" "$at"
  ok "mount, again" "$L" mount
}

# Hosts as an installer leaves them: nothing of the cluster is there, all of it can be installed from their own repository.
installed() { "$L" exec "$1" dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' | awk '$2 ~ /^i/ {print $1}' | grep -E '^(glusterfs|corosync|pacemaker|pcs$|libvirt|qemu|fence-agents|ipmitool)'; }
test_bare() {
  local h log
  export SHAPE=bare
  ok "down, before bare hosts" "$L" down
  ok "the bare root, and its repository" "$L" base
  log=$(mktemp)
  setsid "$L" up 2>"$log" >&2 &
  until_says "$log" 'shape bare'
  kill -KILL $!
  wait $! 2>/dev/null
  rm -f "$log"
  ok "down after kill -9 while bare hosts boot" "$L" down
  ok "nothing is left after that" nothing_left
  ok "bare hosts boot" "$L" up
  ok "their BMCs answer" "$L" bmc
  for h in kvm01 kvm02 node1; do ok "$h has nothing of a cluster" no installed "$h"; done
  ok "kvm01 reaches each by its key" "$L" exec kvm01 sh -c 'for h in kvm02 node1 node2 node3 node4; do ssh -o BatchMode=yes $h true || exit 1; done'
  ok "kvm02 is let in nowhere" no "$L" exec kvm02 ssh -o BatchMode=yes -o StrictHostKeyChecking=no 10.77.0.11 true
  ok "a host knows no other by its name" no "$L" exec node1 getent hosts node2
  ok "gluster is installed from the repository" timeout 200 "$L" exec node1 sh -c 'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install glusterfs-server && systemctl enable --now glusterd'
  ok "and glusterd answers" within 30 "$L" exec node1 gluster --mode=script pool list
  ok "what the lab's root has is in the repository too" "$L" exec kvm01 sh -c 'DEBIAN_FRONTEND=noninteractive apt-get -q update && apt-get -s -q -y install libvirt-daemon-system qemu-system-x86 virtinst libguestfs-tools corosync pacemaker pcs fence-agents ipmitool bridge-utils glusterfs-client'
  ok "poweroff" "$L" poweroff node1
  ok "poweron" "$L" poweron node1
  ok "it is as it was installed, at its address" within 30 "$L" exec kvm01 ssh -o BatchMode=yes node1 'test -x /usr/sbin/glusterd && systemctl is-active glusterd'
  ok "down with bare hosts" "$L" down
  ok "nothing is left of them" nothing_left
  unset SHAPE
}

if [[ ${1:-} == bare ]]; then
  test_bare
  finish
fi
[[ ${1:-} == faults ]] || test_leftovers
[[ ${1:-} == faults ]] || test_bare
ok "ready" "$L" ready
((FAILED == 0)) || finish
ok "ready, again" "$L" ready
ok "a second up waits for the first, or finds it done" "$L" up
test_cable
test_freeze
test_store
test_guest
if [[ -z ${KEEP:-} && ${1:-} != faults ]]; then
  ok "down" "$L" down
  ok "nothing is left in the end" nothing_left
fi
finish
