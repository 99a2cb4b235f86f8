#include <stdint.h>

// What generate.py writes.

// The record of a code point, in three steps: 9, 5 and 4 bits of it.
extern const uint8_t pk_unicode_top[];
extern const uint16_t pk_unicode_middle[];
extern const uint8_t pk_unicode_leaves[];
extern const uint32_t pk_unicode_records[];

// Mappings: sorted keys, and where in the pool their scalars begin; one more offset tells the end.
extern const uint32_t pk_unicode_lowercase_count;
extern const uint32_t pk_unicode_lowercase_keys[];
extern const uint16_t pk_unicode_lowercase_offsets[];
extern const uint32_t pk_unicode_lowercase_pool[];

extern const uint32_t pk_unicode_width_count;
extern const uint32_t pk_unicode_width_keys[];
extern const uint16_t pk_unicode_width_offsets[];
extern const uint32_t pk_unicode_width_pool[];

extern const uint32_t pk_unicode_decomposition_count;
extern const uint32_t pk_unicode_decomposition_keys[];
extern const uint16_t pk_unicode_decomposition_offsets[];
extern const uint32_t pk_unicode_decomposition_pool[];

// Pairs, sorted, and what they compose to.
extern const uint32_t pk_unicode_composition_count;
extern const uint32_t pk_unicode_composition_first[];
extern const uint32_t pk_unicode_composition_second[];
extern const uint32_t pk_unicode_composition_result[];
