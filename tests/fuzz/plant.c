#include "tests/fuzz/fuzz.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

struct plan {
  const char *const *attributes;
  bool (*secret)(const char *nvpair);
};

static bool listed(const char *const *list, const char *name) {
  for (; list && *list; list++)
    if (!strcmp(*list, name)) return true;
  return false;
}

static void plant_in(xmlNode *n, const struct plan *p) {
  for (xmlAttr *a = n->properties; a; a = a->next)
    if (listed(p->attributes, (const char *)a->name)) xmlSetProp(n, a->name, (const xmlChar *)SECRET);
  if (!p->secret || strcmp((const char *)n->name, "nvpair")) return;
  xmlChar *name = xmlGetNoNsProp(n, (const xmlChar *)"name"), *value = xmlGetNoNsProp(n, (const xmlChar *)"value");
  if (name && value && p->secret((const char *)name)) xmlSetProp(n, (const xmlChar *)"value", (const xmlChar *)SECRET);
  else if (value && strlen((const char *)value) % 4 == 3) { /* a harmless parameter may hold one too: "options: password=..." */
    char *both = mem_printf("%.200s password=" SECRET, (const char *)value);
    xmlSetProp(n, (const xmlChar *)"value", (const xmlChar *)both);
    mem_free(both);
  }
  xmlFree(name), xmlFree(value);
}

char *plant_in_xml(const uint8_t *data, size_t len, const char *const *attributes, bool (*secret)(const char *nvpair), size_t *ret_len) {
  const struct plan plan = {attributes, secret};
  if (memmem(data, len, "<!DOCTYPE", 9) || memmem(data, len, "<!ENTITY", 8)) return NULL;
  xmlDoc *doc = xmlReadMemory((const char *)data, (int)len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
  xmlNode *n = doc ? xmlDocGetRootElement(doc) : NULL;
  xmlChar *out = NULL;
  int size = 0;
  char *planted = NULL;
  if (n && !doc->intSubset) {
    for (xmlNode *next; n; n = next) { /* the tree in document order, without recursion */
      if (n->type == XML_ELEMENT_NODE) plant_in(n, &plan);
      next = n->type == XML_ELEMENT_NODE && n->children ? n->children : n->next;
      for (xmlNode *up = n; !next && (up = up->parent) && up->type == XML_ELEMENT_NODE;) next = up->next;
    }
    xmlDocDumpMemoryEnc(doc, &out, &size, "UTF-8");
  }
  if (out) planted = mem_strndup((const char *)out, (size_t)size);
  *ret_len = planted ? (size_t)size : 0;
  xmlFree(out);
  xmlFreeDoc(doc);
  return planted;
}
