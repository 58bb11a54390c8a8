/* What may stand in a string that people will see. */
#include "wire/json_in.h"

/* One code point of valid UTF-8; steps over it. */
static uint32_t next_point(const unsigned char **at)
{
    const unsigned char *p = *at;
    int more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
    uint32_t point = more == 0 ? p[0] : p[0] & (0x3fu >> more);
    int i = 1;
    for (; i <= more && (p[i] & 0xc0) == 0x80; i++)
        point = point << 6 | (p[i] & 0x3fu);
    *at = p + i;
    return point;
}

static bool is_id(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

/* Control characters of both blocks, line and paragraph separators, bidi overrides and isolates. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

static bool is_space(uint32_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == 0xa0 || (c >= 0x2000 && c <= 0x200f) || c == 0x3000 ||
           c == 0xfeff;
}

bool json_text_is(const char *utf8, enum json_text text)
{
    const unsigned char *at = (const unsigned char *)utf8;
    bool something = false;
    while (*at) {
        uint32_t c = next_point(&at);
        if (text == JSON_TEXT_ID && !is_id(c))
            return false;
        bool line_end = text == JSON_TEXT_BLOCK && (c == '\n' || c == '\t');
        if (text != JSON_TEXT_BYTES && is_control(c) && !line_end)
            return false;
        something = something || !is_space(c);
    }
    return something;
}

size_t json_text_characters(const char *utf8)
{
    size_t count = 0;
    for (const char *p = utf8; *p; p++)
        count += ((unsigned char)*p & 0xc0) != 0x80;
    return count;
}
