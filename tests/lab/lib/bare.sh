# shellcheck shell=sh
# Six bare hosts (the packages are there, nothing is set up) with what an operator would bring along: a secret, an image,
# a repository. Sourced by build.test and wizards.test.
bare_boot() {
  must "the lab's root is there" 600 $L base
  must "leftovers are cleared" 120 $L down
  must "six bare hosts boot" 300 env SHAPE=seed $L up
  must "their BMCs answer" 100 $L bmc
  must "the programs are installed" 120 $L install
  must "a secret is on kvm01, readable by root" 20 $L exec kvm01 sh -c 'umask 077; echo aptech >/root/secret'
  must "an image is there" 20 $L exec kvm01 qemu-img create -q -f qcow2 /root/cloud.qcow2 64M
  bare_repository
}
# No network here: a repository on each KVM host has what the lab's root lacks, two packages with nothing in them (domains
# are defined, not made by virt-install).
bare_repository() {
  mkdir -p "$test_dir/repo"
  for p in virtinst libguestfs-tools; do
    mkdir -p "$test_dir/$p/DEBIAN"
    printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: the lab <root@localhost>\nDescription: a stand-in\n' $p >"$test_dir/$p/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$test_dir/$p" "$test_dir/repo/$p.deb" >/dev/null
    { dpkg-deb -f "$test_dir/repo/$p.deb"; printf 'Filename: ./%s.deb\nSize: %s\nSHA256: %s\n\n' $p "$(stat -c %s "$test_dir/repo/$p.deb")" "$(sha256sum <"$test_dir/repo/$p.deb" | cut -d' ' -f1)"; } >>"$test_dir/repo/Packages"
  done
  for h in kvm01 kvm02; do
    tar -C "$test_dir" -c repo | $L exec $h tar -C /srv -x --no-same-owner || not_ok "the repository is on $h"
    must "and apt knows it" 20 $L exec $h sh -c 'rm -rf /etc/apt/sources.list.d/*; echo "deb [trusted=yes] file:/srv/repo ./" >/etc/apt/sources.list'
  done
}
address() { $L hosts | awk -v h="$1" '$1 == h {print $2}'; }
bmc_address() { net=$(address "$1") && echo "${net%.*}.1"; }
bmc_port() { net=$(address "$1") && echo $((6200 + ${net##*.})); }
