#include "io/guards.h"

#include <string.h>
#include <strings.h>

#define LOWER_HEX "0123456789abcdef"
#define BASE32    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" /* RFC 4648 §6 */
#define URL_SAFE  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

bool guard_content_length(const char *text, uint64_t *ret_length)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 15 || text[digits] != 0)
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (uint64_t)(text[i] - '0');
    *ret_length = n;
    return true;
}

bool guard_origin(const char *origin, const char *host)
{
    if (origin[0] == 0)
        return true;
    return strncasecmp(origin, "https://", 8) == 0 && host[0] != 0 && strcasecmp(origin + 8, host) == 0;
}

bool guard_deck_name(const char *name)
{
    if (strspn(name, LOWER_HEX) != 64)
        return false;
    return strcmp(name + 64, ".webp") == 0 || strcmp(name + 64, ".json") == 0;
}

bool guard_path(const char *path)
{
    if (path[0] != '/')
        return false;
    while (*path == '/') {
        path++;
        size_t len = strspn(path, URL_SAFE);
        if (len == 0 || len > 128 || *path == '.')
            return false;
        path += len;
    }
    return *path == 0;
}

bool guard_token(const char *token)
{
    size_t len = strlen(token);
    return len > 0 && len < 2048 && strspn(token, URL_SAFE) == len;
}

bool guard_list_holds(const char *list, const char *word)
{
    size_t len = strlen(word);
    while (*list != 0) {
        list += strspn(list, " \t,");
        size_t n = strcspn(list, " \t,;");
        if (n == len && strncasecmp(list, word, len) == 0)
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

bool guard_name_is_hashed(const char *path)
{
    const char *name = strrchr(path, '/');
    for (const char *at = name != NULL ? name : path; *at != 0; at++)
        if (*at == '.' || *at == '-') {
            size_t hex = strspn(at + 1, LOWER_HEX), base32 = strspn(at + 1, BASE32);
            if ((hex >= 8 && at[1 + hex] == '.') || (base32 == 8 && at[1 + base32] == '.'))
                return true;
        }
    return false;
}

const char *guard_media_type(const char *path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {{".html", "text/html; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},
                 {".js", "text/javascript; charset=utf-8"},
                 {".mjs", "text/javascript; charset=utf-8"},
                 {".json", "application/json"},
                 {".map", "application/json"},
                 {".webmanifest", "application/manifest+json"},
                 {".webp", "image/webp"},
                 {".svg", "image/svg+xml"},
                 {".png", "image/png"},
                 {".ico", "image/x-icon"},
                 {".opus", "audio/ogg; codecs=opus"},
                 {".mp4", "audio/mp4; codecs=opus"},
                 {".jsonl", "application/jsonl"},
                 {".woff2", "font/woff2"},
                 {".wasm", "application/wasm"},
                 {".txt", "text/plain; charset=utf-8"}};
    const char *ending = strrchr(path, '.');
    for (size_t i = 0; ending != NULL && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(ending, types[i].ending) == 0)
            return types[i].type;
    return NULL;
}

/* Digits alone, at most 18 of them; *text moves on. */
static bool whole_number(const char **text, uint64_t *ret_n)
{
    size_t digits = strspn(*text, "0123456789");
    *ret_n = 0;
    for (size_t i = 0; i < digits && i < 18; i++)
        *ret_n = *ret_n * 10 + (uint64_t)((*text)[i] - '0');
    *text += digits;
    return digits > 0 && digits <= 18;
}

enum guard_range guard_range(const char *text, uint64_t size, uint64_t *ret_first, uint64_t *ret_last)
{
    uint64_t first = 0, last = size - 1, count;
    if (strncmp(text, "bytes=", 6) != 0)
        return RANGE_ALL;
    text += 6;
    if (*text == '-') { /* the last so many */
        text++;
        if (!whole_number(&text, &count) || *text != 0)
            return RANGE_ALL;
        if (count == 0 || size == 0)
            return RANGE_OUTSIDE;
        first = count < size ? size - count : 0;
    } else {
        if (!whole_number(&text, &first) || *text++ != '-')
            return RANGE_ALL;
        if (*text != 0 && (!whole_number(&text, &last) || *text != 0 || last < first))
            return RANGE_ALL;
        if (first >= size)
            return RANGE_OUTSIDE;
    }
    *ret_first = first;
    *ret_last = last < size ? last : size - 1;
    return RANGE_PART;
}

bool guard_same_secret(const char *a, const char *b, size_t len)
{
    unsigned char different = 0;
    for (size_t i = 0; i < len; i++)
        different |= (unsigned char)(a[i] ^ b[i]);
    return different == 0;
}

bool guard_replay(const char *path, char ret_session[17], char ret_key[33], const char **ret_name)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    size_t session = strspn(path, letters);
    if (session == 0 || session > 16 || path[session] != '/')
        return false;
    const char *key = path + session + 1;
    if (strspn(key, "0123456789abcdef") != 32 || key[32] != '/')
        return false;
    const char *name = key + 33;
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-");
    if (name[len] != 0 || name[0] == '.' || len > 40 || strstr(name, "..") != NULL)
        return false;
    memcpy(ret_session, path, session);
    ret_session[session] = 0;
    memcpy(ret_key, key, 32);
    ret_key[32] = 0;
    *ret_name = name;
    return true;
}

bool guard_webhook_url(const char *url)
{
    static const char *const begins[] = {"https://", "http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (const char *c = url; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7f || *c == '@')
            return false;
    for (size_t i = 0; strlen(url) < 512 && i < sizeof begins / sizeof begins[0]; i++) {
        size_t len = strlen(begins[i]);
        char next = strncmp(url, begins[i], len) == 0 ? url[len] : '\0';
        if (i == 0 ? next != '\0' && next != '/' : next == ':' || next == '/')
            return true;
    }
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool guard_percent_decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from != 0; to++) {
        if (*from != '%') {
            *to = *from++;
            continue;
        }
        int high = hex_digit(from[1]), low = high >= 0 ? hex_digit(from[2]) : -1;
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *to = (char)(high * 16 + low);
        from += 3;
    }
    *to = 0;
    return true;
}

/* Bytes of the character at s, 0 where it is none (RFC 3629 §4). */
static size_t utf8_length(const unsigned char *s)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max;
        size_t len;
    } rows[] = {{0x20, 0x7e, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
                {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
                {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (s[0] < rows[i].first_min || s[0] > rows[i].first_max)
            continue;
        if (rows[i].len > 1 && (s[1] < rows[i].second_min || s[1] > rows[i].second_max))
            return 0;
        for (size_t k = 2; k < rows[i].len; k++)
            if ((s[k] & 0xc0) != 0x80)
                return 0;
        return s[0] == 0xc2 && s[1] < 0xa0 ? 0 : rows[i].len; /* C1 controls */
    }
    return 0;
}

bool guard_text_line(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    while (*s != 0) {
        size_t n = utf8_length(s);
        if (n == 0)
            return false;
        s += n;
    }
    return true;
}
