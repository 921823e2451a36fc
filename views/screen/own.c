/* The keys of the operator's own actions: each opens that action's preview for what is selected. */
#include "ops/own.h"
#include "views/screen/app.h"

static const struct operation *own_of(struct key k) {
  const struct operation *o;
  struct key its;
  for (size_t i = 0; (o = operation_at(i)) != NULL; i++) {
    const struct own_action *own = own_action_of(o);
    if (own && own->key && !key_parse(own->key, &its) && key_equal(key_canonical(its), key_canonical(k))) return o;
  }
  return NULL;
}

unsigned own_key(struct app *a, const struct input *in, struct key k) {
  const struct operation *o = k.pasted ? NULL : own_of(k);
  const char *id = NULL;
  if (!o || !in->snap) return 0;
  int list = app_selected(a, in, &id);
  const char *target = o->target == TARGET_CLUSTER ? NULL : offers_aimed(in, list, id, o);
  if (o->target != TARGET_CLUSTER && !target) {
    app_say(a, arena_printf(in->arena, "%s is for a %s: select one first", o->title, target_kind_names[o->target]));
    return APP_CHANGED;
  }
  acting_close(&a->acting);
  a->acting.from_menu = false;
  return acting_open(&a->acting, in, o, target, NULL, true) | APP_CHANGED;
}
