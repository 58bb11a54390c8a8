#include "deck/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of a line "NAME:   VALUE"; NULL where the line is another. */
static const char *value_of(const char *line, const char *name)
{
    size_t len = strlen(name);
    if (strncmp(line, name, len) != 0)
        return NULL;
    return line + len + strspn(line + len, " \t");
}

/* "Page    7 size:  612 x 792 pts (letter)". The comparison is written so that no number is a way past it. */
static void read_size(const char *line, struct pdf_facts *facts)
{
    int page;
    double width, height;
    if (facts->odd_page != 0 || sscanf(line, "Page %d size: %lf x %lf", &page, &width, &height) != 3)
        return;
    bool fits =
        width > 0 && height > 0 && width <= height * DECK_ASPECT_MAX && height <= width * DECK_ASPECT_MAX;
    if (!fits)
        facts->odd_page = page > 0 ? page : 1;
}

static void read_line(const char *line, size_t len, struct pdf_facts *facts)
{
    const char *value = value_of(line, "Title:");
    if (value != NULL)
        text_clean((const uint8_t *)value, len - (size_t)(value - line), true, DECK_TITLE_MAX, facts->title);
    value = value_of(line, "Pages:");
    if (value != NULL) {
        long pages = strtol(value, NULL, 10);
        facts->pages = pages < 0 || pages > 1000000000 ? 0 : (int)pages;
    }
    read_size(line, facts);
}

enum err facts_read(const uint8_t *text, size_t len, struct pdf_facts *ret_facts)
{
    struct pdf_facts facts = {0};
    char line[1024];
    for (size_t at = 0; at < len;) {
        const uint8_t *end = memchr(text + at, '\n', len - at);
        size_t n = end != NULL ? (size_t)(end - (text + at)) : len - at;
        size_t kept = n < sizeof line - 1 ? n : sizeof line - 1;
        memcpy(line, text + at, kept);
        line[kept] = '\0';
        read_line(line, strlen(line), &facts);
        at += n + 1;
    }
    if (facts.pages == 0)
        return ERR_MALFORMED;
    *ret_facts = facts;
    return ERR_NONE;
}

/* Length of the UTF-8 character (RFC 3629 §4) at the front, and the character; 0 where there is none. */
static size_t next_character(const uint8_t *s, size_t left, uint32_t *ret_code)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t more = 0; more < 4; more++) {
        if ((s[0] & forms[more].mask) != forms[more].lead)
            continue;
        if (left <= more)
            return 0;
        uint32_t code = s[0] & (uint8_t)~forms[more].mask;
        for (size_t i = 1; i <= more; i++) {
            if ((s[i] & 0xc0) != 0x80)
                return 0;
            code = code << 6 | (s[i] & 0x3f);
        }
        bool good = code >= forms[more].least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        *ret_code = code;
        return good ? more + 1 : 0;
    }
    return 0;
}

static bool is_text(uint32_t code, bool one_line)
{
    if (code == '\n')
        return !one_line;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        return false;
    return !((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069));
}

void text_clean(const uint8_t *text, size_t len, bool one_line, size_t max, char *ret)
{
    size_t out = 0;
    uint32_t code = 0;
    for (size_t at = 0; at < len;) {
        size_t n = next_character(text + at, len - at, &code);
        if (n != 0 && is_text(code, one_line)) {
            if (out + n > max)
                break;
            memcpy(ret + out, text + at, n);
            out += n;
        }
        at += n != 0 ? n : 1;
    }
    while (out > 0 && (ret[out - 1] == ' ' || ret[out - 1] == '\n'))
        out--;
    ret[out] = '\0';
}
