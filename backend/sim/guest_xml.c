/* A domain's definition: as virsh writes it, and the few things of it that are simulated, read back. The text comes from
 * whoever writes files in the world: it is cut, never trusted. */
#include "sim/guest.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct sim_domain *guest_new(struct world *w, const char *name) {
  uint64_t a = mix((uint64_t)w->seed, (uint64_t)w->domains.count * 2 + 11), b = mix((uint64_t)w->seed, (uint64_t)w->domains.count * 2 + 12);
  struct sim_domain *d = list_add(w->arena, &w->domains, &sim_domain_shape);
  d->name = world_word(w, name);
  d->uuid = arena_printf(w->arena, "%08x-%04x-4%03x-8%03x-%012" PRIx64, (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff, (unsigned)(b >> 52), b & 0xffffffffffff);
  d->machine = "pc-i440fx-7.2";
  d->cpu_mode = "custom";
  d->vcpus = 1;
  d->memory = 96 << 20;
  d->busy = 5;
  d->dirty_rate = 4 << 20;
  d->write_rate = 1 << 20;
  d->shutdown_ms = 3000;
  d->stops_on_error = TRUTH_NO;
  return d;
}

void guest_add_disk(struct world *w, struct sim_domain *d, const char *source, const char *format) {
  struct libvirt_disk *disk = list_add(w->arena, &d->disks, &libvirt_disk_shape);
  *disk = (struct libvirt_disk){.target = world_words(w, "vd%c", (char)('a' + (d->disks.count - 1) % 26)), .source = world_word(w, source), .device = "disk", .type = "file",
                                .format = world_word(w, format), .cache = "none", .readonly = TRUTH_NO};
}

/* The text between <tag ...> and </tag>, or an attribute's value, into out. */
static bool element(const char *xml, const char *tag, char *out, size_t room) {
  char open[64];
  snprintf(open, sizeof open, "<%s", tag);
  for (const char *p = xml; (p = strstr(p, open)); p++) {
    const char *end = p + strlen(open);
    if (*end != '>' && *end != ' ') continue;
    const char *text = strchr(end, '>'), *stop = text ? strchr(text, '<') : NULL;
    if (!stop || (size_t)(stop - text) > room) return false;
    snprintf(out, room, "%.*s", (int)(stop - text - 1), text + 1);
    return true;
  }
  return false;
}

static bool attribute(const char *from, const char *name, char *out, size_t room) {
  const char *end = strchr(from, '>'), *p = strstr(from, name);
  size_t len = strlen(name);
  if (!p || !end || p > end || p[len] != '=' || (p[len + 1] != '\'' && p[len + 1] != '"')) return false;
  const char *stop = strchr(p + len + 2, p[len + 1]);
  if (!stop || stop > end) return false;
  snprintf(out, room, "%.*s", (int)(stop - p - (int)len - 2), p + len + 2);
  return true;
}

static int64_t memory_of(const char *xml, const char *amount) {
  const char *p = strstr(xml, "<memory");
  char unit[16] = "KiB";
  int64_t n = number_of(amount, 0) / 1000;
  if (p) attribute(p, "unit", unit, sizeof unit);
  if (n > (int64_t)1 << 32) n = (int64_t)1 << 32;
  return str_eq(unit, "GiB") || str_eq(unit, "G") ? n << 30 : str_eq(unit, "MiB") || str_eq(unit, "M") ? n << 20 : str_eq(unit, "KiB") || str_eq(unit, "k") ? n << 10 : n;
}

int guest_define(struct world *w, const char *xml, struct sim_domain **ret, const char **ret_why) {
  char name[128], text[512];
  if (!xml || !strstr(xml, "<domain") || !element(xml, "name", name, sizeof name) || !*name) {
    *ret_why = "XML error: missing domain name";
    return -EINVAL;
  }
  struct sim_domain *d = world_domain(w, name);
  bool fresh = !d;
  if (fresh) d = guest_new(w, name);
  if (element(xml, "uuid", text, sizeof text) && fresh) d->uuid = arena_strdup(w->arena, text);
  if (element(xml, "memory", text, sizeof text)) d->memory = memory_of(xml, text);
  if (element(xml, "vcpu", text, sizeof text)) d->vcpus = number_of(text, 1000) / 1000 > 0 && number_of(text, 1000) / 1000 <= 1024 ? number_of(text, 1000) / 1000 : 1;
  d->disks.count = 0;
  const char *disk = xml;
  while ((disk = strstr(disk, "<source ")) && d->disks.count < 16) {
    if (attribute(disk, "file", text, sizeof text)) guest_add_disk(w, d, text, strstr(text, ".qcow2") ? "qcow2" : "raw");
    disk++;
  }
  world_touch(w, LAYER_LIBVIRT);
  *ret = d;
  return 0;
}

static void add_channel(struct str *out, const struct sim_domain *d, bool live) {
  if (!d->agent || str_eq(d->agent, "none")) return;
  str_addf(out, "    <channel type='unix'>\n      <target type='virtio' name='org.qemu.guest_agent.0'%s/>\n    </channel>\n", !live ? "" : str_eq(d->agent, "connected") ? " state='connected'" : " state='disconnected'");
}

char *guest_xml(const struct sim_domain *d, bool live) {
  struct str out = {0};
  str_addf(&out, "<domain type='kvm'>\n  <name>%s</name>\n  <uuid>%s</uuid>\n  <memory unit='KiB'>%" PRId64 "</memory>\n  <currentMemory unit='KiB'>%" PRId64 "</currentMemory>\n", d->name, d->uuid,
           d->memory >> 10, d->memory >> 10);
  str_addf(&out, "  <vcpu placement='static'>%" PRId64 "</vcpu>\n  <os>\n    <type arch='x86_64' machine='%s'>hvm</type>\n  </os>\n  <devices>\n", d->vcpus, d->machine ? d->machine : "pc");
  for (size_t i = 0; i < d->disks.count; i++)
    str_addf(&out, "    <disk type='file' device='disk'>\n      <driver name='qemu' type='%s' cache='%s'/>\n      <source file='%s'/>\n      <target dev='%s' bus='virtio'/>\n    </disk>\n",
             d->disks.item[i].format ? d->disks.item[i].format : "raw", d->disks.item[i].cache ? d->disks.item[i].cache : "none", d->disks.item[i].source ? d->disks.item[i].source : "",
             d->disks.item[i].target ? d->disks.item[i].target : "vda");
  add_channel(&out, d, live);
  for (int64_t i = 0; i < d->hostdevs; i++) str_addf(&out, "    <hostdev mode='subsystem' type='pci' managed='yes'>\n    </hostdev>\n");
  str_add(&out, "  </devices>\n</domain>\n");
  return str_take(&out);
}
