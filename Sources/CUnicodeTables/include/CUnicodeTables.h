#ifndef PK_C_UNICODE_TABLES_H
#define PK_C_UNICODE_TABLES_H

#include <stdint.h>

// What address preparation knows of Unicode. Numbers go in and numbers come out: no pointer
// leaves, and any number may be asked for.

/// The record of a code point. UnicodeProperties.swift tells its bits.
uint32_t pk_unicode_record(uint32_t scalar);

/// What a code point becomes, one to four scalars; of those behind `count` each is 0.
typedef struct {
    uint32_t count;
    uint32_t first, second, third, fourth;
} pk_unicode_mapping;

/// The mapping to lower case. A code point that has none becomes itself.
pk_unicode_mapping pk_unicode_lowercase(uint32_t scalar);
/// The decomposition of a full-width or half-width code point.
pk_unicode_mapping pk_unicode_width(uint32_t scalar);
/// The full canonical decomposition, of anything but Hangul syllables.
pk_unicode_mapping pk_unicode_decomposition(uint32_t scalar);

/// What two scalars compose to, but for Hangul; 0 where they do not.
uint32_t pk_unicode_composition(uint32_t first, uint32_t second);

#endif
