#include "ops/condition.h"
#include <string.h>

const struct condition_kind *const condition_groups[] = {store_conditions, cluster_conditions, domain_conditions, NULL};

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
