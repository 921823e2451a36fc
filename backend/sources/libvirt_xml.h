/* Domain and capabilities XML, as libvirt prints it, into facts. Pure functions: text in, struct out. The XML comes from
 * a daemon that may be another machine's, so it is hostile: bounded, without any DTD, without the network. What a
 * domain's XML may hold of secrets (ciphers, passwords of consoles, qemu's own arguments) is not looked at. */
#ifndef SOURCES_LIBVIRT_XML_H
#define SOURCES_LIBVIRT_XML_H
#include "base/err.h"
#include "model/facts.h"

enum { DOMAIN_XML_MAX = 8 << 20, DOMAIN_DEVICES_MAX = 1024, MACHINES_MAX = 512 };

void libvirt_xml_memory(void); /* once, before libvirt is called: where there is no memory the program ends, and nothing is taken for what is not there */
/* Fills what the XML tells (name, uuid, vcpus, memory, disks, nics, machine, cpu_mode, hostdevs); ret was initialised by the
 * caller, who knows the rest (state, reason, id, persistent, autostart). -EINVAL or -E2BIG with e set, *ret untouched. */
int domain_from_xml(const char *xml, size_t len, struct arena *a, struct libvirt_domain *ret, struct err *e);
/* capabilities/host/uuid, in a; NULL when there is none that looks like one. */
const char *host_uuid_from_xml(const char *xml, size_t len, struct arena *a);
/* The machine types and the processor of capabilities, in a; what is not told stays as it is. */
void host_abilities_from_xml(const char *xml, size_t len, struct arena *a, struct libvirt_setup *ret);
#endif
