/* What may stand where a word is being typed on the command line: bash and zsh ask here, so that what they offer is what the
 * program's tables hold. Nothing of a cluster is read: a shell waits for the answer. */
#include "ops/drill.h"
#include "ops/guide.h"
#include "ops/operation.h"
#include "views/command.h"
#include "views/text/list.h"
#include <string.h>

struct typing {
  const char *const *words; /* those that are whole */
  size_t count;
  const char *typed;        /* the beginning of the one that is not */
  size_t stays;             /* so much of it stands before what is offered: "--demo=", "power-lost," */
  const char *rest[64];     /* of the whole words those that are no option nor one's value */
  size_t rest_count;
  const char *book;         /* of --book; NULL: not given */
  struct str *out;
};

static bool goes_on(const struct typing *t, const char *text) { return !strncmp(text, t->typed + t->stays, strlen(t->typed + t->stays)); }

static void offer(struct typing *t, const char *word, const char *more, const char *help) {
  CLEANUP(mem_freep) char *text = mem_printf("%s%s", word, more);
  if (!goes_on(t, text)) return;
  CLEANUP(str_free) struct str line = {0};
  str_addf(&line, "%.*s%s\t%s", (int)t->stays, t->typed, text, help ? help : "");
  for (size_t i = 0; i < line.len; i++)
    if (line.data[i] == '\n') line.data[i] = ' ';
  str_addf(t->out, "%s\n", str_text(&line));
}

static void offer_table(struct typing *t, const char *what) {
  struct entries l = {.arena = arena_new()};
  if (entries_fill(&l, what))
    for (size_t i = 0; i < l.count; i++) offer(t, l.item[i].name, "", l.item[i].title);
  mem_free(l.item);
  arena_free(l.arena);
}

/* "text ansi", "@views", "default @files": as a row of a table has it. */
static void offer_values(struct typing *t, const char *values) {
  for (const char *p = values ? values : ""; *p; p += strspn(p, " ")) {
    size_t len = strcspn(p, " ");
    CLEANUP(mem_freep) char *word = mem_printf("%.*s", (int)len, p);
    if (str_eq(word, "@files")) str_add(t->out, ":files\n");
    else if (*word == '@') offer_table(t, word + 1);
    else offer(t, word, "", NULL);
    p += len;
  }
}

/* ---- options ---- */

static int option_of(const char *word) {
  size_t len = strcspn(word, "=");
  for (int i = 0; i < OPT_COUNT; i++)
    if (strlen(option_rows[i].name) == len && !strncmp(option_rows[i].name, word, len)) return i;
  return -1;
}

/* Its value is the word behind it. */
static bool wants_next(int id, const char *word) { return id >= 0 && option_rows[id].argument && *option_rows[id].argument != '[' && !strchr(word, '='); }

/* Lists begin anew after their last comma. */
static void after_comma(struct typing *t) {
  const char *comma = strrchr(t->typed + t->stays, ',');
  if (comma) t->stays = (size_t)(comma + 1 - t->typed);
}

static void offer_option_value(struct typing *t, int id) {
  if (id == OPT_ONLY) after_comma(t);
  offer_values(t, option_rows[id].values);
}

static void offer_options(struct typing *t, enum command_id command) {
  for (int i = 0; i < OPT_COUNT; i++) {
    const struct option_row *o = &option_rows[i];
    if (o->commands & 1u << command) offer(t, o->name, "", o->help);
    if (o->commands & 1u << command && o->argument && *o->argument == '[') offer(t, o->name, "=", o->help);
  }
}

/* ---- key=value ---- */

static bool was_given(const struct typing *t, const char *name) {
  size_t len = strlen(name);
  for (size_t i = 0; i < t->rest_count; i++)
    if (!strncmp(t->rest[i], name, len) && t->rest[i][len] == '=') return true;
  return false;
}

static void offer_arguments(struct typing *t, const struct operation_argument *arguments) {
  const char *equals = strchr(t->typed, '=');
  if (equals) t->stays = (size_t)(equals + 1 - t->typed);
  for (const struct operation_argument *arg = arguments; arg && arg->name; arg++) {
    if (!equals && (arg->list || !was_given(t, arg->name))) offer(t, arg->name, "=", arg->help);
    if (!equals || strlen(arg->name) != t->stays - 1 || strncmp(arg->name, t->typed, t->stays - 1)) continue;
    if (arg->kind == ARG_YES) offer_values(t, "yes no");
    if (arg->kind == ARG_CHOICE) offer_values(t, arg->words);
  }
}

static void offer_drill(struct typing *t) {
  if (t->rest_count == 1) {
    after_comma(t);
    offer_table(t, "drills");
    return;
  }
  for (const char *p = t->rest[1]; *p; p += *p == ',') { /* NAME,NAME: what any of them knows */
    size_t len = strcspn(p, ",");
    CLEANUP(mem_freep) char *name = mem_printf("%.*s", (int)len, p);
    const struct drill *d = drill_find(name);
    t->stays = 0;
    if (d) offer_arguments(t, d->operation.arguments);
    p += len;
  }
}

static void offer_guide(struct typing *t) {
  const struct guide_book *b = t->book ? guide_book(t->book) : guide_books[0];
  const char *verb = t->rest_count > 1 ? t->rest[1] : "";
  if (t->rest_count == 1) {
    for (size_t i = 0; guide_verbs[i]; i++) offer(t, guide_verbs[i], "", NULL);
  } else if (str_eq(verb, "export") && t->rest_count == 2) {
    offer_values(t, "@files");
  } else if (str_eq(verb, "run") && t->rest_count == 2) {
    for (size_t i = 0; b && i < b->count; i++) offer(t, b->steps[i].name, "", b->steps[i].title);
    offer(t, "all", "", "all that is left, up to the first surprise");
  } else if (str_eq(verb, "run") || str_eq(verb, "check") || str_eq(verb, "export")) offer_arguments(t, guide_form.arguments);
}

static void offer_words(struct typing *t, enum command_id command) {
  const struct operation *o = t->rest_count > 1 ? operation_find(t->rest[1]) : NULL;
  if (command == CMD_DRILL) offer_drill(t);
  else if (command == CMD_GUIDE) offer_guide(t);
  else if ((command == CMD_PLAN || command == CMD_RUN) && t->rest_count == 1) offer_table(t, "operations");
  else if ((command == CMD_PLAN || command == CMD_RUN) && o) offer_arguments(t, o->arguments);
  else if (command == CMD_BUNDLE && t->rest_count > 1)
    for (size_t i = 0; bundle_keys[i]; i++) offer(t, bundle_keys[i], "", NULL);
  else if ((command == CMD_BUNDLE || command == CMD_RECORD) && t->rest_count == 1) offer_values(t, "@files");
  else if (command == CMD_LIST && t->rest_count == 1)
    for (size_t i = 0; list_name(i); i++) offer(t, list_name(i), "", NULL);
}

static void offer_commands(struct typing *t) {
  for (int i = CMD_STATUS; i < CMD_COUNT; i++) offer(t, command_rows[i].name, "", command_rows[i].title);
}

/* The whole words: which are options, which are their values, which are the rest. The option whose value is being typed, or -1. */
static int read_words(struct typing *t) {
  for (size_t i = 0; i < t->count; i++) {
    const char *word = t->words[i];
    bool option = *word == '-' && word[1];
    int id = option ? option_of(word) : -1;
    const char *value = strchr(word, '=') ? strchr(word, '=') + 1 : NULL;
    if (wants_next(id, word) && ++i == t->count) return id;
    if (id == OPT_BOOK) t->book = value ? value : t->words[i];
    if (!option && t->rest_count < COUNT(t->rest)) t->rest[t->rest_count++] = word;
  }
  return -1;
}

void words_offered(const char *const *words, size_t count, struct str *out) {
  struct typing t = {.words = words, .count = count ? count - 1 : 0, .typed = count ? words[count - 1] : "", .out = out};
  int id = read_words(&t), command = CMD_CONSOLE;
  for (int i = CMD_STATUS; t.rest_count && i < CMD_COUNT; i++)
    if (str_eq(command_rows[i].name, t.rest[0])) command = i;
  if (id >= 0) offer_option_value(&t, id);
  else if (*t.typed == '-' && strchr(t.typed, '=')) {
    t.stays = strcspn(t.typed, "=") + 1;
    if ((id = option_of(t.typed)) >= 0 && option_rows[id].argument) offer_option_value(&t, id);
  } else if (*t.typed == '-') offer_options(&t, (enum command_id)command);
  else if (!t.rest_count || (command == CMD_HELP && t.rest_count == 1)) offer_commands(&t);
  else offer_words(&t, (enum command_id)command);
}
