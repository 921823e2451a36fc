#include "tui/screen_class.h"

enum { KEYS_MAX = 1024 };

struct headless {
  struct screen screen;
  struct canvas *frame;
  bool shown, fresh; /* fresh: the next blit counts as a first one */
  size_t changed;
  struct key keys[KEYS_MAX];
  size_t first, count;
  int new_w, new_h;
};

static struct headless *of(struct screen *s) { return (struct headless *)s; }
static const struct headless *of_const(const struct screen *s) { return (const struct headless *)s; }

static void headless_close(struct screen *s) { canvas_free(of(s)->frame); }

static int headless_blit(struct screen *s, const struct canvas *c) {
  struct headless *h = of(s);
  h->changed = h->shown && !h->fresh ? canvas_diff(h->frame, c, NULL, NULL) : (size_t)c->w * (size_t)c->h;
  canvas_copy(h->frame, c);
  h->shown = true;
  h->fresh = false;
  return 0;
}

static void headless_redraw(struct screen *s) { of(s)->fresh = true; }
static uint64_t headless_sent(const struct screen *s) {
  (void)s;
  return 0;
}

static void nothing(struct screen *s) { (void)s; }

static bool headless_mouse(struct screen *s, bool on) {
  (void)s, (void)on;
  return true;
}

static bool headless_resized(struct screen *s) {
  struct headless *h = of(s);
  bool changed = s->w != h->new_w || s->h != h->new_h;
  s->w = h->new_w;
  s->h = h->new_h;
  return changed;
}

static int headless_key(struct screen *s, struct key *ret) {
  struct headless *h = of(s);
  if (!h->count) return 0;
  *ret = h->keys[h->first];
  h->first = (h->first + 1) % KEYS_MAX;
  h->count--;
  return 1;
}

static int headless_wait(const struct screen *s) {
  (void)s;
  return -1;
}

static const struct screen_class class = {
    .close = headless_close,
    .blit = headless_blit,
    .sent = headless_sent,
    .redraw = headless_redraw,
    .resized = headless_resized,
    .bell = nothing,
    .mouse = headless_mouse,
    .key = headless_key,
    .wait = headless_wait,
    .suspend = nothing,
    .resume = headless_redraw,
};

struct screen *screen_open_headless(int w, int h, enum glyphs glyphs) {
  struct headless *self = mem_alloc(sizeof(*self));
  self->frame = canvas_new(w, h, glyphs);
  self->screen = (struct screen){.class = &class, .w = self->frame->w, .h = self->frame->h, .fd = -1, .glyphs = glyphs};
  self->screen.theme = theme_find(NULL);
  self->screen.colours = COLOURS_256;
  self->new_w = self->frame->w;
  self->new_h = self->frame->h;
  return &self->screen;
}

const struct canvas *headless_frame(const struct screen *s) { return of_const(s)->shown ? of_const(s)->frame : NULL; }
size_t headless_changed(const struct screen *s) { return of_const(s)->changed; }

void headless_push(struct screen *s, struct key k) {
  struct headless *h = of(s);
  if (h->count == KEYS_MAX) return;
  h->keys[(h->first + h->count++) % KEYS_MAX] = k;
  if (s->timer) timer_set(s->timer, 0);
}

void headless_size(struct screen *s, int w, int h) {
  of(s)->new_w = w;
  of(s)->new_h = h;
}
