#!/bin/sh
# fault.sh HOST DAEMON FAULT: one row of faults.table alone, as in `sh tests/lab/fault.sh kvm02 libvirtd freeze`; without
# arguments the list of them.
cd "$(dirname "$0")/../.." || exit 2
: "${BUILD:=build}"
[ $# = 3 ] || exec tests/lab/faults list
. tests/lab/testlib.sh
fault_shard "$3 of $2 on $1" one "$1" "$2" "$3"
