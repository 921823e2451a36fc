#include "sources/libvirt_domains.h"
#include "base/clock.h"
#include "sources/emit.h"
#include "sources/libvirt_words.h"
#include "sources/libvirt_xml.h"
#include <errno.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <string.h>

enum { DEFINITION_MS = 60000, FLAGS_MS = 10000, AGED_PER_READING = 8 };

struct known_domain *domains_find(struct known_domains *k, const char *uuid) {
  for (size_t n = 0; n < k->count; n++) {
    size_t i = (k->cursor + n) % k->count;
    if (strcmp(k->item[i]->uuid, uuid)) continue;
    k->cursor = i + 1;
    return k->item[i];
  }
  return NULL;
}

static void forget(struct known_domain *d) {
  if (d->handle) virDomainFree(d->handle);
  arena_free(d->arena);
  mem_free(d);
}

void domains_drop(struct known_domains *k) {
  for (size_t i = 0; i < k->count; i++) forget(k->item[i]);
  mem_free(k->item);
  *k = (struct known_domains){0};
}

static struct known_domain *add(struct known_domains *k, const char *uuid, virDomainPtr handle) {
  struct known_domain *d = mem_alloc(sizeof *d);
  *d = (struct known_domain){.arena = arena_new(), .handle = handle, .doubted = true, .watched = true};
  strcpy(d->uuid, uuid);
  shape_init(&libvirt_domain_shape, &d->fact);
  virDomainRef(handle);
  d->fact.name = arena_strdup(d->arena, virDomainGetName(handle));
  d->fact.uuid = d->uuid;
  k->item = mem_grow(k->item, k->count + 1, sizeof *k->item);
  return k->item[k->count++] = d;
}

static void take_state(struct known_domains *k, virDomainPtr handle, int state, int reason) {
  char uuid[VIR_UUID_STRING_BUFLEN];
  if (virDomainGetUUIDString(handle, uuid)) return;
  struct known_domain *d = domains_find(k, uuid);
  if (!d) d = add(k, uuid, handle);
  unsigned id = virDomainGetID(handle);
  bool active = id != (unsigned)-1;
  int64_t now_id = active ? (int64_t)id : UNKNOWN_INT;
  if (now_id != d->fact.id) { /* started, ended, or started again: another definition holds, and an old handle another id */
    d->doubted = d->watched = true;
    virDomainRef(handle);
    virDomainFree(d->handle);
    d->handle = handle;
  }
  if (!str_eq(d->fact.name, virDomainGetName(handle))) d->doubted = true;
  d->fact.id = now_id;
  d->active = active;
  d->present = true;
  d->fact.state = domain_state_word(state);
  d->fact.reason = domain_reason_word(state, reason);
}

static int stat_number(virDomainStatsRecordPtr r, const char *name) {
  int value = -1;
  virTypedParamsGetInt(r->params, r->nparams, name, &value);
  return value;
}

/* Drivers without bulk statistics (and daemons before 1.2.8): one call a domain. */
static int states_one_by_one(struct known_domains *k, virConnectPtr c) {
  virDomainPtr *list;
  int n = virConnectListAllDomains(c, &list, 0);
  if (n < 0) return -EIO;
  for (int i = 0; i < n; i++) {
    int state = -1, reason = -1;
    if (!virDomainGetState(list[i], &state, &reason, 0)) take_state(k, list[i], state, reason);
    virDomainFree(list[i]);
  }
  free(list);
  return 0;
}

static int read_states(struct known_domains *k, virConnectPtr c) {
  virDomainStatsRecordPtr *list;
  int n = virConnectGetAllDomainStats(c, VIR_DOMAIN_STATS_STATE, &list, 0);
  if (n < 0) return virGetLastErrorCode() == VIR_ERR_NO_SUPPORT ? states_one_by_one(k, c) : -EIO;
  for (int i = 0; i < n; i++) take_state(k, list[i]->dom, stat_number(list[i], "state.state"), stat_number(list[i], "state.reason"));
  virDomainStatsRecordListFree(list);
  return 0;
}

/* False when the domain is gone since its state was read. Without security information, which is the default. */
static bool read_definition(struct known_domains *k, struct known_domain *d) {
  struct err e = {0};
  d->doubted = false;
  d->read_at = clock_mono_ms();
  char *xml = virDomainGetXMLDesc(d->handle, 0);
  if (!xml) return virGetLastErrorCode() != VIR_ERR_NO_DOMAIN;
  CLEANUP(mem_freep) char *call = mem_printf("domain %s", virDomainGetName(d->handle));
  if (k->raw) emit_raw(k->raw, call, xml, strlen(xml));
  struct arena *a = arena_new();
  struct libvirt_domain now;
  shape_init(&libvirt_domain_shape, &now);
  if (domain_from_xml(xml, strlen(xml), a, &now, &e)) { /* its state is still known: better than nothing of it */
    fprintf(stderr, "kvmconsole-libvirt: %s: %s\n", d->fact.name, e.text);
    arena_free(a);
  } else {
    now.name = arena_strdup(a, virDomainGetName(d->handle));
    now.uuid = d->uuid;
    now.state = d->fact.state, now.reason = d->fact.reason, now.id = d->fact.id;
    now.persistent = d->fact.persistent, now.autostart = d->fact.autostart;
    arena_free(d->arena);
    d->arena = a;
    d->fact = now;
  }
  free(xml);
  return true;
}

static int by_name(const void *a, const void *b) {
  const struct known_domain *x = *(struct known_domain *const *)a, *y = *(struct known_domain *const *)b;
  int order = str_order(x->fact.name, y->fact.name);
  return order ? order : strcmp(x->uuid, y->uuid);
}

static void remove_absent(struct known_domains *k) {
  size_t kept = 0;
  for (size_t i = 0; i < k->count; i++) {
    if (k->item[i]->present) k->item[kept++] = k->item[i];
    else forget(k->item[i]);
  }
  k->count = kept;
}

/* Which of them the filter lets through, by one call for all. */
static void read_flag(struct known_domains *k, virConnectPtr c, unsigned filter, size_t member) {
  virDomainPtr *list;
  int n = virConnectListAllDomains(c, &list, filter);
  for (size_t i = 0; i < k->count; i++) *(enum truth *)((char *)k->item[i] + member) = n < 0 ? TRUTH_UNKNOWN : TRUTH_NO;
  for (int i = 0; i < n; i++) {
    char uuid[VIR_UUID_STRING_BUFLEN];
    struct known_domain *d = virDomainGetUUIDString(list[i], uuid) ? NULL : domains_find(k, uuid);
    if (d) *(enum truth *)((char *)d + member) = TRUTH_YES;
    virDomainFree(list[i]);
  }
  if (n >= 0) free(list);
}

int domains_read(struct known_domains *k, virConnectPtr c) {
  int64_t now = clock_mono_ms();
  bool changed = false;
  for (size_t i = 0; i < k->count; i++) k->item[i]->present = false;
  if (read_states(k, c)) return -EIO;
  for (size_t i = 0, aged = 0; i < k->count; i++) {
    struct known_domain *d = k->item[i];
    if (!d->present) continue;
    changed |= d->doubted;
    bool old = now - d->read_at >= DEFINITION_MS && aged++ < AGED_PER_READING; /* a few at a time: no peak each minute */
    if ((d->doubted || old) && !read_definition(k, d)) d->present = false;
  }
  remove_absent(k);
  if (k->count) qsort(k->item, k->count, sizeof *k->item, by_name);
  /* No event tells of a changed autostart. */
  if (changed || !k->flags_at || now - k->flags_at >= FLAGS_MS) {
    read_flag(k, c, VIR_CONNECT_LIST_DOMAINS_PERSISTENT, offsetof(struct known_domain, fact.persistent));
    read_flag(k, c, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, offsetof(struct known_domain, fact.autostart));
    k->flags_at = now;
  }
  return 0;
}

void domains_fact(const struct known_domains *k, struct arena *a, struct libvirt_domains *ret) {
  shape_init(&libvirt_domains_shape, ret);
  ret->domains.item = arena_array(a, k->count ? k->count : 1, sizeof *ret->domains.item);
  ret->domains.count = k->count;
  for (size_t i = 0; i < k->count; i++) ret->domains.item[i] = k->item[i]->fact;
}
