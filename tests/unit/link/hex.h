/* Bytes from hexadecimal text, spaces allowed: vectors stay readable. */
#ifndef AULA_TEST_LINK_HEX_H
#define AULA_TEST_LINK_HEX_H

#include <stddef.h>
#include <stdint.h>

static inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Number of bytes written; at most capacity. */
static inline size_t hex(const char *text, uint8_t *bytes, size_t capacity)
{
    size_t n = 0;
    int high = -1;
    for (; *text && n < capacity; text++) {
        int d = hex_digit(*text);
        if (d < 0)
            continue;
        if (high < 0) {
            high = d;
        } else {
            bytes[n++] = (uint8_t)(high << 4 | d);
            high = -1;
        }
    }
    return n;
}

#endif
