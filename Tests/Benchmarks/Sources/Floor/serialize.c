#include "Floor.h"

#include <string.h>

#define COPY(output, literal) (memcpy(output, literal, sizeof(literal) - 1), (output) + sizeof(literal) - 1)

static char *copy_reference(char *output, char byte) {
    switch (byte) {
    case '&': return COPY(output, "&amp;");
    case '<': return COPY(output, "&lt;");
    case '>': return COPY(output, "&gt;");
    case '\'': return COPY(output, "&apos;");
    default: return COPY(output, "&quot;");
    }
}

// Copies the field and steps over it.
static char *copy_escaped(char *output, const char **field, const char *escaped) {
    const char *input = *field;
    for (;;) {
        size_t plain = strcspn(input, escaped);
        memcpy(output, input, plain);
        output += plain;
        input += plain;
        if (*input == 0) break;
        output = copy_reference(output, *input);
        input++;
    }
    *field = input + 1;
    return output;
}

size_t floor_serialize(const char *fields, size_t presences, char *output) {
    static const char *in_value = "&<>'\"", *in_text = "&<>";
    const char *start = output;
    for (size_t i = 0; i < presences; i++) {
        output = COPY(output, "<presence id='");
        output = copy_escaped(output, &fields, in_value);
        output = COPY(output, "' to='");
        output = copy_escaped(output, &fields, in_value);
        output = COPY(output, "'>");
        if (*fields == 0) {
            fields++;
        } else {
            output = COPY(output, "<show>");
            output = copy_escaped(output, &fields, in_text);
            output = COPY(output, "</show>");
        }
        output = COPY(output, "<status>");
        output = copy_escaped(output, &fields, in_text);
        output = COPY(output, "</status><priority>");
        output = copy_escaped(output, &fields, in_text);
        output = COPY(output, "</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='");
        output = copy_escaped(output, &fields, in_value);
        output = COPY(output, "' ver='");
        output = copy_escaped(output, &fields, in_value);
        output = COPY(output, "'/><x xmlns='vcard-temp:x:update'><photo>");
        output = copy_escaped(output, &fields, in_text);
        output = COPY(output, "</photo></x></presence>");
    }
    return output - start;
}
