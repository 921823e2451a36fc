/* A domain's and a host's XML. What may hold a secret (a console's password, a URL's query, qemu's own arguments) is not
 * in the fact. */
#include "sources/libvirt_xml.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_xml(data, len, max, seed); }

static void read_it(const char *bytes, size_t len, bool planted) {
  struct arena *a = arena_new();
  struct libvirt_domains list;
  struct libvirt_host host;
  struct err e = {0};
  shape_init(&libvirt_domains_shape, &list);
  shape_init(&libvirt_host_shape, &host);
  struct libvirt_domain *d = list_add(a, &list.domains, &libvirt_domain_shape);
  if (domain_from_xml(bytes, len, a, d, &e)) {
    MUST(e.code && e.text[0], "a refusal says why");
    MUST(!d->name && !d->disks.count, "and leaves the domain as it was");
  } else {
    MUST(d->disks.count <= DOMAIN_DEVICES_MAX && d->nics.count <= DOMAIN_DEVICES_MAX, "devices are bounded");
  }
  struct libvirt_setup setup;
  shape_init(&libvirt_setup_shape, &setup);
  if (!d->name || input_is_dear()) host_abilities_from_xml(bytes, len, a, &setup);
  MUST(setup.machines.count <= MACHINES_MAX, "machine types are bounded");
  if (!d->name || input_is_dear()) host.uuid = host_uuid_from_xml(bytes, len, a); /* what is a domain is hardly a host as well */
  if (input_is_dear()) {
    char *line = must_travel("libvirt.domains", NULL, &list), *other = must_travel("libvirt.host", NULL, &host);
    MUST(!planted || (!strstr(line, SECRET) && !strstr(other, SECRET)), "no password in a fact: %s", line);
    mem_free(line), mem_free(other);
  }
  arena_free(a);
}

void target_setup(void) { xml_setup(); }

void target(const uint8_t *data, size_t len) {
  static const char *const places[] = {"passwd", "query", "value", "usage", NULL};
  size_t size;
  read_it((const char *)data, len, false);
  char *planted = input_is_dear() ? plant_in_xml(data, len, places, NULL, &size) : NULL;
  if (planted) read_it(planted, size, true);
  mem_free(planted);
  xml_settle();
}
