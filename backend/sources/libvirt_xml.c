#include "sources/libvirt_xml.h"
#include <ctype.h>
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

enum { WORD_MAX = 4096 }; /* no path, name or model is longer; what is, is not known rather than cut */

void libvirt_xml_memory(void) { xmlMemSetup(mem_free, mem_bytes, mem_resize, mem_strdup); }

/* A document type is where entities, and so both bombs and foreign files, come from. libvirt never writes one. */
static bool has_doctype(const char *xml, size_t len) { return memmem(xml, len, "<!DOCTYPE", 9) || memmem(xml, len, "<!ENTITY", 8); }

static xmlDoc *parse(const char *xml, size_t len, struct err *e) {
  if (!xml || !len || len > DOMAIN_XML_MAX) {
    err_set(e, len ? -E2BIG : -EINVAL, "", "a definition of %zu bytes from libvirt was not read", len);
    return NULL;
  }
  if (has_doctype(xml, len)) {
    err_set(e, -EINVAL, "", "a definition from libvirt declares entities, it was not read");
    return NULL;
  }
  xmlDoc *doc = xmlReadMemory(xml, (int)len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
  if (doc && (doc->intSubset || doc->extSubset)) { /* it came in another encoding */
    xmlFreeDoc(doc);
    doc = NULL;
  }
  if (!doc) err_set(e, -EINVAL, "", "a definition from libvirt is not well-formed XML");
  return doc;
}

static void free_doc(xmlDoc **doc) { xmlFreeDoc(*doc); }

static bool is(const xmlNode *n, const char *name) { return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name); }

static xmlNode *child(const xmlNode *parent, const char *name) {
  for (xmlNode *n = parent ? parent->children : NULL; n; n = n->next)
    if (is(n, name)) return n;
  return NULL;
}

static const char *keep(xmlChar *value, struct arena *a) {
  const char *kept = value && *value && strlen((char *)value) <= WORD_MAX ? arena_strdup(a, (char *)value) : NULL;
  xmlFree(value);
  return kept;
}

static const char *attribute(const xmlNode *n, const char *name, struct arena *a) {
  return n ? keep(xmlGetNoNsProp(n, (const xmlChar *)name), a) : NULL;
}

static const char *content(const xmlNode *n, struct arena *a) { return n ? keep(xmlNodeGetContent(n), a) : NULL; }

static int64_t number(const char *text, int64_t max) {
  int64_t value;
  return text && !str_int(text, 0, max, &value) ? value : UNKNOWN_INT;
}

/* <memory unit='KiB'>2097152</memory>; without a unit it is KiB. libvirt reads any of these and writes KiB. */
static int64_t memory_bytes(const xmlNode *n, struct arena *a) {
  static const struct {
    const char *unit;
    int64_t bytes;
  } units[] = {{"b", 1},         {"bytes", 1},       {"KB", 1000},   {"k", 1024},      {"KiB", 1024},         {"MB", 1000000},  {"M", 1 << 20},
               {"MiB", 1 << 20}, {"GB", 1000000000}, {"G", 1 << 30}, {"GiB", 1 << 30}, {"TB", 1000000000000}, {"T", 1LL << 40}, {"TiB", 1LL << 40}};
  const char *unit = attribute(n, "unit", a);
  int64_t value = number(content(n, a), INT64_MAX);
  if (value == UNKNOWN_INT) return value;
  if (!unit) unit = "KiB";
  for (size_t i = 0; i < COUNT(units); i++)
    if (!strcmp(unit, units[i].unit)) return value <= INT64_MAX / units[i].bytes ? value * units[i].bytes : UNKNOWN_INT;
  return UNKNOWN_INT;
}

/* A network disk is named as its protocol names it: gluster by "volume/path" and the volume beside it, all others with
 * the protocol in front, so that none of them is ever taken for a file of the host. */
static void network_source(const xmlNode *source, struct arena *a, struct libvirt_disk *d) {
  const char *protocol = attribute(source, "protocol", a), *name = attribute(source, "name", a);
  if (!protocol) return;
  if (strcmp(protocol, "gluster")) {
    d->source = arena_printf(a, "%s:%s", protocol, name ? name : "");
    return;
  }
  if (name && *name == '/') name++;
  d->source = name;
  if (name && *name != '/' && *name) d->volume = arena_strndup(a, name, strcspn(name, "/"));
}

static void disk_source(const xmlNode *source, struct arena *a, struct libvirt_disk *d) {
  if (!source || !d->type) return;
  if (!strcmp(d->type, "file")) d->source = attribute(source, "file", a);
  else if (!strcmp(d->type, "block")) d->source = attribute(source, "dev", a);
  else if (!strcmp(d->type, "dir")) d->source = attribute(source, "dir", a);
  else if (!strcmp(d->type, "network")) network_source(source, a, d);
  else if (!strcmp(d->type, "vhostuser")) d->source = attribute(source, "path", a);
  else if (!strcmp(d->type, "volume")) {
    const char *pool = attribute(source, "pool", a), *volume = attribute(source, "volume", a);
    if (pool && volume) d->source = arena_printf(a, "%s:%s", pool, volume);
  }
}

static void read_disk(const xmlNode *n, struct arena *a, struct libvirt_domain *ret) {
  struct libvirt_disk *d = list_add(a, &ret->disks, &libvirt_disk_shape);
  const xmlNode *driver = child(n, "driver");
  d->type = attribute(n, "type", a);
  d->device = attribute(n, "device", a);
  if (!d->device) d->device = "disk"; /* libvirt's default, which it leaves out in some versions */
  d->target = attribute(child(n, "target"), "dev", a);
  d->format = attribute(driver, "type", a);
  d->cache = attribute(driver, "cache", a);
  d->readonly = truth_of(child(n, "readonly") != NULL);
  disk_source(child(n, "source"), a, d);
}

static void read_nic(const xmlNode *n, struct arena *a, struct libvirt_domain *ret) {
  static const char *const where[] = {"bridge", "network", "dev", "path", "address"};
  struct libvirt_nic *nic = list_add(a, &ret->nics, &libvirt_nic_shape);
  const xmlNode *source = child(n, "source");
  nic->mac = attribute(child(n, "mac"), "address", a);
  nic->model = attribute(child(n, "model"), "type", a);
  /* A running domain on a libvirt network has both, and the network is the name an operator gave. */
  const char *type = nic->type = attribute(n, "type", a);
  if (str_eq(type, "network")) nic->source = attribute(source, "network", a);
  for (size_t i = 0; i < COUNT(where) && !nic->source; i++) nic->source = attribute(source, where[i], a);
}

/* An inactive definition does not say whether anybody has opened it. */
static void read_channel(const xmlNode *n, struct arena *a, struct libvirt_domain *ret) {
  const xmlNode *target = child(n, "target");
  if (str_eq(attribute(target, "name", a), "org.qemu.guest_agent.0")) ret->agent = str_eq(attribute(target, "state", a), "connected") ? "connected" : "not connected";
}

static void read_devices(const xmlNode *devices, struct arena *a, struct libvirt_domain *ret) {
  ret->hostdevs = 0;
  ret->agent = devices ? "no channel" : NULL;
  for (const xmlNode *n = devices ? devices->children : NULL; n; n = n->next) {
    ret->hostdevs += is(n, "hostdev");
    if (is(n, "channel")) read_channel(n, a, ret);
    if (is(n, "disk") && ret->disks.count < DOMAIN_DEVICES_MAX) read_disk(n, a, ret);
    else if (is(n, "interface") && ret->nics.count < DOMAIN_DEVICES_MAX) read_nic(n, a, ret);
  }
}

int domain_from_xml(const char *xml, size_t len, struct arena *a, struct libvirt_domain *ret, struct err *e) {
  CLEANUP(free_doc) xmlDoc *doc = parse(xml, len, e);
  if (!doc) return len > DOMAIN_XML_MAX ? -E2BIG : -EINVAL;
  const xmlNode *root = xmlDocGetRootElement(doc), *vcpu = root ? child(root, "vcpu") : NULL, *cpu;
  const char *name = root && is(root, "domain") ? content(child(root, "name"), a) : NULL;
  if (!name) return err_set(e, -EINVAL, "", "a definition from libvirt has no name");
  ret->name = name;
  ret->uuid = content(child(root, "uuid"), a);
  /* vcpu's content is the maximum, current how many are plugged in. */
  ret->vcpus = number(attribute(vcpu, "current", a), INT32_MAX);
  if (ret->vcpus == UNKNOWN_INT) ret->vcpus = number(content(vcpu, a), INT32_MAX);
  ret->memory = memory_bytes(child(root, "memory"), a);
  ret->machine = attribute(child(child(root, "os"), "type"), "machine", a);
  if ((cpu = child(root, "cpu"))) {
    ret->cpu_mode = attribute(cpu, "mode", a);
    if (!ret->cpu_mode && child(cpu, "model")) ret->cpu_mode = "custom"; /* what a missing mode means */
  }
  read_devices(child(root, "devices"), a, ret);
  return 0;
}

static bool looks_like_uuid(const char *s) {
  size_t digits = 0;
  for (; *s; s++) {
    if (isxdigit((unsigned char)*s)) digits++;
    else if (*s != '-') return false;
  }
  return digits == 32;
}

const char *host_uuid_from_xml(const char *xml, size_t len, struct arena *a) {
  CLEANUP(free_doc) xmlDoc *doc = parse(xml, len, NULL);
  const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
  const char *uuid = content(child(child(root, "host"), "uuid"), a);
  return uuid && looks_like_uuid(uuid) ? uuid : NULL;
}

/* Types of the host's own architecture: what it emulates besides is nobody's highly available domain. */
static void read_machines(const xmlNode *guest, struct arena *a, struct libvirt_setup *ret) {
  for (const xmlNode *n = guest->children; n; n = n->next) {
    const char *alias = is(n, "machine") ? content(n, a) : NULL, *canonical = alias ? attribute(n, "canonical", a) : NULL;
    if (alias && ret->machines.count < MACHINES_MAX && !texts_have(&ret->machines, alias)) texts_add(a, &ret->machines, alias);
    if (canonical && ret->machines.count < MACHINES_MAX && !texts_have(&ret->machines, canonical)) texts_add(a, &ret->machines, canonical);
  }
}

void host_abilities_from_xml(const char *xml, size_t len, struct arena *a, struct libvirt_setup *ret) {
  CLEANUP(free_doc) xmlDoc *doc = parse(xml, len, NULL);
  const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL, *cpu = child(child(root, "host"), "cpu");
  const char *own = content(child(cpu, "arch"), a);
  ret->cpu = content(child(cpu, "model"), a);
  for (const xmlNode *n = own ? root->children : NULL; n; n = n->next) {
    const xmlNode *arch = is(n, "guest") ? child(n, "arch") : NULL;
    if (arch && str_eq(attribute(arch, "name", a), own)) read_machines(arch, a, ret);
  }
}
