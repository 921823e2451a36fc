# shellcheck shell=bash disable=SC2153
# A host: an overlay of the base root, a network namespace, and a systemd-nspawn that boots it.
UNWANTED="systemd-networkd.service systemd-resolved.service systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer
  man-db.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer dpkg-db-backup.timer logrotate.timer console-getty.service logd.service
  lvm2-monitor.service blk-availability.service multipathd.service openipmi.service"

# Its init, if it is alive and ours: start time as noted, and in the host's own cgroup.
init_pid() { # HOST
  local pid start
  read -r pid start 2>/dev/null <"$STATE/$1.init" || return 1
  [[ ${pid:-0} -gt 1 && $(started "$pid") == "$start" ]] && cg_has "$1" "$pid" && echo "$pid"
}
running() { init_pid "$1" >/dev/null; }

lexec() { # HOST CMD...
  local host=$1 pid
  shift
  pid=$(init_pid "$host") || die 1 "$host is down"
  # A command in a frozen host would hang where no signal reaches it.
  if frozen "$host"; then die 1 "$host is frozen"; fi
  (
    close_fds
    cg_enter "$host"
    exec nsenter -t "$pid" -m -u -i -n -p -C env -i HOME=/root TERM="${TERM:-xterm}" LANG=C.UTF-8 \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
  )
}
lshell() { # script gives it a terminal of its own, one that exists inside
  if [[ -t 0 ]]; then lexec "$1" script -q -c "bash -l" /dev/null; else lexec "$1" bash -l; fi
}
# A step that must succeed within a run: what it said, and its host's logs, are shown only if it does not.
must() { # HOST CMD...
  local out=$STATE/said.$BASHPID
  if lexec "$@" >"$out" 2>&1; then
    rm -f "$out"
    return 0
  fi
  say "failed on $1: ${*:2}"
  tail -n 15 "$out" >&2
  show_logs "$1"
  exit 1
}

make_root() { # HOST
  local h=$1 d=$LAB/$1 r=$LAB/$1/root
  mkdir -p "$d"
  mountpoint -q "$d" || mount -t tmpfs -o size=3g "lab-$h" "$d"
  mkdir -p "$d"/{up,wk,root}
  mountpoint -q "$r" || mount -t overlay overlay -o "lowerdir=$(host_base),upperdir=$d/up,workdir=$d/wk" "$r"
  rm -rf "$r/tmp"
  mkdir -p "$r/tmp"
  chmod 1777 "$r/tmp"
  if is_bare; then
    configure_names "$h"
    mask_services "$h"
    bare_root "$h"
    return 0
  fi
  find "$r/var/lib/glusterd" -mindepth 1 -maxdepth 1 ! -name groups -exec rm -rf {} +
  # Debian's default corosync.conf makes pcs believe that the host is in a cluster.
  rm -rf "$r"/var/lib/{corosync,pacemaker,pcsd}/* "$r/etc/corosync/corosync.conf" "$r/etc/resolv.conf"
  configure_names "$h"
  configure_services "$h"
  configure_ssh "$h"
}
configure_names() { # HOST
  local r=$LAB/$1/root u
  echo "$1" >"$r/etc/hostname"
  systemd-id128 new >"$r/etc/machine-id"
  {
    echo "127.0.0.1 localhost"
    for u in "${!IP[@]}"; do
      echo "$NET.${IP[$u]} $u"
      [[ -z ${STORE_NAME[$u]:-} ]] || echo "$STORE_NET.${IP[$u]} ${STORE_NAME[$u]}"
    done
  } >"$r/etc/hosts"
}
mask_services() { # HOST: what has no sense in a container
  local r=$LAB/$1/root u
  for u in $UNWANTED; do ln -sfn /dev/null "$r/etc/systemd/system/$u"; done
  own_sysfs "$1"
}
configure_services() { # HOST
  local r=$LAB/$1/root w=$LAB/$1/root/etc/systemd/system/multi-user.target.wants
  mask_services "$1"
  rm -f "$w"/{corosync,pacemaker,libvirt-guests,glusterd}.service
  if has_role "$1" kvm; then
    # A container has none of the controllers that libvirt asks for.
    printf '%s\n' 'cgroup_controllers = [ ]' 'security_driver = "none"' 'user = "root"' 'group = "root"' \
      >>"$r/etc/libvirt/qemu.conf"
    # A domain started before its volume is mounted fails as "not installed", for good.
    mkdir -p "$r/etc/systemd/system/pacemaker.service.d"
    printf '[Unit]\nAfter=remote-fs.target\n' >"$r/etc/systemd/system/pacemaker.service.d/mount.conf"
  else
    rm -f "$w"/{libvirtd,pcsd,pcsd-ruby}.service
  fi
}
# nspawn mounts /sys before it enters the host's network: /sys/class/net would show this machine's.
own_sysfs() { # HOST
  local s=$LAB/$1/root/etc/systemd/system
  cat >"$s/lab-sysfs.service" <<'UNIT'
[Unit]
Description=the network part of /sys, of this host's own network
DefaultDependencies=no
Before=sysinit.target
[Service]
Type=oneshot
ExecStart=/bin/mkdir -p /run/lab-sysfs
ExecStart=/bin/mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /run/lab-sysfs
ExecStart=/bin/mount --bind /run/lab-sysfs/class/net /sys/class/net
ExecStart=/bin/mount --bind /run/lab-sysfs/devices/virtual/net /sys/devices/virtual/net
UNIT
  mkdir -p "$s/sysinit.target.wants"
  ln -sfn ../lab-sysfs.service "$s/sysinit.target.wants/lab-sysfs.service"
}
configure_ssh() { # HOST: root's trust by name between all hosts, as live migration needs it
  local s=$LAB/$1/root/root/.ssh
  mkdir -p "$s"
  cp "$STATE/key" "$s/id_ed25519"
  cp "$STATE/key.pub" "$s/authorized_keys"
  printf 'StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n' >"$s/config"
  chmod 700 "$s"
  chmod 600 "$s"/*
}

launch() { # HOST, under its lock
  local h=$1 i
  if running "$h"; then return 0; fi
  cg_kill "$h"
  rm -f "$STATE/$h".{init,starting,frozen}
  cg_make "$h"
  net_host_up "$h"
  (
    close_fds
    cg_enter "$h"
    exec setsid systemd-nspawn --quiet --directory="$LAB/$h/root" --machine="kclab-$h" --register=no --keep-unit --boot \
      --network-namespace-path="/run/netns/kclab-$h" --capability=all \
      --drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE,CAP_SYS_BOOT --bind=/dev/fuse --bind=/dev/net/tun \
      --resolv-conf=off --timezone=off --console=pipe --hostname="$h" </dev/null >>"$STATE/$h.console" 2>&1
  ) &
  for ((i = 0; i < 300 * PATIENCE; i++)); do
    if note_init "$h"; then return 0; fi
    sleep 0.1
  done
  show_logs "$h"
  die 1 "$h: systemd-nspawn made no init"
}
note_init() { # HOST: its init is the process that is number 1 in a namespace of its own
  local p own
  own=$(readlink /proc/self/ns/pid)
  for p in $(cg_tasks "$1"); do
    [[ $(readlink "/proc/$p/ns/pid" 2>/dev/null) != "$own" ]] || continue
    [[ $(awk '/^NSpid/{print $NF}' "/proc/$p/status" 2>/dev/null) == 1 ]] || continue
    echo "$p $(started "$p")" >"$STATE/$1.init"
    return 0
  done
  return 1
}
booted() { # HOST
  local s
  running "$1" || { echo "its init is gone"; return 1; }
  s=$(lexec "$1" systemctl is-system-running 2>&1) || true
  [[ $s == running || $s == degraded ]] || { echo "$s"; return 1; }
}
poweron() { # HOST
  with_host_lock "$1" launch "$1"
  await 180 "$1" "$1 to finish booting" booted "$1"
}
pull_plug() { # HOST, under its lock: nothing is flushed, no goodbye is sent
  local c
  for c in $(cables "$1"); do # before the first of its sockets closes
    [[ ! -e /sys/class/net/kc-$c ]] || ip link set "kc-$c" nomaster down
  done
  rm -f "$STATE/$1.starting"
  cg_kill "$1"
  rm -f "$STATE/$1".{init,frozen}
  net_host_down "$1"
}
poweroff() { with_host_lock "$1" pull_plug "$1"; }

lab_up() {
  local h
  if [[ -e $STATE/up && ! -e $STATE/doing ]]; then # a whole lab: only start what is off
    in_parallel poweron "${HOSTS[@]}" || exit 1
    return 0
  fi
  clear_all
  make_base
  make_guest
  ! is_bare || make_bare
  progress "shape $SHAPE: ${HOSTS[*]}"
  mkdir -p "$STATE"
  echo "$SHAPE" >"$STATE/shape"
  ssh-keygen -q -t ed25519 -N '' -f "$STATE/key"
  net_up
  for h in "${HOSTS[@]}"; do make_root "$h"; done
  in_parallel poweron "${HOSTS[@]}" || exit 1
  touch "$STATE/up"
  progress "all hosts have booted"
}
lab_status() {
  local h state=none ms loss
  [[ ! -e $STATE/shape ]] || state="unfinished: boot"
  [[ ! -e $STATE/up ]] || state=up
  [[ ! -e $STATE/ready ]] || state=ready
  [[ ! -e $STATE/doing ]] || state="unfinished: $(<"$STATE/doing")"
  echo "lab: shape $SHAPE, $state"
  [[ -e $STATE/shape ]] || return 3
  for h in "${HOSTS[@]}"; do
    printf '%-8s %-8s %-8s' "$h" "$(power_state "$h")" "$(cable_state "$h" | sed 's/join/plugged/')"
    if [[ -s $STATE/$h.slow ]] && read -r ms loss <"$STATE/$h.slow"; then printf ' slow %s ms %s%%' "$ms" "$loss"; fi
    if has_role "$h" kvm && [[ $(power_state "$h") == on ]]; then
      printf ' domains: %s' "$(domains_on "$h")"
    fi
    echo
  done
}
domains_on() { # HOST
  local names
  if names=$(timeout 5 "$SELF" exec "$1" virsh -r list --name 2>/dev/null </dev/null); then xargs <<<"$names"; else echo "? (libvirt does not answer)"; fi
}
power_state() {
  if [[ -e $STATE/$1.starting ]]; then echo starting
  elif ! running "$1"; then echo off
  elif frozen "$1"; then echo frozen
  else echo on; fi
}
lab_hosts() { # [kvm|store]
  local h roles
  for h in "${HOSTS[@]}"; do
    if [[ -n ${1:-} ]]; then
      if has_role "$h" "$1"; then echo "$h"; fi
      continue
    fi
    roles=
    if has_role "$h" kvm; then roles=kvm; fi
    if has_role "$h" store; then roles=${roles:+$roles,}store; fi
    echo "$h $NET.${IP[$h]} $roles ${STORE_NAME[$h]:-}" | sed 's/ $//'
  done
}
lab_install() { # [ROOT|HOST...]
  local repo to
  repo=$(readlink -f "$HERE/../..")
  (($# > 0)) || set -- "${HOSTS[@]}"
  for to; do
    if is_host "$to"; then to=$LAB/$to/root; fi
    [[ -d $to ]] || die 1 "no such root: $to"
    make -C "$repo" --no-print-directory install DESTDIR="$to" PREFIX=/usr >"$LAB.install.log" 2>&1 ||
      { tail -n 20 "$LAB.install.log" >&2; die 1 "make install failed for $to"; }
  done
  rm -f "$LAB.install.log"
}
