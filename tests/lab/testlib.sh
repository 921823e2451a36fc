# shellcheck shell=sh
# What the tests of the lab share. Sourced by them from the top of the repository, after BUILD was set.
# A test is a list of steps: `must` ends the test when one fails, everything else goes on.
L=tests/lab/lab
: "${LAB:=/var/tmp/kvmconsole-lab}"
LAB_MARK=$LAB.test # says which test holds the lab: its pid and when that process was started
bad=0
test_dir=$(mktemp -d)
trap 'rm -rf "$test_dir"' EXIT
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
export BUILD LAB

ok() { echo "ok - $1"; }
not_ok() { # NAME [FILE]: what FILE holds is the evidence
  echo "not ok - $1"
  [ -z "${2:-}" ] || tail -n 30 "$2" | sed 's/^/#   /'
  bad=1
}
note() { echo "# $*"; }
quiet() { "$@" >"$test_dir/said" 2>&1 </dev/null; }
must() { # NAME SECONDS COMMAND...: without this step the rest has no sense
  name=$1 limit=$2
  shift 2
  if quiet timeout -k 10 "$limit" "$@"; then ok "$name"; else
    not_ok "$name (exit $?: $*)" "$test_dir/said"
    exit 1
  fi
}
now_ms() { date +%s%3N; }
within() { # SECONDS COMMAND...: until it is true; false when it never was
  end=$(($(date +%s) + $1))
  shift
  until "$@" >"$test_dir/within" 2>&1 </dev/null; do
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 0.2
  done
}
until_ok() { # NAME SECONDS COMMAND...
  name=$1 limit=$2
  shift 2
  if within "$limit" "$@"; then ok "$name"; else not_ok "$name (waited $limit s for: $*)" "$test_dir/within"; fi
}

# ---- the lab itself ----
# One lab a machine. A test takes it when there is none, when the one there was left by a test that was killed, or when
# REQUIRE_LAB=1 says that this machine is for testing. KEEP_LAB=1: the lab that runs is used as it is, and stays.
lab_lacks() { # why this machine cannot boot one; nothing: it can
  for tool in jq tmux python3 timeout; do
    command -v $tool >/dev/null || { echo "no $tool on this machine: make deps"; return; }
  done
  $L can 2>&1 >/dev/null </dev/null | tail -n 1
}
lab_stranger() { # true when a lab runs that no dead test of ours left behind
  $L status >/dev/null 2>&1 || return 1
  [ -s "$LAB_MARK" ] || return 0
  read -r pid start <"$LAB_MARK"
  [ "${pid:-0}" -gt 1 ] && [ "$(cut -d' ' -f22 "/proc/$pid/stat" 2>/dev/null)" = "$start" ] && [ "$pid" != $$ ]
}
lab_take() { # NAME: ends the test when the lab cannot be had
  cause=$(lab_lacks)
  [ -n "$cause" ] || ! lab_stranger || [ "${REQUIRE_LAB:-}" = 1 ] || [ "${KEEP_LAB:-}" = 1 ] || cause="a lab runs here already; 'make lab-down', or REQUIRE_LAB=1"
  if [ -n "$cause" ] && [ "${REQUIRE_LAB:-}" = 1 ]; then
    echo "not ok - $1: $cause"
    exit 1
  elif [ -n "$cause" ]; then
    echo "ok - $1 # SKIP $cause"
    exit 0
  fi
  [ "${KEEP_LAB:-}" = 1 ] || echo "$$ $(cut -d' ' -f22 /proc/$$/stat)" >"$LAB_MARK"
}
lab_left() { # what there is of a lab, looked for without its own code
  ip -o link show 2>/dev/null | grep -oE ' (kc-|kclab)[^:@]*'
  ip netns list 2>/dev/null | grep kclab
  grep -F " $LAB/" /proc/mounts
  find /sys/fs/cgroup -maxdepth 2 -type d -name 'kclab*' 2>/dev/null
  ps -eo args | grep -E '^[^ ]*(systemd-nspawn|ipmi_sim) .*(kclab|kvmconsole-lab)'
  [ ! -e "$LAB" ] || echo "$LAB"
}
lab_leave() { # at the end, whatever came of it
  trap - EXIT
  screen_stop
  [ "${KEEP_LAB:-}" = 1 ] || timeout -k 10 120 $L down >"$test_dir/down" 2>&1 </dev/null || not_ok "lab down" "$test_dir/down"
  rm -rf "$test_dir"
  [ "${KEEP_LAB:-}" = 1 ] || rm -f "$LAB_MARK"
}
lab_boot() { # SHAPE: ready, with this build installed
  if [ "${KEEP_LAB:-}" != 1 ] || ! $L status >/dev/null 2>&1; then
    must "the lab's root is there" 600 $L base
    must "leftovers are cleared" 120 $L down
    must "a lab of shape $1 boots" 400 env SHAPE="$1" $L ready
  fi
  must "the programs are installed" 120 $L install
}
kvm_hosts() { $L hosts kvm; }
store_hosts() { $L hosts store; }
runs_at() { # DOMAIN: the hosts that run it, by their own libvirt
  for h in $(kvm_hosts); do
    case $($L exec "$h" timeout 10 virsh -r domstate "$1" 2>/dev/null </dev/null) in running*) echo "$h" ;; esac
  done | xargs
}
runs_elsewhere() { [ -n "$(runs_at "$1")" ] && [ "$(runs_at "$1")" != "$2" ]; }
node_is() { # ASKED NODE STATE: by crm_mon, online true|false|unclean
  line=$($L exec "$1" crm_mon -1 --output-as=xml </dev/null 2>/dev/null | grep "<node name=\"$2\" .*type=\"member\"")
  case $3 in
  unclean) case $line in *'unclean="true"'*) ;; *) return 1 ;; esac ;;
  *) case $line in *online=\"$3\"*'pending="false"'*'unclean="false"'*) ;; *) return 1 ;; esac ;;
  esac
}
idle() { # HOST: the cluster has nothing in hand
  $L exec "$1" timeout 30 crm_resource --wait --timeout=25s
}
health_is() { # HOST WORD
  [ "$($L exec "$1" timeout 20 kvmconsole status --json </dev/null 2>/dev/null | jq -r .health)" = "$2" ]
}
fault_shard() { # NAME SHARD...: a test that is some rows of faults.table
  name=$1
  shift
  lab_take "faults: $name"
  trap 'lab_leave' EXIT
  trap 'exit 130' INT TERM HUP
  lab_boot seed
  for h in $(kvm_hosts) $(store_hosts); do quiet $L slow "$h" off; done
  until_ok "the cluster is healthy" 150 health_is kvm01 healthy
  timeout -k 20 900 tests/lab/faults --out "${FAULTS_OUT:-$test_dir/faults}/$name" "$@" </dev/null || bad=1
  exit $bad
}
agree() { # the comparison as a part of this test
  timeout -k 10 400 tests/lab/agree "$@" </dev/null || bad=1
}

# ---- the screen, live ----
screens=
screen_on() { # NAME HOST WxH: the console of HOST in a terminal of that size, at a server of its own
  screens="$screens $1"
  env LANG=C.UTF-8 tmux -L "kvmconsole-lab-$$-$1" -f /dev/null new-session -d -s t -x "${3%x*}" -y "${3#*x}" "$L exec $2 kvmconsole ${screen_options:-}; sleep 600"
  tmux -L "kvmconsole-lab-$$-$1" set -g status off
}
screen_of() { tmux -L "kvmconsole-lab-$$-$1" capture-pane -p -t t 2>/dev/null; }
screen_shows() { screen_of "$1" | grep -qE -- "$2"; } # NAME PATTERN
screen_until() { # NAME-OF-TEST SCREEN SECONDS PATTERN
  if within "$3" screen_shows "$2" "$4"; then ok "$1"; else
    screen_of "$2" | grep -vE '^(│ +│+ *)+$' >"$test_dir/frame"
    not_ok "$1 (waited $3 s for: $4)" "$test_dir/frame"
  fi
}
screen_stop() {
  for s in $screens; do tmux -L "kvmconsole-lab-$$-$s" kill-server 2>/dev/null; done
  screens=
}
