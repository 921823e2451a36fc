# shellcheck shell=bash disable=SC2034
# Paths, messages, waiting, the lock, the shape. Sourced by ../lab.
LAB=${LAB:-/var/tmp/kvmconsole-lab}
BASE=${BASE:-$LAB.base}
GUEST=${GUEST:-$LAB.guest}
STATE=$LAB/state # on the machine's disk, not in a host's tmpfs: it outlives every mount of the lab
NET=10.77.0
BRIDGE=kclab0
STORE_NET=10.78.0 # of the shapes where gluster has a network and names of its own
STORE_BRIDGE=kclab1
PATIENCE=${PATIENCE:-1} # every deadline is multiplied by it, for slow machines
LOCK=$LAB.lock
LOCK_FD=

say() { echo "lab: $*" >&2; }
die() { # STATUS MESSAGE
  local status=$1
  shift
  say "$@"
  exit "$status"
}
progress() { printf 'lab: %4ss  %s\n' "$SECONDS" "$*" >&2; }

need_root() { ((EUID == 0)) || die 2 "this needs root"; }
need_tools() {
  local pair missing=()
  for pair in systemd-nspawn:systemd-container mmdebstrap:mmdebstrap ip:iproute2 cpio:cpio ssh-keygen:openssh-client \
    nsenter:util-linux flock:util-linux perl:perl cc:"gcc libc6-dev" make:make; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  ((${#missing[@]} == 0)) || die 2 "missing here: apt-get install --no-install-recommends ${missing[*]}"
  [[ -e $CG/freezer/cgroup.procs ]] || die 2 "no cgroup v1 freezer at $CG/freezer: it must be mounted there"
  [[ -e /dev/fuse && -e /dev/net/tun ]] || die 2 "this machine has no /dev/fuse or no /dev/net/tun"
}

# The shape of the running lab is in its state, so that only the first verb needs $SHAPE.
load_shape() {
  local shape=${SHAPE:-seed} running=
  if [[ $shape == */* ]]; then shape=$(readlink -f "$shape") SHAPE=$shape; fi
  if [[ -s $STATE/shape ]]; then
    running=$(<"$STATE/shape")
    [[ -z ${SHAPE:-} || $SHAPE == "$running" || $VERB == down ]] ||
      die 2 "a lab of shape $running is there; \`lab down\` first, or leave SHAPE=$SHAPE away"
    shape=$running
  fi
  SHAPE=$shape
  [[ $shape == */* ]] || shape=$HERE/shapes/$shape.sh
  [[ -r $shape ]] || die 2 "no such shape: $SHAPE (there are: $(cd "$HERE/shapes" && echo *.sh | sed 's/\.sh//g'))"
  # shellcheck source=/dev/null
  source "$shape"
}
declare -gA STORE_NAME=() # HOST: what gluster calls it, where that is another name
store_name() { echo "${STORE_NAME[$1]:-$1}"; }
is_host() { [[ -n $1 && -n ${IP[$1]:-} ]]; }
has_role() { # HOST kvm|store
  case $2 in
  kvm) [[ " ${KVM[*]} " == *" $1 "* ]] ;;
  store) [[ " ${STORE[*]} " == *" $1 "* ]] ;;
  *) die 2 "no such role: $2 (kvm or store)" ;;
  esac
}
first_alive() { # HOST...: the first of them that runs
  local h
  for h; do if running "$h"; then echo "$h"; return; fi; done
  die 1 "none of these runs: $*"
}

# Whoever changes the whole lab holds the lock. A holder that was killed leaves children behind: they are in the
# cgroup _run, and whoever comes next ends them, else they would go on building what is being taken away.
started() { # PID: its start time, which tells it from a later process of the same number
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  echo "${20}"
}
holder_alive() {
  local pid start
  read -r pid start _ 2>/dev/null <"$LOCK" || return 1
  [[ ${pid:-0} =~ ^[0-9]+$ && $pid -gt 1 && -n ${start:-} && $(started "$pid") == "$start" ]]
}
take_lock() { # VERB
  [[ -z $LOCK_FD ]] || return 0
  local end=$((SECONDS + ${LOCK_WAIT:-600})) told=
  exec {LOCK_FD}>>"$LOCK"
  until flock -n "$LOCK_FD"; do
    if holder_alive; then
      [[ -n $told ]] || say "waiting: \`lab $(cut -d' ' -f3- "$LOCK")\` is at work here (process $(cut -d' ' -f1 "$LOCK"))"
      told=yes
    else cg_kill _run; fi
    ((SECONDS < end)) || die 75 "gave up after ${LOCK_WAIT:-600} s"
    sleep 0.2
  done
  cg_kill _run
  echo "$$ $(started $$) $1" >"$LOCK"
  cg_make _run
  cg_enter _run
  trap end_children EXIT
}
end_children() { # when this run ends or is interrupted, nothing of it goes on in the background, but for hosts and BMCs
  local pid
  trap - EXIT
  for pid in $(cg_tasks _run); do
    if [[ $pid != "$$" && $pid != "$BASHPID" ]] && cg_has _run "$pid"; then kill "$pid" 2>/dev/null || true; fi
  done
}

# Waiting is always for something that can be seen, with a deadline, and says what did not come.
await() { # SECONDS HOST|- WHAT CMD...
  local end=$((SECONDS + $1 * PATIENCE)) about=$2 what=$3 limit=$(($1 * PATIENCE))
  shift 3
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= end)); then
      say "waited $limit s in vain for: $what"
      say "the last try said: $("$@" 2>&1 | tail -n 3)"
      [[ $about == - ]] || show_logs "$about"
      exit 1
    fi
    sleep 0.3
  done
}
show_logs() { # HOST
  {
    echo "--- $1: console"
    tail -n 15 "$STATE/$1.console" 2>/dev/null || echo "(none)"
    if running "$1"; then
      echo "--- $1: journal"
      timeout 10 "$SELF" exec "$1" journalctl -q --no-pager -n 30 2>&1 || echo "(none)"
    fi
  } >&2
}
in_parallel() { # FUNCTION HOST...: at once for every host, and true only if it was for all of them
  local fn=$1 h pid pids=() failed=0
  shift
  for h; do
    "$fn" "$h" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  return "$failed"
}
with_host_lock() { # HOST CMD...: power and cable of one host, which a BMC may change at the same time
  local fd host=$1
  shift
  [[ -d $STATE ]] || die 1 "there is no lab here"
  exec {fd}>>"$STATE/$host.lock"
  flock -w 60 "$fd" || die 75 "$host is being changed by somebody else"
  "$@" # not in a condition: that would switch set -e off in all of it
  exec {fd}>&-
}
close_fds() { # in a child that outlives us: it must hold no lock, neither ours nor one of our caller's
  local fd
  for fd in /proc/"$BASHPID"/fd/*; do
    fd=${fd##*/}
    if ((fd > 2 && fd != 255)); then exec {fd}>&-; fi # 255: bash's own
  done
}
