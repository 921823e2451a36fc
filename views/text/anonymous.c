#include "views/text/anonymous.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ADDRESS_MAX = 46, MAC_LEN = 17 };
struct known { char *from, *to; };
struct anonymous {
  struct known *item; /* the longest name first */
  size_t count;
  size_t hosts, domains;
  struct known *seen; /* addresses, as they come */
  size_t seen_count, v4, v6, mac;
};

struct anonymous *anonymous_new(void) { return mem_alloc(sizeof(struct anonymous)); }

void anonymous_free(struct anonymous *a) {
  if (!a) return;
  for (size_t i = 0; i < a->count; i++) mem_free(a->item[i].from), mem_free(a->item[i].to);
  for (size_t i = 0; i < a->seen_count; i++) mem_free(a->seen[i].from), mem_free(a->seen[i].to);
  mem_free(a->item);
  mem_free(a->seen);
  mem_free(a);
}

static bool is_address(const char *s, int *ret_family) {
  unsigned char bytes[16];
  *ret_family = inet_pton(AF_INET, s, bytes) == 1 ? AF_INET : inet_pton(AF_INET6, s, bytes) == 1 ? AF_INET6 : 0;
  return *ret_family != 0;
}

void anonymous_name(struct anonymous *a, const char *name, const char *instead) {
  size_t at = 0, len = strlen(name);
  int family;
  if (!len || is_address(name, &family)) return;
  for (size_t i = 0; i < a->count; i++)
    if (!strcasecmp(a->item[i].from, name)) return;
  while (at < a->count && strlen(a->item[at].from) >= len) at++;
  a->item = mem_grow(a->item, a->count + 1, sizeof *a->item);
  memmove(a->item + at + 1, a->item + at, (a->count - at) * sizeof *a->item);
  a->item[at] = (struct known){mem_strdup(name), mem_strdup(instead)};
  a->count++;
}

/* "kvm01.example.com": the short name is the host's too, and what follows is a name of its own. */
static void learn(struct anonymous *a, const char *name, const char *instead) {
  const char *dot = strchr(name, '.');
  int family;
  anonymous_name(a, name, instead);
  if (!dot || !dot[1] || is_address(name, &family)) return;
  CLEANUP(mem_freep) char *shorter = mem_printf("%.*s", (int)(dot - name), name);
  anonymous_name(a, shorter, instead);
  size_t before = a->count;
  CLEANUP(mem_freep) char *domain = mem_printf("domain%zu.invalid", a->domains + 1);
  if (strchr(dot + 1, '.')) anonymous_name(a, dot + 1, domain); /* "com", "local" alone are nobody's */
  a->domains += a->count > before;
}

void anonymous_learn(struct anonymous *a, const struct snapshot *s) {
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    CLEANUP(mem_freep) char *instead = mem_printf("host%02zu", ++a->hosts);
    learn(a, h->name, instead);
    for (size_t k = 0; k < h->aliases.count; k++) learn(a, h->aliases.item[k], instead);
  }
}

/* ---- a text ---- */

static const char *instead_of(struct anonymous *a, const char *address, int family) {
  for (size_t i = 0; i < a->seen_count; i++)
    if (!strcasecmp(a->seen[i].from, address)) return a->seen[i].to;
  char *to = family == AF_INET ? mem_printf("198.%zu.%zu.%zu", 18 + (a->v4 + 1) / 65536 % 2, (a->v4 + 1) / 256 % 256, (a->v4 + 1) % 256)
             : family == AF_INET6 ? mem_printf("2001:db8::%zx", a->v6 + 1) : mem_printf("02:00:00:00:%02zx:%02zx", (a->mac + 1) / 256 % 256, (a->mac + 1) % 256);
  *(family == AF_INET ? &a->v4 : family == AF_INET6 ? &a->v6 : &a->mac) += 1;
  a->seen = mem_grow(a->seen, a->seen_count + 1, sizeof *a->seen);
  a->seen[a->seen_count++] = (struct known){mem_strdup(address), to};
  return to;
}

static bool is_mac(const char *p, size_t len) {
  if (len < MAC_LEN) return false;
  for (size_t i = 0; i < MAC_LEN; i++)
    if (i % 3 == 2 ? p[i] != ':' : !isxdigit((unsigned char)p[i])) return false;
  return len == MAC_LEN || (!isalnum((unsigned char)p[MAC_LEN]) && p[MAC_LEN] != ':');
}

/* This host's own, none, and masks are no one's. */
static bool tells_nothing(const char *s) { return !strncmp(s, "127.", 4) || !strncmp(s, "255.", 4) || !strcmp(s, "0.0.0.0") || !strcmp(s, "::1") || !strcmp(s, "::"); }

/* How many bytes from p are an address; what replaces it in *ret. */
static size_t address_at(struct anonymous *a, const char *p, size_t len, const char **ret) {
  char word[ADDRESS_MAX];
  size_t most = 0, colons = 0;
  int family;
  if (is_mac(p, len)) {
    snprintf(word, sizeof word, "%.*s", MAC_LEN, p);
    *ret = instead_of(a, word, 0);
    return MAC_LEN;
  }
  while (most < len && most < sizeof word - 1 && (isxdigit((unsigned char)p[most]) || p[most] == '.' || p[most] == ':')) colons += p[most++] == ':';
  for (size_t n = most; n >= 3; n--) { /* "10.0.0.1:24007.": the longest that is one */
    if (n < len && isalnum((unsigned char)p[n]) && (isxdigit((unsigned char)p[n]) || p[n - 1] != ':')) continue;
    if (p[n - 1] == '.') continue;
    snprintf(word, sizeof word, "%.*s", (int)n, p);
    if (!is_address(word, &family) || (family == AF_INET6 && colons < 2)) continue;
    *ret = tells_nothing(word) ? NULL : instead_of(a, word, family);
    return n;
  }
  return 0;
}

static size_t name_at(const struct anonymous *a, const char *p, size_t len, const char **ret) {
  for (size_t i = 0; i < a->count; i++) {
    size_t n = strlen(a->item[i].from);
    if (n > len || strncasecmp(p, a->item[i].from, n) || (n < len && isalnum((unsigned char)p[n]))) continue;
    *ret = a->item[i].to;
    return n;
  }
  return 0;
}

void anonymous_text(void *owner, struct str *s) {
  struct anonymous *a = owner;
  struct str out = {0};
  for (size_t at = 0; at < s->len;) {
    const char *to = NULL;
    bool begins = !at || !isalnum((unsigned char)s->data[at - 1]);
    size_t n = begins ? name_at(a, s->data + at, s->len - at, &to) : 0;
    if (!n && begins) n = address_at(a, s->data + at, s->len - at, &to);
    if (n && to) str_add(&out, to);
    else str_addn(&out, s->data + at, n ? n : 1);
    at += n ? n : 1;
  }
  str_free(s);
  *s = out;
}
