# shellcheck shell=bash disable=SC2034
# Three hosts that are both store and KVM: two with data, the third brick is an arbiter.
declare -gA IP=([host1]=31 [host2]=32 [host3]=33)
KVM=(host1 host2 host3)
STORE=(host1 host2 host3)
HOSTS=("${STORE[@]}")
VOLUME=models LAYOUT="replica 3 arbiter 1" BRICK=/data
# Each host mounts by the first's name, so it must know the others for a boot while the first is away.
MOUNT=/kvmdata MOUNT_OPTIONS=defaults,_netdev,backup-volfile-servers=host2:host3
DOMAIN=test01 CLUSTER=cluster-kvm
