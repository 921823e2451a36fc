/* The form of an operation: a field for each argument that is not given by what was selected, what is proposed for it, and
 * what is wrong with it, against the cluster as it is now. */
#include "ops/guide.h"
#include "views/screen/acting.h"
#include <ctype.h>
#include <string.h>

enum { OFFERED_SAID = 8 };

/* Arguments that the form asks for: all but a target that is given. (Of several it is the first, and others may follow.) */
static size_t first_argument(const struct acting *a) { return a->target && a->operation->target != TARGET_CLUSTER && !a->operation->arguments[0].list ? 1 : 0; }

const struct operation_argument *form_argument(const struct acting *a, size_t field) {
  const struct operation_argument *arg = a->operation ? a->operation->arguments : NULL;
  size_t skip = a->operation ? first_argument(a) : 0;
  for (size_t i = 0; arg && arg->name; arg++)
    if (i++ == field + skip) return arg;
  return NULL;
}

void values_wipe(struct values *v) {
  for (size_t i = 0; i < v->list.count; i++)
    if (v->list.item[i].secret) explicit_bzero((char *)v->list.item[i].text, strlen(v->list.item[i].text));
}

static void add_typed(const struct acting *a, size_t field, const struct operation_argument *arg, struct arena *arena, struct values *v) {
  const char *text;
  for (size_t n = 0; (text = form_text(&a->form, field, n)) != NULL; n++) {
    values_add(arena, v, arg->name, text, arg->kind == ARG_SECRET);
    if (!arg->list) return;
  }
}

/* What was typed first, so that proposals may look at all of it. */
void filling_values(const struct acting *a, const struct input *in, struct arena *arena, struct values *ret) {
  const struct operation_argument *arg;
  struct survey none = {0};
  struct planning p = {.operation = a->operation, .snap = in->snap, .values = ret, .survey = &none, .arena = arena};
  if (a->target && first_argument(a)) values_add(arena, ret, a->operation->arguments[0].name, a->target, false);
  for (size_t i = 0; (arg = form_argument(a, i)) != NULL; i++)
    if (i < a->form.count && a->form.values[i].touched) add_typed(a, i, arg, arena, ret);
  for (size_t i = 0; (arg = form_argument(a, i)) != NULL; i++) {
    struct texts proposed = {0};
    if (arg->kind == ARG_SECRET || (i < a->form.count && a->form.values[i].touched)) continue;
    if (!i && a->target && !first_argument(a)) texts_add(arena, &proposed, a->target);
    else if (arg->fallback) values_add(arena, ret, arg->name, arg->fallback, false);
    else if (arg->propose) arg->propose(&p, &proposed);
    for (size_t n = 0; n < proposed.count && (arg->list || !n); n++) values_add(arena, ret, arg->name, proposed.item[n], false);
  }
}

static bool closed(const struct operation_argument *arg) {
  switch (arg->kind) {
  case ARG_NODE:
  case ARG_PEER:
  case ARG_VOLUME:
  case ARG_DOMAIN:
  case ARG_RESOURCE:
  case ARG_CONSTRAINT:
  case ARG_PROBLEM:
  case ARG_DEVICE:
  case ARG_YES:
  case ARG_CHOICE: return true;
  default: return false;
  }
}

bool argument_offers(const struct operation_argument *arg) { return arg->kind != ARG_SECRET && (arg->list || arg->choices || arg->kind == ARG_HOST || arg->kind == ARG_BRICK) && (arg->list || !closed(arg)); }

static const char *help_text_of(const struct input *in, const struct operation_argument *arg, const struct texts *choices) {
  CLEANUP(str_free) struct str out = {0};
  char key[KEY_NAME], up[KEY_NAME], down[KEY_NAME];
  str_addf(&out, "%c%s%s", toupper((unsigned char)arg->help[0]), arg->help + 1, str_ends(arg->help, ".") ? "" : ".");
  keymap_hint(in->keymap, CONTEXT_FORM, ACTION_FORM_OFFER, key);
  if (choices->count) {
    if (closed(arg) && !arg->list) str_add(&out, choices->count > OFFERED_SAID ? " Letters find one of: " : " One of: ");
    else str_addf(&out, " %s takes: ", *key ? key : "Offered");
    for (size_t i = 0; i < choices->count && i < OFFERED_SAID; i++) str_addf(&out, "%s%s", i ? ", " : "", choices->item[i]);
    if (choices->count > OFFERED_SAID) str_addf(&out, " and %zu more", choices->count - OFFERED_SAID);
    str_add(&out, ".");
  }
  keymap_hint(in->keymap, CONTEXT_FORM, ACTION_FORM_LINE_UP, up);
  keymap_hint(in->keymap, CONTEXT_FORM, ACTION_FORM_LINE_DOWN, down);
  if (arg->list && *up && *down) str_addf(&out, " A line each; %s and %s change the order.", up, down);
  return arena_strdup(in->arena, str_text(&out));
}

/* "ping-timeout" is "Ping timeout" to read. */
static const char *label_of(const struct input *in, const struct operation_argument *arg) {
  char *s = arena_strdup(in->arena, arg->name);
  s[0] = (char)toupper((unsigned char)s[0]);
  for (char *p = s; *p; p++)
    if (*p == '-' || *p == '_') *p = ' ';
  return s;
}

static const char *error_of(struct planning *p, const struct operation_argument *arg) {
  size_t n = value_count(p->values, arg->name);
  if (!n) return arg->required ? "it is needed" : NULL;
  for (size_t i = 0; i < n; i++) {
    const char *value = value_at(p->values, arg->name, i), *wrong = operation_check(p, arg, value);
    if (wrong) return n > 1 && arg->kind != ARG_SECRET ? planf(p, "%s: %s", value, wrong) : wrong;
  }
  return NULL;
}

struct form filling_form(const struct acting *a, const struct input *in) {
  size_t count = 0;
  const struct operation_argument *arg;
  struct values v = {0};
  struct survey none = {0};
  struct planning p = {.operation = a->operation, .snap = in->snap, .values = &v, .survey = &none, .arena = in->arena};
  while (form_argument(a, count)) count++;
  struct form_field *fields = arena_array(in->arena, count + 1, sizeof *fields);
  if (in->snap) filling_values(a, in, in->arena, &v);
  for (size_t i = 0; in->snap && (arg = form_argument(a, i)) != NULL; i++) {
    struct texts choices = {0}, proposed = value_list(in->arena, &v, arg->name);
    if (arg->kind != ARG_SECRET) operation_choices(&p, arg, &choices);
    fields[i] = (struct form_field){.title = label_of(in, arg), .required = arg->required, .error = error_of(&p, arg), .help = help_text_of(in, arg, &choices),
                                    .kind = arg->list ? FORM_LIST : arg->kind == ARG_SECRET ? FORM_SECRET : closed(arg) ? FORM_CHOICE : FORM_TEXT};
    fields[i].choices = (struct form_words){choices.item, choices.count};
    if (arg->kind != ARG_SECRET) fields[i].proposed = (struct form_words){proposed.item, proposed.count};
  }
  values_wipe(&v);
  return (struct form){.fields = fields, .count = in->snap ? count : 0, .button = a->operation == &guide_form ? "This is what is to be built" : "Review what would be done", .about = a->operation->help};
}
