#include "base/rights.h"
#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What libraries and tools of the layers, and ssh, may want as root: files and sockets of the daemons' own users, low ports. Without
 * CAP_SETPCAP libvirt starts no ssh: it takes rights from what it starts, and ends where it cannot. */
static const int kept[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID, CAP_SETPCAP, CAP_SETUID, CAP_NET_BIND_SERVICE, CAP_IPC_LOCK,
                           CAP_IPC_OWNER, CAP_SYS_PTRACE, CAP_SYS_NICE, CAP_SYS_RESOURCE};

void rights_closed(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

static bool is_kept(int capability) {
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    if (kept[i] == capability) return true;
  return false;
}

void rights_to_read(void) {
  struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {{0}};
  if (geteuid() != 0 || syscall(SYS_capget, &head, held)) return; /* without root there is nothing to give up, but what a configured ssh may need */
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  for (int c = 0; c < 64 && prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++) {
    uint32_t bit = UINT32_C(1) << (c & 31);
    if (is_kept(c)) continue;
    prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
    held[c >> 5].effective &= ~bit;
    held[c >> 5].permitted &= ~bit;
    held[c >> 5].inheritable &= ~bit;
  }
  syscall(SYS_capset, &head, held);
}
