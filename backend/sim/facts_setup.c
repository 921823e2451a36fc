/* What each host of the world would say of how it is set up (libvirt.setup): what it is in the files, mounts and services
 * that there are, and what a scenario's line "setup" says of it. */
#include "model/shared.h"
#include "sim/facts.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include "sim/store.h"
#include <stdio.h>
#include <string.h>

static const char *said(const struct look *l, const char *key) { return pairs_get(&l->host->setup, key); }

static void take_list(struct arena *a, struct texts *to, const char *list) {
  for (const char *at = list; *at;) {
    size_t len = strcspn(at, ",");
    if (len) texts_add(a, to, arena_strndup(a, at, len));
    at += len + (at[len] == ',');
  }
}

/* ---- mounts ---- */

static bool option(const char *options, const char *name) {
  size_t len = strlen(name);
  for (const char *at = options; at && (at = strstr(at, name)) != NULL; at += len)
    if ((at == options || at[-1] == ',') && (!at[len] || at[len] == ',')) return true;
  return false;
}

/* As an operation orders pacemaker after it: by a file of systemd's, named after the unit; or the table says it. */
static bool ordered(const struct look *l, const char *mount, const char *options) {
  CLEANUP(mem_freep) char *unit = mem_printf("%s.mount", mount + 1);
  for (char *c = unit; *c; c++)
    if (*c == '/') *c = '-';
  CLEANUP(mem_freep) char *path = mem_printf("/etc/systemd/system/pacemaker.service.d/%s.conf", unit);
  const char *text = pairs_get(&l->host->files, path);
  return (text && strstr(text, "After=")) || option(options, "x-systemd.before=pacemaker.service");
}

static struct setup_mount *mount_at(const struct look *l, struct libvirt_setup *out, const char *path) {
  for (size_t i = 0; i < out->mounts.count; i++)
    if (str_eq(out->mounts.item[i].mount, path)) return &out->mounts.item[i];
  struct setup_mount *m = list_add(l->arena, &out->mounts, &setup_mount_shape);
  *m = (struct setup_mount){.mount = path, .mounted = TRUTH_NO, .permanent = TRUTH_NO};
  return m;
}

static const char *word(const struct look *l, const char **at) {
  const char *from = *at + strspn(*at, " \t");
  size_t len = strcspn(from, " \t\n");
  *at = from + len;
  return arena_strndup(l->arena, from, len);
}

static void read_mounts(const struct look *l, struct libvirt_setup *out) {
  const char *fstab = pairs_get(&l->host->files, "/etc/fstab");
  out->mounts_known = TRUTH_YES;
  for (const char *line = fstab; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : "") {
    const char *at = line, *source = word(l, &at), *path = word(l, &at), *type = word(l, &at), *options = word(l, &at);
    if (*source == '#' || *path != '/' || strcmp(type, "glusterfs")) continue;
    struct setup_mount *m = mount_at(l, out, path);
    m->source = source, m->options = options, m->permanent = truth_of(!option(options, "noauto"));
  }
  EACH(l->host->mounts, struct sim_mount, x) {
    struct setup_mount *m = mount_at(l, out, x->mount);
    if (!m->source) m->source = arena_printf(l->arena, "%s:%s", x->server, x->volume), m->options = x->options;
    m->mounted = TRUTH_YES;
  }
  for (size_t i = 0; i < out->mounts.count; i++) out->mounts.item[i].ordered = truth_of(ordered(l, out->mounts.item[i].mount, out->mounts.item[i].options));
}

/* ---- root's ssh ---- */


static void read_peers(const struct look *l, struct libvirt_setup *out) {
  EACH(l->w->hosts, struct sim_host, h) {
    if (h == l->host || !is_node(h)) continue;
    const char *refused;
    struct setup_peer *p = list_add(l->arena, &out->peers, &setup_peer_shape);
    *p = (struct setup_peer){h->name, TRUTH_YES, NULL};
    if (!hosts_reach(l->w, l->host, h, TRAFFIC_CLUSTER)) *p = (struct setup_peer){h->name, TRUTH_UNKNOWN, arena_printf(l->arena, "ssh: connect to host %s port 22: Connection timed out", h->name)};
    else if ((refused = root_refused(l->arena, l->host, h)) != NULL) *p = (struct setup_peer){h->name, TRUTH_NO, refused};
  }
}

/* ---- definitions ---- */

static const struct sim_mount *mount_of(const struct look *l, const char *path) {
  EACH(l->host->mounts, struct sim_mount, m) {
    size_t len = strlen(m->mount);
    if (!strncmp(m->mount, path, len) && path[len] == '/') return m;
  }
  return NULL;
}

static bool name_alone(const char *xml) {
  const char *name = strstr(xml, "<name>"), *from = name, *end = name ? strstr(name, "</name>") : NULL;
  while (from && from > xml && (from[-1] == ' ' || from[-1] == '\t')) from--;
  return end && (from == xml || from[-1] == '\n') && end[strlen("</name>")] == '\n';
}

static void add_definition(const struct look *l, struct libvirt_setup *out, const char *path, enum truth readable, enum truth alone) {
  *(struct setup_definition *)list_add(l->arena, &out->definitions, &setup_definition_shape) = (struct setup_definition){path, readable, alone};
}

static void read_definitions(const struct look *l, struct libvirt_setup *out) {
  out->definitions_asked = 0;
  EACH(l->w->resources, struct sim_resource, r) {
    struct pcmk_param p = {.resource = r->id, .agent = r->agent, .params = r->params};
    const char *path = definition_path(&p);
    if (!path) continue;
    out->definitions_asked = definitions_digest(out->definitions_asked, path);
    if (!mount_of(l, path) && !pairs_get(&l->host->files, path)) add_definition(l, out, path, TRUTH_NO, TRUTH_UNKNOWN);
  }
  EACH(l->w->files, struct sim_file, f) {
    if (!f->content || !str_ends(f->path, ".xml") || name_alone(f->content)) continue;
    EACH(l->host->mounts, struct sim_mount, m)
      if (str_eq(f->volume, m->volume)) add_definition(l, out, arena_printf(l->arena, "%s%s", m->mount, f->path), TRUTH_YES, TRUTH_NO);
  }
}

/* Of the domains that run there, line by line as the real command prints them. */
static void read_shared(const struct look *l, struct libvirt_setup *out) {
  CLEANUP(map_free) struct map rows = {0};
  EACH(l->w->resources, struct sim_resource, r) {
    struct pcmk_param p = {.resource = r->id, .agent = r->agent, .params = r->params};
    const char *path = texts_have(&r->nodes, l->host->name) ? definition_path(&p) : NULL;
    const struct sim_mount *m = path ? mount_of(l, path) : NULL;
    const struct sim_domain *d = m ? resource_domain(l->w, r) : NULL;
    if (!d || !domain_on(d, l->host->name)) continue;
    map_add(&rows, arena_printf(l->arena, "%s:%s", m->volume, path + strlen(m->mount)), out->shared.count);
    ((struct setup_shared *)list_add(l->arena, &out->shared, &setup_shared_shape))->path = arena_strdup(l->arena, path);
  }
  EACH(l->w->files, struct sim_file, f) {
    char key[600];
    if (!f->content || !rows.count) continue;
    int n = snprintf(key, sizeof key, "%s:%s", f->volume, f->path);
    int64_t row = n > 0 && n < (int)sizeof key ? map_get(&rows, key) : MAP_NONE;
    struct shared_reading reading = {0};
    for (const char *line = f->content; row != MAP_NONE && *line; line += strcspn(line, "\n"), line += *line == '\n')
      shared_line(&reading, &out->shared.item[row], arena_strndup(l->arena, line, strcspn(line, "\n")), l->arena);
  }
}

/* ---- what runs there ---- */

/* The images of the world are gone through once: they are thousands, and so are those who ask. */
static void read_sizes(const struct look *l, struct libvirt_setup *out) {
  CLEANUP(map_free) struct map rows = {0};
  EACH(l->w->domains, struct sim_domain, d) {
    bool here = domain_on(d, l->host->name) != NULL;
    for (size_t i = 0; here && i < d->disks.count; i++) {
      const char *source = d->disks.item[i].source;
      const struct sim_mount *m = source ? mount_of(l, source) : NULL;
      if (!m) continue;
      map_add(&rows, arena_printf(l->arena, "%s:%s", m->volume, source + strlen(m->mount)), out->disks.count);
      ((struct setup_disk *)list_add(l->arena, &out->disks, &setup_disk_shape))->path = source;
    }
  }
  EACH(l->w->files, struct sim_file, f) {
    char key[600];
    if (f->content || !rows.count) continue;
    int n = snprintf(key, sizeof key, "%s:%s", f->volume, f->path);
    int64_t row = n > 0 && n < (int)sizeof key ? map_get(&rows, key) : MAP_NONE;
    if (row != MAP_NONE) out->disks.item[row].size = f->size;
  }
}

static void read_guests(const struct look *l, struct libvirt_setup *out) {
  const char *files = said(l, "files");
  int64_t most = 1024, open = files ? number_of(files, 0) / 1000 * most / 100 : 31;
  EACH(l->w->domains, struct sim_domain, d) {
    if (!domain_on(d, l->host->name)) continue;
    *(struct setup_files *)list_add(l->arena, &out->files, &setup_files_shape) = (struct setup_files){d->name, open, most};
  }
  read_sizes(l, out);
}

static int64_t clock_ahead(const char *text) { return !text ? 0 : *text == '-' ? -number_of(text + 1, 0) : number_of(text, 0); }

bool read_libvirt_setup(const struct look *l, const char *key, void *ret) {
  struct libvirt_setup *out = ret;
  const struct sim_daemon *guests = host_daemon(l->host, "libvirt-guests");
  const char *ports = said(l, "ports"), *machines = said(l, "machines"), *bridges = said(l, "bridges"), *dash = ports ? strchr(ports, '-') : NULL;
  (void)key;
  out->machines = (struct texts){0};
  take_list(l->arena, &out->machines, machines ? machines : "pc-i440fx-7.2,pc,pc-q35-7.2,q35");
  out->cpu = said(l, "cpu") ? said(l, "cpu") : "Cascadelake-Server";
  if (said(l, "silent")) return out->text = "Permission denied (publickey).", true;
  out->clock_ms = clock_ahead(said(l, "clock"));
  out->clock_within = l->host == l->here ? 1 : 3;
  out->guests_enabled = truth_of(said(l, "guests") || (guests && YES(guests->enabled)));
  take_list(l->arena, &out->links, "lo,eth0,br0");
  if (bridges) out->links.count = 2, take_list(l->arena, &out->links, bridges);
  out->port_min = ports ? number_of(ports, 0) / 1000 : 49152;
  out->port_max = dash ? number_of(dash + 1, 0) / 1000 : 49215;
  read_mounts(l, out);
  read_peers(l, out);
  read_definitions(l, out);
  read_guests(l, out);
  read_shared(l, out);
  return true;
}
