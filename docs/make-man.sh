#!/bin/sh
# Makes kvmconsole(1) from the program's own tables: `sh docs/make-man.sh build/kvmconsole >docs/kvmconsole.1`.
set -eu
console=$1
escape() { sed 's/\\/\\\\/g; s/-/\\-/g; s/^\./\\\&./; s/^'"'"'/\\\&'"'"'/'; }
version=$(cat "$(dirname "$0")/../packaging/VERSION")
cat <<TOP
.\\" Made by docs/make-man.sh from the program's tables. Do not edit.
.TH KVMCONSOLE 1 "" "kvmconsole $version" "User Commands"
.SH NAME
kvmconsole \\- operator's console of a KVM cluster on GlusterFS, Corosync and Pacemaker
.SH SYNOPSIS
.B kvmconsole
.RI [ SUBCOMMAND ]
.RI [ OPTION... ]
.SH DESCRIPTION
Without a subcommand it opens a full screen on the cluster this host belongs to: nodes, bricks, volumes and domains, read live from
corosync, pacemaker, gluster's management daemon and every host's libvirt. What it changes it shows before, and asks for a word.
.PP
Each layer is read by a program of its own; one that hangs is named, with the age of its last word, and the others go on. A value
whose source does not answer is marked as old and never counts as good.
.SH SUBCOMMANDS
TOP
"$console" help | sed -n '/^Subcommands:/,/^$/p' | sed '1d;/^$/d' | while read -r name rest; do
  printf '.SS %s\n' "$name"
  printf '.nf\n'
  "$console" help "$name" | escape
  printf '.fi\n'
done
printf '.SH OPTIONS\n.nf\n'
"$console" help | sed -n '/^Options:/,/^$/p' | sed '1d;/^$/d' | escape
printf '.fi\n.SH KEYS\nOf the default key map; \\fB\\-\\-keymap\\fR chooses vi, fkeys, or a file of the same form.\n.nf\n'
"$console" list keys | escape
printf '.fi\n.SH PROBLEMS\nEach has an effect on health; health is the worst effect of all that was found.\n.nf\n'
"$console" list problems | escape
cat <<'END'
.fi
.SH EXIT STATUS
.TP
.B status
0 healthy, 1 degraded, 2 outage, 3 unknown (the codes of monitoring plug\-ins).
.TP
.B all
64 usage, 65 bad input file, 74 output not written, 77 rights missing, 78 bad configuration, 130 interrupted.
.SH FILES
.TP
.I /etc/kvmconsole.conf, $XDG_CONFIG_HOME/kvmconsole/config
Configuration, INI, all optional; \fBkvmconsole config\fR prints each value and where it comes from.
.TP
.I PREFIX/share/doc/kvmconsole/kvmconsole.conf
An example of it.
.TP
.I PREFIX/lib/systemd/system/kvmconsole\-noc.service
The wall screen on the first terminal, by a user without rights; how to set it up stands in it.
.SH WALL SCREENS AND SEVERAL CLUSTERS
\fB\-\-noc\fR draws for a wall: it acts on nothing. It needs no right in the cluster when it draws a feed, what \fBkvmconsole record \-\fR prints
over ssh by a key whose command is forced, one line in authorized_keys: \fBrestrict,command="kvmconsole \-\-read\-only record \-" KEY\fR. Each
\fB[feed NAME] command = ...\fR of the configuration is such a feed: a command of plain words (no shell), started again when it ends or
falls silent for a minute. Each is a tile of the view clusters; where there is no cluster, the console begins there.
.SH ACTIONS OF YOUR OWN
Each \fB[action NAME]\fR of the configuration is an operation beside the others: in the menu, the palette, list operations, plan, run and the audit;
\-\-read\-only runs none. \fBcommand\fR is words and never a shell's line ("..." keeps blanks together): %t alone is the target's name, %h the host where it
runs, %c the cluster's name, %% a percent sign. A name that holds more than letters, digits and . _ \- : / @ + is not handed over.
\fBon\fR: cluster, host, node, peer, volume, brick, domain or resource. \fBwhere\fR: target (its host), here, or each (node that is online).
\fBdanger\fR: 0 it changes nothing, 1 it runs under the operator lock, 2 the target's name is typed as well. \fBtitle\fR, \fBhelp\fR, \fBconfirm\fR (a sentence
for the preview), \fBhandover\fR = yes (it gets the terminal), \fBtimeout\fR in seconds, \fBkey\fR (one that does nothing else). No name may be that of another
operation. A section that cannot be is a warning with file and line; the others hold.
.SH PORTS
A console of root listens on TCP 337 (\fB[gluster] share_port\fR; 0: on none) and connects to it on the hosts it knows, so that among all
consoles one reads what takes a gluster volume's lock. On a gluster host it listens for gluster's events on UDP 55555 and 24009 when nobody
else does. Hosts are asked on gluster's own ports (TCP 24007 and those of the bricks) and over ssh.
.SH ENVIRONMENT
NO_COLOR, TERM, LANG; CIB_file (as pacemaker's own tools); KVMCONSOLE_LOG (levels of the log, as gluster:debug,feed:info).
.SH SEE ALSO
.BR crm_mon (8),
.BR pcs (8),
.BR gluster (8),
.BR virsh (1)
END
