/* host-platform: can this machine run domains, and libvirt and qemu on it. */
#include "ops/host.h"
#include "analysis/store_view.h"
#include <string.h>

const struct operation_argument platform_arguments[] = {{.name = "host", .title = "HOST", .help = "the hosts that are to run domains", .kind = ARG_HOST, .required = true, .list = true}, {.name = NULL}};

void platform_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  for (size_t i = 0; i < hosts.count; i++) {
    system_ask(p, hosts.item[i]);
    packages_ask(p, hosts.item[i], ROLE_PLATFORM);
    ask_command(p, hosts.item[i], "flags", "grep", "-m", "1", "-w", "-o", "-E", "vmx|svm", "/proc/cpuinfo", NULL);
    ask_command(p, hosts.item[i], "kvm", "test", "-c", "/dev/kvm", NULL);
  }
}

/* The flag says what the processor can, the device that nothing forbids it; both may be there in a guest that cannot. */
static void check_processor(struct planning *p, const char *host) {
  if (refuse_unasked(p, host, "flags", planf(p, "whether the processor of %s can run domains", host))) return;
  const char *flag = answered(p, host, "flags");
  if (!flag || !*flag) refuse(p, "when virtualisation is turned on in its firmware, or (a guest itself) in its hypervisor", "the processor of %s offers no virtualisation: domains would run emulated, ten times slower and more", host);
  else if (exit_of(p, host, "kvm") != 0)
    refuse(p, planf(p, "when the module is loaded there: modprobe kvm_%s", str_starts(flag, "vmx") ? "intel" : "amd"), "%s has no /dev/kvm though its processor can: the firmware forbids it, or the module is not loaded", host);
}

void platform_plan(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  struct host_system s;
  for (size_t i = 0; i < hosts.count; i++) check_processor(p, hosts.item[i]);
  for (size_t i = 0; i < hosts.count; i++) system_read(p, hosts.item[i], &s);
  if (refused(p)) return;
  for (size_t i = 0; i < hosts.count; i++) {
    const char *host = hosts.item[i];
    if (!system_read(p, host, &s)) continue;
    struct texts missing = packages_missing(p, host, &s, ROLE_PLATFORM);
    if (missing.count) consequence(p, "%s (%s): %s %s installed.", host, s.name, names_text(p->arena, &missing), missing.count > 1 ? "are" : "is");
    else consequence(p, "%s (%s): all packages are there.", host, s.name);
    packages_step(p, host, &s, &missing, "install libvirt and qemu");
    service_steps(p, host, &s, ROLE_PLATFORM);
    struct step *x = step_run(p, host, "see that libvirt answers", "virsh", "-c", "qemu:///system", "nodeinfo", NULL);
    x->harmless = TRUTH_YES;
    const struct host_view *h = snapshot_host(p->snap, host);
    if (h && h->libvirt != LIBVIRT_UNKNOWN) verify_that(p, "hypervisor-answers", host, NULL);
  }
}
