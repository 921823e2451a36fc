/* A plan's shape, and its words for people, for a shell and for comparing. */
#include "ops/plan.h"
#include "ops/condition.h"
#include <inttypes.h>
#include <string.h>

const char *const step_kind_names[] = {NULL, "run", "wait", "ask", "handover", NULL};

#define T struct condition
SHAPE(condition_shape, T, FIELD(T, name, TEXT), FIELD(T, args, TEXTS));
#undef T
#define T struct good_exit
SHAPE(good_exit_shape, T, FIELD(T, code, INT), FIELD(T, says, TEXT));
#undef T
#define T struct step
SHAPE(step_shape, T, FIELD(T, host, TEXT), CHOICE(T, kind, step_kind_names), FIELD(T, argv, TEXTS), FIELD(T, input, TEXT), FIELD(T, secret, TEXT),
      FIELD(T, input_of, INT), FIELD(T, say, TEXT), FIELD(T, undo, TEXTS), FIELD(T, test, TEXTS), OBJECT(T, already, condition_shape),
      OBJECT(T, still, condition_shape), OBJECT(T, until, condition_shape), LIST(T, good, good_exit_shape), FIELD(T, deadline_ms, INT),
      FIELD(T, harmless, BOOL), FIELD(T, half, BOOL));
#undef T
#define T struct plan
SHAPE(plan_shape, T, FIELD(T, schema, INT), FIELD(T, operation, TEXT), FIELD(T, title, TEXT), FIELD(T, target, TEXT), FIELD(T, allowed, BOOL),
      FIELD(T, forcible, BOOL), FIELD(T, why, TEXT), FIELD(T, when, TEXT), FIELD(T, danger, INT), FIELD(T, confirm, TEXT), FIELD(T, consequence, TEXTS), CHOICE(T, verdict, verdict_names), LIST(T, warnings, plan_warning_shape),
      LIST(T, steps, step_shape), LIST(T, verify, condition_shape), FIELD(T, verify_ms, INT), FIELD(T, lock, BOOL), FIELD(T, gluster, BOOL));
#undef T

void plan_json(const struct plan *p, struct str *out) { shape_encode(&plan_shape, p, out); }

/* ---- the shell's quoting ---- */

void shell_quote(struct str *out, const char *word) {
  str_addc(out, '\'');
  for (const char *s = word; *s; s++)
    if (*s == '\'') str_add(out, "'\\''");
    else str_addc(out, *s);
  str_addc(out, '\'');
}

/* Words that no shell reads as anything but themselves. */
static bool plain(const char *word) {
  static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%";
  return *word && word[strspn(word, safe)] == '\0';
}

void shell_words(struct str *out, const struct texts *argv) {
  for (size_t i = 0; i < argv->count; i++) {
    const char *w = argv->item[i], *equals = strchr(w, '=');
    if (i) str_addc(out, ' ');
    /* KEY=VALUE stays readable, but not as the first word, which would set a variable. */
    if (plain(w) || (i && equals && equals > w && w[strspn(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.=/:")] == '\0')) str_add(out, w);
    else shell_quote(out, w);
  }
}

/* ---- as a script ---- */

static void comment(struct str *out, const char *text) {
  str_add(out, "# ");
  for (; *text; text++) str_addc(out, (unsigned char)*text < ' ' ? ' ' : *text);
  str_addc(out, '\n');
}

/* ssh hands one line to the far shell: the quoted words, quoted once more. */
static void far_words(struct str *out, const char *ssh, const char *host, const struct texts *argv) {
  CLEANUP(str_free) struct str line = {0};
  shell_words(&line, argv);
  if (!host) {
    str_add(out, str_text(&line));
    return;
  }
  CLEANUP(str_free) struct str to = {0};
  for (const char *s = ssh; *s; s++)
    if (s[0] == '%' && s[1] == 'h') str_add(&to, host), s++;
    else str_addc(&to, *s);
  str_add(out, "ssh -o BatchMode=yes ");
  if (plain(str_text(&to))) str_add(out, str_text(&to));
  else shell_quote(out, str_text(&to));
  str_add(out, " -- ");
  shell_quote(out, str_text(&line));
}

static void shell_step(struct str *out, const struct step *s, size_t n, const char *ssh, struct arena *a) {
  str_addc(out, '\n');
  comment(out, arena_printf(a, "%zu. %s", n + 1, s->say ? s->say : ""));
  if (s->kind == STEP_WAIT && !s->until.name) {
    str_addf(out, "sleep %" PRId64 "\n", (s->deadline_ms + 999) / 1000);
    return;
  }
  if (s->kind == STEP_WAIT) {
    str_add(out, "read -r -p ");
    shell_quote(out, arena_printf(a, "Wait until %s, then press Enter. ", condition_text(&s->until, a)));
    str_addc(out, '\n');
    return;
  }
  if (s->kind == STEP_ASK) {
    str_add(out, "read -r -p ");
    shell_quote(out, arena_printf(a, "%s Enter goes on, Ctrl-C stops. ", s->say ? s->say : ""));
    str_addc(out, '\n');
    return;
  }
  if (s->already.name) comment(out, arena_printf(a, "not needed when %s", condition_text(&s->already, a)));
  if (s->still.name) comment(out, arena_printf(a, "only while %s", condition_text(&s->still, a)));
  if (s->undo.count) {
    str_add(out, "# undo: ");
    CLEANUP(str_free) struct str undo = {0};
    far_words(&undo, ssh, s->host, &s->undo);
    str_add(out, str_text(&undo));
    str_addc(out, '\n');
  }
  if (s->test.count) {
    far_words(out, ssh, s->host, &s->test);
    str_add(out, " >/dev/null 2>&1 ||\n  ");
  }
  if (s->secret) {
    str_addf(out, "printf '%%s\\n' \"${%s:?the %s is to be in this variable}\" | ", s->secret, s->secret);
  } else if (s->input) {
    str_add(out, "printf %s ");
    shell_quote(out, s->input);
    str_add(out, " | ");
  } else if (s->input_of != UNKNOWN_INT) {
    str_addf(out, "printf '%%s\\n' \"$out%" PRId64 "\" | ", s->input_of + 1);
  }
  far_words(out, ssh, s->host, &s->argv);
  str_addc(out, '\n');
}

/* A step whose output another one reads is caught in a variable. */
static bool is_read(const struct plan *p, size_t n) {
  for (size_t i = 0; i < p->steps.count; i++)
    if (p->steps.item[i].input_of == (int64_t)n) return true;
  return false;
}

void plan_shell(const struct plan *p, const char *ssh, struct str *out) {
  struct arena *a = arena_new();
  str_add(out, "#!/bin/bash\n");
  comment(out, arena_printf(a, "%s: %s", p->operation, p->title ? p->title : ""));
  for (size_t i = 0; i < p->consequence.count; i++) comment(out, p->consequence.item[i]);
  if (p->allowed != TRUTH_YES) {
    comment(out, arena_printf(a, "REFUSED: %s", p->why ? p->why : ""));
    str_add(out, "exit 2\n");
  }
  str_add(out, "set -eu -o pipefail\n");
  for (size_t i = 0; i < p->steps.count; i++) {
    CLEANUP(str_free) struct str step = {0};
    shell_step(&step, &p->steps.item[i], i, ssh, a);
    if (!is_read(p, i)) {
      str_add(out, str_text(&step));
      continue;
    }
    str_addf(out, "\nout%zu=$(", i + 1);
    str_add(out, str_text(&step));
    str_add(out, ")\n");
  }
  for (size_t i = 0; i < p->verify.count; i++) comment(out, arena_printf(a, "proof: %s", condition_text(&p->verify.item[i], a)));
  arena_free(a);
}

/* ---- for people ---- */

bool input_is_secret(const struct step *s) {
  size_t n = s->secret ? strlen(s->secret) : 0;
  return s->secret && (!s->input || (s->input[0] == '<' && !strncmp(s->input + 1, s->secret, n) && !strcmp(s->input + 1 + n, ">")));
}

/* A file that is written by its input: all of it is part of what is confirmed. Of a secret its name in angles stands there. */
static void text_input(struct str *out, const struct step *s) {
  if (input_is_secret(s)) return; /* said already */
  for (const char *line = s->input; line && *line;) {
    size_t n = strcspn(line, "\n");
    str_add(out, n ? "       < " : "       <");
    str_addn(out, line, n);
    str_addc(out, '\n');
    line += n + (line[n] == '\n');
  }
}

static void text_step(struct str *out, const struct step *s, size_t n, struct arena *a) {
  str_addf(out, "%3zu. %s%s%s\n", n + 1, s->say ? s->say : "", s->host ? ", on " : "", s->host ? s->host : "");
  if (s->argv.count) {
    str_add(out, "       $ ");
    shell_words(out, &s->argv);
    if (s->secret) str_addf(out, "   < the %s", s->secret);
    else if (s->input_of != UNKNOWN_INT) str_addf(out, "   < what step %" PRId64 " printed", s->input_of + 1);
    str_addc(out, '\n');
  }
  text_input(out, s);
  if (s->kind == STEP_WAIT && !s->until.name) str_addf(out, "       for %" PRId64 " s\n", s->deadline_ms / 1000);
  else if (s->kind == STEP_WAIT) str_addf(out, "       until %s, at most %" PRId64 " s\n", condition_text(&s->until, a), s->deadline_ms / 1000);
  if (s->kind == STEP_HANDOVER) str_add(out, "       it gets the terminal\n");
  if (s->already.name) str_addf(out, "       not needed when %s\n", condition_text(&s->already, a));
  if (s->still.name) str_addf(out, "       only while %s\n", condition_text(&s->still, a));
  if (s->undo.count) {
    str_add(out, "       undo: ");
    shell_words(out, &s->undo);
    str_addc(out, '\n');
  }
}

void plan_text(const struct plan *p, struct str *out) {
  struct arena *a = arena_new();
  str_addf(out, "%s%s%s: %s\n", p->operation, p->target ? " " : "", p->target ? p->target : "", p->title ? p->title : "");
  if (p->allowed != TRUTH_YES) {
    str_addf(out, "\nREFUSED: %s\n", p->why ? p->why : "no reason is known");
    if (p->when) str_addf(out, "It passes %s.\n", p->when);
    if (p->forcible == TRUTH_YES) str_add(out, "force=yes overrules that.\n");
  }
  if (p->consequence.count) str_add(out, "\nWhat will be\n");
  for (size_t i = 0; i < p->consequence.count; i++) str_addf(out, "  - %s\n", p->consequence.item[i]);
  if (p->warnings.count) str_addf(out, "\nBeware\n");
  for (size_t i = 0; i < p->warnings.count; i++) str_addf(out, "  - %s: %s\n", p->warnings.item[i].about, p->warnings.item[i].text);
  if (p->steps.count) str_add(out, "\nSteps\n");
  for (size_t i = 0; i < p->steps.count; i++) text_step(out, &p->steps.item[i], i, a);
  if (p->verify.count) str_addf(out, "\nVerified by later readings, within %" PRId64 " s\n", p->verify_ms / 1000);
  for (size_t i = 0; i < p->verify.count; i++) str_addf(out, "  - %s\n", condition_text(&p->verify.item[i], a));
  arena_free(a);
}

/* ---- for comparing ---- */

static void canon(struct str *out, const char *text) {
  if (text) str_add(out, text);
  str_addn(out, "\0", 1);
}

void plan_canonical(const struct plan *p, struct str *out) {
  canon(out, p->operation);
  str_addf(out, "%d %" PRId64 " ", p->allowed == TRUTH_YES, p->danger);
  canon(out, p->confirm);
  for (size_t i = 0; i < p->consequence.count; i++) canon(out, p->consequence.item[i]);
  for (size_t i = 0; i < p->steps.count; i++) {
    const struct step *s = &p->steps.item[i];
    str_addf(out, "\n%d ", s->kind);
    canon(out, s->host);
    for (size_t w = 0; w < s->argv.count; w++) canon(out, s->argv.item[w]);
    canon(out, s->secret ? s->secret : s->input);
    str_addf(out, "%" PRId64, s->input_of);
  }
}
