/* What each part of a command means, by one table: of any plan's argv, so that what is explained is what runs. */
#include "base/str.h"
#include "ops/guide.h"
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* Of that program (NULL: of any), when that word stands somewhere before (NULL: whatever does): these words, each a pattern of the
 * shell's, and as many more as belong to them. The first row that fits is it. */
static const struct meaning { const char *program, *after, *words; size_t more; const char *means; } meanings[] = {
    /* programs themselves */
    {"gluster", NULL, "gluster", 0, "GlusterFS's own command: it tells glusterd on this host, and that one tells the others"},
    {"pcs", NULL, "pcs", 0, "sets up the cluster, by pcsd on each host"},
    {"crm_attribute", NULL, "crm_attribute", 0, "reads and writes one setting of the cluster's configuration (the CIB)"},
    {"crm_resource", NULL, "crm_resource", 0, "tells pacemaker about one resource"},
    {"stonith_admin", NULL, "stonith_admin", 0, "tells pacemaker's fencing directly"},
    {"virsh", NULL, "virsh", 0, "tells libvirt on this host"},
    {"systemctl", NULL, "systemctl", 0, "tells systemd, which starts services"},
    {"systemd-run", NULL, "systemd-run", 0, "has systemd run a command later, whoever is there then"},
    {"apt-get", NULL, "apt-get", 0, "Debian's package manager"},
    {"dnf", NULL, "dnf", 0, "the package manager"},
    {"yum", NULL, "yum", 0, "the package manager"},
    {"zypper", NULL, "zypper", 0, "SUSE's package manager"},
    {"env", NULL, "env", 0, "runs a command with these settings"},
    {"firewall-cmd", NULL, "firewall-cmd", 0, "tells firewalld"},
    {"ufw", NULL, "ufw", 0, "tells the firewall ufw"},
    {"setsebool", NULL, "setsebool", 0, "sets one of SELinux's switches"},
    {"setenforce", NULL, "setenforce", 0, "SELinux forbids (1) or only warns (0), until the next boot"},
    {"mkdir", NULL, "mkdir", 0, "makes a directory"},
    {"install", NULL, "install", 0, "makes a file or a directory with these rights"},
    {"tee", NULL, "tee", 0, "writes what it is given into a file"},
    {"dd", NULL, "dd", 0, "writes what it is given into a file, and prints nothing of it"},
    {"rm", NULL, "rm", 0, "removes a file"},
    {"mv", NULL, "mv", 0, "puts a file in the place of another, at once"},
    {"touch", NULL, "touch", 0, "makes an empty file"},
    {"test", NULL, "test", 0, "asks about a file; its exit code is the answer"},
    {"grep", NULL, "grep", 0, "looks for lines; its exit code says whether there are any"},
    {"sed", NULL, "sed", 0, "edits lines of a file"},
    {"mount", NULL, "mount", 0, "mounts"},
    {"umount", NULL, "umount", 0, "unmounts"},
    {"mountpoint", NULL, "mountpoint", 0, "asks whether something is mounted there"},
    {"qemu-img", NULL, "qemu-img", 0, "qemu's tool for disk images"},
    {"virt-customize", NULL, "virt-customize", 0, "writes into a guest's disk while it is off"},
    {"virt-install", NULL, "virt-install", 0, "makes a domain and starts it"},
    {"ssh-keygen", NULL, "ssh-keygen", 0, "makes and looks at ssh's keys"},
    {"ssh", NULL, "ssh", 0, "runs a command on another host"},
    {"sh", NULL, "sh", 0, "runs a few lines of shell"},
    /* gluster */
    {"gluster", NULL, "--mode=script", 0, "it asks no questions"},
    {"gluster", NULL, "--timeout=*", 0, "it gives up after so many seconds"},
    {"gluster", NULL, "peer probe", 1, "asks that host into the pool"},
    {"gluster", NULL, "peer detach", 1, "takes that host out of the pool"},
    {"gluster", NULL, "peer status", 0, "the others of the pool, and whether they are connected"},
    {"gluster", NULL, "pool list", 0, "all hosts of the pool"},
    {"gluster", NULL, "volume create", 1, "makes a volume of that name"},
    {"gluster", NULL, "volume start", 1, "starts the processes of its bricks"},
    {"gluster", NULL, "volume stop", 1, "ends the processes of its bricks: nobody reads or writes it any more"},
    {"gluster", NULL, "volume delete", 1, "forgets the volume; the files stay in its bricks"},
    {"gluster", NULL, "volume set", 1, "sets an option of that volume"},
    {"gluster", NULL, "volume reset", 2, "sets that option back to gluster's own value"},
    {"gluster", NULL, "volume info", 1, "what the volume is made of"},
    {"gluster", "set", "group virt", 0, "all options that gluster recommends for domains' images"},
    {"gluster", "set", "server.tcp-user-timeout", 1, "a brick drops a client that acknowledges nothing for so many seconds: its locks go"},
    {"gluster", "set", "server.keepalive-time", 1, "after so many idle seconds a brick asks a client whether it lives"},
    {"gluster", "set", "server.keepalive-interval", 1, "and again after so many seconds"},
    {"gluster", "set", "server.keepalive-count", 1, "and no more than so many times"},
    {"gluster", "set", "network.ping-timeout", 1, "clients wait so many seconds for a silent brick: guests stall from one to two times as long"},
    {"gluster", "set", "features.shard", 1, "images are cut into pieces of 64 MiB; never to be turned off again"},
    {"gluster", "set", "*.*", 1, "the option and its new value"},
    {"gluster", "create", "replica", 1, "so many bricks hold the same files (an arbiter counts)"},
    {"gluster", "create", "arbiter", 1, "the last brick of each set holds names alone, and decides when the others part"},
    {"gluster", "create", "disperse", 1, "each file in pieces, on so many bricks"},
    {"gluster", "create", "redundancy", 1, "so many of them may be lost"},
    {"gluster", "create", "*:/*", 0, "a brick: a directory of a host. Their order says which ones belong together"},
    {"gluster", NULL, "force", 0, "knowingly: what gluster warns of is overruled (bricks on the root file system, an old brick, two copies)"},
    /* pcs */
    {"pcs", NULL, "host auth", 0, "has pcsd of each of these hosts trust the others"},
    {"pcs", NULL, "cluster auth", 0, "has pcsd of each of these hosts trust the others (pcs 0.9)"},
    {"pcs", NULL, "-u", 1, "as that user; its password is read from standard input, and is in no argument"},
    {"pcs", NULL, "cluster setup --name", 1, "writes the configuration of a cluster of that name to these hosts"},
    {"pcs", NULL, "cluster setup", 1, "writes the configuration of a cluster of that name to these hosts"},
    {"pcs", NULL, "cluster start", 0, "starts corosync and pacemaker"},
    {"pcs", NULL, "cluster stop", 0, "stops pacemaker and corosync in order: what runs there moves away first"},
    {"pcs", NULL, "cluster enable", 0, "they start when the host boots"},
    {"pcs", NULL, "cluster disable", 0, "they do not start when the host boots"},
    {"pcs", NULL, "cluster destroy", 0, "takes the cluster's configuration away"},
    {"pcs", NULL, "--all", 0, "on every node"},
    {"pcs", NULL, "--force", 0, "without asking again"},
    {"pcs", NULL, "--yes", 0, "without asking again"},
    {"pcs", NULL, "addr=*", 0, "the address of a link of the host before it"},
    {"pcs", NULL, "stonith create", 2, "a fence device of that name, by that agent"},
    {"pcs", NULL, "stonith delete", 1, "takes that fence device away"},
    {"pcs", NULL, "ip=*", 0, "where the device is"},
    {"pcs", NULL, "ipaddr=*", 0, "where the device is"},
    {"pcs", NULL, "username=*", 0, "who may switch the power there"},
    {"pcs", NULL, "login=*", 0, "who may switch the power there"},
    {"pcs", NULL, "password_script=*", 0, "a script that prints the password: it is in no argument and not in the configuration"},
    {"pcs", NULL, "passwd_script=*", 0, "a script that prints the password: it is in no argument and not in the configuration"},
    {"pcs", NULL, "lanplus=1", 0, "IPMI 2.0"},
    {"pcs", NULL, "cipher=*", 0, "the cipher suite that the BMC knows"},
    {"pcs", NULL, "ipport=*", 0, "the port, when it is not the usual one"},
    {"pcs", NULL, "pcmk_host_list=*", 0, "whose power it cuts"},
    {"pcs", NULL, "pcmk_host_map=*", 0, "whose power it cuts, and what the device calls it"},
    {"pcs", NULL, "pcmk_delay_base=*", 0, "it waits so long: of two hosts that shoot at each other one is quicker"},
    {"pcs", NULL, "constraint location", 1, "about where that resource may run"},
    {"pcs", "location", "avoids", 1, "not on that host: no host is to fence itself"},
    {"pcs", NULL, "resource create", 1, "a resource of that name"},
    {"pcs", NULL, "resource delete", 1, "takes that resource away"},
    {"pcs", NULL, "ocf:heartbeat:VirtualDomain", 0, "the agent that starts, stops and moves a domain by libvirt"},
    {"pcs", NULL, "hypervisor=*", 0, "libvirt on the host itself"},
    {"pcs", NULL, "config=*", 0, "the domain's definition, where every host finds it"},
    {"pcs", NULL, "migration_transport=ssh", 0, "live moves go by root's ssh"},
    {"pcs", NULL, "op", 0, "what follows are its operations"},
    {"pcs", "op", "start", 0, "when it is started:"},
    {"pcs", "op", "stop", 0, "when it is stopped:"},
    {"pcs", "op", "monitor", 0, "when it is looked at:"},
    {"pcs", "op", "migrate_to", 0, "when it moves away live:"},
    {"pcs", "op", "migrate_from", 0, "when it arrives live:"},
    {"pcs", NULL, "timeout=*", 0, "it may take so long"},
    {"pcs", NULL, "interval=*", 0, "each so many seconds"},
    {"pcs", NULL, "meta", 0, "what follows is for pacemaker itself"},
    {"pcs", NULL, "allow-migrate=true", 0, "it may move live"},
    {"pcs", NULL, "failure-timeout=*", 0, "after so long a failure is forgotten"},
    {"pcs", NULL, "resource-stickiness=*", 0, "how strongly it stays where it runs"},
    {"pcs", NULL, "migration-threshold=*", 0, "so many failures before another host is tried"},
    {"pcs", NULL, "is-managed=false", 0, "pacemaker only looks at it at first: it finds it running"},
    {"pcs", NULL, "*", 0, "a host"},
    /* pacemaker's own tools */
    {"crm_attribute", NULL, "-t crm_config", 0, "of the cluster as a whole"},
    {"crm_attribute", NULL, "-s kvmconsole-*", 0, "in a set of this console's own, which pacemaker ignores"},
    {"crm_attribute", NULL, "-n stonith-enabled", 0, "whether lost hosts are fenced"},
    {"crm_attribute", NULL, "-n start-failure-is-fatal", 0, "whether one failed start keeps a resource off that host"},
    {"crm_attribute", NULL, "-n", 1, "the setting"},
    {"crm_attribute", NULL, "-v", 1, "its value"},
    {"crm_attribute", NULL, "-D", 0, "it is taken away"},
    {"crm_resource", NULL, "-M", 0, "moves it: a constraint binds it to that host until it is cleared"},
    {"crm_resource", NULL, "-B", 0, "forbids it a host until that is cleared"},
    {"crm_resource", NULL, "-U", 0, "clears what moves and bans have left"},
    {"crm_resource", NULL, "-C", 0, "forgets its failures: it is tried again"},
    {"crm_resource", NULL, "--cleanup", 0, "forgets its failures: it is tried again"},
    {"crm_resource", NULL, "-R", 0, "forgets its history: it is looked at anew"},
    {"crm_resource", NULL, "-r", 1, "which resource"},
    {"crm_resource", NULL, "-N", 1, "which host"},
    {"crm_resource", NULL, "-m", 0, "one of its settings for pacemaker"},
    {"crm_resource", NULL, "-d", 1, "is taken away"},
    {"crm_resource", NULL, "-p", 1, "which one"},
    {"crm_resource", NULL, "-v", 1, "its value"},
    {"stonith_admin", NULL, "--reboot", 1, "cuts that host's power and gives it back"},
    {"stonith_admin", NULL, "--fence", 1, "cuts that host's power; it stays off"},
    {"stonith_admin", NULL, "--unfence", 1, "gives that host its power"},
    {"stonith_admin", NULL, "--timeout", 1, "it may take so many seconds"},
    /* libvirt, images */
    {"virsh", NULL, "-c", 1, "libvirt on this host itself, the whole machine's"},
    {"virsh", NULL, "nodeinfo", 0, "what this host has: an answer is what is wanted"},
    {"virsh", NULL, "list --all", 0, "all domains that this host knows, also those that are off"},
    {"virsh", NULL, "define", 1, "learns a domain by that file; it does not start it"},
    {"virsh", NULL, "undefine", 0, "forgets a domain; its disk stays"},
    {"virsh", NULL, "--keep-nvram", 0, "and leaves its firmware's settings"},
    {"virsh", NULL, "start", 0, "starts it"},
    {"virsh", NULL, "shutdown", 0, "asks its guest to shut down"},
    {"virsh", NULL, "destroy", 0, "switches it off at once: what it has not written is lost"},
    {"virsh", NULL, "domstate", 0, "running, or shut off"},
    {"virsh", NULL, "dumpxml", 0, "prints its definition"},
    {"virsh", NULL, "--inactive", 0, "as it starts, not as it runs now"},
    {"virsh", NULL, "--security-info", 0, "with its secrets"},
    {"virsh", NULL, "autostart --disable", 0, "libvirt does not start it when the host boots"},
    {"virsh", NULL, "--domain", 1, "which domain"},
    {"qemu-img", NULL, "convert", 0, "copies an image, whatever its format"},
    {"qemu-img", NULL, "-O qcow2", 0, "as qcow2, which takes only the room that is written"},
    {"qemu-img", NULL, "info", 0, "what kind of image it is, and how large"},
    {"qemu-img", NULL, "resize", 2, "makes that image as large as that"},
    {"virt-customize", NULL, "-a", 1, "that disk"},
    {"virt-customize", NULL, "--root-password", 1, "sets root's password to the one in that file"},
    {"virt-customize", NULL, "--ssh-inject", 1, "lets root in by the key in that file"},
    /* hosts */
    {"systemctl", NULL, "enable --now", 1, "starts that service now, and at every boot"},
    {"systemctl", NULL, "disable --now", 1, "stops that service now, and does not start it again"},
    {"systemctl", NULL, "is-active", 1, "does that service run?"},
    {"systemctl", NULL, "is-enabled", 1, "does it start at boot?"},
    {"systemctl", NULL, "daemon-reload", 0, "has systemd read its files again"},
    {"systemctl", NULL, "kill", 0, "sends a signal to all processes of a service"},
    {"systemctl", NULL, "--signal=STOP", 0, "they stand still: alive, and silent"},
    {"systemctl", NULL, "--signal=CONT", 0, "they go on"},
    {"systemctl", NULL, "stop", 1, "stops it"},
    {"systemctl", NULL, "start", 1, "starts it"},
    {"systemctl", NULL, "corosync", 0, "the daemon that tells which hosts are alive"},
    {"systemd-run", NULL, "--unit=*", 0, "under that name, by which it can be stopped"},
    {"systemd-run", NULL, "--on-active=*", 0, "after so many seconds"},
    {"systemd-run", NULL, "--timer-property=*", 0, "to a tenth of a second"},
    {"apt-get", NULL, "update", 0, "reads what the repositories have"},
    {NULL, NULL, "-q", 0, "without telling how it goes"},
    {"apt-get", NULL, "-oDPkg::Lock::Timeout=*", 0, "waits so many seconds for whoever installs there already"},
    {"apt-get", NULL, "-y install", 0, "installs these packages, without asking"},
    {"dnf", NULL, "-y install", 0, "installs these packages, without asking"},
    {"yum", NULL, "-y install", 0, "installs these packages, without asking"},
    {"zypper", NULL, "--non-interactive install", 0, "installs these packages, without asking"},
    {"apt-get", "install", "*", 0, "a package"},
    {"dnf", "install", "*", 0, "a package"},
    {"yum", "install", "*", 0, "a package"},
    {"zypper", "install", "*", 0, "a package"},
    {"dnf", NULL, "config-manager --set-enabled", 1, "turns that repository on"},
    {"env", NULL, "DEBIAN_FRONTEND=noninteractive", 0, "nobody is there to answer questions"},
    {"env", NULL, "*=*", 0, "that setting"},
    {"firewall-cmd", NULL, "--permanent", 0, "in the rules that are kept"},
    {"firewall-cmd", NULL, "--add-service=high-availability", 0, "lets corosync and pcs in"},
    {"firewall-cmd", NULL, "--add-service=glusterfs", 0, "lets gluster in"},
    {"firewall-cmd", NULL, "--add-port=*", 0, "lets these ports in: bricks, live migration"},
    {"firewall-cmd", NULL, "--reload", 0, "has what is kept take effect"},
    {"ufw", NULL, "allow", 1, "lets these ports in"},
    {"ufw", NULL, "delete allow", 1, "does not let these ports in any more"},
    {"setsebool", NULL, "-P", 2, "for good: domains may use images on mounts like gluster's"},
    {"setenforce", NULL, "?", 0, "0 warns, 1 forbids"},
    {"mkdir", NULL, "-p", 0, "and those above it; it may be there already"},
    {NULL, NULL, "-m", 1, "with these rights: 600 is root alone, 700 root alone and to be entered or run"},
    {"install", NULL, "-d", 0, "a directory"},
    {"install", NULL, "/dev/null", 0, "empty: what goes into it comes next"},
    {"tee", NULL, "-a", 0, "behind what stands there"},
    {"dd", NULL, "of=*", 0, "that file, which keeps its rights"},
    {"dd", NULL, "status=none", 0, "prints nothing"},
    {NULL, NULL, "-f", 0, "it may be missing"},
    {"test", NULL, "-e", 1, "is it there?"},
    {"test", NULL, "-s", 1, "is it there, and not empty?"},
    {"test", NULL, "! -e", 1, "is it gone?"},
    {"grep", NULL, "-Fxq", 0, "a whole line, word for word; nothing is printed"},
    {"grep", NULL, "-vxF", 0, "is there a line that is not this one?"},
    {"grep", NULL, "-e", 1, "that line"},
    {"grep", NULL, "[0-9a-f]*-*-*-*-*", 0, "what it was before"},
    {"sed", NULL, "-i", 0, "in the file itself"},
    {"sed", NULL, "/*/d", 0, "takes such lines away"},
    {"sed", NULL, "\\\\*d", 0, "takes such lines away"},
    {"sed", NULL, "s/*", 0, "writes one for the other"},
    {"mount", NULL, "-t glusterfs", 0, "as a volume of gluster's"},
    {"mount", NULL, "-o", 1, "_netdev: after the network; backup-volfile-servers: whom to ask when the first is down"},
    {"mount", NULL, "*:*", 0, "the server that is asked, and the volume"},
    {"sh", NULL, "-c *chpasswd", 0, "reads the password from standard input and sets it: it is in no argument"},
    {"sh", NULL, "-c *-accel?kvm*", 0, "runs a small guest without a disk until its firmware finds none: a device may be there and never run one"},
    {"sh", NULL, "-c", 1, "these lines"},
    {"ssh-keygen", NULL, "-q", 0, "prints nothing"},
    {"ssh-keygen", NULL, "-t", 1, "of that kind"},
    {"ssh-keygen", NULL, "-N", 1, "without a passphrase: nobody is there to type one"},
    {"ssh-keygen", NULL, "-P", 1, "with that passphrase: none"},
    {"ssh-keygen", NULL, "-y", 0, "prints its public half"},
    {"ssh", NULL, "-o", 1, "of ssh's settings: it asks nobody, and waits no longer than so many seconds"},
    {"ssh", NULL, "root@*", 0, "as root there"},
    {"ssh", NULL, "true", 0, "a command that does nothing: that it runs is what is wanted"},
    {"ssh-keygen", NULL, "-?", 1, "that key, that host"},
    {NULL, NULL, "--", 0, "what follows is no option"},
    {NULL, NULL, "/etc/hosts", 0, "names and addresses of hosts"},
    {NULL, NULL, "/etc/fstab", 0, "what is mounted at boot"},
    {NULL, NULL, "/etc/corosync/corosync.conf", 0, "the cluster's configuration"},
    {NULL, NULL, "/etc/selinux/config", 0, "how SELinux begins at boot"},
    {NULL, NULL, "/proc/sys/kernel/random/boot_id", 0, "another one after each boot"},
    {NULL, NULL, "/root/.ssh/known_hosts", 0, "keys of hosts that root believes"},
    {NULL, NULL, "/root/.ssh/authorized_keys", 0, "keys that root is let in by"},
    {NULL, NULL, "/*", 0, "the file or directory"},
};

/* How many words from there that row explains; 0: it does not. */
static size_t fits(const struct meaning *m, const char *program, const struct texts *argv, size_t at) {
  char copy[128], *rest = copy;
  size_t n = 0;
  bool before = !m->after;
  if (m->program && strcmp(m->program, program)) return 0;
  for (size_t i = 0; !before && i < at; i++) before = !strcmp(argv->item[i], m->after);
  if (!before) return 0;
  snprintf(copy, sizeof copy, "%s", m->words);
  for (char *word; (word = strsep(&rest, " ")); n++)
    if (at + n >= argv->count || fnmatch(word, argv->item[at + n], 0)) return 0;
  n += m->more;
  return at + n <= argv->count ? n : argv->count - at;
}

static const char *base_of(const char *path) { return strrchr(path, '/') ? strrchr(path, '/') + 1 : path; }

/* env and systemd-run are followed by a command of their own. */
static bool wraps(const char *program, const char *word) {
  return (!strcmp(program, "env") && !strchr(word, '=')) || (!strcmp(program, "systemd-run") && *word != '-');
}

void explain(const struct texts *argv, struct arena *a, struct explanation *ret) {
  const char *program = argv->count ? base_of(argv->item[0]) : "";
  *ret = (struct explanation){{arena_array(a, argv->count + 1, sizeof *ret->list.item), 0}};
  for (size_t at = 0; at < argv->count;) {
    CLEANUP(str_free) struct str words = {0};
    struct texts part = {&argv->item[at], 1};
    const char *means = NULL;
    if (at && wraps(program, argv->item[at])) program = base_of(argv->item[at]);
    for (size_t i = 0; i < COUNT(meanings) && !means; i++) {
      size_t n = fits(&meanings[i], program, argv, at);
      if (n) part.count = n, means = meanings[i].means;
    }
    shell_words(&words, &part);
    struct explained *last = ret->list.count ? &ret->list.item[ret->list.count - 1] : NULL;
    if (last && last->means == means && means && !strcmp(means, "a package")) last->words = arena_printf(a, "%s %s", last->words, str_text(&words));
    else ret->list.item[ret->list.count++] = (struct explained){arena_strdup(a, str_text(&words)), means};
    at += part.count;
  }
}
