# shellcheck shell=bash
# Taking everything away, also what a killed run left: found by name pattern, with or without state files.

mounts_below() { # DIR: deepest first
  awk -v d="$1/" -v e="$1" '{ if (index($5, d) == 1 || $5 == e) print $5 }' /proc/self/mountinfo | sort -ru
}
lab_mounts() { mounts_below "$LAB"; }
unmount_below() { # DIR
  local m
  while read -r m; do umount "$m" 2>/dev/null || umount -l "$m" 2>/dev/null || true; done < <(mounts_below "$1")
}

# Processes of the lab that are in none of its cgroups, as of a run by another version: an nspawn of ours and all that is in the
# pid namespaces below it, whatever stands in one of our network namespaces, a simulated BMC with our files.
netns_pids() { ip netns list 2>/dev/null | sed -nE 's/^(kclab-[^ ]+).*/\1/p' | xargs -rn1 ip netns pids 2>/dev/null || true; }
children_of() { local c; for c; do cat "/proc/$c/task/$c/children" 2>/dev/null || true; done; }
stray_namespaces() { # the pid namespaces of hosts: of the children of an nspawn of ours
  local p own ns
  own=$(readlink /proc/self/ns/pid)
  # shellcheck disable=SC2046
  for p in $(children_of $(stray_nspawns)) $(netns_pids); do
    ns=$(readlink "/proc/$p/ns/pid" 2>/dev/null) || continue
    [[ $ns == "$own" ]] || echo "$ns"
  done | sort -u
}
stray_nspawns() {
  local p
  for p in /proc/[0-9]*; do
    [[ $(cat "$p/comm" 2>/dev/null) == systemd-nspawn ]] || continue
    tr '\0' '\n' 2>/dev/null <"$p/cmdline" | grep -q '^--machine=kclab-' && echo "${p#/proc/}"
  done || true
}
stray_pids() {
  local p ns namespaces
  namespaces=" $(stray_namespaces | tr '\n' ' ') "
  stray_nspawns
  for p in /proc/[0-9]*; do
    ns=$(readlink "$p/ns/pid" 2>/dev/null) || continue
    if [[ $namespaces == *" $ns "* ]]; then echo "${p#/proc/}"; continue; fi
    # run by the base root's loader, so its name is not in comm
    if tr '\0' ' ' 2>/dev/null <"$p/cmdline" | grep -q "/usr/bin/ipmi_sim .*-c $LAB/"; then echo "${p#/proc/}"; fi
  done
  netns_pids
}
kill_strays() {
  local i pid start left
  for ((i = 0; i < 50; i++)); do
    left=$(stray_pids | sort -un)
    [[ -n $left ]] || return 0
    for pid in $left; do
      start=$(started "$pid") || continue
      thaw_foreign "$pid"
      # Looked up a moment ago; still the same process?
      if ((pid > 1)) && [[ $pid != "$$" && $(started "$pid") == "$start" ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
    done
    sleep 0.2
  done
  say "these would not die: $(stray_pids | tr '\n' ' ')"
  return 1
}
thaw_foreign() { # PID: SIGKILL waits while its group is frozen
  local g
  g=$(sed -n 's/^[0-9]*:freezer:\(..*\)/\1/p' "/proc/$1/cgroup" 2>/dev/null) || return 0
  [[ -z $g || $g == / ]] || echo THAWED 2>/dev/null >"$CG/freezer$g/freezer.state" || true
}

clear_all() {
  local name failed=0
  # The BMCs first: they could switch a host on again.
  cg_kill _bmc || failed=1
  for name in $(cg_list); do
    [[ $name == _run ]] || cg_kill "$name" || failed=1
  done
  kill_strays || failed=1
  net_down
  unmount_below "$LAB"
  rm -rf --one-file-system "$STATE"
  for name in "$LAB"/*/; do [[ ! -d $name ]] || rmdir "$name" 2>/dev/null || true; done
  return "$failed"
}
lab_down() {
  local left
  clear_unfinished
  clear_all || true
  rmdir "$LAB" 2>/dev/null || true
  cg_leave
  cg_remove || true
  left=$(lab_left)
  [[ -z $left ]] || die 1 "could not clear:"$'\n'"$left"
  : >"$LOCK" # kept, but empty: removing a lock file that others wait on would make two locks
}
lab_left() { # what there still is of a lab
  net_left
  lab_mounts | sed 's/^/mount /'
  cg_leftover | sed 's/^/cgroup /'
  stray_pids | sed 's/^/process /'
  [[ ! -d $LAB ]] || echo "directory $LAB"
}
