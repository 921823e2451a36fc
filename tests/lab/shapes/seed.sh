# shellcheck shell=bash disable=SC2034
# The lab of the guide: four gluster hosts, two KVM hosts, a distributed-replicated volume 2 x 2.
declare -gA IP=([kvm01]=11 [kvm02]=12 [node1]=21 [node2]=22 [node3]=23 [node4]=24)
KVM=(kvm01 kvm02)
STORE=(node1 node2 node3 node4)
HOSTS=("${STORE[@]}" "${KVM[@]}")
VOLUME=models LAYOUT="replica 2" BRICK=/data
MOUNT=/kvmdata MOUNT_OPTIONS=defaults,_netdev
DOMAIN=test01 CLUSTER=cluster-kvm
