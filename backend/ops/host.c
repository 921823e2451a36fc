/* The hosts' operations: the table. */
#include "ops/host.h"

const struct operation host_operations[] = {
    {"host-prepare", "Prepare hosts for their part in the cluster", "Installs and starts what a KVM host or a gluster host needs: repositories, packages, names, services, firewall, SELinux, root's ssh trust between KVM hosts. What is done already is left alone.", TARGET_HOST, 1,
     OP_NO_LOCK | OP_WIZARD, prepare_arguments, prepare_survey, prepare_plan, NULL},
    {"host-platform", "Make a host able to run domains", "Looks whether its processor and firmware allow virtualisation, and installs libvirt and qemu.", TARGET_HOST, 1, OP_NO_LOCK | OP_WIZARD, platform_arguments, platform_survey, platform_plan, NULL},
    {"host-bridge", "Make a bridge for the domains' network", "Puts the host's network interface into a bridge that carries its addresses. If the host cannot be reached afterwards, it takes that back by itself.", TARGET_HOST, 2, OP_NO_LOCK | OP_NOT_OWN_HOST | OP_WIZARD,
     bridge_arguments, bridge_survey, bridge_plan, NULL},
    {"host-firewall", "Open the hosts' firewalls, and SELinux for domains", "Opens what the cluster speaks in firewalld or ufw, or turns them off; allows domains to use images on gluster's mounts, or has SELinux only warn.", TARGET_HOST, 1, OP_NO_LOCK, guards_arguments,
     guards_survey, guards_plan, only_by_name},
    {"host-names", "Have the hosts find each other by name", "Adds what is missing to /etc/hosts of each host; a line that says otherwise is not overwritten.", TARGET_HOST, 1, OP_NO_LOCK, names_arguments, names_survey, names_plan, only_by_name},
    {"host-packages", "Install what a host needs for its part", "Adds a repository if one is given, and installs the packages of a role that are missing, by the host's own package manager.", TARGET_HOST, 1, OP_NO_LOCK, packages_arguments, packages_survey, packages_plan,
     only_by_name},
    {"host-trust", "Let root of the KVM hosts log in at each other", "By a key of each, and the others' keys known beforehand: libvirt migrates domains over ssh, by the cluster's names of the hosts.", TARGET_HOST, 1, OP_NO_LOCK, trust_arguments, trust_survey, trust_plan, only_by_name},
    {"host-services", "Start what a host's part needs", "Starts the services of a role, now and at every boot, and sees that they run.", TARGET_HOST, 1, OP_NO_LOCK, services_arguments, services_survey, services_plan, only_by_name},
    {.name = NULL},
};
