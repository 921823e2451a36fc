# shellcheck shell=bash
# What is built once and kept: the root of every host ($BASE), the guest's kernel and initrd ($GUEST).
SUITE=bookworm
PACKAGES=(
  systemd-sysv dbus passwd procps iproute2 iputils-ping openssh-server openssh-client busybox-static
  corosync pacemaker pcs pacemaker-cli-utils resource-agents fence-agents openipmi ipmitool
  glusterfs-server glusterfs-client libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils
  # what the console and its sources are linked with
  libncursesw6 ncurses-base ncurses-term libpcre2-8-0 libxml2 libjansson4 libutf8proc2 libcmap4 libquorum5
  libvotequorum8 libcfg7 libvirt0 libgfapi0 libcib27 libcrmcommon34
  # what tests look with
  jq strace tmux attr psmisc less
)
STAMP=kvmconsole-lab.packages # in the base's root: what it was built from

base_wanted() { printf '%s\n' "$SUITE" "${PACKAGES[@]}" | sort; }
base_current() { cmp -s "$BASE/$STAMP" <(base_wanted); }

# Built beside its place and renamed: a root that is there is a whole one.
make_base() {
  local new=$BASE.new.$$ include
  clear_unfinished
  if base_current; then return 0; fi
  [[ -z $(lab_mounts) ]] || die 1 "the package list has changed: \`lab down\` first, the running hosts stand on the old root"
  progress "the root of all hosts, once: about 90 s"
  include=$(IFS=,; echo "${PACKAGES[*]}")
  if ! mmdebstrap --quiet --variant=apt --include="$include" --aptopt='APT::Install-Recommends "false"' \
    "$SUITE" "$new" >"$BASE.log" 2>&1; then
    tail -n 20 "$BASE.log" >&2
    die 1 "mmdebstrap failed, see $BASE.log"
  fi
  rm -rf "$new"/var/cache/apt/archives/*.deb
  base_wanted >"$new/$STAMP"
  rm -rf "$BASE"
  mv "$new" "$BASE"
}
clear_unfinished() { # what a killed build left
  local d
  for d in "$BASE".new.* "$GUEST".new.*; do
    [[ -d $d ]] || continue
    unmount_below "$d"
    rm -rf --one-file-system "$d"
  done
}

# The guest: a kernel and one program (guest-init.c) boot in 3 s under emulation (a /dev/kvm here may create VMs that never run).
GUEST_MODULES="virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk button evdev"
make_guest() {
  local t=$GUEST.new.$$ pkg m
  if cmp -s "$GUEST/guest-init.c" "$HERE/guest-init.c" && [[ -s $GUEST/initrd.gz && -s $GUEST/vmlinuz && -s $GUEST/cloud.qcow2 ]]; then return 0; fi
  progress "the guest's kernel, initrd and image, once"
  mkdir -p "$t"/{x,i,out}
  pkg=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/{print $2; exit}')
  (cd "$t" && apt-get -q download "$pkg" && dpkg -x "$pkg"_*.deb x) >"$GUEST.log" 2>&1 ||
    { tail -n 5 "$GUEST.log" >&2; die 1 "could not get a kernel for the guest (${pkg:-no linux-image-cloud-amd64; apt-get update?})"; }
  cp "$t"/x/boot/vmlinuz-* "$t/out/vmlinuz"
  for m in $GUEST_MODULES; do find "$t/x/lib/modules" -name "$m.ko" -exec cp {} "$t/i/" \;; done
  cc -O2 -static -o "$t/i/init" "$HERE/guest-init.c"
  (cd "$t/i" && find . | cpio -o -H newc 2>/dev/null | gzip >../out/initrd.gz)
  make_image "$t" >"$GUEST.log" 2>&1 || { tail -n 5 "$GUEST.log" >&2; die 1 "could not make the guest's image"; }
  cp "$HERE/guest-init.c" "$t/out/"
  rm -rf "$GUEST"
  mv "$t/out" "$GUEST"
  rm -rf "$t" "$GUEST.log"
}

# The same as an image that boots by itself, as a cloud's image does: what a domain is made of by the console. It counts far
# behind its file system (IMAGE_SECTOR), where `qemu-io` finds the count from outside.
IMAGE_SECTOR=65000
make_image() { # DIR: where the guest is being made
  local t=$1 pkg
  for pkg in syslinux mtools; do (cd "$t" && apt-get -q download "$pkg" && dpkg -x "$pkg"_*.deb tools) || return 1; done
  printf 'DEFAULT guest\nLABEL guest\nKERNEL vmlinuz\nINITRD initrd.gz\nAPPEND console=ttyS0 quiet panic=1 sector=%s power=button\n' $IMAGE_SECTOR >"$t/syslinux.cfg"
  (
    export PATH=$t/tools/usr/bin:$PATH MTOOLSRC=/dev/null
    truncate -s 32M "$t/image" &&
      printf '%-512s' 0 | dd of="$t/image" bs=512 seek=$IMAGE_SECTOR conv=notrunc status=none && # allocated: its map is not written anew
      mformat -i "$t/image" -T 60000 -h 16 -s 63 :: &&
      mcopy -i "$t/image" "$t/out/vmlinuz" "$t/out/initrd.gz" "$t/syslinux.cfg" :: &&
      syslinux --install "$t/image"
  ) && from_base qemu-img convert -O qcow2 "$t/image" "$t/out/cloud.qcow2"
}
from_base() { # PROGRAM ARGUMENT...: from the base root, so that this machine needs no package for it
  local program=$1
  shift
  "$BASE/lib64/ld-linux-x86-64.so.2" --library-path "$BASE/usr/lib/x86_64-linux-gnu" "$BASE/usr/bin/$program" "$@"
}
