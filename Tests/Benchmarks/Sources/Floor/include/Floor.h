#ifndef FLOOR_H
#define FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What is below every implementation in C: the least work that does the job at all.

// What a walk over all stanzas saw, in document order.
typedef struct {
    uint64_t elements;
    uint64_t attributes;
    // The bytes of attribute values and text.
    uint64_t bytes;
    // Names, values and text.
    uint64_t hash;
} FloorDigest;

// Parses a whole stream with libxml2's push parser, 4 KiB at a time. With a digest the callbacks fill it
// in, without one they are empty. Returns whether the stream is well-formed.
bool floor_parse(const uint8_t *bytes, size_t count, FloorDigest *digest);

// Writes presences of eight fields, each field ended by a NUL: id, to, show, status, priority, node and
// version of the capabilities, hash of the photo. Returns how many bytes were written.
size_t floor_serialize(const char *fields, size_t presences, char *output);

#endif
