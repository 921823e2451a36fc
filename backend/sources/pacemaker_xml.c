#include "sources/pacemaker_xml.h"
#include "base/clock.h"
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void silent(void *owner, const char *format, ...) { (void)owner, (void)format; }

void xml_memory(void) { xmlMemSetup(mem_free, mem_bytes, mem_resize, mem_strdup); }

int xml_read(const char *bytes, size_t len, struct _xmlDoc **ret, struct err *e) {
  if (len > XML_BYTES_MAX) return err_set(e, -E2BIG, "", "the answer is larger than %d MiB", XML_BYTES_MAX >> 20);
  while (len && strchr(" \t\r\n", bytes[len - 1]) && bytes[len - 1]) len--;
  /* A DOCTYPE is how entities come in, and a NUL or another encoding is how a DOCTYPE would hide: the encoding is
   * forced, so these bytes are what the parser will see. */
  if (!len || memchr(bytes, 0, len) || memmem(bytes, len, "<!DOCTYPE", 9) || memmem(bytes, len, "<!ENTITY", 8))
    return err_set(e, -EBADMSG, "", len ? "the answer is not XML as pacemaker writes it" : "the answer is empty");
  xmlSetGenericErrorFunc(NULL, silent);
  struct _xmlDoc *doc = xmlReadMemory(bytes, (int)len, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS);
  if (doc && (doc->intSubset || !xmlDocGetRootElement(doc))) xml_free(&doc);
  if (!doc) return err_set(e, -EBADMSG, "", "the answer is not well-formed XML");
  *ret = doc;
  return 0;
}

void xml_free(struct _xmlDoc **doc) {
  if (*doc) xmlFreeDoc(*doc);
  *doc = NULL;
}

const xml_node *xml_root(const struct _xmlDoc *doc) { return xmlDocGetRootElement(doc); }
const char *xml_name(const xml_node *n) { return (const char *)n->name; }
bool xml_is(const xml_node *n, const char *name) { return n && !strcmp(xml_name(n), name); }

static const xml_node *element(const xml_node *n, const char *name) {
  while (n && (n->type != XML_ELEMENT_NODE || (name && !xml_is(n, name)))) n = n->next;
  return n;
}

const xml_node *xml_child(const xml_node *parent, const char *name) { return parent ? element(parent->children, name) : NULL; }
const xml_node *xml_next(const xml_node *n, const char *name) { return element(n->next, name); }

static const xml_node *find(const xml_node *n, const char *name, int depth) {
  const xml_node *found = xml_child(n, name);
  for (const xml_node *c = xml_child(n, NULL); c && !found && depth < XML_NEST_MAX; c = xml_next(c, NULL)) found = find(c, name, depth + 1);
  return found;
}

const xml_node *xml_find(const xml_node *n, const char *name) { return find(n, name, 0); }

size_t xml_count(const xml_node *parent) {
  size_t count = 0;
  for (const xml_node *c = xml_child(parent, NULL); c; c = xml_next(c, NULL)) count++;
  return count;
}

/* One text, cut without halving a character. */
static const char *keep(const char *s, struct arena *a) {
  size_t len = s ? strnlen(s, XML_VALUE_MAX + 1) : 0;
  if (!len) return NULL;
  if (len > XML_VALUE_MAX)
    for (len = XML_VALUE_MAX; len && ((unsigned char)s[len] & 0xc0) == 0x80;) len--;
  return arena_strndup(a, s, len);
}

/* Without entities an attribute's value is one text node: read where it lies. */
static const char *value(const xml_node *n, const char *attribute) {
  for (const xmlAttr *p = n ? n->properties : NULL; p; p = p->next)
    if (!strcmp((const char *)p->name, attribute)) return p->children ? (const char *)p->children->content : "";
  return NULL;
}

const char *xml_text(const xml_node *n, const char *attribute, struct arena *a) { return keep(value(n, attribute), a); }

const char *xml_content(const xml_node *n, struct arena *a) {
  for (const xml_node *c = n ? n->children : NULL; c; c = c->next)
    if (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) return keep((const char *)c->content, a);
  return NULL;
}

bool xml_says(const xml_node *n, const char *attribute, const char *what) { return str_eq(value(n, attribute), what); }

enum truth xml_truth(const xml_node *n, const char *attribute) {
  static const char *const yes[] = {"true", "yes", "on", "1", "y"}, *const no[] = {"false", "no", "off", "0", "n"};
  const char *v = value(n, attribute);
  for (size_t i = 0; v && i < COUNT(yes); i++) {
    if (!strcasecmp(v, yes[i])) return TRUTH_YES;
    if (!strcasecmp(v, no[i])) return TRUTH_NO;
  }
  return TRUTH_UNKNOWN;
}

int64_t xml_int(const xml_node *n, const char *attribute) {
  int64_t number = UNKNOWN_INT;
  const char *v = value(n, attribute);
  if (v && (!strcmp(v, "INFINITY") || !strcmp(v, "+INFINITY"))) return 1000000;
  if (v) (void)str_int(v, INT64_MIN + 1, INT64_MAX, &number);
  return number;
}

int64_t xml_time(const xml_node *n, const char *attribute) {
  int64_t at = UNKNOWN_INT;
  const char *v = value(n, attribute);
  if (v && clock_parse_loose(v, &at)) at = UNKNOWN_INT;
  return at;
}

static bool put_in_standby(xml_node *node, int number) {
  char id[64];
  xmlNodePtr set = xmlNewNode(NULL, (const xmlChar *)"instance_attributes"), pair = xmlNewChild(set, NULL, (const xmlChar *)"nvpair", NULL);
  snprintf(id, sizeof id, "kvmconsole-drained-%d", number);
  xmlNewProp(set, (const xmlChar *)"id", (const xmlChar *)id);
  xmlNewProp(set, (const xmlChar *)"score", (const xmlChar *)"INFINITY"); /* before whatever else says standby there */
  snprintf(id, sizeof id, "kvmconsole-drained-%d-standby", number);
  xmlNewProp(pair, (const xmlChar *)"id", (const xmlChar *)id);
  xmlNewProp(pair, (const xmlChar *)"name", (const xmlChar *)"standby");
  xmlNewProp(pair, (const xmlChar *)"value", (const xmlChar *)"on");
  return xmlAddChild(node, set) != NULL;
}

int xml_drained(const char *bytes, size_t len, const struct texts *nodes, struct str *out, struct err *e) {
  CLEANUP(xml_free) struct _xmlDoc *doc = NULL;
  xmlChar *text = NULL;
  int size = 0, code = xml_read(bytes, len, &doc, e);
  if (code) return code;
  const xml_node *list = xml_child(xml_child(xml_root(doc), "configuration"), "nodes");
  for (size_t i = 0; i < nodes->count; i++) {
    const xml_node *n = xml_child(list, "node");
    while (n && !xml_says(n, "uname", nodes->item[i])) n = xml_next(n, "node");
    if (!n || !put_in_standby((xml_node *)(uintptr_t)n, (int)i)) return err_set(e, -ENOENT, "", "the CIB has no node %.100s", nodes->item[i]);
  }
  xmlDocDumpMemory(doc, &text, &size);
  if (text) str_addn(out, (const char *)text, (size_t)size);
  xmlFree(text);
  return text ? 0 : err_set(e, -ENOMEM, "", "no memory for the CIB");
}
