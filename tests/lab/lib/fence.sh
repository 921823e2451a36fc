# shellcheck shell=bash
# Fencing for real: a simulated BMC (ipmi_sim) for each KVM host, fence_ipmilan on the cluster's side, this script as the plug.
BMC_SECRET=/etc/pacemaker/bmc-password # a script in the KVM hosts that prints it: the password stands in no argument and no CIB

bmc_port() { echo $((6200 + ${IP[$1]})); }
bmc_files() { # HOST
  local b=$STATE/bmc
  printf '#!/bin/bash\nLAB=%q BASE=%q GUEST=%q exec %q chassis %q "$@"\n' "$LAB" "$BASE" "$GUEST" "$SELF" "$1" >"$b/$1.chassis"
  chmod +x "$b/$1.chassis"
  cat >"$b/$1.lan" <<CONF
name "$1"
set_working_mc 0x20
  startlan 1
    addr $NET.1 $(bmc_port "$1")
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "$b/$1.chassis"
  user 1 true  ""      "test"   user  10 none md2 md5 straight
  user 2 true  "admin" "aptech" admin 10 none md2 md5 straight
CONF
  printf 'mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02\nmc_enable 0x20\n' >"$b/$1.emu"
}
bmc_start() { # HOST: it runs from the base root, so that this machine needs no package for it
  local b=$STATE/bmc libs=$BASE/usr/lib/x86_64-linux-gnu
  bmc_files "$1"
  (
    close_fds
    cg_enter _bmc
    exec setsid "$BASE/lib64/ld-linux-x86-64.so.2" --library-path "$libs" "$BASE/usr/bin/ipmi_sim" -n \
      -c "$b/$1.lan" -f "$b/$1.emu" -s "$b/$1.state" </dev/null >"$b/$1.log" 2>&1
  ) &
  await 30 - "the BMC of $1 to listen" bmc_listens "$1"
}
bmc_listens() { ss -Hlun "sport = :$(bmc_port "$1")" | grep -q .; }
bmc_answers() { # HOST FROM: as the cluster will ask it; a bare host has nothing to ask with yet
  if is_bare; then
    from_base ipmitool -I lanplus -C 3 -H "$NET.1" -p "$(bmc_port "$1")" -U admin -f <(printf aptech) chassis power status
    return
  fi
  lexec "$2" sh -c "umask 077; printf aptech >/run/bmc-ask && ipmitool -I lanplus -C 3 -H $NET.1 -p $(bmc_port "$1") \
    -U admin -f /run/bmc-ask chassis power status; s=\$?; rm -f /run/bmc-ask; exit \$s"
}
stage_bmc() { # the machines' own part: a host has its BMC before there is a cluster
  local h
  mkdir -p "$STATE/bmc"
  cg_make _bmc
  for h in "${KVM[@]}"; do
    bmc_start "$h"
    await 30 "${KVM[0]}" "the BMC of $h to answer" bmc_answers "$h" "${KVM[0]}"
  done
}
stage_fencing() {
  local h a=${KVM[0]}
  [[ -e $STATE/done.bmc ]] || stage_bmc
  for h in "${KVM[@]}"; do
    must "$h" sh -c "printf '#!/bin/sh\necho aptech\n' >$BMC_SECRET && chmod 700 $BMC_SECRET"
  done
  for h in "${KVM[@]}"; do
    must "$a" pcs stonith create "fence-$h" fence_ipmilan ip="$NET.1" ipport="$(bmc_port "$h")" username=admin \
      password_script=$BMC_SECRET lanplus=1 cipher=3 pcmk_host_list="$h" power_wait=2 op monitor interval=60s
    must "$a" pcs constraint location "fence-$h" avoids "$h"
  done
  must "$a" pcs property set stonith-enabled=true
  for h in "${KVM[@]}"; do await 120 "$a" "fence-$h to be started" resource_started "$a" "fence-$h"; done
}

# Power is on at once, the host boots after its firmware: one that is back before its fencing was confirmed leaves the cluster again.
power_later() { # HOST
  touch "$STATE/$1.starting"
  # shellcheck disable=SC2016
  setsid bash -c 'sleep "$3"; [[ -e $2 ]] || exit 0; exec "$0" poweron "$1"' \
    "$SELF" "$1" "$STATE/$1.starting" "${POST_S:-15}" </dev/null >>"$STATE/$1.console" 2>&1 &
}
chassis() { # HOST get|set PARAMETER [VALUE]: what ipmi_sim calls
  local h=$1
  shift
  case "$1 ${2:-}" in
  "get power") if running "$h" || [[ -e $STATE/$h.starting ]]; then echo "power:1"; else echo "power:0"; fi ;;
  "set power") if [[ $3 == 1 ]]; then running "$h" || power_later "$h"; else poweroff "$h"; fi ;;
  "set reset")
    poweroff "$h"
    power_later "$h"
    ;;
  *) ;;
  esac
}
