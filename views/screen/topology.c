#include "views/screen/app.h"
void settle_topology(struct app *a, const struct input *in, int w, int h) { (void)a; (void)in; (void)w; (void)h; }
unsigned act_topology(struct app *a, const struct input *in, int w, int h, enum action action) { (void)a; (void)in; (void)w; (void)h; (void)action; return 0; }
void draw_topology(struct pen p, const struct app *a, const struct input *in) { (void)p; (void)a; (void)in; }
void state_topology(const struct app *a, const struct input *in, struct str *out) { (void)a; (void)in; (void)out; }
