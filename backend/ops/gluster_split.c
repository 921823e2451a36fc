/* Split-brain, file by file: what gluster lists, what each brick has of it and holds against the others, whose image it is; and one
 * copy chosen for a file, for all pieces of an image alike. Asked of gluster's own list and of each brick's index, which take no
 * lock; the index names what waits to heal by number, so that each brick is asked once whatever the volume holds. */
#include "ops/gluster.h"
#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BRICKS_ASKED = 48, FILES_SHOWN = 24, ENTRIES_MAX = 300, RESOLVE_MS = 120000, COUNTED_MS = 420000 };

/* Of a brick ($1): a line E with number, size, time of change and kind for each entry, P its path, A what it holds against others. */
static const char pending_script[] =
    "command -v getfattr >/dev/null || { echo getfattr is missing >&2; exit 127; }; b=$1; n=0; u() { x=${1#??}; echo \"$b/.glusterfs/${1%\"$x\"}/${x%\"${x#??}\"}/$1\"; }; cd -- \"$b/.glusterfs/indices/xattrop\" || exit 1; "
    "for g in *-*-*-*-*; do [ ${#g} = 36 ] && [ -e \"$g\" ] || continue; n=$((n+1)); [ $n -gt 200 ] && break; f=$(u \"$g\"); "
    "echo \"E $g $(stat -L -c '%s %Y %F' -- \"$f\" 2>/dev/null)\"; "
    "p=$(getfattr -d -m '^trusted[.]gfid2path[.]' -e text --absolute-names -- \"$f\" 2>/dev/null | sed -n 's/^trusted[.]gfid2path[^=]*=\"\\(.*\\)\"$/\\1/p' | head -n 1); "
    "if [ -n \"$p\" ]; then d=${p%%/*}; p=/${p#*/}; k=0; while [ \"$d\" != 00000000-0000-0000-0000-000000000001 ] && [ $k -lt 40 ]; do l=$(readlink -n -- \"$(u \"$d\")\" | tr '\\n' '?') || break; p=/${l##*/}$p; d=${l%/*}; d=${d##*/}; k=$((k+1)); done; echo \"P $p\"; fi; "
    "getfattr -d -m '^trusted[.]afr[.]' -e hex --absolute-names -- \"$f\" 2>/dev/null | sed -n 's/^trusted[.]afr[.]/A /p'; done; exit 0";

/* ---- asking ---- */

/* Where the volume is seen as its guests see it: a host, and the directory there; NULL: no such host is known. */
static const char *client_of(struct planning *p, const struct volume_view *v, const char **ret_mount) {
  const struct host_view *own = own_host(p);
  const struct gluster_mounts *mounts = own ? mounts_of(p->snap, own->name) : NULL;
  for (size_t i = 0; mounts && i < mounts->mounts.count; i++)
    if (str_eq(mounts->mounts.item[i].volume, v->name) && !mounts->mounts.item[i].trouble) return *ret_mount = mounts->mounts.item[i].mount, own->name;
  for (size_t i = 0; i < p->snap->domains.count; i++) {
    const struct domain_view *d = &p->snap->domains.item[i];
    const char *host = d->hosts.count ? d->hosts.item[0] : d->defined_on.count ? d->defined_on.item[0] : NULL;
    for (size_t k = 0; host && k < d->disks.count; k++) {
      const struct disk_view *disk = &d->disks.item[k];
      if (!str_eq(disk->volume, v->name) || !disk->source || *disk->source != '/' || !disk->path || !str_ends(disk->source, disk->path)) continue;
      size_t len = strlen(disk->source) - strlen(disk->path);
      if (len) return *ret_mount = arena_strndup(p->arena, disk->source, len), host;
    }
  }
  return NULL;
}

void splits_survey(struct planning *p) {
  const struct volume_view *v = snapshot_volume(p->snap, given(p, "volume"));
  const char *host = gluster_host(p), *mount = NULL, *client = v && v->sharded == TRUTH_YES ? client_of(p, v, &mount) : NULL;
  if (!v || !host) return;
  ask_command(p, host, "splits", GLUSTER, "volume", "heal", v->name, "info", "split-brain", NULL);
  for (size_t i = 0; i < v->bricks.count && i < BRICKS_ASKED; i++)
    ask_command(p, v->bricks.item[i].host, planf(p, "pending %s", v->bricks.item[i].path), "sh", "-c", pending_script, "kvmconsole-pending", v->bricks.item[i].path, NULL);
  if (client) /* pieces are named by the number of their image */
    ask_command(p, client, "numbers", "find", mount, "-maxdepth", "3", "-type", "f", "-exec", "getfattr", "-n", "glusterfs.gfid.string", "--absolute-names", "--", "{}", "+", NULL);
}

/* ---- reading ---- */

struct copy { const struct brick_view *brick; bool there, asked; int64_t size, changed; uint64_t data, metadata; };
struct split { const char *file, *piece_of, *known_as; int64_t set; }; /* file: as gluster takes it; piece_of: the number of the image that it is a piece of; known_as: as the operator knows it */
struct splits { const struct volume_view *v; struct split *item; size_t count; bool listed; };

static bool is_number(const char *s) { return strlen(s) >= 36 && strspn(s, "0123456789abcdef-") >= 36; }

static void add_split(struct planning *p, struct splits *all, const char *line, int64_t set) {
  static const char pieces[] = "/.shard/";
  const char *file = str_starts(line, "<gfid:") ? arena_strndup(p->arena, line + 1, strcspn(line + 1, ">")) : line;
  for (size_t i = 0; i < all->count; i++)
    if (all->item[i].set == set && str_eq(all->item[i].file, file)) return;
  if (all->count >= ENTRIES_MAX) return;
  const char *name = str_starts(file, pieces) ? file + strlen(pieces) : "";
  bool piece = is_number(name) && name[36] == '.';
  all->item[all->count++] = (struct split){file, piece ? arena_strndup(p->arena, name, 36) : NULL, NULL, set};
}

/* The file that has this number on the mount, as a path within the volume; NULL: none that was found. */
static const char *numbered(struct planning *p, const struct volume_view *v, const char *number) {
  const char *mount = NULL, *client = client_of(p, v, &mount), *text = client ? printed(p, client, "numbers") : NULL, *file = NULL;
  for (const char *line = text; line && *line; line = line_next(line)) {
    const char *clean = first_line(p, line);
    if (str_starts(clean, "# file: ")) file = clean + strlen("# file: ");
    else if (file && str_starts(clean, "glusterfs.gfid.string=\"") && !strncmp(strchr(clean, '"') + 1, number, strlen(number)) && str_starts(file, mount) && file[strlen(mount)] == '/') return file + strlen(mount);
  }
  return NULL;
}

/* What the operator knows it by: for a piece its image's path. */
static const char *file_named(struct planning *p, const struct volume_view *v, const struct split *s) {
  const char *image = s->piece_of ? numbered(p, v, s->piece_of) : NULL;
  return image ? image : s->piece_of ? planf(p, "gfid:%s", s->piece_of) : s->file;
}

static const struct domain_view *owner_of(struct planning *p, const struct volume_view *v, const char *file) {
  for (size_t i = 0; i < p->snap->domains.count; i++)
    for (size_t k = 0; k < p->snap->domains.item[i].disks.count; k++) {
      const struct disk_view *disk = &p->snap->domains.item[i].disks.item[k];
      if (str_eq(disk->volume, v->name) && str_eq(disk->path, file)) return &p->snap->domains.item[i];
    }
  return NULL;
}

/* "Brick node1:/data", then a line for each entry, then "Status: ..." and their number. */
static struct splits read_splits(struct planning *p, const struct volume_view *v) {
  struct splits all = {.v = v, .item = arena_array(p->arena, ENTRIES_MAX, sizeof *all.item)};
  const char *host = gluster_host(p), *text = host ? answered(p, host, "splits") : NULL;
  const struct brick_view *b = NULL;
  all.listed = text != NULL;
  for (const char *line = text; line && *line; line = line_next(line)) {
    const char *clean = first_line(p, line);
    size_t len = strlen(clean);
    while (len && clean[len - 1] == ' ') len--;
    clean = arena_strndup(p->arena, clean, len);
    const struct volume_view *of = NULL;
    if (str_starts(clean, "Brick ")) b = brick_named(p->snap, p->arena, clean + strlen("Brick "), &of);
    else if (b && (*clean == '/' || str_starts(clean, "<gfid:"))) add_split(p, &all, clean, b->set);
  }
  for (size_t i = 0; i < all.count; i++) all.item[i].known_as = file_named(p, v, &all.item[i]);
  return all;
}

/* Counts of writes, 32 bits each: data, metadata. */
static void add_blame(struct copy *c, const char *line) {
  const char *hex = strstr(line, "=0x");
  if (!hex || strspn(hex + 3, "0123456789abcdef") < 24) return;
  uint64_t n = strtoull((char[]){hex[3], hex[4], hex[5], hex[6], hex[7], hex[8], hex[9], hex[10], 0}, NULL, 16);
  uint64_t m = strtoull((char[]){hex[11], hex[12], hex[13], hex[14], hex[15], hex[16], hex[17], hex[18], 0}, NULL, 16);
  c->data += n;
  c->metadata += m;
}

static struct copy read_copy(struct planning *p, const struct brick_view *b, const char *file) {
  const struct answer *q = survey_answer(p->survey, b->host, planf(p, "pending %s", b->path));
  struct copy c = {.brick = b, .asked = q && q->code == 0, .size = UNKNOWN_INT, .changed = UNKNOWN_INT}, now = c;
  bool mine = false;
  for (const char *line = c.asked ? q->out : NULL; line && *line; line = line_next(line)) {
    const char *clean = first_line(p, line);
    if (str_starts(clean, "E ")) {
      if (mine) break;
      const char *number = line_word(p, clean, 1, false), *size = line_word(p, clean, 2, false), *at = line_word(p, clean, 3, false);
      now = c;
      if (size) str_int(size, 0, INT64_MAX, &now.size);
      if (at && !str_int(at, 0, INT64_MAX / 1000, &now.changed)) now.changed *= 1000;
      mine = number && str_starts(file, "gfid:") && str_eq(file + 5, number);
    } else if (str_starts(clean, "P ")) {
      mine |= str_eq(clean + 2, file);
    } else if (str_starts(clean, "A ")) {
      add_blame(&now, clean);
    }
  }
  if (!mine) return c;
  now.there = true;
  return now;
}

/* ---- saying ---- */

static const char *size_words(struct planning *p, int64_t bytes) {
  char size[SIZE_TEXT];
  return bytes == UNKNOWN_INT ? "of unknown size" : planf(p, "%s", str_size(size, bytes));
}

static const char *changed_words(struct planning *p, int64_t at) {
  char text[64];
  if (at == UNKNOWN_INT) return "not known when";
  clock_rfc3339(text, at);
  return planf(p, "%.10s %.8s UTC", text, text + 11);
}

static const char *copy_words(struct planning *p, const struct copy *c) {
  const char *name = brick_text(p, c->brick);
  if (!c->asked) return planf(p, "%s: it could not be looked at", name);
  if (!c->there) return planf(p, "%s: its index does not name it", name);
  const char *against = c->data && c->metadata ? planf(p, "%llu writes and %llu changes of its owner or rights", (unsigned long long)c->data, (unsigned long long)c->metadata) : c->data ? planf(p, "%llu writes", (unsigned long long)c->data)
                      : c->metadata ? planf(p, "%llu changes of its owner or rights", (unsigned long long)c->metadata) : "nothing";
  if (c->brick->arbiter == TRUTH_YES) return planf(p, "%s: the arbiter, no data; it holds %s against the others", name, against);
  return planf(p, "%s: %s, changed %s; it holds %s against the others", name, size_words(p, c->size), changed_words(p, c->changed), against);
}

static void say_file(struct planning *p, const struct splits *all, const char *file) {
  const struct domain_view *d = owner_of(p, all->v, file);
  size_t pieces = 0, first = all->count;
  for (size_t i = 0; i < all->count; i++) {
    if (!str_eq(all->item[i].known_as, file)) continue;
    if (first == all->count || !all->item[i].piece_of) first = i;
    pieces += all->item[i].piece_of != NULL;
  }
  const char *owner = !d ? "" : d->hosts.count ? planf(p, ", the image of %s, which is %s on %s", d->name, d->state ? d->state : "there", names_text(p->arena, &d->hosts)) : planf(p, ", the image of %s, which is off", d->name);
  consequence(p, "%s%s%s", file, owner, pieces ? planf(p, "; %zu of its pieces", pieces) : "");
  for (size_t i = 0; i < all->v->bricks.count; i++) {
    const struct brick_view *b = &all->v->bricks.item[i];
    if (b->set != all->item[first].set) continue;
    struct copy c = read_copy(p, b, all->item[first].file);
    consequence(p, "  %s", copy_words(p, &c));
  }
}

static bool told(struct planning *p, const struct splits *all) {
  const char *host = gluster_host(p);
  const struct answer *q = host ? survey_answer(p->survey, host, "splits") : NULL;
  if (all->listed) return true;
  if (q && q->code != UNKNOWN_INT) refuse_always(p, "when gluster lists it again", "gluster does not tell what is in split-brain: %s", *first_line(p, q->text) ? first_line(p, q->text) : first_line(p, q->out));
  else refuse_always(p, "when a gluster host can be asked", "cannot tell what is in split-brain: %s was not asked", host ? host : "gluster");
  return false;
}

void splits_look_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  struct texts shown = {0};
  if (!v || !host) return;
  if (!volume_copies(v)) refuse_always(p, "never", "volume %s has no copies that could differ", v->name);
  struct splits all = read_splits(p, v);
  if (refused(p) || !told(p, &all)) return;
  for (size_t i = 0; i < all.count; i++) {
    const char *file = all.item[i].known_as;
    if (texts_have(&shown, file) || shown.count >= FILES_SHOWN) continue;
    texts_add(p->arena, &shown, file);
    say_file(p, &all, file);
  }
  if (!all.count) consequence(p, "Nothing of %s is in split-brain, as far as the bricks that answer tell.", v->name);
  else consequence(p, "Which copy is right only a person can tell: often the one of the host where the domain wrote last. gluster-splitbrain-resolve makes the others like it; what only they have is lost.");
  step_run(p, host, "list what gluster has in split-brain", GLUSTER, "volume", "heal", v->name, "info", "split-brain", NULL)->harmless = TRUTH_YES;
}

/* ---- resolving ---- */

void splits_choose_file(struct planning *p, struct texts *ret) {
  const char *volume = given(p, "volume");
  for (size_t i = 0; i < p->snap->domains.count; i++)
    for (size_t k = 0; k < p->snap->domains.item[i].disks.count; k++) {
      const struct disk_view *d = &p->snap->domains.item[i].disks.item[k];
      if (d->path && str_eq(d->volume, volume) && !texts_have(ret, d->path)) texts_add(p->arena, ret, d->path);
    }
}

void splits_choose_source(struct planning *p, struct texts *ret) {
  const struct volume_view *v = snapshot_volume(p->snap, given(p, "volume"));
  const char *file = given(p, "file");
  for (size_t i = 0; v && i < p->snap->domains.count; i++)
    for (size_t k = 0; k < p->snap->domains.item[i].disks.count; k++) {
      const struct disk_view *d = &p->snap->domains.item[i].disks.item[k];
      if (!str_eq(d->volume, v->name) || !str_eq(d->path, file) || v->sharded == TRUTH_YES) continue;
      for (size_t b = 0; b < d->bricks.count; b++)
        if (!texts_have(ret, d->bricks.item[b])) texts_add(p->arena, ret, d->bricks.item[b]);
    }
  for (size_t i = 0; v && i < v->bricks.count; i++)
    if (v->bricks.item[i].arbiter != TRUTH_YES && !texts_have(ret, brick_text(p, &v->bricks.item[i]))) texts_add(p->arena, ret, brick_text(p, &v->bricks.item[i]));
}

/* A guest must not have its disk exchanged under it. */
static void check_idle(struct planning *p, const struct volume_view *v, const struct domain_view *d) {
  struct texts unread = {0};
  volume_domains(p->snap, p->arena, v->name, true, &unread);
  if (d && d->hosts.count) refuse_always(p, "when it is off: domain-stop", "%s is %s on %s: its disk would be another one under it", d->name, d->state ? d->state : "there", names_text(p->arena, &d->hosts));
  else if (d && (!d->state || d->stale.count)) refuse(p, "when libvirt is read again", "cannot tell whether %s runs: what is known of it is old", d->name);
  else if (unread.count) refuse(p, planf(p, "when libvirt on %s can be read", names_text(p->arena, &unread)), "cannot tell whether a domain uses it: libvirt on %s is not read", names_text(p->arena, &unread));
}

static void check_set(struct planning *p, const struct volume_view *v, int64_t set) {
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    enum truth online = b->set == set ? brick_online(p->snap, b) : TRUTH_YES;
    if (online == TRUTH_NO) refuse_always(p, "when it is online: gluster-brick-start", "%s is down: gluster makes no copy like another while one is away", brick_text(p, b));
    else if (online == TRUTH_UNKNOWN) refuse(p, "when it is read", "cannot tell whether %s is online", brick_text(p, b));
  }
}

static void say_choice(struct planning *p, const struct volume_view *v, const struct brick_view *source, const struct split *s, const char *file, size_t pieces) {
  struct copy mine = read_copy(p, source, s->file);
  const char *what = pieces > 1 ? planf(p, "%zu pieces of %s become", pieces, file) : pieces ? planf(p, "1 piece of %s becomes", file) : planf(p, "%s becomes", file);
  if (!mine.there) refuse(p, "when that brick can be looked at", "cannot tell what %s has of %s", brick_text(p, source), s->file);
  if (refused(p)) return;
  if (pieces) consequence(p, "%s what %s has.", what, brick_text(p, source));
  else consequence(p, "%s what %s has: %s, changed %s.", what, brick_text(p, source), size_words(p, mine.size), changed_words(p, mine.changed));
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b == source || b->set != s->set || b->arbiter == TRUTH_YES) continue;
    struct copy c = read_copy(p, b, s->file);
    consequence(p, "LOST: what only %s has%s.", brick_text(p, b), c.there && !pieces ? planf(p, " (%s, changed %s, %llu writes that %s has not)", size_words(p, c.size), changed_words(p, c.changed), (unsigned long long)c.data, brick_text(p, source)) : "");
  }
}

void splits_resolve_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p), *of = NULL;
  const char *host = the_speaker(p, NULL), *file = given(p, "file");
  if (!v || !host) return;
  const struct brick_view *source = the_brick(p, "source", &of);
  if (!source) return;
  const char *name = brick_text(p, source);
  const struct domain_view *d = owner_of(p, v, file);
  struct splits all = read_splits(p, v);
  size_t pieces = 0, mine = 0, elsewhere = 0;
  const struct split *one = NULL;
  refuse_unless_pool_well(p);
  if (of != v) refuse_always(p, "with a brick of it", "%s is a brick of %s, and not of %s", name, of->name, v->name);
  if (source->arbiter == TRUTH_YES) refuse_always(p, "with a brick that holds data", "%s is an arbiter: it has no data of it", name);
  if (refused(p) || !told(p, &all)) return;
  for (size_t i = 0; i < all.count; i++) {
    const struct split *s = &all.item[i];
    if (!str_eq(s->known_as, file) && !str_eq(s->file, file)) continue;
    elsewhere += s->set != source->set;
    if (s->set != source->set) continue;
    mine++;
    pieces += s->piece_of != NULL;
    if (!one || !s->piece_of) one = s;
    if (!d) d = owner_of(p, v, s->known_as);
  }
  if (!mine && elsewhere) refuse_always(p, "with a brick of its set", "%s has no copy of it: it lies on another set", name);
  else if (!mine) refuse_always(p, "when it is: gluster-splitbrain lists what is", "%s is not in split-brain on %s", file, v->name);
  if (refused(p)) return;
  check_idle(p, v, d);
  check_set(p, v, source->set);
  say_choice(p, v, source, one, file, pieces);
  if (refused(p)) return;
  if (elsewhere) consequence(p, "%zu more pieces of it lie on other sets and stay in split-brain: a brick of each of those has to be chosen too.", elsewhere);
  if (d) consequence(p, "%s can be started again when nothing of its image is left in split-brain; let its own file system be checked.", d->name);
  consequence(p, "There is no way back: copy the other brick's file away first when you are not sure.");
  for (size_t i = 0; i < all.count; i++) {
    const struct split *s = &all.item[i];
    if (s->set != source->set || (!str_eq(s->known_as, file) && !str_eq(s->file, file))) continue;
    struct step *step = gluster_step(p, host, planf(p, "make all copies of %s like that one", s->file), "volume", "heal", v->name, "split-brain", "source-brick", name, s->file, NULL);
    step->deadline_ms = RESOLVE_MS;
    for (int code = 1; code < 256; code += 254) step_good(p, step, code, "not in split-brain"); /* it was healed meanwhile */
  }
  int64_t left = (int64_t)(all.count - mine);
  verify_that(p, "split-brain-at-most", v->name, planf(p, "%lld", (long long)left), NULL);
  p->plan->verify_ms = COUNTED_MS;
}
