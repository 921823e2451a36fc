#include "ops/survey.h"
#include "base/str.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define T struct answer
SHAPE(answer_shape, T, FIELD(T, host, TEXT), FIELD(T, id, TEXT), FIELD(T, argv, TEXTS), FIELD(T, code, INT), FIELD(T, out, TEXT), FIELD(T, text, TEXT));
#undef T
#define T struct survey
SHAPE(survey_shape, T, LIST(T, answers, answer_shape));
#undef T

const struct question questions[] = {
    {"os", {"cat", "/etc/os-release"}},
    {"pcs", {"pcs", "--version"}},
    {"pacemaker", {"crm_resource", "--version"}},
    {"gluster", {"gluster", "--version"}},
    {"libvirt", {"virsh", "--version"}},
    {"mounts", {"cat", "/proc/mounts"}},
    {"fstab", {"cat", "/etc/fstab"}},
    {"hosts", {"cat", "/etc/hosts"}},
    {"corosync.conf", {"test", "-e", "/etc/corosync/corosync.conf"}},
    {.id = NULL},
};

const struct answer *survey_answer(const struct survey *s, const char *host, const char *id) {
  for (size_t i = 0; s && i < s->answers.count; i++)
    if (str_eq(s->answers.item[i].host, host) && str_eq(s->answers.item[i].id, id)) return &s->answers.item[i];
  return NULL;
}

int64_t version_of(const char *text) {
  int major, minor;
  while (text && *text && !isdigit((unsigned char)*text)) text++;
  if (!text || sscanf(text, "%4d.%4d", &major, &minor) != 2 || major < 0 || minor < 0 || minor > 999) return 0;
  return major * 1000 + minor;
}

/* The words of KEY=... in os-release, which may be quoted. */
static bool os_says(const char *os, const char *key, const char *word) {
  size_t key_len = strlen(key), len = strlen(word);
  for (const char *line = os; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
    if (strncmp(line, key, key_len) || line[key_len] != '=') continue;
    for (const char *s = line + key_len + 1; *s && *s != '\n';) {
      size_t n = strcspn(s, " \"'\n");
      if (n == len && !strncmp(s, word, n)) return true;
      s += n;
      s += strspn(s, " \"'");
    }
  }
  return false;
}

enum package_tool package_tool_of(const char *os) {
  static const struct { const char *word; enum package_tool tool; } families[] = {
      {"debian", PACKAGE_APT}, {"ubuntu", PACKAGE_APT}, {"suse", PACKAGE_ZYPPER}, {"opensuse", PACKAGE_ZYPPER}, {"sles", PACKAGE_ZYPPER},
      {"fedora", PACKAGE_DNF}, {"rhel", PACKAGE_DNF}, {"centos", PACKAGE_DNF}};
  if (os_says(os, "VERSION_ID", "7") && (os_says(os, "ID", "centos") || os_says(os, "ID", "rhel") || os_says(os, "ID_LIKE", "rhel"))) return PACKAGE_YUM;
  for (size_t i = 0; i < COUNT(families); i++)
    if (os_says(os, "ID", families[i].word) || os_says(os, "ID_LIKE", families[i].word)) return families[i].tool;
  return PACKAGE_UNKNOWN;
}
