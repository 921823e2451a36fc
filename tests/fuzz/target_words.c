/* The small ones, each given the same text: versions, names, requests, answers of a helper, a peer's file, addresses, what a
 * connection that failed says, keys by name. */
#include "base/config.h"
#include "base/host.h"
#include "base/utf8.h"
#include "model/facts.h"
#include "sources/gluster_name.h"
#include "sources/gluster_read.h"
#include "sources/gluster_text.h"
#include "sources/libvirt_addresses.h"
#include "sources/libvirt_words.h"
#include "sources/pacemaker_version.h"
#include "tests/fuzz/fuzz.h"
#include "tui/key.h"
#include <string.h>

static void of_tools(struct arena *a, const char *text) {
  struct crm_mon_call call;
  crm_mon_call_for(text, &call);
  MUST(call.full[0] && call.fast[0], "there is a way to ask");
  MUST(strspn(call.version, "0123456789.+-") == strlen(call.version), "a version is numbers: %s", call.version);
  struct texts found = {0};
  address_add(a, &found, text);
  MUST(!found.count || (is_address(text) && !strcmp(found.item[0], text)), "an address is one");
}

static void of_gluster(struct arena *a, char *text) {
  struct gluster_capacity capacity;
  const char *peer = text_peer(a, text);
  char *path;
  MUST(!peer || (name_valid(peer) && peer[0] != '-'), "a name is no option");
  MUST(!volume_name_valid(text) || !strpbrk(text, " \t\n'\"`$;|&<>\\/"), "a volume's name means nothing to a shell");
  MUST(!name_valid(text) || !strpbrk(text, " \t\n'\"`$;|&<>\\/"), "nor does a host's");
  if (!text_capacity(text, &capacity)) {
    MUST(capacity.size >= 0 && capacity.free >= 0 && capacity.inodes >= 0 && capacity.inodes_free >= 0, "there is no less than nothing");
    travels("gluster.capacity", "models", &capacity);
  }
  if (text_disk(text, &path)) MUST(volume_name_valid(text) && path[0] == '/', "what is asked for is a file of a volume");
}

static void of_libvirt(const char *text, unsigned which) {
  char said[SENTENCE_MAX];
  struct libvirt_address to = {.transport = which & 1 ? TRANSPORT_SSH : TRANSPORT_LOCAL, .port = 22};
  strcpy(to.host, "kvm02");
  int code = (int)(which % 100);
  enum source_state state = open_failure(code, which & 2 ? (int)(which % 120) : 0, text, &to, which & 4, said);
  MUST(state != SOURCE_OK && state != SOURCE_UNKNOWN, "a failure is none of these");
  MUST(strlen(said) < SENTENCE_MAX && said[0], "it says why");
}

static void of_keys(const char *text) {
  char name[KEY_NAME];
  struct key k, again;
  if (key_parse(text, &k)) return;
  MUST(!key_parse(key_print(name, k), &again) && key_equal(key_canonical(again), key_canonical(k)), "a key's name reads back: %s", name);
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  if (len < 2) return;
  struct arena *a = arena_new();
  char *text = input_text(data + 2, len - 2);
  of_tools(a, text);
  of_libvirt(text, data[0] + 256u * data[1]);
  of_keys(text);
  of_gluster(a, text); /* it cuts the text */
  mem_free(text);
  arena_free(a);
}
