#!/bin/sh
# Installs what building and testing need: compilers, libraries, test tools. Never a cluster daemon: those live in the
# lab's own root. `--if-missing`: only when something is missing. Knows apt, dnf and zypper.
set -eu
missing() {
  for tool in gcc clang pkg-config tmux git; do command -v "$tool" >/dev/null 2>&1 || return 0; done
  for lib in ncursesw libpcre2-8 libxml-2.0 jansson libutf8proc cmocka libvirt libcmap libquorum libvotequorum glusterfs-api pacemaker-cib; do
    pkg-config --exists "$lib" || return 0
  done
  for tool in systemd-nspawn mmdebstrap ip tc cpio ssh-keygen jq strace python3 zsh valgrind; do command -v "$tool" >/dev/null 2>&1 || return 0; done
  sshd_is_there || return 0
  return 1
}
sshd_is_there() { [ -x /usr/sbin/sshd ] || [ -x /usr/lib/ssh/sshd ]; }
# A test starts an sshd of its own on a port of its own. The package's is neither started when it is installed nor at boot.
install_sshd() { # COMMAND TO INSTALL IT...
  sshd_is_there && return
  policy=/usr/sbin/policy-rc.d
  if [ -e $policy ] || [ -L $policy ]; then policy=; else
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  "$@"
  [ -z "$policy" ] || rm -f $policy
  for unit in ssh.service sshd.service ssh.socket sshd.socket; do systemctl disable $unit >/dev/null 2>&1 || true; done
}
# Pacemaker's tools and promtool alone, for tests that ask pacemaker's scheduler or try the alert rules: their packages want daemons, so
# they are unpacked where only tests look. Without a network they are left out, and what needs them is skipped.
tools=/usr/local/lib/kvmconsole-tests
fetch_promtool() {
  command -v promtool >/dev/null 2>&1 && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ ! -x $tools/usr/bin/promtool ] || return 0
  fetched=$(mktemp -d)
  chmod 755 "$fetched"
  if (cd "$fetched" && apt-get download -q prometheus) >/dev/null 2>&1; then
    dpkg-deb --fsys-tarfile "$fetched"/*.deb | tar -C "$fetched" -x ./usr/bin/promtool
    mkdir -p $tools/usr/bin
    cp "$fetched/usr/bin/promtool" $tools/usr/bin/
  fi
  rm -rf "$fetched"
}
fetch_tools() {
  command -v crm_simulate >/dev/null 2>&1 && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ ! -x $tools/usr/sbin/crm_simulate ] || return 0
  fetched=$(mktemp -d)
  chmod 755 "$fetched"
  if (cd "$fetched" && apt-get download -q pacemaker-cli-utils pacemaker-common) >/dev/null 2>&1; then
    for package in "$fetched"/*.deb; do dpkg-deb -x "$package" "$fetched/root"; done
    mkdir -p $tools/usr/sbin $tools/usr/share
    cp -a "$fetched/root/usr/share/pacemaker" $tools/usr/share/
    for tool in cibadmin crm_attribute crm_mon crm_resource crm_simulate; do cp -a "$fetched/root/usr/sbin/$tool" $tools/usr/sbin/; done
  fi
  rm -rf "$fetched"
}
if [ "${1:-}" = --if-missing ] && ! missing; then
  fetch_tools
  fetch_promtool
  exit 0
fi
[ "$(id -u)" = 0 ] || { echo "deps: packages are missing, and only root may install them: run 'make deps' as root" >&2; exit 1; }
if command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -y -q --no-install-recommends gcc clang llvm libclang-rt-dev make pkg-config git tmux jq strace valgrind zsh python3 procps ca-certificates \
    libc6-dev libncurses-dev libpcre2-dev libxml2-dev libjansson-dev libutf8proc-dev libcmocka-dev \
    libcmap-dev libquorum-dev libvotequorum-dev libcfg-dev libvirt-dev libglusterfs-dev pacemaker-dev \
    systemd-container mmdebstrap iproute2 cpio openssh-client ncurses-term
  install_sshd apt-get install -y -q --no-install-recommends openssh-server
  fetch_tools
  fetch_promtool
elif command -v dnf >/dev/null 2>&1; then
  dnf install -y gcc clang llvm compiler-rt make pkgconf-pkg-config git tmux jq strace valgrind zsh python3 procps-ng ncurses-devel pcre2-devel libxml2-devel jansson-devel \
    utf8proc-devel libcmocka-devel corosynclib-devel libvirt-devel glusterfs-api-devel pacemaker-libs-devel \
    systemd-container mmdebstrap iproute cpio openssh-clients
  install_sshd dnf install -y openssh-server
elif command -v zypper >/dev/null 2>&1; then
  zypper --non-interactive install gcc clang llvm make pkg-config git tmux jq strace valgrind zsh python3 procps ncurses-devel pcre2-devel libxml2-devel libjansson-devel \
    utf8proc-devel libcmocka-devel libcorosync-devel libvirt-devel glusterfs-devel libpacemaker-devel \
    systemd-container iproute2 cpio openssh-clients
  install_sshd zypper --non-interactive install openssh-server
else
  echo "deps: no apt-get, dnf or zypper here: install a C17 compiler and the libraries of README.md by hand" >&2
  exit 1
fi
