/* XML for the targets that read it: mutations of the tree, and secrets planted in it. */
#include "tests/fuzz/fuzz.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

/* In document order, without recursion. */
static xmlNode *after(xmlNode *n) {
  xmlNode *next = n->type == XML_ELEMENT_NODE && n->children ? n->children : n->next;
  for (xmlNode *up = n; !next && (up = up->parent) && up->type == XML_ELEMENT_NODE;) next = up->next;
  return next;
}

/* ---- mutations ---- */

enum { NODES = 2000 };

static size_t elements(xmlNode *root, xmlNode *out[NODES]) {
  size_t count = 0;
  for (xmlNode *n = root; n && count < NODES; n = after(n))
    if (n->type == XML_ELEMENT_NODE) out[count++] = n;
  return count;
}

static void change_attribute(xmlNode *n, xmlNode *other, unsigned *seed) {
  xmlAttr *a = n->properties, *from = other->properties;
  for (unsigned skip = draw(seed, 8); a && a->next && skip; skip--) a = a->next;
  for (unsigned skip = draw(seed, 8); from && from->next && skip; skip--) from = from->next;
  char text[256];
  if (draw(seed, 4) == 0) {
    if (a) xmlRemoveProp(a);
  } else if (draw(seed, 3) == 0 && from) {
    xmlChar *value = xmlGetNoNsProp(other, from->name);
    xmlSetProp(n, from->name, value);
    xmlFree(value);
  } else if (a) {
    xmlChar *value = xmlGetNoNsProp(n, a->name);
    new_text(text, (const char *)value, seed);
    xmlSetProp(n, a->name, (const xmlChar *)text);
    xmlFree(value);
  }
}

static void change_tree(xmlNode **list, size_t count, unsigned *seed) {
  xmlNode *n = list[draw(seed, (unsigned)count)], *other = list[draw(seed, (unsigned)count)];
  bool root = n->parent->type != XML_ELEMENT_NODE;
  char text[256];
  switch (draw(seed, 10)) {
  case 0:
    if (!root) xmlUnlinkNode(n), xmlFreeNode(n);
    break;
  case 1: xmlAddChild(other, xmlCopyNode(n, 1)); break;
  case 2:
    if (!root) xmlAddNextSibling(n, xmlCopyNode(n, 1));
    break;
  case 3: xmlNodeSetName(n, other->name); break;
  case 4:
    if (n->children && n->children->type == XML_ELEMENT_NODE) break;
    new_text(text, NULL, seed);
    xmlNodeSetContent(n, NULL);
    xmlNodeAddContent(n, (const xmlChar *)text);
    break;
  default: change_attribute(n, other, seed);
  }
}

size_t mutate_xml(uint8_t *data, size_t len, size_t max, unsigned seed) {
  xmlDoc *doc = draw(&seed, 3) == 0 || memmem(data, len, "<!DOC", 5)
                    ? NULL
                    : xmlReadMemory((char *)data, (int)len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlNode *list[NODES];
  size_t count = doc && xmlDocGetRootElement(doc) ? elements(xmlDocGetRootElement(doc), list) : 0, put = 0;
  if (count) {
    xmlChar *out = NULL;
    int size = 0;
    change_tree(list, count, &seed);
    xmlDocDumpMemory(doc, &out, &size);
    put = put_back(data, max, (char *)out, (size_t)size);
    xmlFree(out);
  }
  xmlFreeDoc(doc);
  return put ? put : LLVMFuzzerMutate(data, len, max);
}

/* ---- secrets ---- */

struct plan {
  const char *const *attributes;
  secret_fn *secret;
};

static bool listed(const char *const *list, const char *name) {
  for (; list && *list; list++)
    if (!strcmp(*list, name)) return true;
  return false;
}

static void plant_in(xmlNode *n, const struct plan *p) {
  for (xmlAttr *a = n->properties; a; a = a->next)
    if (listed(p->attributes, (const char *)a->name)) xmlSetNsProp(n, a->ns, a->name, (const xmlChar *)"password=" SECRET);
  if (!p->secret || strcmp((const char *)n->name, "nvpair")) return;
  xmlChar *name = xmlGetNoNsProp(n, (const xmlChar *)"name"), *value = xmlGetNoNsProp(n, (const xmlChar *)"value");
  const char *set = n->parent && n->parent->type == XML_ELEMENT_NODE ? (const char *)n->parent->name : "";
  if (name && value && p->secret(set, (const char *)name)) xmlSetProp(n, (const xmlChar *)"value", (const xmlChar *)SECRET);
  else if (value && strlen((const char *)value) % 4 == 3) { /* a harmless parameter may hold one too: "options: password=..." */
    char *both = mem_printf("%.200s password=" SECRET, (const char *)value);
    xmlSetProp(n, (const xmlChar *)"value", (const xmlChar *)both);
    mem_free(both);
  }
  xmlFree(name), xmlFree(value);
}

static xmlDoc *parse(const char *bytes, size_t len) {
  if (memmem(bytes, len, "<!DOCTYPE", 9) || memmem(bytes, len, "<!ENTITY", 8)) return NULL;
  return xmlReadMemory(bytes, (int)len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
}

static char *print(xmlDoc *doc, size_t *ret_len) {
  xmlChar *out = NULL;
  int size = 0;
  xmlDocDumpMemoryEnc(doc, &out, &size, "UTF-8");
  char *text = out ? mem_strndup((const char *)out, (size_t)size) : NULL;
  *ret_len = text ? strlen(text) : 0;
  xmlFree(out);
  return text;
}

char *plant_in_xml(const uint8_t *data, size_t len, const char *const *attributes, secret_fn *secret, size_t *ret_len) {
  const struct plan plan = {attributes, secret};
  xmlDoc *doc = parse((const char *)data, len);
  char *text = doc && !doc->intSubset ? print(doc, &len) : NULL; /* once through the printer: no character is written as its number */
  xmlFreeDoc(doc);
  if (!text) return NULL;
  for (char *at = text; (at = strstr(at, SECRET));) *at = '_'; /* the engine may have put it where it is no secret */
  doc = parse(text, len);
  mem_free(text);
  if (!doc) return NULL;
  for (xmlNode *n = xmlDocGetRootElement(doc); n; n = after(n))
    if (n->type == XML_ELEMENT_NODE) plant_in(n, &plan);
  text = print(doc, ret_len);
  xmlFreeDoc(doc);
  return text;
}
