# shellcheck shell=bash disable=SC2034
# Three hosts that are both store and KVM, under two names and on two networks: corosync and libvirt know host1 (10.77.0.41),
# gluster knows store1 (10.78.0.41). Two bricks with data, the third is an arbiter.
declare -gA IP=([host1]=41 [host2]=42 [host3]=43)
declare -gA STORE_NAME=([host1]=store1 [host2]=store2 [host3]=store3)
KVM=(host1 host2 host3)
STORE=(host1 host2 host3)
HOSTS=("${STORE[@]}")
VOLUME=models LAYOUT="replica 3 arbiter 1" BRICK=/data
MOUNT=/kvmdata MOUNT_OPTIONS=defaults,_netdev,backup-volfile-servers=store2:store3
DOMAIN=test01 CLUSTER=cluster-kvm
