/* What a problem and an event have to tell: what it means, what to do and by which key, who said so and how old that is,
 * and what happened to the same thing. */
#include "base/clock.h"
#include "base/utf8.h"
#include "model/problem.h"
#include "tui/text.h"
#include "views/screen/app.h"
#include <string.h>

enum { LABEL = 13, EVENTS_TOLD = 10, SOURCES_TOLD = 8, AGAIN_TOLD = 40 };

static const char *line_of(const struct input *in, const char *s) { /* a name with a line's end in it makes no line of its own */
  if (!s) return "?";
  if (!strpbrk(s, "\n\t\r")) return s;
  size_t room = strlen(s) * 3 + 1;
  return utf8_clean(arena_alloc(in->arena, room), room, s);
}

static void heading(struct text *t, const char *title) {
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(TITLE), title);
}

static void labelled(struct text *t, const char *label, struct style style, const char *value) {
  text_indent(t, 2, 2 + LABEL);
  text_addf(t, STYLE(DIM), "%-*s", LABEL, label);
  text_more(t, style, value);
}

static const char *key_of(const struct input *in, enum action action) {
  char key[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_TEXT, action, key);
  return arena_strdup(in->arena, key);
}

/* ---- who said so ---- */

/* Of the layers that it is read from: the source of its host where it is about one that has its own, else all. */
static bool tells(const struct input *in, const struct problem_kind *k, const struct subject *s, const struct source_view *v) {
  if (s->source) return v == s->source;
  bool layer = false;
  for (int l = LAYER_COROSYNC; l < LAYER_COUNT; l++) layer |= k->from & 1u << l && str_eq(v->name, layer_names[l]);
  if (!layer || v->state == SOURCE_ABSENT) return false;
  if (!str_eq(v->name, "libvirt")) return true;
  const struct host_view *h = snapshot_host(in->snap, v->host);
  if (s->domain && s->domain->hosts.count) return h && texts_have(&s->domain->hosts, h->name);
  return !s->host || s->host == h;
}

static void add_source(struct text *t, const struct input *in, const struct source_view *v) {
  char age[CLOCK_TEXT];
  size_t old = 0;
  for (size_t i = 0; i < v->facts.count; i++) old += v->facts.item[i].stale == TRUTH_YES;
  bool well = v->state == SOURCE_OK;
  text_indent(t, 2, 4);
  text_addf(t, STYLE(NORMAL), "%s on %s: ", line_of(in, v->name), line_of(in, v->host));
  text_moref(t, well ? STYLE(OK) : v->state == SOURCE_UNKNOWN ? STYLE(UNKNOWN) : STYLE(BAD), "%s", v->state ? source_state_names[v->state] : "not heard yet");
  text_moref(t, well ? STYLE(DIM) : STYLE(WARN), ", last word %s%s", v->age_ms == UNKNOWN_INT ? "never" : clock_age(age, v->age_ms), v->age_ms == UNKNOWN_INT ? "" : " ago");
  if (old) text_moref(t, STYLE(STALE), ", ~%zu of %zu readings old", old, v->facts.count);
  if (!well && v->text && *v->text) text_moref(t, STYLE(NORMAL), ": %s", line_of(in, v->text));
}

static void add_sources(struct text *t, const struct input *in, const struct problem_kind *k, const struct subject *s) {
  size_t told = 0, more = 0;
  heading(t, "Who says so");
  for (size_t i = 0; i < in->snap->sources.count; i++) {
    const struct source_view *v = &in->snap->sources.item[i];
    if (!tells(in, k, s, v)) continue;
    if (told < SOURCES_TOLD) add_source(t, in, v), told++;
    else more++;
  }
  text_indent(t, 2, 4);
  if (more) text_addf(t, STYLE(DIM), "and %zu more sources of the layer", more);
  else if (!told) text_add(t, STYLE(DIM), k->from ? "no source of that layer is known" : "what is not said by any of them");
}

/* ---- what happened ---- */

static void add_event(struct text *t, const struct input *in, const struct event *e) {
  text_indent(t, 2, 4);
  text_addf(t, STYLE(DIM), "%s  ", day_text(in, e->at));
  text_more(t, style_of(severity_role(e->severity)), line_of(in, e->text));
}

static void add_events(struct text *t, const struct input *in, const char *subject, size_t but, const char *title) {
  size_t at[EVENTS_TOLD], n = 0;
  for (size_t i = in->event_past < in->event_count ? in->event_past : in->event_count; i-- > 0 && n < EVENTS_TOLD;)
    if (i != but && str_eq(in->events[i].subject, subject)) at[n++] = i;
  if (!n) return;
  heading(t, title);
  while (n) add_event(t, in, &in->events[at[--n]]);
}

/* ---- a problem ---- */

static void add_remedy(struct text *t, const struct input *in, const struct problem *p, const struct problem_kind *k) {
  struct mending m;
  heading(t, "What it means, and what to do");
  text_indent(t, 2, 2);
  text_add(t, STYLE(NORMAL), k ? k->help : "Nothing is known of this kind of problem.");
  if (mending_of(in, p, &m)) {
    text_indent(t, 2, 4);
    text_addf(t, STYLE(KEY), "%s", key_of(in, ACTION_FIX));
    text_moref(t, STYLE(NORMAL), "  %s%s%s", m.operation->title, m.target ? ": " : "", m.target ? line_of(in, m.target) : "");
    text_moref(t, STYLE(DIM), "  (%s; shown first, nothing runs before you confirm it)", m.operation->name);
  }
  const struct guide_book *b = guide_book_for(p->id, in->snap, in->arena);
  if (b) {
    text_indent(t, 2, 4);
    text_addf(t, STYLE(KEY), "%s", key_of(in, ACTION_VIEW_GUIDE));
    text_moref(t, STYLE(NORMAL), "  the guide's book for it: %s", b->title);
    text_moref(t, STYLE(DIM), "  (%s; what is seen, what runs, what only you can do, step by step)", b->name);
  }
  text_indent(t, 2, 4);
  text_addf(t, STYLE(KEY), "%s", key_of(in, ACTION_ACTIONS));
  text_more(t, STYLE(NORMAL), "  all that can be done with what it is about");
}

static void add_thing(struct text *t, const struct input *in, const struct subject *s, const char *subject) {
  labelled(t, "about", STYLE(NORMAL), arena_printf(in->arena, "%s %s", s->about == ABOUT_SET ? "replica set" : about_names[s->about], line_of(in, subject)));
  if (s->about == ABOUT_BRICK && s->volume) text_moref(t, STYLE(NORMAL), " of volume %s", line_of(in, s->volume->name));
  if (s->about == ABOUT_CONSTRAINT && s->resource) text_moref(t, STYLE(NORMAL), " of resource %s", line_of(in, s->resource->id));
  if (s->host || s->volume || s->domain || s->resource || s->source) text_moref(t, STYLE(KEY), "  %s", key_of(in, ACTION_SUBJECT)), text_more(t, STYLE(DIM), " opens it");
  else if (s->about != ABOUT_CLUSTER) text_more(t, STYLE(UNKNOWN), "  (not there any more)");
}

struct text *problem_text(const struct input *in, const struct problem *p) {
  struct text *t = text_new();
  const struct problem_kind *k = problem_kind_find(p->id);
  struct subject s = subject_find(in->snap, problem_about(p), p->subject);
  struct style loud = style_of(severity_role(p->severity));
  text_indent(t, 0, 2);
  text_addf(t, loud, "%s %s", symbol(in->glyphs, severity_symbol(p->severity)), line_of(in, p->text));
  text_add(t, STYLE(NORMAL), "");
  labelled(t, "what", loud, arena_printf(in->arena, "%s, %s", k ? k->title : p->id, severity_names[p->severity]));
  text_moref(t, STYLE(DIM), "  (%s)", p->id);
  add_thing(t, in, &s, p->subject);
  const char *age = age_text(in, p->since);
  labelled(t, "since", STYLE(NORMAL), arena_printf(in->arena, "%s, %s ago", day_text(in, p->since), age ? age : "?"));
  if (k) labelled(t, "health", STYLE(NORMAL), k->effect == HEALTH_HEALTHY ? "it does nothing to the health of the cluster" : arena_printf(in->arena, "makes it %s", health_names[k->effect]));
  add_remedy(t, in, p, k);
  if (k) add_sources(t, in, k, &s);
  add_events(t, in, p->subject, in->event_count, "What happened to it");
  return t;
}

/* ---- an event ---- */

static void add_again(struct text *t, const struct input *in, const struct event_row *r) {
  size_t n = 0;
  heading(t, arena_printf(in->arena, "%zu times, newest first", r->count));
  for (size_t i = r->index; n < r->count && n < AGAIN_TOLD; n++) {
    add_event(t, in, &in->events[i]);
    if (!in->event_again || !in->event_again[i] || in->event_again[i] > i) break;
    i -= in->event_again[i];
  }
  if (r->count > AGAIN_TOLD) text_addf(t, STYLE(DIM), "and %zu before", r->count - AGAIN_TOLD);
}

struct text *event_text(const struct input *in, const struct event_row *r) {
  const struct event *e = &r->event;
  struct text *t = text_new();
  struct subject s = subject_find(in->snap, event_about(e), e->subject);
  const char *id = !str_eq(e->kind, "problem") ? NULL : str_eq(e->to, "none") ? e->from : e->to;
  const struct problem_kind *k = id ? problem_kind_find(id) : NULL;
  const char *age = age_text(in, e->at);
  text_indent(t, 0, 2);
  text_add(t, style_of(severity_role(r->worst)), line_of(in, e->text));
  text_add(t, STYLE(NORMAL), "");
  labelled(t, "when", STYLE(NORMAL), arena_printf(in->arena, "%s, %s ago  ", day_text(in, e->at), age ? age : "?"));
  text_more(t, STYLE(KEY), key_of(in, ACTION_TIME_MOMENT));
  text_more(t, STYLE(DIM), " shows the cluster as it was then");
  labelled(t, "kind", STYLE(NORMAL), e->kind ? e->kind : "?");
  add_thing(t, in, &s, e->subject);
  labelled(t, "change", STYLE(NORMAL), arena_printf(in->arena, "%s %s %s", line_of(in, e->from), symbol(in->glyphs, SYMBOL_ARROW_RIGHT), line_of(in, e->to)));
  for (size_t i = 0; id && i < in->snap->problems.count; i++) {
    const struct problem *p = &in->snap->problems.item[i];
    if (!str_eq(p->id, id) || !str_eq(p->subject, e->subject)) continue;
    labelled(t, "now", style_of(severity_role(p->severity)), "it is still so:");
    add_remedy(t, in, p, k);
    k = NULL;
    break;
  }
  if (k) {
    labelled(t, "now", STYLE(OK), "it is not so any more");
    heading(t, k->title);
    text_indent(t, 2, 2);
    text_add(t, STYLE(NORMAL), k->help);
  }
  if (r->count > 1) add_again(t, in, r);
  else add_events(t, in, e->subject, r->index, "What else happened to it");
  return t;
}
