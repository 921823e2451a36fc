#include "ops/condition.h"
#include <string.h>

const struct condition_kind *const condition_groups[] = {store_conditions, cluster_conditions, domain_conditions, host_conditions, member_conditions, NULL};

const struct condition_kind *condition_kind_find(const char *name) {
  for (size_t g = 0; condition_groups[g]; g++)
    for (const struct condition_kind *k = condition_groups[g]; k->name; k++)
      if (str_eq(k->name, name)) return k;
  return NULL;
}

enum truth condition_holds(const struct condition *c, const struct snapshot *s, struct arena *a, const char **saw) {
  const char *ignored;
  const struct condition_kind *k = condition_kind_find(c->name);
  if (!saw) saw = &ignored;
  *saw = "";
  return k && s ? k->holds(s, &c->args, a, saw) : TRUTH_UNKNOWN;
}

/* What rests on facts that are read more seldom than every two seconds, or only when their lock is free: the kinds of
 * facts, a blank between; "/1" behind one: of what the first argument names. */
static const struct { const char *name, *facts; } rests_on[] = {
    {"peer-connected", "gluster.peers gluster.probe"},          {"peer-absent", "gluster.peers"},       {"mounted", "gluster.mounts"},
    {"volume-bricks-online", "gluster.volumes gluster.bricks"}, {"volume-started", "gluster.volumes"},  {"volume-stopped", "gluster.volumes"},
    {"volume-absent", "gluster.volumes"},                       {"volume-option", "gluster.volumes"},   {"volume-has-brick", "gluster.volumes"},
    {"volume-lacks-brick", "gluster.volumes"},                  {"brick-online", "gluster.volumes gluster.bricks"}, {"heals-quiet", "gluster.volumes gluster.heal/1"},
    {"brick-down", "gluster.volumes gluster.bricks"}, {"set-serves-without", "gluster.volumes gluster.bricks"},
    {"task-began", "gluster.space/1"}, {"task-completed", "gluster.space/1"}, {"task-stands", "gluster.space/1"}, {"volume-copies", "gluster.volumes"}, {"gluster-stopped", "gluster.peers gluster.bricks"},
    {"host-gone", "gluster.peers gluster.probe"}, {"host-bricks-online", "gluster.volumes gluster.bricks"}, {"split-brain-at-most", "gluster.heal/1"}};

static bool read_within(const struct snapshot *s, const char *kind, size_t len, const char *key, int64_t ms) {
  for (size_t i = 0; i < s->sources.count; i++)
    for (size_t k = 0; k < s->sources.item[i].facts.count; k++) {
      const struct source_fact_view *f = &s->sources.item[i].facts.item[k];
      if (strlen(f->kind) == len && !strncmp(f->kind, kind, len) && !strcmp(f->key ? f->key : "", key) && f->age_ms <= ms) return true;
    }
  return false;
}

bool condition_read_within(const struct condition *c, const struct snapshot *s, int64_t ms) {
  const char *facts = "";
  for (size_t i = 0; i < COUNT(rests_on); i++)
    if (str_eq(rests_on[i].name, c->name)) facts = rests_on[i].facts;
  for (const char *word = facts; *word;) {
    size_t len = strcspn(word, " "), name = strcspn(word, " /");
    if (!read_within(s, word, name, name < len && c->args.count ? c->args.item[0] : "", ms)) return false;
    word += len;
    word += strspn(word, " ");
  }
  return true;
}

/* Only "%s" means anything in a title; it is the table's own text, the arguments are not. */
const char *condition_text(const struct condition *c, struct arena *a) {
  const struct condition_kind *k = condition_kind_find(c->name);
  CLEANUP(str_free) struct str out = {0};
  size_t next = 0;
  if (!k) return arena_strdup(a, c->name ? c->name : "");
  for (const char *s = k->title; *s; s++)
    if (s[0] == '%' && s[1] == 's') str_add(&out, next < c->args.count ? c->args.item[next] : "?"), next++, s++;
    else str_addc(&out, *s);
  return arena_strdup(a, str_text(&out));
}
