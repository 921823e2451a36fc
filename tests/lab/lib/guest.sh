# shellcheck shell=bash
# The guests: their files on the volume, where they run, whether they count.
stage_guest() {
  local a=${KVM[0]} f
  must "$a" mkdir -p "$MOUNT/boot" "$MOUNT/config"
  for f in vmlinuz initrd.gz; do must "$a" sh -c "cat > $MOUNT/boot/$f" <"$GUEST/$f"; done
  make_domain "$DOMAIN"
}
make_domain() { # NAME
  local a
  a=$(first_alive "${KVM[@]}")
  [[ $1 =~ ^[A-Za-z0-9._-]+$ ]] || die 2 "not a name for a domain: $1"
  must "$a" qemu-img create -q -f qcow2 "$MOUNT/$1.qcow2" 64M
  domain_xml "$1" | must "$a" sh -c "cat > $MOUNT/config/$1.xml"
}
domain_xml() { # NAME (the resource agent reads <name> only from a line of its own)
  cat <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>96</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type><kernel>$MOUNT/boot/vmlinuz</kernel>
    <initrd>$MOUNT/boot/initrd.gz</initrd><cmdline>console=ttyS0 quiet panic=1</cmdline></os>
  <cpu mode='custom' match='exact'><model>qemu64</model></cpu><features><acpi/></features>
  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='$MOUNT/$1.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <serial type='file'><source path='/var/log/$1.console' append='on'/><target port='0'/></serial><memballoon model='virtio'/></devices>
</domain>
XML
}
domain_host() { # NAME: the host that runs it, by its own virsh; fails where none does
  local h
  for h in "${KVM[@]}"; do
    if [[ $(power_state "$h") == on ]] && runs_on "$1" "$h"; then echo "$h"; return; fi
  done
  return 1
}
runs_on() { # NAME HOST
  [[ $(timeout 20 "$SELF" exec "$2" virsh -r domstate "$1" 2>/dev/null </dev/null) == running* ]]
}
console_sizes() { # NAME
  local h
  for h in "${KVM[@]}"; do stat -c %s "$LAB/$h/root/var/log/$1.console" 2>/dev/null || echo 0; done
}
ticking() { # NAME: its console grew just now, by ticks and not by complaints
  local before h
  before=$(console_sizes "$1")
  sleep 0.5 # five ticks
  [[ $(console_sizes "$1") != "$before" ]] || { echo "its console does not grow"; return 1; }
  for h in "${KVM[@]}"; do
    if tail -n 1 "$LAB/$h/root/var/log/$1.console" 2>/dev/null | grep -q '^tick'; then return 0; fi
  done
  return 1
}
observe() { # SECONDS [NAME] [--json]
  local a args=()
  [[ $1 =~ ^[0-9]+(\.[0-9]+)?$ ]] || die 2 "usage: lab observer SECONDS [NAME] [--json]"
  [[ -e $STATE/up ]] || die 1 "there is no lab here"
  for a in "${@:2}"; do [[ $a == --json ]] || args+=("$a"); done
  [[ " ${*:2} " != *" --json "* ]] || args+=(--json)
  [[ ${args[0]:---} != --* ]] || args=("$DOMAIN" "${args[@]}")
  exec perl "$HERE/observer" "$1" "${args[@]}" "${KVM[@]/#/$LAB/}"
}
# The way pacemaker itself moves a domain: a constraint, a live migration, and the constraint taken back whatever came of it.
move_domain() { # DOMAIN HOST
  local a
  has_role "$2" kvm || die 2 "$2 is no KVM host"
  a=$(first_alive "${KVM[@]}")
  if moved "$a" "$1" "$2" >/dev/null; then return 0; fi
  trap 'lexec "'"$a"'" crm_resource -U -r "'"$1"'" >/dev/null 2>&1' EXIT
  must "$a" crm_resource -M -r "$1" -N "$2"
  # While it migrates the cluster names one host now and the other then: only when nothing is pending is it true.
  must "$a" crm_resource --wait --timeout=180s
  await 30 "$2" "$1 to run on $2" moved "$a" "$1" "$2"
}
moved() { # ASK DOMAIN HOST
  local said
  said=$(lexec "$1" crm_resource -W -r "$2" 2>&1) || true
  echo "$said"
  [[ $said =~ "is running on: $3"\ *$ ]] && runs_on "$2" "$3"
}
