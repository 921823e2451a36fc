/* The controller of each node in the membership is asked for a sign of life, by way of our own: a node may be a member and
 * answer nothing that matters. It costs one message each, and no lock. */
#include "sources/cibwatch.h"
#include <glib.h>
#include <string.h>
#if __has_include(<crm/common/ipc_controld.h>)
#include <crm/common/ipc_controld.h>

enum { NODES_MAX = 64, NAME_MAX_BYTES = 256, LATE_US = 5000000, SOON_US = 1000000 };

static struct node {
  char name[NAME_MAX_BYTES];
  bool member;
  gint64 waiting; /* monotonic us: since when an answer is owed; 0: none is */
} nodes[NODES_MAX];
static size_t count;
static pcmk_ipc_api_t *controller;

static struct node *find(const char *name) {
  for (size_t i = 0; i < count; i++)
    if (!strcmp(nodes[i].name, name)) return &nodes[i];
  if (count == NODES_MAX || strlen(name) >= NAME_MAX_BYTES || strpbrk(name, " =@\n")) return NULL;
  g_strlcpy(nodes[count].name, name, NAME_MAX_BYTES);
  return &nodes[count++];
}

static void take_nodes(const GList *list) {
  for (size_t i = 0; i < count; i++) nodes[i].member = false;
  for (; list; list = list->next) {
    const pcmk_controld_api_node_t *n = list->data;
    struct node *known = n->uname ? find(n->uname) : NULL;
    if (known) known->member = n->state && !strcmp(n->state, "member");
  }
  for (size_t i = 0; i < count; i++)
    if (!nodes[i].member) nodes[i].waiting = 0;
}

static void on_event(pcmk_ipc_api_t *api, enum pcmk_ipc_event event, crm_exit_t status, void *data, void *owner) {
  const pcmk_controld_api_reply_t *reply = data;
  (void)api, (void)status, (void)owner;
  if (event != pcmk_ipc_event_reply || !reply) return;
  if (reply->reply_type == pcmk_controld_reply_nodes) take_nodes(reply->data.nodes);
  struct node *n = reply->reply_type == pcmk_controld_reply_ping && reply->host_from ? find(reply->host_from) : NULL;
  if (n) n->waiting = 0;
}

static void leave(void) {
  if (controller) pcmk_free_ipc_api(controller);
  controller = NULL;
  count = 0;
}

static bool connected(void) {
  if (controller && !pcmk_ipc_is_connected(controller)) leave();
  if (controller) return true;
  if (pcmk_new_ipc_api(&controller, pcmk_ipc_controld)) return false;
  pcmk_register_ipc_callback(controller, on_event, NULL);
  if (pcmk_connect_ipc(controller, pcmk_ipc_dispatch_main)) leave();
  return controller != NULL;
}

bool nodes_round(GString *line, bool well) {
  bool awaited = false;
  gint64 now = g_get_monotonic_time();
  if (!well) { /* what its silence hides is not the others' fault */
    for (size_t i = 0; i < count; i++) nodes[i].waiting = 0;
    return false;
  }
  if (!connected()) return false;
  for (size_t i = 0; i < count; i++) {
    struct node *n = &nodes[i];
    if (n->waiting && now - n->waiting >= LATE_US) g_string_append_printf(line, " pacemaker-controld@%s=hung", n->name);
    awaited |= n->waiting && now - n->waiting >= SOON_US;
    if (!n->member || pcmk_controld_api_ping(controller, n->name)) continue;
    if (!n->waiting) n->waiting = now;
  }
  pcmk_controld_api_list_nodes(controller);
  return awaited;
}
#else
bool nodes_round(GString *line, bool well) { return (void)line, (void)well, false; }
#endif
