/* XML for the targets that read it: mutations of the tree, and secrets planted in it. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory.h"
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

static size_t change_document(uint8_t *data, size_t len, size_t max, unsigned seed) {
  xmlDoc *doc = memmem(data, len, "<!DOC", 5) ? NULL : xmlReadMemory((char *)data, (int)len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
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
  xml_settle();
  return put;
}

/* ---- the same on the text, which is much cheaper ---- */

/* From a random place on the next `mark`, or the first one; NULL when there is none. */
static char *some(const struct str *s, const char *mark, unsigned *seed) {
  if (!s->len) return NULL;
  char *from = s->data + draw(seed, (unsigned)s->len), *found = strstr(from, mark);
  return found ? found : strstr(s->data, mark);
}

/* Where the element that begins at `open` ends. */
static char *element_end(char *open) {
  int depth = 0;
  for (char *at = open; (at = strchr(at, '<')); at++) {
    char *close = strchr(at, '>');
    if (!close) return NULL;
    if (at[1] == '/') depth--;
    else if (at[1] != '?' && at[1] != '!' && close[-1] != '/') depth++;
    if (depth <= 0) return close + 1;
  }
  return NULL;
}

static void escaped(struct str *out, const char *text) {
  for (; *text; text++)
    if (strchr("<&\"'", *text)) str_addf(out, "&#%d;", *text);
    else str_addc(out, *text);
}

static void change_value(const struct str *in, struct str *out, unsigned *seed) {
  char *from = some(in, "=\"", seed), *end = from ? strchr(from += 2, '"') : NULL, text[256];
  if (!end) return;
  CLEANUP(mem_freep) char *old = mem_strndup(from, (size_t)(end - from));
  new_text(text, old, seed);
  str_addn(out, in->data, (size_t)(from - in->data));
  escaped(out, text);
  str_add(out, end);
}

/* One attribute is left out, or given to another element. */
static void change_place(const struct str *in, struct str *out, unsigned *seed) {
  char *quote = some(in, "=\"", seed), *end = quote ? strchr(quote + 2, '"') : NULL, *from = quote, *to = some(in, " ", seed);
  if (!end) return;
  while (from > in->data && from[-1] != ' ' && from[-1] != '<') from--;
  if (from == in->data || from[-1] == '<') return;
  if (draw(seed, 2)) to = NULL;
  if (to && to < from) str_addn(out, in->data, (size_t)(to - in->data)), str_addc(out, ' '), str_addn(out, from, (size_t)(end + 1 - from)), str_add(out, to);
  else str_addn(out, in->data, (size_t)(from - in->data)), str_add(out, end + 1);
}

/* One element is left out, there twice, or in another one's place. */
static void change_element(const struct str *in, struct str *out, unsigned *seed) {
  char *from = some(in, "<", seed), *end = from ? element_end(from) : NULL, *other = some(in, "<", seed), *stop = other ? element_end(other) : NULL;
  if (!end || !stop || from[1] == '/' || from[1] == '?' || other[1] == '/' || other[1] == '?') return;
  unsigned how = draw(seed, 3);
  str_addn(out, in->data, (size_t)((how == 1 ? end : from) - in->data));
  if (how == 1) str_addn(out, from, (size_t)(end - from));
  if (how == 2) str_addn(out, other, (size_t)(stop - other));
  str_add(out, end);
}

static size_t change_text(uint8_t *data, size_t len, size_t max, unsigned seed) {
  CLEANUP(str_free) struct str in = {0}, out = {0};
  str_addn(&in, data, len);
  if (memchr(in.data, 0, in.len)) return 0;
  for (unsigned turns = 1 + draw(&seed, 3); turns; turns--) {
    str_reset(&out);
    switch (draw(&seed, 8)) {
    case 0: change_place(&in, &out, &seed); break;
    case 1:
    case 2: change_element(&in, &out, &seed); break;
    default: change_value(&in, &out, &seed);
    }
    if (!out.len || out.len > max) continue;
    struct str old = in;
    in = out;
    out = old;
  }
  return put_back(data, max, in.data, in.len);
}

size_t mutate_xml(uint8_t *data, size_t len, size_t max, unsigned seed) {
  unsigned how = draw(&seed, 16);
  size_t put = 0;
  if (len && how < 13) {
    memory_begin();
    put = how ? change_text(data, len, max, seed) : change_document(data, len, max, seed);
    memory_end();
  }
  return put ? put : LLVMFuzzerMutate(data, len, max);
}

/* ---- memory ---- */

static void silent(void *owner, const char *format, ...) { (void)owner, (void)format; }

/* What the library makes once is made before there is an execution. */
void xml_setup(void) {
  static const char broken[] = "<?xml version='1.0' encoding='UTF-8'?><a b='&#65;&lt;'>&no;</b>";
  MUST(!xmlMemSetup(fuzz_free, fuzz_malloc, fuzz_realloc, fuzz_strdup), "libxml2 takes its memory where it is told");
  xmlSetGenericErrorFunc(NULL, silent);
  xmlFreeDoc(xmlReadMemory(broken, sizeof broken - 1, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  xml_settle();
}

void xml_settle(void) { xmlResetLastError(); }

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
