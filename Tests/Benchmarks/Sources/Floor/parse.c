#include "Floor.h"

#include <libxml/parser.h>
#include <string.h>

typedef struct {
    FloorDigest *digest;
    int depth;
} Walk;

static void count_bytes(FloorDigest *digest, const xmlChar *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) digest->hash = (digest->hash ^ bytes[i]) * 0x100000001b3;
}

// A byte that is in no UTF-8 tells the parts apart.
static void count_part(FloorDigest *digest, xmlChar kind, const xmlChar *bytes, size_t count) {
    count_bytes(digest, &kind, 1);
    count_bytes(digest, bytes, count);
}

static void count_string(FloorDigest *digest, xmlChar kind, const xmlChar *string) {
    count_part(digest, kind, string, string ? strlen((const char *)string) : 0);
}

static void count_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                        int declaration_count, const xmlChar **declarations, int attribute_count,
                        int defaulted_count, const xmlChar **attributes) {
    Walk *walk = data;
    if (walk->depth++ == 0) return;
    walk->digest->elements++;
    count_string(walk->digest, 0xF8, name);
    count_string(walk->digest, 0xF9, uri);
    for (int i = 0; i < attribute_count; i++, attributes += 5) {
        walk->digest->attributes++;
        walk->digest->bytes += attributes[4] - attributes[3];
        count_string(walk->digest, 0xFA, attributes[0]);
        count_string(walk->digest, 0xFB, attributes[2]);
        count_part(walk->digest, 0xFC, attributes[3], attributes[4] - attributes[3]);
    }
    count_part(walk->digest, 0xFD, NULL, 0);
}

static void count_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    Walk *walk = data;
    if (--walk->depth > 0) count_part(walk->digest, 0xFE, NULL, 0);
}

static void count_text(void *data, const xmlChar *text, int count) {
    Walk *walk = data;
    if (walk->depth < 2) return;
    walk->digest->bytes += count;
    count_bytes(walk->digest, text, count);
}

static void ignore_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                         int declaration_count, const xmlChar **declarations, int attribute_count,
                         int defaulted_count, const xmlChar **attributes) {}
static void ignore_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {}
static void ignore_text(void *data, const xmlChar *text, int count) {}

bool floor_parse(const uint8_t *bytes, size_t count, FloorDigest *digest) {
    enum { chunk = 4096 };
    Walk walk = {digest, 0};
    xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC};
    handler.startElementNs = digest ? count_start : ignore_start;
    handler.endElementNs = digest ? count_end : ignore_end;
    handler.characters = digest ? count_text : ignore_text;
    xmlParserCtxtPtr context = xmlCreatePushParserCtxt(&handler, &walk, NULL, 0, NULL);
    xmlCtxtUseOptions(context, XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_HUGE);
    for (size_t i = 0; i < count; i += chunk) {
        size_t rest = count - i;
        xmlParseChunk(context, (const char *)bytes + i, rest < chunk ? (int)rest : chunk, 0);
    }
    xmlParseChunk(context, NULL, 0, 1);
    bool is_well_formed = context->wellFormed && context->nsWellFormed;
    xmlFreeParserCtxt(context);
    return is_well_formed;
}
