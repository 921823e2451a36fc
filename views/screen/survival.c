/* What the cluster survives, on one line: how many more hosts each layer may lose, the weakest marked. */
#include "tui/text.h"
#include "views/screen/app.h"
#include <string.h>

static enum role role_of(const struct survival_view *v) {
  if (v->lost == TRUTH_YES) return ROLE_BAD;
  if (v->hosts == UNKNOWN_INT) return ROLE_UNKNOWN;
  return v->weakest == TRUTH_YES && !v->hosts ? ROLE_WARN : ROLE_NORMAL;
}

/* Where there is no room for all the strongest goes first. */
void draw_survival(struct pen p, int y, const struct input *in) {
  enum { MOST = 16 };
  const char *heads = "survives: ", *between = arena_printf(in->arena, " %s ", symbol(in->glyphs, SYMBOL_SEPARATOR));
  const struct survival_view *v = in->snap->survives.item;
  size_t n = in->snap->survives.count < MOST ? in->snap->survives.count : MOST;
  bool left[MOST];
  for (size_t i = 0; i < n; i++) left[i] = true;
  for (;;) {
    int w = 1 + text_columns(heads), shown = 0;
    size_t strongest = n;
    for (size_t i = 0; i < n; i++) {
      if (!left[i]) continue;
      w += text_columns(v[i].layer) + 1 + text_columns(v[i].text) + (shown++ ? 3 : 0);
      bool weak = v[i].lost == TRUTH_YES || v[i].weakest == TRUTH_YES || v[i].hosts == UNKNOWN_INT;
      if (!weak && (strongest == n || v[i].hosts >= v[strongest].hosts)) strongest = i;
    }
    if (w <= p.w || strongest == n || shown < 2) break;
    left[strongest] = false;
  }
  int x = pen_text(p, 1, y, STYLE(DIM), heads);
  for (size_t i = 0, shown = 0; i < n; i++) {
    if (!left[i]) continue;
    if (shown++) x = pen_text(p, x, y, STYLE(DIM), between);
    x = pen_text(p, x, y, STYLE(DIM), v[i].layer) + 1;
    x = pen_field(p, x, y, text_columns(v[i].text) < p.w - x ? text_columns(v[i].text) : p.w - x, style_of(role_of(&v[i])), v[i].text);
  }
}

const char *survival_weakest(const struct input *in) {
  CLEANUP(str_free) struct str out = {0};
  const struct survival_view *worst = NULL;
  for (size_t i = 0; in->snap && i < in->snap->survives.count; i++) {
    const struct survival_view *v = &in->snap->survives.item[i];
    if (v->weakest == TRUTH_YES && !worst) worst = v;
  }
  if (!worst) return NULL;
  str_addf(&out, "survives: %s %s", worst->layer, worst->text);
  for (size_t i = 0; i < in->snap->survives.count; i++) /* what is not known may be worse */
    if (in->snap->survives.item[i].hosts == UNKNOWN_INT) str_addf(&out, ", %s ?", in->snap->survives.item[i].layer);
  return arena_strdup(in->arena, str_text(&out));
}
