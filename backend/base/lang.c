#include "base/lang.h"
#include "base/str.h"
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Gettext asks the locale of the thread whether to translate at all, and LANGUAGE into what. It is given one that is not "C" only
 * while it is asked: a machine without any locale installed still speaks Chinese, and libraries still answer in English. */
static locale_t translating; /* of the process: there is one operator */
enum { LANG_NAME = 32 };
static char language[LANG_NAME] = "en";

static bool plain(const char *name) { return !*name || str_eq(name, "C") || str_starts(name, "C.") || str_eq(name, "POSIX"); }

static void take(const char *name, const char *catalogs) {
  size_t n = strcspn(name, ".@");
  if (plain(name) || n >= LANG_NAME || strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") < n) name = "en", n = 2;
  memcpy(language, name, n);
  language[n] = 0;
  if (str_starts(language, "en")) return;
  translating = newlocale(LC_MESSAGES_MASK | LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  bindtextdomain(LANG_DOMAIN, catalogs);
  bind_textdomain_codeset(LANG_DOMAIN, "UTF-8");
}

static const char *of_environment(void) {
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return value;
  }
  return "";
}

void lang_start(const char *wanted, const char *catalogs) {
  take(!wanted || !*wanted || str_eq(wanted, "auto") ? of_environment() : wanted, catalogs);
  setenv("LANGUAGE", language, 1);
  setenv("KVMCONSOLE_CATALOGS", catalogs, 1);
}

void lang_follow(void) {
  const char *name = getenv("LANGUAGE"), *catalogs = getenv("KVMCONSOLE_CATALOGS");
  if (name && catalogs) take(name, catalogs);
}

const char *lang_now(void) { return language; }

const char *said(const char *text) {
  if (!translating || !text || !*text) return text;
  locale_t before = uselocale(translating);
  const char *found = dgettext(LANG_DOMAIN, text);
  uselocale(before);
  return found;
}

const char *said_of(const char *one, const char *many, unsigned long n) {
  if (!translating) return n == 1 ? one : many;
  locale_t before = uselocale(translating);
  const char *found = dngettext(LANG_DOMAIN, one, many, n);
  uselocale(before);
  return found;
}
