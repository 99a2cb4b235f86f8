#include "CUnicodeTables.h"

#include <stddef.h>

#include "tables.h"

uint32_t pk_unicode_record(uint32_t scalar) {
    // Beyond Unicode: the record of a noncharacter.
    if (scalar > 0x10FFFF) scalar = 0x10FFFF;
    uint32_t block = pk_unicode_top[scalar >> 9];
    uint32_t leaf = pk_unicode_middle[block << 5 | (scalar >> 4 & 31)];
    return pk_unicode_records[pk_unicode_leaves[leaf << 4 | (scalar & 15)]];
}

/// A table of mappings.
typedef struct {
    uint32_t count;
    const uint32_t *keys;
    const uint16_t *offsets;
    const uint32_t *pool;
} table;

static pk_unicode_mapping find(table table, uint32_t scalar) {
    uint32_t low = 0, high = table.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (table.keys[middle] < scalar) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == table.count || table.keys[low] != scalar) {
        return (pk_unicode_mapping){1, scalar, 0, 0, 0};
    }
    const uint32_t *scalars = table.pool + table.offsets[low];
    uint32_t count = table.offsets[low + 1] - table.offsets[low];
    return (pk_unicode_mapping){
        count, scalars[0], count > 1 ? scalars[1] : 0, count > 2 ? scalars[2] : 0,
        count > 3 ? scalars[3] : 0};
}

pk_unicode_mapping pk_unicode_lowercase(uint32_t scalar) {
    return find(
        (table){
            pk_unicode_lowercase_count, pk_unicode_lowercase_keys, pk_unicode_lowercase_offsets,
            pk_unicode_lowercase_pool},
        scalar);
}

pk_unicode_mapping pk_unicode_width(uint32_t scalar) {
    return find(
        (table){
            pk_unicode_width_count, pk_unicode_width_keys, pk_unicode_width_offsets,
            pk_unicode_width_pool},
        scalar);
}

pk_unicode_mapping pk_unicode_decomposition(uint32_t scalar) {
    return find(
        (table){
            pk_unicode_decomposition_count, pk_unicode_decomposition_keys,
            pk_unicode_decomposition_offsets, pk_unicode_decomposition_pool},
        scalar);
}

uint32_t pk_unicode_composition(uint32_t first, uint32_t second) {
    uint32_t low = 0, high = pk_unicode_composition_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t other = pk_unicode_composition_first[middle];
        if (other < first || (other == first && pk_unicode_composition_second[middle] < second)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == pk_unicode_composition_count || pk_unicode_composition_first[low] != first ||
        pk_unicode_composition_second[low] != second) {
        return 0;
    }
    return pk_unicode_composition_result[low];
}
