# shellcheck shell=bash disable=SC2034
# The hosts of the guide before its first step: as an installer leaves them, with nothing of a cluster, a volume or a hypervisor.
# `lab up` boots them; the stages of `lab ready` are what the guide is there for.
# shellcheck source=/dev/null
source "$HERE/shapes/seed.sh"
BARE=yes
