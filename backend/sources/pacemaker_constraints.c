/* Constraints of the CIB: what keeps, orders and ties resources; above all what a move or a ban left behind. */
#include "base/clock.h"
#include "sources/pacemaker_config.h"
#include "sources/pacemaker_xml.h"
#include <string.h>

/* ---- rules, in words ---- */

/* end="2026-11-22 13:40:00Z", also without separators, as iso8601 in the CIB may be. */
static int64_t date(const xml_node *n, const char *attribute, struct arena *a) {
  int64_t at = xml_time(n, attribute);
  const char *s = at == UNKNOWN_INT ? xml_text(n, attribute, a) : NULL;
  if (s && strlen(s) == 16 && s[8] == 'T' && s[15] == 'Z') { /* 20261122T134000Z */
    char *plain = arena_printf(a, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s, s + 4, s + 6, s + 9, s + 11, s + 13);
    if (clock_parse(plain, &at)) at = UNKNOWN_INT;
  }
  return at;
}

static void attributes_in_words(const xml_node *n, struct arena *a, struct str *out) {
  static const char *const parts[] = {"years",    "months", "monthdays", "weeks",   "weekyears", "weekdays",
                                      "yeardays", "days",   "hours",     "minutes", "seconds"};
  for (size_t i = 0; i < COUNT(parts); i++) {
    const char *value = xml_text(n, parts[i], a);
    if (value) str_addf(out, " %s=%s", parts[i], value);
  }
}

static void date_in_words(const xml_node *n, struct arena *a, struct str *out) {
  const char *operation = xml_text(n, "operation", a), *start = xml_text(n, "start", a), *end = xml_text(n, "end", a);
  if (!operation) operation = "in_range";
  str_addf(out, "date %s", operation);
  if (!strcmp(operation, "gt")) str_addf(out, " %s", start ? start : "?");
  else if (!strcmp(operation, "lt")) str_addf(out, " %s", end ? end : "?");
  else if (!strcmp(operation, "in_range")) str_addf(out, " %s to %s", start ? start : "now", end ? end : "later");
  const xml_node *more = xml_child(n, "duration");
  if (!more) more = xml_child(n, "date_spec");
  if (more) attributes_in_words(more, a, out);
}

/* What a rule says about the constraint as a whole: its node, and when it stops to hold. Only where all of its parts
 * must hold at once: of alternatives none decides alone. */
struct meaning {
  const char *node;
  int64_t expires;
};

static void rule_in_words(const xml_node *rule, int depth, bool decides, struct arena *a, struct str *out, struct meaning *m) {
  const char *op = xml_says(rule, "boolean-op", "or") ? " or " : " and ";
  bool first = true;
  if (*op && !strcmp(op, " or ") && xml_count(rule) > 1) decides = false;
  for (const xml_node *n = xml_child(rule, NULL); n && out->len < XML_VALUE_MAX; n = xml_next(n, NULL)) {
    bool is_rule = xml_is(n, "rule");
    if (!is_rule && !strstr(xml_name(n), "expression")) continue;
    str_add(out, first ? "" : op);
    first = false;
    if (is_rule && depth < XML_NEST_MAX) {
      str_addc(out, '(');
      rule_in_words(n, depth + 1, decides, a, out, m);
      str_addc(out, ')');
    } else if (xml_is(n, "date_expression")) {
      date_in_words(n, a, out);
      int64_t end = xml_says(n, "operation", "gt") ? UNKNOWN_INT : date(n, "end", a);
      if (decides && end != UNKNOWN_INT && (m->expires == UNKNOWN_INT || end < m->expires)) m->expires = end;
    } else {
      const char *name = xml_text(n, "attribute", a), *operation = xml_text(n, "operation", a), *value = xml_text(n, "value", a);
      bool secret = pacemaker_name_is_secret(name ? name : "");
      if (!name) str_addf(out, "%s", xml_name(n));
      else if (!value) str_addf(out, "%s %s", operation ? operation : "?", name);
      else str_addf(out, "%s %s %s", name, operation ? operation : "?", secret ? "..." : value);
      if (decides && value && operation && str_eq(name, "#uname") && !strcmp(operation, "eq")) m->node = value;
    }
  }
}

static const char *read_rules(const xml_node *owner, struct arena *a, struct pcmk_constraint *c) {
  CLEANUP(str_free) struct str words = {0};
  struct meaning m = {NULL, UNKNOWN_INT};
  const char *score = NULL;
  bool several = false;
  for (const xml_node *rule = xml_child(owner, "rule"); rule; rule = xml_next(rule, "rule")) {
    if (words.len) str_add(&words, "; or "), several = true;
    rule_in_words(rule, 0, true, a, &words, &m);
    if (!score) score = xml_text(rule, "score", a);
    if (!score) score = xml_text(rule, "score-attribute", a);
  }
  if (!words.len) return NULL;
  if (!c->node && !several) c->node = m.node;
  if (!several && (c->expires == UNKNOWN_INT || m.expires < c->expires)) c->expires = m.expires == UNKNOWN_INT ? c->expires : m.expires;
  if (!c->score) c->score = score;
  return arena_strndup(a, words.data, words.len);
}

/* ---- sets of resources ---- */

/* resource: all ids in order, with spaces between; rule: what the sets say, in words. */
static void read_sets(const xml_node *owner, struct arena *a, struct pcmk_constraint *c) {
  CLEANUP(str_free) struct str ids = {0};
  CLEANUP(str_free) struct str words = {0};
  for (const xml_node *set = xml_child(owner, "resource_set"); set; set = xml_next(set, "resource_set")) {
    const char *action = xml_text(set, "action", a), *role = xml_text(set, "role", a);
    bool together = xml_truth(set, "sequential") == TRUTH_NO, first = true;
    str_addf(&words, "%s%s%s%s%s(", words.len ? ", then " : "", action ? action : "", action ? " " : "", role ? role : "", role ? " " : "");
    for (const xml_node *r = xml_child(set, "resource_ref"); r && ids.len < XML_VALUE_MAX; r = xml_next(r, "resource_ref")) {
      const char *id = xml_text(r, "id", a);
      if (!id) continue;
      str_addf(&ids, "%s%s", ids.len ? " " : "", id);
      str_addf(&words, "%s%s", first ? "" : together ? ", " : " then ", id);
      first = false;
    }
    str_add(&words, ")");
  }
  if (!ids.len) return;
  c->resource = arena_strndup(a, ids.data, ids.len);
  c->rule = arena_strndup(a, words.data, words.len);
}

/* ---- the four kinds ---- */

static void read_location(const xml_node *n, struct arena *a, struct pcmk_constraint *c) {
  c->resource = xml_text(n, "rsc", a);
  const char *pattern = c->resource ? NULL : xml_text(n, "rsc-pattern", a);
  if (pattern) c->resource = arena_printf(a, "/%s/", pattern);
  c->node = xml_text(n, "node", a);
  c->role = xml_text(n, "role", a);
  read_sets(n, a, c);
  const char *rule = read_rules(n, a, c), *lifetime = read_rules(xml_child(n, "lifetime"), a, c);
  if (rule || lifetime) c->rule = rule && lifetime ? arena_printf(a, "%s; as long as %s", rule, lifetime) : rule ? rule : lifetime;
}

static void read_order(const xml_node *n, struct arena *a, struct pcmk_constraint *c) {
  const char *first = xml_text(n, "first-action", a), *then = xml_text(n, "then-action", a);
  c->resource = xml_text(n, "first", a);
  c->with = xml_text(n, "then", a);
  if (!c->score) c->score = xml_text(n, "kind", a);
  if (first || then) c->rule = arena_printf(a, "%s, then %s", first ? first : "start", then ? then : first);
  read_sets(n, a, c);
}

static void read_colocation(const xml_node *n, struct arena *a, struct pcmk_constraint *c) {
  const char *with_role = xml_text(n, "with-rsc-role", a);
  c->resource = xml_text(n, "rsc", a);
  c->with = xml_text(n, "with-rsc", a);
  c->role = xml_text(n, "rsc-role", a);
  if (with_role) c->rule = arena_printf(a, "with the %s one", with_role);
  read_sets(n, a, c);
}

static void read_ticket(const xml_node *n, struct arena *a, struct pcmk_constraint *c) {
  const char *ticket = xml_text(n, "ticket", a), *loss = xml_text(n, "loss-policy", a);
  c->resource = xml_text(n, "rsc", a);
  c->role = xml_text(n, "rsc-role", a);
  read_sets(n, a, c);
  c->rule = arena_printf(a, "ticket %s%s%s", ticket ? ticket : "?", loss ? ", without it: " : "", loss ? loss : "");
}

void pacemaker_constraints_read(const struct _xmlNode *constraints, struct arena *a, struct pcmk_config *ret) {
  static const struct {
    const char *element, *kind;
    void (*read)(const xml_node *, struct arena *, struct pcmk_constraint *);
  } kinds[] = {{"rsc_location", "location", read_location},
               {"rsc_order", "order", read_order},
               {"rsc_colocation", "colocation", read_colocation},
               {"rsc_ticket", "ticket", read_ticket}};
  for (const xml_node *n = xml_child(constraints, NULL); n && ret->constraints.count < XML_LIST_MAX; n = xml_next(n, NULL))
    for (size_t i = 0; i < COUNT(kinds); i++) {
      const char *id = xml_is(n, kinds[i].element) ? xml_text(n, "id", a) : NULL;
      if (!id) continue;
      struct pcmk_constraint *c = list_add(a, &ret->constraints, &pcmk_constraint_shape);
      c->id = id;
      c->kind = kinds[i].kind;
      c->score = xml_text(n, "score", a);
      kinds[i].read(n, a, c);
    }
}
