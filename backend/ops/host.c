/* The hosts' operations: the table. */
#include "ops/host.h"

const struct operation host_operations[] = {
    {"host-prepare", "Prepare hosts for their part in the cluster", "Installs and starts what a KVM host or a gluster host needs: repositories, packages, names, services, firewall, SELinux, root's ssh trust between KVM hosts. What is done already is left alone.", TARGET_HOST, 1,
     OP_NO_LOCK | OP_WIZARD, prepare_arguments, prepare_survey, prepare_plan, NULL},
    {"host-platform", "Make a host able to run domains", "Looks whether its processor and firmware allow virtualisation, and installs libvirt and qemu.", TARGET_HOST, 1, OP_NO_LOCK | OP_WIZARD, platform_arguments, platform_survey, platform_plan, NULL},
    {"host-bridge", "Make a bridge for the domains' network", "Puts the host's network interface into a bridge that carries its addresses. If the host cannot be reached afterwards, it takes that back by itself.", TARGET_HOST, 2, OP_NO_LOCK | OP_NOT_OWN_HOST | OP_WIZARD,
     bridge_arguments, bridge_survey, bridge_plan, NULL},
    {.name = NULL},
};
