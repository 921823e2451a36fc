# shellcheck shell=bash
# Every process of the lab is in a freezer cgroup of its host (kclab/HOST), of the BMCs (_bmc) or of the running verb (_run).
# That tree is the register of what belongs to the lab: it cannot go stale, unlike a file with a pid.
CG=/sys/fs/cgroup
CG_NAME=kclab
# Beside the freezer: the trees in which a host's systemd makes its own groups. Each host gets a branch of its own there too.
cg_trees() {
  local t
  for t in freezer systemd unified; do [[ ! -e $CG/$t/cgroup.procs ]] || echo "$CG/$t"; done
}
cg_make() { # NAME
  local t
  for t in $(cg_trees); do mkdir -p "$t/$CG_NAME/$1"; done
}
cg_enter() { # NAME: this very process, and what it will start
  local t d
  for t in $(cg_trees); do
    d=$t/$CG_NAME/$1
    [[ ! -d $d/payload ]] || d=$d/payload # nspawn's name for the host's own root of groups
    echo "$BASHPID" >"$d/cgroup.procs"
  done
}
cg_leave() { local t; for t in $(cg_trees); do echo "$BASHPID" >"$t/cgroup.procs"; done; }
cg_list() { # the names there are
  local d
  for d in "$CG/freezer/$CG_NAME"/*/; do [[ ! -d $d ]] || basename "$d"; done
}
cg_tasks() { # NAME: its processes, those in groups below it too
  local d=$CG/freezer/$CG_NAME/$1
  [[ ! -d $d ]] || find "$d" -name cgroup.procs -exec cat {} + 2>/dev/null || true
}
cg_has() { # NAME PID
  local line
  while read -r line; do [[ $line != *:freezer:/$CG_NAME/$1 && $line != *:freezer:/$CG_NAME/$1/* ]] || return 0; done \
    2>/dev/null <"/proc/$2/cgroup"
  return 1
}
cg_state() { cat "$CG/freezer/$CG_NAME/$1/freezer.state" 2>/dev/null || echo NONE; }
cg_set() { echo "$2" 2>/dev/null >"$CG/freezer/$CG_NAME/$1/freezer.state" || true; }

# A task that waits for an answer of a FUSE daemon which is frozen already cannot freeze: the group then stays FREEZING. Let it
# go for a moment and try again.
cg_freeze() { # NAME [TRIES]
  local i try
  for ((try = 0; try < ${2:-40}; try++)); do
    cg_set "$1" FROZEN
    for ((i = 0; i < 25; i++)); do
      [[ $(cg_state "$1") != FROZEN ]] || return 0
      sleep 0.01
    done
    cg_set "$1" THAWED
  done
  return 1
}
# Kill while frozen: nothing can fork away, say goodbye, or end and leave its number to a stranger.
cg_kill() { # NAME
  local pid i
  [[ -d $CG/freezer/$CG_NAME/$1 ]] || return 0
  [[ -n $(cg_tasks "$1") ]] || return 0
  for ((i = 0; i < 300; i++)); do
    cg_set "$1" FROZEN
    ((i > 0)) || cg_freeze "$1" 2 || cg_set "$1" FROZEN
    for pid in $(cg_tasks "$1"); do
      if ((pid > 1)) && cg_has "$1" "$pid"; then kill -KILL "$pid" 2>/dev/null || true; fi
    done
    cg_set "$1" THAWED
    [[ -n $(cg_tasks "$1") ]] || return 0
    sleep 0.1
  done
  say "still there after SIGKILL, in $1: $(cg_tasks "$1" | tr '\n' ' ')"
  return 1
}
cg_remove() { # the whole branch, in all trees, deepest first; the kernel may need a moment after the last process
  local t i
  for ((i = 0; i < 50; i++)); do
    for t in $(cg_trees); do
      [[ ! -d $t/$CG_NAME ]] || find "$t/$CG_NAME" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
    [[ -n $(cg_leftover) ]] || return 0
    sleep 0.1
  done
  return 1
}
cg_leftover() { local t; for t in "$CG"/*/"$CG_NAME"; do [[ ! -d $t ]] || echo "$t"; done; }
