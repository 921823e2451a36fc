/* The controller and the CIB's daemon of each node in the membership are asked for a sign of life, by way of our own: a node
 * may be a member and answer nothing that matters. It costs a message each, and no lock. */
#include "sources/cibwatch.h"
#include <glib.h>
#include <errno.h>
#include <string.h>
#include <crm/cib.h>
#if __has_include(<crm/common/ipc_controld.h>)
#include <crm/common/ipc_controld.h>

enum { NODES_MAX = 64, NAME_MAX_BYTES = 256, LATE_US = 5000000, SOON_US = 1000000, FORGET_S = 30 };
enum { CONTROLLER, CIB, KINDS };
static const char *const names[KINDS] = {"pacemaker-controld", "pacemaker-based"};

static struct node {
  char name[NAME_MAX_BYTES];
  bool member;
  gint64 waiting[KINDS]; /* monotonic us: since when an answer is owed; 0: none is */
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
    if (!nodes[i].member) memset(nodes[i].waiting, 0, sizeof nodes[i].waiting);
}

static void on_event(pcmk_ipc_api_t *api, enum pcmk_ipc_event event, crm_exit_t status, void *data, void *owner) {
  const pcmk_controld_api_reply_t *reply = data;
  (void)api, (void)status, (void)owner;
  if (event != pcmk_ipc_event_reply || !reply) return;
  if (reply->reply_type == pcmk_controld_reply_nodes) take_nodes(reply->data.nodes);
  struct node *n = reply->reply_type == pcmk_controld_reply_ping && reply->host_from ? find(reply->host_from) : NULL;
  if (n) n->waiting[CONTROLLER] = 0;
}

static void on_cib(xmlNode *message, int call, int code, xmlNode *output, void *node) {
  (void)message, (void)call, (void)output;
  if (code != -ETIME) ((struct node *)node)->waiting[CIB] = 0;
}

/* Its root alone, as that node has it. */
static bool ask_cib(cib_t *cib, struct node *n) {
  int call = cib->cmds->query_from(cib, n->name, NULL, NULL, cib_no_children);
  return call > 0 && cib->cmds->register_callback(cib, call, FORGET_S, FALSE, n, "on_cib", on_cib);
}

static void leave(void) {
  if (controller) pcmk_free_ipc_api(controller);
  controller = NULL;
  for (size_t i = 0; i < count; i++) nodes[i].member = false; /* kept: answers may still come to them */
}

static bool connected(void) {
  if (controller && !pcmk_ipc_is_connected(controller)) leave();
  if (controller) return true;
  if (pcmk_new_ipc_api(&controller, pcmk_ipc_controld)) return false;
  pcmk_register_ipc_callback(controller, on_event, NULL);
  if (pcmk_connect_ipc(controller, pcmk_ipc_dispatch_main)) leave();
  return controller != NULL;
}

static void begin_waiting(struct node *n, int kind, gint64 now) {
  if (!n->waiting[kind]) n->waiting[kind] = now;
}

bool nodes_round(GString *line, cib_t *cib, bool well) {
  bool awaited = false;
  gint64 now = g_get_monotonic_time();
  if (!well) { /* what our own silence hides is not the others' fault */
    for (size_t i = 0; i < count; i++) memset(nodes[i].waiting, 0, sizeof nodes[i].waiting);
    return false;
  }
  if (!connected()) return false;
  for (size_t i = 0; i < count; i++) {
    struct node *n = &nodes[i];
    for (int k = 0; k < KINDS; k++) {
      if (n->waiting[k] && now - n->waiting[k] >= LATE_US) g_string_append_printf(line, " %s@%s=hung", names[k], n->name);
      awaited |= n->waiting[k] && now - n->waiting[k] >= SOON_US;
    }
    if (!n->member) continue;
    if (!pcmk_controld_api_ping(controller, n->name)) begin_waiting(n, CONTROLLER, now);
    if (ask_cib(cib, n)) begin_waiting(n, CIB, now);
  }
  pcmk_controld_api_list_nodes(controller);
  return awaited;
}
#else
bool nodes_round(GString *line, cib_t *cib, bool well) { return (void)line, (void)cib, (void)well, false; }
#endif
