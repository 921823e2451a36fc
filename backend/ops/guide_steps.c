/* The guide's steps: the table. Why, and what the classic lab (CentOS 7) typed; how each is asked, told and done is in guide_hosts,
 * guide_store, guide_domain and guide_cluster. */
#include "ops/book_parts.h"

#define DOES(name_) .ask = ask_##name_, .check = check_##name_, .left = left_##name_
const struct guide_step guide_steps[] = {
    {.name = "kvm-platform", .title = "Hosts that can run domains", .where = "each KVM host", .shows = "hosts", .choices = {"type", "bridge"}, DOES(platform),
     .why = "A domain is a virtual machine. Its processor is the host's own, lent by KVM; libvirt starts it, and qemu plays its disks and network cards. The processor's flag says that it can, the device /dev/kvm that nothing "
            "forbids it; a bridge is a switch inside the host that the domains' network cards are plugged into. Without KVM a domain is emulated, ten times slower; with bridges of different names it cannot move.",
     .classic = "yum -y install qemu-kvm libvirt virt-install\nsystemctl start libvirtd\nsystemctl enable libvirtd",
     .newer = "On EL9 and Fedora libvirt is several small daemons, started by their sockets. A bridge is made so that the host takes it back by itself when it cannot be reached afterwards; it is made from another host.",
     .seen = "each KVM host runs domains, libvirt answers"},
    {.name = "firewall", .title = "Firewall and SELinux", .where = "each host", .shows = "hosts", .choices = {"firewall", "selinux"}, DOES(guards),
     .why = "All that follows speaks over the network: gluster on ports 24007, 24008 and from 49152 up, pcs on 2224, corosync on UDP 5404 to 5412, live migration from 49152 up. A firewall in between makes hosts that believe each "
            "other dead. SELinux forbids domains to use images on gluster's mounts until one of its booleans says that they may.",
     .classic = "systemctl stop firewalld\nsystemctl disable firewalld\nsetenforce 0",
     .newer = "Nothing has to be turned off: what the cluster speaks is opened, and virt_use_fusefs allows what domains need.", .seen = "nothing stands between the hosts"},
    {.name = "hosts-file", .title = "Each host finds each other by its name", .where = "each host", .shows = "hosts", DOES(names),
     .why = "Gluster, corosync and pcs know hosts by their names, and all must mean the same address by one. A name that hangs on a DNS server is lost when that server is, which is when a cluster is needed most; so the names stand in "
            "/etc/hosts of each host. A host that finds itself at 127.0.1.1 listens where nobody hears it.",
     .classic = "vi /etc/hosts", .seen = "each name is the same address on every host"},
    {.name = "gluster-packages", .title = "Gluster's packages", .where = "each gluster host", .shows = "hosts", DOES(packages),
     .why = "GlusterFS makes one volume of directories on several hosts and keeps copies of each file. Its daemon, glusterd, comes in the server's package. All hosts are to have the same version: a newer one may speak what an older "
            "one does not.",
     .classic = "yum -y install centos-release-gluster\nyum -y install glusterfs glusterfs-server glusterfs-fuse glusterfs-rdma",
     .newer = "apt, dnf and zypper call the packages differently; glusterfs-rdma is gone.", .seen = "all have the packages, of one version"},
    {.name = "glusterd", .title = "glusterd runs, now and at every boot", .where = "each gluster host", .shows = "services", .needs = {"gluster-packages"}, DOES(glusterd),
     .why = "glusterd is the daemon that knows the pool and its volumes and starts the processes of the bricks. One that is not enabled stays down after the next reboot, and with it that host's copy of every disk.",
     .classic = "systemctl start glusterd.service\nsystemctl enable glusterd.service", .seen = "glusterd is active and enabled everywhere"},
    {.name = "peers-probed", .title = "The gluster hosts are one pool", .where = "the first gluster host", .shows = "peers", .needs = {"glusterd", "hosts-file", "firewall"}, .undo = undo_peers, DOES(peers),
     .why = "The pool is the hosts whose disks make volumes together. A member asks the others in, one by one; from then on each of them knows all. A host outside of the pool can hold no brick.",
     .classic = "gluster peer probe node2\ngluster peer probe node3\ngluster peer probe node4",
     .newer = "The first host is known to the others by its address alone until one of them asks for it by its name: that is done too.", .seen = "each sees all the others, connected"},
    {.name = "volume", .title = "The volume for the disks of all domains", .where = "each gluster host; the first one creates it", .shows = "bricks", .needs = {"peers-probed"}, .choices = {"copies", "brick_on_root"}, .undo = undo_volume, DOES(volume),
     .why = "The disks of all domains will lie here, each one on two hosts or more, so that a host may die. A brick is a directory on a host; the order of the bricks says which ones hold the same files: the first ones are the first "
            "set of copies, and so on. Of two copies that lost each other nobody can say which is right (split-brain); a third brick, which may be an arbiter that holds names alone, decides.",
     .classic = "mkdir /data\ngluster volume create models replica 2 node1:/data node2:/data node3:/data node4:/data force",
     .newer = "force was needed because /data lay on the root file system, and for replica 2. With an arbiter and a file system of its own for the bricks there is nothing to force.", .seen = "the volume is there"},
    {.name = "volume-started", .title = "The volume is started", .where = "the first gluster host", .shows = "volumes", .needs = {"volume"}, .choices = {"timeouts"}, .undo = undo_started, DOES(started),
     .why = "Started, each brick has a process that clients connect to. A host that dies still holds the locks of its images for 42 s, by default: whoever starts its domains elsewhere within that time is told that the disk is in use, and "
            "pacemaker does not try again. Four time-outs together let go after 4 s.",
     .classic = "gluster volume info models\ngluster volume start models", .newer = "The options of the group virt and the failover time-outs are set when the volume is made.", .seen = "started, all bricks online"},
    {.name = "mounted", .title = "The volume is mounted on the KVM hosts", .where = "each KVM host", .shows = "mounts", .needs = {"volume-started"}, DOES(mounted),
     .why = "A domain can only move to a host that sees its disk at the same path: so every KVM host mounts the volume in the same place, now and at every boot. The server in the line of fstab is only asked what the volume is made of; "
            "others are named for when it is down. Pacemaker starts after the mount: a domain that is started without its disk counts as failed for good on that host.",
     .classic = "yum -y install glusterfs glusterfs-fuse\nmkdir /kvmdata\nmount -t glusterfs node1:models /kvmdata\necho 'node1:models /kvmdata glusterfs defaults,_netdev 0 0' >>/etc/fstab",
     .newer = "backup-volfile-servers names the other servers, and pacemaker is ordered after the mount.", .seen = "mounted everywhere, now and at boot"},
    {.name = "image", .title = "A disk for the first domain", .where = "the first KVM host", .shows = "mounts", .needs = {"mounted"}, DOES(image),
     .why = "A cloud image is a system that is installed already: a copy of it on the volume is the new domain's disk. It is copied as qcow2, which takes only the room that is written.",
     .classic = "cp CentOS-7-x86_64-GenericCloud-2009.qcow2 /kvmdata/test01.qcow2", .newer = "Any cloud image will do; qemu-img reads it while it copies, so that a broken one is found now.", .seen = "the disk is on the volume"},
    {.name = "domain", .title = "The domain, and a way in", .where = "the first KVM host", .shows = "domains", .needs = {"image", "kvm-platform"}, .choices = {"login"}, DOES(domain),
     .why = "A definition tells libvirt what the domain is made of: memory, processors, disk, network card. A cloud image lets nobody in: root's password or, better, a key is written into its disk before the first start. Log in once on its "
            "console (domain-console): a guest that does not boot is no proof of anything.",
     .classic = "yum -y install libguestfs-tools\ngpasswd -a qemu root\nvirt-customize -a /kvmdata/test01.qcow2 --root-password password:aptech\n"
                "virt-install --name=test01 -r 1024 --vcpus=1 --disk device=disk,bus=virtio,path='/kvmdata/test01.qcow2',size=10 -w bridge:br0 --virt-type=kvm --boot hd",
     .newer = "The password comes from a file that only root reads and is in no argument; qemu needs no group of root's for it.", .seen = "the domain runs, or pacemaker drives it"},
    {.name = "definition-shared", .title = "Its definition on the volume, tried on another host", .where = "the first KVM host, then the second", .shows = "domains", .needs = {"domain"}, DOES(shared),
     .why = "libvirt keeps a definition on its own host alone. To be started elsewhere it must lie where every host finds it: on the volume. That it works there is tried now, by hand, before pacemaker does it at night: shut down and "
            "undefined here, defined and started there.",
     .classic = "mkdir /kvmdata/config\ncp /etc/libvirt/qemu/test01.xml /kvmdata/config/\nvirsh shutdown test01\nvirsh undefine test01\nvirsh list --all\nvirsh define /kvmdata/config/test01.xml\nvirsh start test01\nvirsh list --all",
     .newer = "The definition is read by virsh dumpxml --inactive --security-info, which a file of libvirt's own is not made for.", .seen = "another host runs it by the shared definition"},
    {.name = "cluster-packages", .title = "Pacemaker's packages, pcsd and its password", .where = "each KVM host", .shows = "services", .needs = {"hosts-file", "firewall"}, DOES(pcsd),
     .why = "Corosync tells which hosts are alive, pacemaker decides where the domains run, fence agents cut the power of a host that is lost. pcs sets all of it up, by the daemon pcsd on each host; who may tell it is the user "
            "hacluster, whose password is set on every host.",
     .classic = "yum -y install pcs pacemaker fence-agents-all\npasswd hacluster\nsystemctl start pcsd\nsystemctl enable pcsd", .newer = "The password is read from standard input: it is in no argument and no history.", .seen = "pcsd runs everywhere, hacluster has a password"},
    {.name = "hosts-authenticated", .title = "pcsd of each host trusts the others", .where = "a KVM host", .shows = "services", .needs = {"cluster-packages"}, DOES(authenticated),
     .why = "With that password once, each pcsd gives the others a token; from then on pcs on one host may tell all of them, and nobody needs the password again.",
     .classic = "pcs cluster auth kvm01 kvm02 -u hacluster -p aptech", .newer = "Since pcs 0.10 it is pcs host auth; the password goes by standard input, not after -p where every user of the host sees it.", .seen = "pcsd on each answers to all"},
    {.name = "cluster-setup", .title = "The cluster is set up", .where = "a KVM host", .shows = "nodes", .needs = {"hosts-authenticated"}, .undo = undo_setup, DOES(setup),
     .why = "This writes /etc/corosync/corosync.conf, the same on each node: the cluster's name, its nodes and their addresses, and how votes are counted. Of two nodes each may go on alone (two_node), but after a full stop nothing starts "
            "until both have been seen.",
     .classic = "pcs cluster setup --name cluster-kvm kvm01 kvm02", .newer = "Since pcs 0.10 the name stands without --name. Debian's package leaves a configuration of its own, which has to go first.", .seen = "each node has the cluster's configuration"},
    {.name = "cluster-started", .title = "The cluster runs, and starts with its hosts", .where = "a KVM host", .shows = "nodes", .needs = {"cluster-setup"}, .undo = undo_cluster, DOES(cluster),
     .why = "Started, the nodes find each other, have quorum and elect a coordinator (DC). Enabled, a node joins again by itself when it boots, also after it was fenced.",
     .classic = "pcs cluster start --all\npcs cluster enable --all\npcs status", .seen = "all online, with quorum"},
    {.name = "node-absence", .title = "A node is stopped, seen OFFLINE, and comes back", .where = "a KVM host, about another one", .shows = "nodes", .needs = {"cluster-started"}, DOES(absence),
     .why = "The mildest loss there is: a node leaves in order. The other one must see it go and go on alone, and see it come back. What does not work now does not work when a host burns either. That it was seen is written into the "
            "cluster's configuration, where every console finds it.",
     .classic = "pcs cluster stop kvm01\npcs status\npcs cluster start kvm01", .seen = "it was seen to leave and to come back"},
    {.name = "fencing", .title = "A lost host's power is cut", .where = "each KVM host", .shows = "fencing", .needs = {"cluster-started"}, .choices = {"fencing"}, DOES(fencing),
     .why = "A host that does not answer may be dead, or it may still write to its domains' disks. Started a second time elsewhere, two writers destroy one disk, and nothing says so. Fencing cuts its power first: after that it surely "
            "does not write. Pacemaker starts nothing of a lost host before that, so without fence devices (or fencing said to be off) nothing fails over at all.",
     .classic = "pcs property set stonith-enabled=false", .newer = "The lab ran on a desktop hypervisor without fence devices. Each real machine has a BMC (fence_ipmilan), a nested one its hypervisor (fence_virsh).", .seen = "a device for each host, and it is on"},
    {.name = "domain-ha", .title = "Pacemaker drives the domain", .where = "a KVM host", .shows = "domains", .needs = {"fencing", "definition-shared"}, .undo = undo_resource, DOES(resource),
     .why = "As a resource the domain is pacemaker's: it starts, stops and moves it, and starts it elsewhere when its host is lost. From now on virsh start and virsh shutdown are not for this domain any more. It is adopted while it runs.",
     .classic = "pcs resource create test01 VirtualDomain hypervisor=\"qemu:///system\" config=\"/kvmdata/config/test01.xml\" migration_transport=ssh meta allow-migrate=\"true\"",
     .newer = "With time-outs for its operations, a failure-timeout (else one failed start is final), and nothing that libvirt would start by itself.", .seen = "pacemaker has it started"},
    {.name = "where-it-runs", .title = "Where it runs, by both words", .where = "each KVM host", .shows = "domains", .needs = {"domain-ha"}, .ask = ask_place, .check = check_place,
     .why = "Pacemaker says where it started the domain, libvirt on each host what really runs there. Look at both: started on one host by pacemaker, running there and on no other by libvirt.",
     .classic = "virsh list --all", .seen = "one host runs it, and pacemaker says the same"},
    {.name = "constraints-cleared", .title = "Nothing binds it to a host", .where = "a KVM host", .shows = "domains", .needs = {"domain-ha"}, .ask = ask_cleared, .check = check_cleared, .left = left_cleared,
     .why = "Each move and each ban leaves a constraint behind. One that forbids the only other host is found on the night when that host is needed. So there is none before we begin to move it.",
     .classic = "pcs resource clear test01\npcs constraint", .seen = "no constraint of a move or a ban"},
    {.name = "moved", .title = "It is moved to the other host", .where = "a KVM host", .shows = "domains", .needs = {"constraints-cleared", "where-it-runs"}, .ask = ask_moved, .check = check_moved, .left = left_moved,
     .why = "Moved live, its guest notices nothing: its memory goes over while it runs. This proves ssh between the hosts, the migration's ports, processors that are alike, and the disk on both sides, without losing anything yet.",
     .classic = "pcs resource move test01\nvirsh list --all\npcs status", .newer = "crm_resource names the host that it goes to, the same from pacemaker 1.1 to 3.", .seen = "it was seen to move"},
    {.name = "move-cleared", .title = "The constraint of the move is cleared", .where = "a KVM host", .shows = "domains", .needs = {"moved"}, .ask = ask_unbound, .check = check_unbound, .left = left_unbound,
     .why = "The move has left a constraint: it binds the domain to where it went, or forbids where it came from. While it stands the next step may find no host that is allowed. Clearing it is why the next step works.",
     .classic = "pcs resource clear test01", .newer = "pcs 0.11 removes it by itself when its own move is used.", .seen = "nothing is left of the move"},
    {.name = "failover", .title = "Its host hangs: the domain comes back on the other one", .where = "the domain's host", .shows = "domains", .needs = {"move-cleared", "fencing"}, .choices = {"fencing"}, .ask = ask_failover, .check = check_failover, .left = left_failover,
     .why = "What all of it was for. The host that runs the domain hangs, without a word: the others must find out, cut its power, and start the domain again; and the host must come back. With fencing off this is refused: a host that only hangs "
            "wakes up again and writes beside the new one. Then its power is cut instead, so that it surely does not.",
     .classic = "(the host is suspended in its hypervisor)\npcs status\nvirsh list --all", .newer = "A drill: a timer takes it back by itself, the outage is measured, and a report is kept.", .seen = "it came back on another host"},
};

static const char *nothing_is_built(struct planning *p) {
  for (size_t i = 0; i < p->snap->problems.count; i++)
    if (str_eq(p->snap->problems.item[i].id, "nothing-found")) return "there is no cluster here yet";
  return NULL;
}

static const struct guide_book build = {
    .name = "build", .title = "From bare hosts to a proven failover", .builds = true, .steps = guide_steps, .count = COUNT(guide_steps), .called = nothing_is_built, .problems = "nothing-found",
    .when = "To build a cluster, to learn how it is built, or as a checklist of one that runs.", .over = "All is done: a lost host's domain comes back on another one."};
const struct guide_book *const guide_books[] = {&build, &book_cold_start, &book_shutdown, &book_fencing_stuck, &book_gluster_stalled, &book_returned_unmounted, &book_brick_full, &book_blocked_failover, &book_partition, NULL};

const struct guide_choice guide_choices[] = {
    {"firewall", "Firewall", "open", "open what the cluster speaks", "the hosts stay closed to all else", "off", "turn the firewall off", "glusterd and libvirt trust whoever reaches them: only for a network of the cluster's own", NULL},
    {"selinux", "SELinux", "booleans", "allow what domains on gluster need", "a domain that breaks out is still held", "permissive", "have SELinux only warn", "a domain that breaks out is held by nothing", NULL},
    {"copies", "Copies of each file", "arbiter", "two copies and an arbiter", "the arbiter decides when a host is lost: no split-brain, for the room of names alone", "replica-2", "two copies and nobody to decide",
     "either both halves may write and part, or the first host of each pair must be up", "replica-2 first-brick-mandatory no-client-quorum"},
    {"brick_on_root", "Where bricks lie", "no", "on a file system of their own", "a full brick does not stop its host", "yes", "on the root file system, by force", "a full volume stops the hosts it lies on", NULL},
    {"timeouts", "Release of a dead host's locks", "failover", "after 4 s", "its domains can start elsewhere at once", "default", "after 42 s, as gluster has it", "a start within that time fails: the disk is in use", "lock-outlives-failover lock-outlives-fencing"},
    {"login", "Root's way into the guest", "key", "by a key", "nothing to guess, and none to type", "password", "by a password", "whoever knows one of the lab's passwords knows all of them", NULL},
    {"fencing", "A lost host", "on", "is fenced: its power is cut first", "two hosts never write one disk", "off", "is believed to be dead", "one that only hangs writes again beside the new one, and the disk is destroyed", "fencing-off fencing-missing"},
    {"type", "How domains run", "kvm", "on the processor itself", "as fast as the host", "qemu", "emulated", "where /dev/kvm does not work, as in nested labs: ten times slower", NULL},
    {"bridge", "The domains' network", "br0", "by a bridge of every host", "guests are reached like any machine", "none", "none", "enough to prove a failover; nobody reaches the guest but on its console", NULL},
    {.argument = NULL}};
