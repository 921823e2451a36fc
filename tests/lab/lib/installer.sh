# shellcheck shell=bash disable=SC2153
# Hosts as an installer leaves them (a shape with BARE=yes): Debian's base system, sshd, ifupdown, and a repository in a folder,
# as of a disc that came with it. Everything else is installed from there, offline. The root is $BASE.bare, built once and kept.
REPOSITORY=/srv/repository # in each bare host
# Beside what is of priority "important": sshd, and the libraries of the console itself (those of its sources come with the daemons).
BARE_PACKAGES=(dbus openssh-server libncursesw6 ncurses-term libpcre2-8-0 libjansson4 libutf8proc2)
# What the console installs for each role, what those tell apt to take along, and what else an operator may need.
REPOSITORY_PACKAGES=(
  glusterfs-server glusterfs-client corosync pacemaker pcs pacemaker-cli-utils resource-agents fence-agents ipmitool
  libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils virtinst bridge-utils attr jq psmisc
)
is_bare() { [[ ${BARE:-no} == yes ]]; }
host_base() { if is_bare; then echo "$BASE.bare"; else echo "$BASE"; fi; }

bare_wanted() { printf '%s\n' "$SUITE" "${BARE_PACKAGES[@]}" - "${REPOSITORY_PACKAGES[@]}"; cat "$HERE/virt-customize"; }
make_bare() {
  local new=$BASE.new.$$ include
  clear_unfinished
  if cmp -s "$BASE.bare/$STAMP" <(bare_wanted); then return 0; fi
  [[ -z $(lab_mounts) ]] || die 1 "what bare hosts have has changed: \`lab down\` first, the running hosts stand on the old root"
  progress "the root of bare hosts and their repository, once: about 60 s"
  include=$(IFS=,; echo "${BARE_PACKAGES[*]}")
  if ! REPOSITORY=$REPOSITORY PACKAGES="${REPOSITORY_PACKAGES[*]}" mmdebstrap --quiet --variant=important --include="$include" \
    --aptopt='APT::Install-Recommends "false"' --customize-hook="$HERE/lib/repository" "$SUITE" "$new" >"$BASE.log" 2>&1; then
    tail -n 20 "$BASE.log" >&2
    die 1 "mmdebstrap failed, see $BASE.log"
  fi
  rm -f "$new"/etc/ssh/ssh_host_* "$new"/etc/apt/apt.conf.d/99mmdebstrap
  echo "deb [trusted=yes] file:$REPOSITORY ./" >"$new/etc/apt/sources.list"
  bare_wanted >"$new/$STAMP"
  rm -rf --one-file-system "$BASE.bare"
  mv "$new" "$BASE.bare"
}

# ---- one of them
bare_root() { # HOST: what is said to an installer
  bare_names "$1"
  bare_network "$1"
  bare_ssh "$1"
  bare_libvirt "$1"
}
bare_names() { # HOST: it knows itself alone, and as what nobody else can reach; it has no name server
  local r=$LAB/$1/root
  printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s\n' "$1" >"$r/etc/hosts"
  rm -f "$r/etc/resolv.conf"
}
bare_network() { # HOST: its own description of its network, since a bridge is made of that later
  local r=$LAB/$1/root
  printf 'source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n\nauto host0\niface host0 inet static\n    address %s/24\n    gateway %s\n' \
    "$NET.${IP[$1]}" "$NET.1" >"$r/etc/network/interfaces"
}
bare_ssh() { # HOST: keys of its own for sshd; the operator's is on the first KVM host and let in by all
  local r=$LAB/$1/root h
  mkdir -p "$r/root/.ssh"
  ssh-keygen -q -t ed25519 -N '' -C "root@$1" -f "$r/etc/ssh/ssh_host_ed25519_key"
  cp "$STATE/key.pub" "$r/root/.ssh/authorized_keys"
  if [[ $1 == "${KVM[0]}" ]]; then
    cp "$STATE/key" "$r/root/.ssh/id_ed25519"
    printf 'StrictHostKeyChecking accept-new\nLogLevel ERROR\n' >"$r/root/.ssh/config"
    for h in "${HOSTS[@]}"; do printf 'Host %s\n    HostName %s\n' "$h" "$NET.${IP[$h]}"; done >>"$r/root/.ssh/config"
  fi
  chmod 700 "$r/root/.ssh"
  chmod 600 "$r"/root/.ssh/*
}
# A container has none of the controllers that libvirt asks for. Its file comes with the package, so it is looked at before each start.
bare_libvirt() { # HOST
  local r=$LAB/$1/root u
  for u in libvirtd virtqemud; do
    mkdir -p "$r/etc/systemd/system/$u.service.d"
    printf '[Service]\nExecStartPre=/bin/sh -c "grep -qx cgroup_controllers.* /etc/libvirt/qemu.conf || echo cgroup_controllers=[] >>/etc/libvirt/qemu.conf"\n' \
      >"$r/etc/systemd/system/$u.service.d/lab.conf"
  done
}
