/* The finders of contradictions: what one layer or one host says against what another does. */
#include "model/problem.h"
#include <string.h>

/* ---- partitions: only the others' own views can show them ---- */

static const char *joined(struct finder *f, const struct texts *t) {
  const char *all = "";
  for (size_t i = 0; i < t->count; i++) all = arena_printf(f->m->arena, "%s%s%s", all, i ? ", " : "", t->item[i]);
  return t->count ? all : "nobody";
}

/* One that left; where corosync does not say, pacemaker's word that it is gone will do. */
static bool lost(const struct host_view *h) {
  if (h->here == TRUTH_YES || h->membership == MEMBERSHIP_MEMBER) return false;
  return h->membership == MEMBERSHIP_LEFT || h->pacemaker == NODE_UNCLEAN || h->pacemaker == NODE_OFFLINE;
}

static bool lives(const struct host_view *h) { return h->outlook.asked == TRUTH_YES && h->outlook.running == TRUTH_YES; }

void find_cluster_split(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h)
    if (lost(h) && lives(h) && h->outlook.quorate == TRUTH_YES && SNAP->cluster.quorate == TRUTH_YES)
      problem_found(f, h->name, "%s is no member here and has quorum too: it sees %s", h->name, joined(f, &h->outlook.members));
}

void find_partition(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h) {
    if (!lost(h) || !lives(h) || h->outlook.quorate == TRUTH_UNKNOWN || (h->outlook.quorate == TRUTH_YES && SNAP->cluster.quorate == TRUTH_YES)) continue;
    problem_found(f, h->name, "%s is no member here and lives %s quorum: it sees %s", h->name, h->outlook.quorate == TRUTH_YES ? "with" : "without", joined(f, &h->outlook.members));
  }
}

void find_partition_unknown(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h) {
    const struct outlook_view *o = &h->outlook;
    if (!lost(h)) continue;
    if (lives(h) && o->quorate == TRUTH_UNKNOWN) problem_found(f, h->name, "%s is no member here and its corosync runs; whether it has quorum is not known%s%s", h->name, o->text ? ": " : "", o->text ? o->text : "");
    if (o->asked == TRUTH_YES && o->running != TRUTH_UNKNOWN) continue;
    if (snapshot_off(SNAP, h)) continue;
    if (o->asked == TRUTH_YES) problem_found(f, h->name, "%s lives, and whether its corosync runs is not known%s%s", h->name, o->text ? ": " : "", o->text ? o->text : "");
    else if (o->asked == TRUTH_NO) problem_found(f, h->name, "it is not known whether %s lives: it cannot be asked (%s)", h->name, o->text ? o->text : "no reason is known");
    else problem_found(f, h->name, "it is not known whether %s lives: it has not answered yet%s%s%s", h->name, o->text ? " (" : "", o->text ? o->text : "", o->text ? ")" : "");
  }
}

/* One whom its own daemon answers for is there; that another does not see it is the network between the two, or a lie. */
void find_peers_disagree(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h)
    for (size_t i = 0; i < h->unseen.count; i++) {
      const struct host_view *o = merge_host(f->m, h->unseen.item[i]);
      if (!o || o == h || merge_peer_answers(f->m, o) != TRUTH_YES) continue;
      bool mutual = texts_have(&o->unseen, h->name);
      if (mutual && o < h) continue; /* said already */
      problem_found(f, arena_printf(f->m->arena, "%s %s", h->name, o->name), mutual ? "gluster on %s and on %s do not see each other, and both answer" : "gluster on %s does not see %s, which answers",
                    h->name, o->name);
    }
}

/* ---- domains ---- */

static const char *volumes_of(struct finder *f, const struct domain_view *d) {
  struct texts volumes = {0};
  EACH(d->disks, struct disk_view, disk) {
    if (disk->volume && !texts_have(&volumes, disk->volume)) texts_add(f->m->arena, &volumes, disk->volume);
  }
  return volumes.count ? joined(f, &volumes) : NULL;
}

void find_domain_io_error(struct finder *f) {
  EACH(SNAP->domains, struct domain_view, d) {
    if (!str_eq(d->state, "paused") || !str_eq(d->reason, "I/O error")) continue;
    const char *volumes = volumes_of(f, d);
    problem_found(f, d->name, "%s on %s stands still after an I/O error%s%s%s", d->name, d->hosts.count ? d->hosts.item[0] : "?", volumes ? ": look at volume " : "",
                  volumes ? volumes : "", d->resource ? "; pacemaker keeps it started" : "");
  }
}

/* ---- mounts ---- */

static const char *standing_still(struct finder *f, const char *host, const char *mount) {
  struct texts names = {0};
  size_t len = strlen(mount);
  EACH(SNAP->domains, struct domain_view, d) {
    if (!str_eq(d->state, "running") || !texts_have(&d->hosts, host)) continue;
    EACH(d->disks, struct disk_view, disk) {
      if (disk->source && !strncmp(disk->source, mount, len) && disk->source[len] == '/' && !texts_have(&names, d->name)) texts_add(f->m->arena, &names, d->name);
    }
  }
  return names.count ? joined(f, &names) : NULL;
}

/* The mounts of the host that is read from: of the others' nobody can tell from here. */
void find_mount_hung(struct finder *f) {
  const struct gluster_mounts *mounts = merge_take(f->m, "gluster.mounts", NULL, NULL, NULL);
  const struct fact *fact = store_fact(f->m->store, "gluster.mounts", NULL, NULL);
  const struct host_view *host = fact ? merge_host(f->m, fact->fragment->host) : NULL;
  const char *here = host ? host->name : fact ? fact->fragment->host : NULL;
  for (size_t i = 0; mounts && i < mounts->mounts.count; i++) {
    const struct gluster_mount *g = &mounts->mounts.item[i];
    if (!g->trouble || !g->mount) continue;
    const char *still = here ? standing_still(f, here, g->mount) : NULL;
    problem_found(f, arena_printf(f->m->arena, "%s%s%s", here ? here : "", here ? ":" : "", g->mount), "%s, volume %s: %s%s%s", g->mount, g->volume ? g->volume : "?", g->trouble,
                  still ? "; on it: " : "", still ? still : "");
  }
}

/* ---- who is who ---- */

static bool does(const struct host_view *h, const char *role, const char *other) { return texts_have(&h->roles, role) && !texts_have(&h->roles, other); }

/* Nobody answers there who could tell which other name it has. */
static bool silent(const struct host_view *h) { return texts_have(&h->roles, "kvm") ? h->libvirt != LIBVIRT_CONNECTED : h->peer != PEER_CONNECTED; }

/* Where hosts go by two names, one that only runs domains and one that only holds bricks may be the same. They are never
 * joined because it looks so; that it looks so is said. */
void find_identity_unresolved(struct finder *f) {
  size_t both = 0, kvm = 0, stores = 0;
  EACH(SNAP->hosts, struct host_view, h) {
    both += texts_have(&h->roles, "kvm") && texts_have(&h->roles, "gluster");
    kvm += does(h, "kvm", "gluster");
    stores += does(h, "gluster", "kvm");
  }
  if (!both) return;
  EACH(SNAP->hosts, struct host_view, h) {
    struct texts maybe = {0};
    if (!does(h, "kvm", "gluster")) continue;
    EACH(SNAP->hosts, struct host_view, o) {
      if (does(o, "gluster", "kvm") && (kvm == stores || (silent(h) && silent(o)))) texts_add(f->m->arena, &maybe, o->name);
    }
    if (maybe.count) problem_found(f, h->name, "%s may be the same host as %s%s: not known%s", h->name, maybe.count > 1 ? "one of " : "", joined(f, &maybe), silent(h) ? " while it does not answer" : "");
  }
}

/* ---- what starts domains besides pacemaker ---- */

void find_domain_autostart(struct finder *f) {
  EACH(SNAP->domains, struct domain_view, d)
    if (d->resource && d->autostart == TRUTH_YES) problem_found(f, d->name, "%s: libvirt starts it with its host, and pacemaker manages it", d->name);
}

void find_guests_service(struct finder *f) {
  bool managed = false;
  EACH(SNAP->domains, struct domain_view, d) managed |= d->resource != NULL;
  EACH(SNAP->sources, struct source_view, s) {
    const struct libvirt_setup *x = managed && str_eq(s->name, "libvirt") ? merge_take(f->m, "libvirt.setup", s->host, NULL, NULL) : NULL;
    const struct host_view *h = x && x->guests_enabled == TRUTH_YES ? merge_host(f->m, s->host) : NULL;
    if (h) problem_found(f, h->name, "libvirt-guests is enabled on %s, which runs pacemaker's domains", h->name);
  }
}
