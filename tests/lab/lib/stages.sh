# shellcheck shell=bash disable=SC2153
# The stages of `lab ready`, in the order of the guide: volume, mounts, cluster, fencing, guest, resource.
STAGES=(gluster mount cluster fencing guest resource)

# state/doing names the stage at work: if it is still there, that run was killed in it, and half a stage cannot be repeated.
stage() { # NAME
  [[ -e $STATE/up ]] || die 1 "no hosts are up: \`lab up\` first"
  echo "$1" >"$STATE/doing"
  "stage_$1"
  touch "$STATE/done.$1"
  rm -f "$STATE/doing"
  progress "$1"
}
lab_ready() {
  local s
  lab_up
  for s in "${STAGES[@]}"; do
    [[ -e $STATE/done.$s ]] || stage "$s"
  done
  touch "$STATE/ready"
  progress "ready: $DOMAIN runs on $(domain_host "$DOMAIN")"
}

# --- gluster
start_glusterd() { # HOST
  must "$1" systemctl -q enable glusterd
  must "$1" systemctl start glusterd
  must "$1" mkdir -p "$BRICK"
  await 60 "$1" "glusterd on $1 to answer" lexec "$1" gluster --mode=script pool list
}
pool_complete() { # HOST: it sees all others as connected members
  local n
  n=$(lexec "$1" gluster --mode=script peer status | grep -c 'Peer in Cluster (Connected)') || true
  echo "$n of $((${#STORE[@]} - 1)) peers"
  ((n == ${#STORE[@]} - 1))
}
await_pool() { await 60 "$1" "$1 to see the whole gluster pool" pool_complete "$1"; }
bricks_online() { # HOST: every brick of the volume says so
  local want
  want=$(lexec "$1" gluster --mode=script --xml volume info "$VOLUME" | sed -n 's:.*<brickCount>\(.*\)</brickCount>.*:\1:p')
  lexec "$1" gluster --mode=script volume status "$VOLUME" detail |
    awk -v w="$want" '/^Online/{if ($3 == "Y") n++} END{print n+0 " of " w " bricks online"; exit !(w > 0 && n == w)}'
}
# A lock on the volume may still be held by the step before on another peer ("Another transaction is in progress").
gluster_try() { await 60 "$1" "gluster ${*:2}" lexec "$1" gluster --mode=script "${@:2}"; }
stage_gluster() {
  local g=${STORE[0]} n o layout names=()
  read -ra layout <<<"$LAYOUT"
  for n in "${STORE[@]}"; do names+=("$(store_name "$n"):$BRICK"); done
  in_parallel start_glusterd "${STORE[@]}" || exit 1
  for n in "${STORE[@]:1}"; do gluster_try "$g" peer probe "$(store_name "$n")"; done
  in_parallel await_pool "${STORE[@]}" || exit 1
  gluster_try "$g" volume create "$VOLUME" "${layout[@]}" "${names[@]}" force
  # Without these a dead client keeps its locks for 42 s, and the domain cannot start elsewhere: 'Failed to get "write" lock'.
  for o in "network.ping-timeout 5" "server.tcp-user-timeout 4" "server.keepalive-time 2" \
    "server.keepalive-interval 1" "server.keepalive-count 2"; do
    # shellcheck disable=SC2086
    gluster_try "$g" volume set "$VOLUME" $o
  done
  gluster_try "$g" volume start "$VOLUME"
  await 60 "$g" "all bricks online" bricks_online "$g"
}

# --- the mounts
mount_here() { # HOST (may be called again: a host that booted while it was cut has not mounted it)
  local line
  line="$(store_name "${STORE[0]}"):$VOLUME $MOUNT glusterfs $MOUNT_OPTIONS 0 0"
  must "$1" mkdir -p "$MOUNT"
  must "$1" sh -c "grep -qxF '$line' /etc/fstab || echo '$line' >>/etc/fstab; systemctl daemon-reload"
  await 60 "$1" "$MOUNT on $1" lexec "$1" sh -c "mountpoint -q $MOUNT || mount $MOUNT && touch $MOUNT/.$1"
}
stage_mount() { in_parallel mount_here "${KVM[@]}" || exit 1; }

# --- the cluster
pcsd_listens() { # HOST
  must "$1" chpasswd <<<"hacluster:aptech"
  await 60 "$1" "pcsd on $1 to listen" lexec "$1" sh -c "ss -Htln 'sport = :2224' | grep -q ."
}
cluster_online() { # HOST: all nodes online and quorum, as this one sees it
  local xml n
  xml=$(lexec "$1" crm_mon -1 --output-as=xml) || { echo "$xml"; return 1; }
  n=$(grep -c '<node [^>]*online="true".*type="member"' <<<"$xml") || true
  echo "$n of ${#KVM[@]} nodes online, $(grep -o 'with_quorum="[a-z]*"' <<<"$xml")"
  ((n == ${#KVM[@]})) && grep -q 'with_quorum="true"' <<<"$xml"
}
await_online() { await 120 "$1" "all nodes online, seen from $1" cluster_online "$1"; }
stage_cluster() {
  local a=${KVM[0]}
  in_parallel pcsd_listens "${KVM[@]}" || exit 1
  must "$a" pcs host auth "${KVM[@]}" -u hacluster <<<"aptech" # the password on stdin: arguments are seen by all
  must "$a" pcs cluster setup "$CLUSTER" "${KVM[@]}"
  must "$a" pcs cluster start --all
  in_parallel await_online "${KVM[@]}" || exit 1
  must "$a" pcs cluster enable --all
}

# --- the resource
resource_started() { # HOST NAME
  local xml
  xml=$(lexec "$1" crm_mon -1 --output-as=xml) || { echo "$xml"; return 1; }
  xml=$(grep "<resource id=\"$2\" " <<<"$xml") || { echo "no resource $2"; return 1; }
  echo "$xml" | grep -o 'role="[A-Za-z]*"'
  [[ $xml == *'role="Started"'* && $xml == *'failed="false"'* ]]
}
stage_resource() { # [NAME]
  local a name=${1:-$DOMAIN}
  a=$(first_alive "${KVM[@]}")
  must "$a" pcs resource create "$name" VirtualDomain hypervisor=qemu:///system config="$MOUNT/config/$name.xml" \
    migration_transport=ssh op start timeout=60s op stop timeout=60s op monitor interval=10s timeout=30s \
    meta allow-migrate=true
  await 120 "$a" "the cluster to start $name" resource_started "$a" "$name"
  await 120 "$a" "$name to count on its console" ticking "$name"
}
