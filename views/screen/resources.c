/* Resources: what pacemaker runs, and where it failed. */
#include "views/screen/list.h"

enum { RESOURCE, ROLE, HOST, FAILS, NOTE, AGENT, PARENT, COUNTED, MANAGED };

static int64_t fails_of(const struct resource_view *r) {
  int64_t sum = 0;
  for (size_t i = 0; i < r->fail_count.count; i++)
    if (r->fail_count.item[i].value > 0) sum += r->fail_count.item[i].value;
  return sum;
}

static struct sort_key fails_key(const struct input *in, const void *item) {
  (void)in;
  return sort_number(true, (double)fails_of(item));
}

static const struct list_column columns[] = {
    [RESOURCE] = {{.title = "RESOURCE", .min = 8, .max = 40, .weight = 1, .priority = 99}, "id"},
    [ROLE] = {{.title = "ROLE", .min = 8, .max = 10, .priority = 90}, "role"},
    [HOST] = {{.title = "HOST", .min = 5, .max = 24, .priority = 85}, "hosts"},
    [FAILS] = {{.title = "FAILS", .min = 12, .max = 24, .priority = 70}, NULL},
    [NOTE] = {{.title = "NOTE", .min = 8, .max = 40, .priority = 60}, NULL},
    [AGENT] = {{.title = "AGENT", .min = 8, .max = 40, .priority = 50}, "agent"},
    [PARENT] = {{.title = "IN", .min = 4, .max = 24, .priority = 20}, "parent"},
    [COUNTED] = {{.title = "FAIL COUNT", .min = 10, .align = ALIGN_RIGHT, .priority = 10, .extra = true}, NULL},
    [MANAGED] = {{.title = "MANAGED", .min = 7, .priority = 9, .extra = true}, "managed"},
};
static const struct list_key keys[] = {{FAILS, fails_key}, {COUNTED, fails_key}, {0, NULL}};

static size_t collect(const struct input *in, const void ***ret) {
  size_t n = in->snap->resources.count;
  *ret = arena_array(in->arena, n, sizeof **ret);
  for (size_t i = 0; i < n; i++) (*ret)[i] = &in->snap->resources.item[i];
  return n;
}

static const char *id(const struct input *in, const void *item) {
  const struct resource_view *r = item;
  return r->instance ? arena_printf(in->arena, "%s:%s %s", r->id, r->instance, join_text(in, &r->hosts)) : r->id;
}

static const char *fails_text(const struct input *in, const struct resource_view *r) {
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < r->fail_count.count; i++) {
    const struct tally *t = &r->fail_count.item[i];
    if (t->value <= 0) continue;
    if (t->value >= 1000000) str_addf(&out, "%s%s: never again", out.len ? ", " : "", t->key);
    else str_addf(&out, "%s%s: %lld", out.len ? ", " : "", t->key, (long long)t->value);
  }
  return out.len ? arena_strdup(in->arena, out.data) : "-";
}

static const char *note_text(const struct input *in, const struct resource_view *r) {
  CLEANUP(str_free) struct str out = {0};
  if (r->failed == TRUTH_YES) str_add(&out, "FAILED ");
  if (r->blocked == TRUTH_YES) str_add(&out, "BLOCKED ");
  if (r->orphaned == TRUTH_YES) str_add(&out, "orphaned ");
  if (r->managed == TRUTH_NO) str_add(&out, "unmanaged ");
  if (r->disabled == TRUTH_YES) str_add(&out, "disabled");
  return out.len ? arena_strdup(in->arena, out.data) : "";
}

static void fill(const struct input *in, const void *item, struct row *out) {
  static const enum role roles[] = {[HA_STARTED] = ROLE_OK,   [HA_STOPPED] = ROLE_DIM,   [HA_PROMOTED] = ROLE_OK,  [HA_UNPROMOTED] = ROLE_OK,
                                    [HA_STARTING] = ROLE_WARN, [HA_STOPPING] = ROLE_WARN, [HA_MIGRATING] = ROLE_WARN};
  const struct resource_view *r = item;
  const char *fails = fails_text(in, r);
  bool bad = r->failed == TRUTH_YES || r->blocked == TRUTH_YES;
  row_put(out, RESOURCE, ROLE_NORMAL, r->instance ? arena_printf(in->arena, "%s:%s", r->id, r->instance) : r->id);
  put_fact(out, in, ROLE, bad || (r->role == HA_STOPPED && r->disabled != TRUTH_YES) ? ROLE_BAD : roles[r->role], r->role ? role_names[r->role] : NULL, &r->stale);
  put_fact(out, in, HOST, ROLE_NORMAL, join_text(in, &r->hosts), r->hosts.count ? &r->stale : NULL);
  put_fact(out, in, FAILS, str_eq(fails, "-") ? ROLE_DIM : ROLE_WARN, fails, str_eq(fails, "-") ? NULL : &r->stale);
  row_put(out, NOTE, bad ? ROLE_BAD : ROLE_WARN, note_text(in, r));
  row_put(out, AGENT, ROLE_DIM, r->agent);
  row_put(out, PARENT, ROLE_DIM, r->parent ? r->parent : "-");
  int64_t fails_sum = fails_of(r);
  if (row_wants(out, COUNTED)) put_fact(out, in, COUNTED, fails_sum ? ROLE_WARN : ROLE_DIM, fails_sum >= 1000000 ? "never again" : count_text(in, fails_sum), &r->stale);
  if (row_wants(out, MANAGED)) put_fact(out, in, MANAGED, r->managed == TRUTH_NO ? ROLE_WARN : ROLE_NORMAL, r->managed ? r->managed == TRUTH_YES ? "yes" : "NO" : NULL, &r->stale);
}

const struct list list_resources = {.name = "resources", .title = "Resources", .help = "what pacemaker runs, and where it failed", .action = ACTION_VIEW_RESOURCES,
                                    .shape = &resource_view_shape, .columns = columns, .column_count = COUNT(columns), .keys = keys, .empty = "no resource is known", .collect = collect, .stamp = snapshot_stamp, .id = id, .fill = fill};
