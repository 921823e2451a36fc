#include "sources/corosync_names.h"
#include "base/child.h"
#include "base/host.h"
#include <string.h>

enum { DEADLINE_MS = 500 };

/* "10.77.0.11      STREAM kvm01" a line, the same address once a kind of socket. */
static char *ask(const char *name) {
  CLEANUP(mem_freep) char *out = NULL;
  struct str found = {0};
  size_t len;
  int code;
  if (*name == '-' || child_capture((const char *const[]){"getent", "ahosts", name, NULL}, DEADLINE_MS, &out, &len, &code, NULL) || code) return mem_strdup("");
  for (char *line = out, *next; line && *line; line = next) {
    next = strchr(line, '\n');
    if (next) *next++ = 0;
    line[strcspn(line, " \t")] = 0;
    if (is_address(line)) str_addf(&found, "%s\n", line); /* names_resolve() leaves out what is there already */
  }
  return str_take(&found);
}

static const char *addresses_of(struct names *n, const char *text) {
  for (size_t i = 0; i < n->count; i++)
    if (str_eq(n->item[i].text, text)) return n->item[i].addresses;
  n->item = mem_grow(n->item, n->count + 1, sizeof *n->item);
  n->item[n->count] = (struct name){mem_strdup(text), ask(text)};
  return n->item[n->count++].addresses;
}

void names_resolve(struct names *n, struct corosync_nodes *nodes, struct arena *a) {
  for (size_t i = 0; i < nodes->nodes.count; i++) {
    struct texts *list = &nodes->nodes.item[i].addresses;
    for (size_t j = 0, written = list->count; j < written; j++) {
      if (is_address(list->item[j])) continue;
      char *all = arena_strdup(a, addresses_of(n, list->item[j]));
      for (char *one = strtok(all, "\n"); one; one = strtok(NULL, "\n"))
        if (!texts_have(list, one)) texts_add(a, list, one);
    }
  }
}

void names_forget(struct names *n) {
  for (size_t i = 0; i < n->count; i++) mem_free(n->item[i].text), mem_free(n->item[i].addresses);
  mem_free(n->item);
  *n = (struct names){0};
}
