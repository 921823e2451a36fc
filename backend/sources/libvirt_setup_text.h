/* What a KVM host is asked about itself, as one command that only reads, and its answer. The answer comes from another
 * machine: lines that are not known are skipped, what is not told is not known. Pure. */
#ifndef SOURCES_LIBVIRT_SETUP_TEXT_H
#define SOURCES_LIBVIRT_SETUP_TEXT_H
#include "model/facts.h"

/* Its first line of output means that it reads requests, a line each: "clock", "peer NAME", "definition /PATH", "end". One
 * line, and no single quote in it: it stands between two of them for the shell of the other side. Nothing is written by it,
 * no key of a host learned, no answer waited for without limit. */
#define SETUP_SCRIPT                                                                                                                     \
  "export LC_ALL=C PATH=\"$PATH:/usr/sbin:/sbin\"; echo kvmconsole-setup; root=$(id -u); echo \"user $root\"; "                          \
  "systemctl show -p LoadState -p UnitFileState libvirt-guests.service 2>/dev/null | sed \"s/^/guests /\"; "                             \
  "for u in pacemaker.service corosync.service resource-agents-deps.target; do "                                                         \
  "systemctl show -p LoadState -p After $u 2>/dev/null | sed \"s/^/order $u /\"; done; "                                                 \
  "if [ -r /etc/fstab ]; then echo fstab-read; "                                                                                         \
  "grep -E \"^[^#]*[[:space:]](fuse[.])?glusterfs[[:space:]]\" /etc/fstab | sed \"s/^/fstab /\"; fi; "                                   \
  "if [ -r /proc/self/mounts ]; then echo mounts-read; grep \" fuse[.]glusterfs \" /proc/self/mounts | sed \"s/^/mounted /\"; fi; "      \
  "for f in /etc/systemd/system/*.mount; do [ -e \"$f\" ] && echo \"unit ${f##*/}\"; done; "                                             \
  "for d in /sys/class/net/*; do case ${d##*/} in vnet*|veth*|tap*|macvtap*) ;; *) echo \"link ${d##*/}\";; esac; done; "                \
  "if [ \"$root\" = 0 ]; then echo qemu-conf; "                                                                                          \
  "grep -hE \"^[[:space:]]*migration_port_m(in|ax)[[:space:]]*=\" /etc/libvirt/qemu.conf 2>/dev/null | sed \"s/^/qemu /\"; "             \
  "for f in /run/libvirt/qemu/*.pid; do [ -r \"$f\" ] || continue; p=; read -r p <\"$f\"; case $p in \"\"|*[!0-9]*) continue;; esac; "   \
  "[ -r /proc/$p/limits ] || continue; n=0; for x in /proc/$p/fd/*; do n=$((n+1)); done; "                                               \
  "while read -r a b c d e; do [ \"$a $b $c\" = \"Max open files\" ] && echo \"files $n $d ${f##*/}\"; done </proc/$p/limits; done; fi; " \
  "set --; while IFS=\" \" read -r what name; do case $what in clock) echo \"clock $(date +%s%3N)\";; "                                  \
  "definition) set -- \"$@\" \"$name\";; "                                                                                               \
  "peer) [ \"$root\" = 0 ] && { set -f; t=$(ssh -n -a -x -o BatchMode=yes -o ConnectTimeout=3 -o StrictHostKeyChecking=yes "             \
  "-o UpdateHostKeys=no -o CheckHostIP=no -o ControlPath=none -- \"$name\" true 2>&1); echo \"peer $? $name \"$t; } & ;; "                \
  "end) break;; esac; done; "                                                                                                            \
  "if [ $# -gt 0 ]; then { timeout 10 grep -c \"^[[:space:]]*<name>[^<]*</name>[[:space:]]*$\" -- \"$@\" /dev/null 2>/dev/null; "        \
  "echo \"end $?\"; } | sed \"s/^/definition /\"; fi; "                                                                                 \
  "n=$#; for f; do b=${f##*/}; [ -e \"/run/libvirt/qemu/${b%.xml}.xml\" ] && set -- \"$@\" \"$f\"; done; shift $n; "                      \
  "[ $# -gt 0 ] && timeout 10 grep -HE \"</?(vcpu|memory|disk|interface|source|target|mac)[ >]\" -- \"$@\" /dev/null 2>/dev/null | "     \
  "cut -c1-1200 | sed \"s/^/shared /\"; wait; echo done"
#define SETUP_READY "kvmconsole-setup"

enum { SETUP_TEXT_MAX = 1 << 20, SETUP_LINE_MAX = 8192, SETUP_MOUNTS_MAX = 64, SETUP_LINKS_MAX = 256, SETUP_PEERS_MAX = 64, SETUP_ROWS_MAX = 1024 };

/* Fills ret, which the caller initialised, with what the answer tells; definitions: those that were asked for. False when
 * the answer is not whole: *ret_complaint is then its last line that is none of ours, or "". */
bool setup_read(const char *text, const struct texts *definitions, struct arena *a, struct libvirt_setup *ret, const char **ret_complaint);
/* systemd's name of the unit that mounts there, in a. */
const char *setup_mount_unit(const char *path, struct arena *a);
/* "clock 1795349024123": -EINVAL when it is none. */
int setup_clock(const char *line, int64_t *ret_wall_ms);
#endif
