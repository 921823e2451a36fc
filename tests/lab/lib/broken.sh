# shellcheck shell=sh
# The way of a cluster through its troubles, each compared with the tools: sourced by agree-seed.test and agree-three.test,
# which give the shape and the bricks to kill. Steps wait for what can be seen, never for a time.
online() { node_is "$1" "$2" true; } # ASKED NODE
offline() { node_is "$1" "$2" false; }
started() { # ASKED RESOURCE: and nothing of it is in the making
  $L exec "$1" crm_mon -1 --output-as=xml </dev/null 2>/dev/null | grep "<resource id=\"$2\" " | grep 'role="Started"' | grep -qv 'pending='
}
on_disk() { # HOST of the brick holds the domain's disk
  $L exec "$1" test -s /data/test01.qcow2
}
all_well() { # CONSOLE: nothing to heal, all read again; what is not well is said
  $L exec "$1" timeout 20 kvmconsole status --text </dev/null
}
lose_a_host() { # the one that runs the domain: fenced, the domain elsewhere, the host back
  victim=$(runs_at test01)
  console=$(kvm_hosts | grep -vx "$victim" | head -n 1)
  note "$victim runs test01 and loses its power; asked is $console"
  must "the plug of $victim is pulled" 30 $L poweroff "$victim"
  until_ok "test01 runs elsewhere" 90 runs_elsewhere test01 "$victim"
  until_ok "$victim is fenced and offline" 60 offline "$console" "$victim"
  # Its power is on again and it would be back in half a minute: it stays away as long as is looked at it.
  must "$victim stays without power" 30 $L poweroff "$victim"
  until_ok "test01 is started, says pacemaker" 60 started "$console" test01
  agree "while $victim is away" --from "$console" --health degraded --problem node-offline --problem source-lost
  must "$victim is switched on" 200 $L poweron "$victim"
  until_ok "$victim is online again" 150 online "$console" "$victim"
  until_ok "the cluster is idle" 60 idle "$console"
  must "everything is healed" 150 $L heal
  quiet $L mount || true
  until_ok "healthy again" 150 all_well "$console"
  agree "$victim is back" --from "$console" --health healthy
}
lose_a_store() { # HOST: a gluster host without power; gluster itself believes it connected for minutes
  must "the plug of $1 is pulled" 30 $L poweroff "$1"
  agree "while $1 is away" --from "$console" --health degraded --problem peer-suspect --problem brick-unknown
  must "$1 is switched on" 200 $L poweron "$1"
  must "everything is healed" 200 $L heal
  until_ok "healthy again" 150 all_well "$console"
  agree "$1 is back" --from "$console" --health healthy
}
lose_a_brick() { # HOST
  note "the brick of $1 dies"
  must "the brick of $1 is killed" 30 $L kill-brick "$1"
  agree "the brick of $1 is down" --from "$console" --health degraded --problem brick-down
  must "the brick of $1 is started" 90 $L start-brick
  must "the brick of $1 is healed" 150 $L heal
  until_ok "healthy again" 150 all_well "$console"
  agree "the brick of $1 is back" --from "$console" --health healthy
}
move_the_domain() {
  from=$(runs_at test01)
  to=$(kvm_hosts | grep -vx "$from" | head -n 1)
  must "test01 moves live from $from to $to" 200 $L move test01 "$to"
  until_ok "the cluster is idle" 60 idle "$console"
  agree "test01 moved to $to" --from "$console" --health healthy
}
