#!/bin/sh
# Makes the manual pages from the program's own tables: `sh docs/make-man.sh build/kvmconsole >docs/kvmconsole.1`, and
# `sh docs/make-man.sh build/kvmconsole conf >docs/kvmconsole.conf.5`.
set -eu
console=$1
escape() { sed 's/\\/\\\\/g; s/-/\\-/g; s/^\./\\\&./; s/^'"'"'/\\\&'"'"'/'; }
version=$(cat "$(dirname "$0")/../packaging/VERSION")
settings() { # of the configuration: its sections, each before its keys
  "$console" list settings | escape | awk '
    /^[^ ]/ { name = $1; title = $0; sub(/^[^ ]+ +/, "", title); next }
    { sub(/^ +/, "") }
    name !~ /\./ { printf ".SS %s\n%s\n", title, $0; next }
    { sub(/^[^.]*\./, "", name)
      value = title; sub(/;[^;]*$/, "", value)
      default_is = title; sub(/.*; /, "", default_is); sub(/^default: /, "", default_is)
      printf ".TP\n\\fB%s\\fR = \\fI%s\\fR\n%s", name, value, toupper(substr($0, 1, 1)) substr($0, 2)
      print default_is == "no default" ? "." : ". Default: " default_is "." }'
}
conf_page() {
  cat <<TOP
.\\" Made by docs/make-man.sh from the program's tables. Do not edit.
.TH KVMCONSOLE.CONF 5 "" "kvmconsole $version" "File Formats"
.SH NAME
kvmconsole.conf \\- configuration of kvmconsole
.SH DESCRIPTION
All of it is optional: hosts are discovered, and this file only refines that. /etc/kvmconsole.conf is read first, then
$(printf '%s' '$XDG_CONFIG_HOME')/kvmconsole/config (or ~/.config/kvmconsole/config); what is said later replaces what was said before. With \\fB\\-\\-config\\fR \\fIFILE\\fR
that file is read, and no other. \\fBkvmconsole config\\fR prints each value and where it comes from.
.PP
The form is INI: [section] or [section name], key = value a line, comments behind # or ; at the beginning of a line. A key that is not known is a
warning with file and line; a value that cannot be is an error, and nothing starts.
.SH SECTIONS AND KEYS
TOP
  settings
  printf '.SH EXAMPLE\n.nf\n'
  sed 's/^#\([^ ]\)/\1/' "$(dirname "$0")/kvmconsole.conf" | sed '/^#/d;/^$/d' | escape
  cat <<'END'
.fi
.SH FILES
.TP
.I /etc/kvmconsole.conf, $XDG_CONFIG_HOME/kvmconsole/config
The configuration. It holds no password.
.TP
.I PREFIX/share/doc/kvmconsole/kvmconsole.conf
The example, with nothing in it that holds.
.SH SEE ALSO
.BR kvmconsole (1)
END
}
if [ "${2:-}" = conf ]; then
  conf_page
  exit
fi
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
Configuration, all optional: see
.BR kvmconsole.conf (5).
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
see
.BR kvmconsole.conf (5).
.SH PORTS
A console of root listens on TCP 337 (\fB[gluster] share_port\fR; 0: on none) and connects to it on the hosts it knows, so that among all
consoles one reads what takes a gluster volume's lock. On a gluster host it listens for gluster's events on UDP 55555 and 24009 when nobody
else does. Hosts are asked on gluster's own ports (TCP 24007 and those of the bricks) and over ssh.
.SH ENVIRONMENT
NO_COLOR, TERM, LANG; CIB_file (as pacemaker's own tools); KVMCONSOLE_LOG (levels of the log, as gluster:debug,feed:info).
.SH SEE ALSO
.BR kvmconsole.conf (5),
.BR crm_mon (8),
.BR pcs (8),
.BR gluster (8),
.BR virsh (1)
END
