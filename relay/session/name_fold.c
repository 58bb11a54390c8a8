#include "session/name_fold.h"

#include <stdint.h>

static const struct {
    uint16_t letter, plain;
} table[] = {
#include "session/name_fold_table.inc"
};
#define TABLE_LEN (sizeof table / sizeof table[0])

/* Reads one character; a byte that begins none is itself. */
static uint32_t next(const unsigned char **at)
{
    const unsigned char *p = *at;
    unsigned more = p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : p[0] >= 0xC0 ? 1 : 0;
    uint32_t c = more ? p[0] & (0x3Fu >> more) : p[0];
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *at = p + 1;
            return p[0];
        }
        c = c << 6 | (p[i] & 0x3Fu);
    }
    *at = p + more + 1;
    return c;
}

/* Accents that stand apart, Arabic vowels and the line that stretches letters, joiners. */
static int is_mark(uint32_t c)
{
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x064B && c <= 0x065F) || c == 0x0640 || c == 0x0670 ||
           (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF;
}

static uint32_t plain(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    size_t low = 0, high = TABLE_LEN;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table[middle].letter < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < TABLE_LEN && table[low].letter == c ? table[low].plain : c;
}

/* Letters that are written as two where the keyboard lacks them. */
static const char *as_two(uint32_t c)
{
    switch (c) {
    case 0x00DF:
    case 0x1E9E:
        return "ss";
    case 0x00E6:
        return "ae";
    case 0x0153:
        return "oe";
    case 0x00FE:
        return "th";
    default:
        return NULL;
    }
}

/* Returns how many bytes. */
static size_t put(uint32_t c, char bytes[4])
{
    const char *two = as_two(c);
    if (two) {
        bytes[0] = two[0];
        bytes[1] = two[1];
        return 2;
    }
    if (c < 0x80) {
        bytes[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3F));
    bytes[0] = (char)(len == 2 ? 0xC0 | c : len == 3 ? 0xE0 | c : 0xF0 | (c & 0x07));
    return len;
}

void name_fold(const char *utf8, char *ret_folded, size_t size)
{
    const unsigned char *at = (const unsigned char *)utf8;
    size_t used = 0;
    while (*at) {
        uint32_t c = next(&at);
        char bytes[4];
        size_t len = is_mark(c) ? 0 : put(plain(c), bytes);
        if (used + len >= size)
            break;
        for (size_t i = 0; i < len; i++)
            ret_folded[used++] = bytes[i];
    }
    ret_folded[used] = '\0';
}
