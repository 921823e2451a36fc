/* A libvirt URI from the configuration, a host's name from the cluster, and what ssh -G prints. */
#include "sources/libvirt_uri.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  char *text = input_text(data, len), *uri = NULL;
  struct libvirt_address to = {0};
  struct err e = {0};
  if (!uri_address(text, &to, &e)) {
    MUST(to.port >= 0 && to.port <= 65535, "a port is one");
    char *quiet = uri_without_prompts(text, &to);
    MUST(quiet, "there is a URI");
    mem_free(quiet);
  } else MUST(e.text[0], "a refusal says why");
  e = (struct err){0};
  if (!uri_default(text, false, &uri, &e)) {
    MUST(uri && !strpbrk(uri, " \t\n'\"`$;|&<>\\"), "a name becomes no more than a host: %s", uri);
    MUST(text[0] != '-', "a name is no option");
    MUST(!uri_address(uri, &to, &e), "what was made is a URI: %s", uri);
  } else MUST(e.text[0], "a refusal says why");
  to = (struct libvirt_address){.transport = TRANSPORT_SSH, .port = 22};
  ssh_destination(text, &to);
  MUST(to.port >= 0 && to.port <= 65535 && memchr(to.real_host, 0, sizeof to.real_host), "a destination is one");
  mem_free(uri);
  mem_free(text);
}
