# shellcheck shell=bash
# The network: one bridge, and for each host a namespace kclab-HOST with a cable (kc-HOST here, host0 there).
# Where gluster has a network of its own there is a second bridge, and each host has a second cable to it: HOST-s below.
# What was done to a cable is remembered in the state, since a host that is power cycled gets a new one.

quiet_port() { # off the bridge a port must not be heard by this machine itself: no ARP answers, no packets by another way, no IPv6
  local c=/proc/sys/net/ipv4/conf/$1
  echo 8 >"$c/arp_ignore"
  echo 1 >"$c/rp_filter"
  echo 1 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6" 2>/dev/null || true
}
net_up() {
  bridge_up "$BRIDGE" 01
  ip addr replace "$NET.1/24" dev "$BRIDGE"
  ((${#STORE_NAME[@]} == 0)) || bridge_up "$STORE_BRIDGE" 02
}
bridge_up() { # BRIDGE NUMBER
  ip link show "$1" >/dev/null 2>&1 || ip link add "$1" type bridge forward_delay 0 stp_state 0
  ip link set "$1" address "02:4b:43:4d:00:$2" # else it changes with the ports that come and go
  echo 1 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6" 2>/dev/null || true
  ip link set "$1" up
}
addresses() { # HOST: on all its networks
  echo "$NET.${IP[$1]}"
  [[ -z ${STORE_NAME[$1]:-} ]] || echo "$STORE_NET.${IP[$1]}"
}
cables() { # HOST: the names of its cables
  echo "$1"
  [[ -z ${STORE_NAME[$1]:-} ]] || echo "$1-s"
}
net_host_up() { # HOST
  local h=$1 n=kclab-$1 p=kc-$1
  net_host_down "$h"
  ip netns add "$n"
  ip link add "$p" type veth peer name host0 address "02:4b:43:4d:01:$(printf %02x "${IP[$h]}")" netns "$n"
  quiet_port "$p"
  ip -n "$n" link set lo up
  if ! is_bare; then # those set their addresses themselves
    ip -n "$n" addr add "$NET.${IP[$h]}/24" dev host0
    ip -n "$n" link set host0 up
  fi
  if [[ -n ${STORE_NAME[$h]:-} ]]; then
    ip link add "$p-s" type veth peer name store0 address "02:4b:43:4d:02:$(printf %02x "${IP[$h]}")" netns "$n"
    quiet_port "$p-s"
    ip -n "$n" addr add "$STORE_NET.${IP[$h]}/24" dev store0
    ip -n "$n" link set store0 up
    cable_apply "$h-s"
  fi
  if [[ -s $STATE/$h.slow ]]; then slow_apply "$h"; else cable_apply "$h"; fi
}
# With the namespace go the sockets of the dead: else their FINs would be sent when the cable is back, a goodbye after all.
net_host_down() { # HOST
  cg_kill "_slow-$1"
  ip link del "kc-$1" 2>/dev/null || true
  ip link del "kc-$1-s" 2>/dev/null || true
  ip netns del "kclab-$1" 2>/dev/null || true
}
net_left() { # what there is, by pattern
  ip -o link show 2>/dev/null | sed -nE "s/^[0-9]+: ((kc|kt)-[^:@]+|$BRIDGE|$STORE_BRIDGE)[:@].*/link \1/p"
  ip netns list 2>/dev/null | sed -nE 's/^(kclab-[^ ]+).*/netns \1/p'
}
net_down() {
  local kind name
  while read -r kind name; do
    case $kind in
    link) ip link del "$name" 2>/dev/null || true ;;
    netns) ip netns del "$name" 2>/dev/null || true ;;
    esac
  done < <(net_left)
}

cable_state() { cat "$STATE/$1.cable" 2>/dev/null || echo join; }
frozen() { [[ $(cg_state "$1") == FRO* || $(cg_state "$1") == FREEZING ]]; }
bridge_port() { # HOST: what goes on the bridge: its cable, or the far end of the relay that makes it slow
  if [[ -e /sys/class/net/kt-$1 ]]; then echo "kt-$1"; else echo "kc-$1"; fi
}
cable_apply() { # CABLE: make it what the state says
  local p bridge=$BRIDGE
  p=$(bridge_port "$1")
  [[ $1 != *-s ]] || bridge=$STORE_BRIDGE
  case $(cable_state "$1") in
  join)
    ip link set "kc-$1" up
    # A suspended machine hears nothing either: while it is frozen its port is off the bridge.
    if [[ -e $STATE/${1%-s}.frozen ]]; then ip link set "$p" nomaster; else ip link set "$p" master "$bridge"; fi
    ;;
  cut) # off the bridge, but both ends stay up: the host sees its carrier, and only silence
    ip link set "$p" nomaster
    ip link set "kc-$1" up
    ;;
  unplug) ip link set "kc-$1" down ;;
  esac
}
cables_apply() { local c; for c in $(cables "$1"); do cable_apply "$c"; done; }
cable_set() { # CABLE cut|unplug|join
  if [[ $2 == join ]]; then rm -f "$STATE/$1.cable"; else echo "$2" >"$STATE/$1.cable"; fi
  [[ ! -e /sys/class/net/kc-$1 ]] || cable_apply "$1"
}
cable() { # HOST cut|unplug|join [cluster|storage]: one of its networks; without it all
  local c
  for c in $(cables "$1"); do
    case ${3:-all} in
    cluster) [[ $c == "$1" ]] || continue ;;
    storage) [[ $c != "$1" ]] || continue ;;
    all) ;;
    *) die 2 "no such network: $3 (cluster or storage)" ;;
    esac
    with_host_lock "$1" cable_set "$c" "$2"
  done
}

# Delay, each way, and loss: by netem on both ends of the cable, or by a relay of our own where the kernel has none.
slow() { # HOST MS|off [LOSS%]
  local loss=${3:-0}
  [[ -d $STATE ]] || die 1 "there is no lab here"
  [[ $2 == off || ($2 =~ ^[0-9]+(\.[0-9]+)?$ && ${loss%\%} =~ ^[0-9]+(\.[0-9]+)?$) ]] ||
    die 2 "usage: lab slow HOST MS|off [LOSS%]"
  with_host_lock "$1" slow_set "$1" "$2" "${loss%\%}"
}
slow_set() { # HOST MS|off LOSS
  if [[ $2 == off ]]; then rm -f "$STATE/$1.slow"; else echo "$2 $3" >"$STATE/$1.slow"; fi
  [[ ! -e /sys/class/net/kc-$1 ]] || slow_apply "$1"
}
slow_apply() { # HOST
  local h=$1 ms loss
  slow_stop "$h"
  if [[ -s $STATE/$h.slow ]]; then
    read -r ms loss <"$STATE/$h.slow"
    if tc qdisc add dev "kc-$h" root netem delay "${ms}ms" loss "$loss%" limit 10000 2>/dev/null; then
      tc -n "kclab-$h" qdisc add dev host0 root netem delay "${ms}ms" loss "$loss%" limit 10000
    else relay_start "$h" "$ms" "$loss"; fi
  fi
  cable_apply "$h"
}
slow_stop() { # HOST
  tc qdisc del dev "kc-$1" root 2>/dev/null || true
  tc -n "kclab-$1" qdisc del dev host0 root 2>/dev/null || true
  cg_kill "_slow-$1" # its tap goes with it
}
relay_start() { # HOST MS LOSS
  [[ -x $STATE/delay ]] || cc -O2 -o "$STATE/delay" "$HERE/delay.c"
  cg_make "_slow-$1"
  ip link set "kc-$1" nomaster
  (
    close_fds
    cg_enter "_slow-$1"
    exec setsid "$STATE/delay" "kc-$1" "kt-$1" "$2" "$3" </dev/null >"$STATE/$1.relay" 2>&1
  ) &
  await 10 - "the relay of $1" test -e "/sys/class/net/kt-$1"
  quiet_port "kt-$1"
  ip link set "kt-$1" up
}
