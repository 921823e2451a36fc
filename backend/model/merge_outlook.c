/* What other hosts see: a lost node's own view of the cluster, and whom of its pool a gluster daemon has lost. */
#include "model/merge.h"

static void see_cluster(struct merge *m) {
  struct texts stale = {0};
  const struct corosync_outlooks *o = merge_take(m, "corosync.outlook", NULL, NULL, &stale);
  for (size_t i = 0; o && !stale.count && i < o->nodes.count; i++) { /* an old word of one that is lost is worth nothing */
    const struct corosync_outlook *n = &o->nodes.item[i];
    struct host_view *h = merge_host(m, n->name);
    if (!h || h->membership == MEMBERSHIP_MEMBER) continue;
    h->outlook = (struct outlook_view){.asked = n->asked, .running = n->running, .quorate = n->quorate, .text = n->text};
    for (size_t j = 0; j < n->members.count; j++) texts_add(m->arena, &h->outlook.members, merge_name(m, n->members.item[j]));
  }
}

static void see_peers(struct merge *m) {
  struct texts stale = {0};
  const struct gluster_probe *p = merge_take(m, "gluster.probe", NULL, NULL, &stale);
  for (size_t i = 0; p && !stale.count && i < p->hosts.count; i++) {
    struct host_view *h = merge_host(m, p->hosts.item[i].host);
    for (size_t j = 0; h && p->hosts.item[i].answers == TRUTH_YES && j < p->hosts.item[i].unseen.count; j++) {
      const char *name = merge_name(m, p->hosts.item[i].unseen.item[j]);
      if (!texts_have(&h->unseen, name)) texts_add(m->arena, &h->unseen, name);
    }
  }
}

void merge_outlook(struct merge *m) {
  see_cluster(m);
  see_peers(m);
}
