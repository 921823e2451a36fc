# shellcheck shell=sh
# Six bare hosts (shape bare: nothing of a cluster is installed, each has a repository) with what an operator would bring along: a
# secret and an image. Sourced by build.test, wizards.test and guide.test.
bare_boot() {
  must "leftovers are cleared" 120 $L down
  must "the lab's roots are there" 600 env SHAPE=bare $L base
  must "six bare hosts boot" 300 env SHAPE=bare $L up
  must "their BMCs answer" 100 $L bmc
  must "the programs are installed" 120 $L install
  must "a secret is on kvm01, readable by root" 20 $L exec kvm01 sh -c 'umask 077; echo aptech >/root/secret'
  $L exec kvm01 sh -c 'cat >/root/cloud.qcow2' <"${GUEST:-$LAB.guest}/cloud.qcow2" || not_ok "an image is there"
  for h in $($L hosts | cut -d' ' -f1); do
    found=$($L exec "$h" sh -c 'for p in glusterd corosync pacemakerd pcs virsh qemu-img crm_mon ipmitool; do command -v $p; done' </dev/null)
    [ -z "$found" ] || not_ok "$h is bare, but has $found"
  done
}
address() { $L hosts | awk -v h="$1" '$1 == h {print $2}'; }
bmc_address() { net=$(address "$1") && echo "${net%.*}.1"; }
bmc_port() { net=$(address "$1") && echo $((6200 + ${net##*.})); }
# What the guest of the image counts, as it stands on its disk: read from outside, on HOST, through the volume.
counted() { # HOST DISK
  $L exec "$1" qemu-io -r -U -t none -f qcow2 -c 'read -v 33280000 16' "$2" </dev/null 2>/dev/null | sed -n 's/^[0-9a-f]*:.*  \([0-9]\{1,\}\).*/\1/p' | head -n 1
}
counts_on() { # HOST DISK: it does, now
  count=$(counted "$1" "$2")
  [ -n "$count" ] && within 10 counted_more "$1" "$2" "$count"
}
counted_more() { now=$(counted "$1" "$2") && [ "${now:-0}" -gt "$3" ]; }
