# shellcheck shell=bash
# What can go wrong with a host: it stops, one of its daemons hangs, its bricks die. (Power: host.sh. Cables: net.sh.)

# As a machine that is suspended: every process at once, and the network hears nothing of it, not even the kernel's own answers.
freeze() { with_host_lock "$1" freeze_locked "$1"; }
freeze_locked() { # HOST
  running "$1" || die 1 "$1 is down"
  touch "$STATE/$1.frozen"
  cables_apply "$1"
  if cg_freeze "$1"; then return 0; fi
  rm -f "$STATE/$1.frozen"
  cables_apply "$1"
  die 1 "$1 did not freeze"
}
thaw() { with_host_lock "$1" thaw_locked "$1"; }
thaw_locked() { # HOST
  rm -f "$STATE/$1.frozen"
  running "$1" || die 1 "$1 is down"
  cables_apply "$1"
  cg_set "$1" THAWED
  await 10 - "$1 to thaw" thawed "$1"
}
thawed() { [[ $(cg_state "$1") == THAWED ]]; }

# From inside the host, so that no pid of another one can be meant; the kernel keeps 15 characters of a name.
signal_daemon() { # HOST NAME SIGNAL
  lexec "$1" pkill "-$3" -x "${2:0:15}" || die 1 "no process $2 on $1"
  await 10 - "$2 on $1 to take SIG$3" in_state "$1" "${2:0:15}" "$3"
}
in_state() { # HOST NAME STOP|CONT
  local states
  states=$(lexec "$1" ps -C "$2" -o stat= | cut -c1 | sort -u | tr -d '\n')
  if [[ $3 == STOP ]]; then [[ $states == T ]]; else [[ $states != *T* ]]; fi
}

brick_pids() { # HOST [PATH]
  lexec "$1" pgrep -f "^/usr/sbin/glusterfsd .*--brick-name ${2:-/}"
}
no_bricks() { ! brick_pids "$@"; }
kill_brick() { # HOST [PATH]
  local pids
  has_role "$1" store || die 2 "$1 has no brick"
  pids=$(brick_pids "$@") || die 1 "no brick process${2:+ of $2} on $1"
  # shellcheck disable=SC2086
  lexec "$1" kill -KILL $pids
  await 10 "$1" "the bricks of $1 to be gone" no_bricks "$@"
}
# Two faults on one set without this between them are a split-brain: each brick has what the other has not.
healed() { # HOST: every brick is connected and has nothing to heal
  lexec "$1" gluster --mode=script volume heal "$VOLUME" info summary |
    awk '/^Brick/{b++} /^Total Number of entries: 0$/{n++} END{print n+0 " of " b+0 " bricks clean"; exit !(b > 0 && n == b)}'
}
# Asked for now and again: what its first round could not heal, since a brick was not connected yet, waits 10 minutes else.
heal_asked=0
heal_on() { # HOST
  ((SECONDS < heal_asked)) || { lexec "$1" gluster --mode=script volume heal "$VOLUME" >/dev/null 2>&1 || true; heal_asked=$((SECONDS + 10)); }
  healed "$1"
}
await_heal() {
  local g
  g=$(first_alive "${STORE[@]}")
  await 120 "$g" "the volume to be healed" heal_on "$g"
}
start_brick() {
  local g
  g=$(first_alive "${STORE[@]}")
  gluster_try "$g" volume start "$VOLUME" force
  await 60 "$g" "all bricks online" bricks_online "$g"
}

# Between two hosts only, felt by nobody else: each drops what the other sends, and what it would send itself.
part() { # HOST HOST [corosync|gluster]
  local what=()
  case ${3:-all} in
  corosync) what=(-p udp --dport 5405) ;;
  gluster) what=(-p tcp) ;;
  all) ;;
  *) die 2 "no such layer: $3 (corosync or gluster)" ;;
  esac
  part_one "$1" "$2" "${what[@]}"
  part_one "$2" "$1" "${what[@]}"
}
part_one() { # HOST OTHER WHAT...
  local a h=$1
  lexec "$h" sh -c 'iptables -n -L KCLAB >/dev/null 2>&1 || { iptables -N KCLAB && iptables -I INPUT -j KCLAB && iptables -I OUTPUT -j KCLAB; }' || die 1 "no packet filter on $h"
  for a in $(addresses "$2"); do
    lexec "$h" iptables -A KCLAB -s "$a" "${@:3}" -j DROP || die 1 "no packet filter on $h"
    lexec "$h" iptables -A KCLAB -d "$a" "${@:3}" -j DROP || die 1 "no packet filter on $h"
  done
}
mend() { # HOST HOST: all that was parted at either
  local h
  for h; do ! running "$h" || lexec "$h" sh -c 'iptables -n -L KCLAB >/dev/null 2>&1 || exit 0; iptables -F KCLAB' || die 1 "no packet filter on $h"; done
}
