#include "wire/sdp_text.h"

#include <string.h>

struct sdp_text sdp_take_until(struct sdp_text *rest, char stop)
{
    const char *found = rest->len ? memchr(rest->at, stop, rest->len) : NULL;
    struct sdp_text t = {rest->at, found ? (size_t)(found - rest->at) : rest->len};
    size_t step = t.len + (found ? 1 : 0);
    rest->at += step;
    rest->len -= step;
    return t;
}

bool sdp_take_line(struct sdp_text *rest, struct sdp_text *ret_line)
{
    if (rest->len == 0)
        return false;
    struct sdp_text line = sdp_take_until(rest, '\n');
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    *ret_line = line;
    return true;
}

bool sdp_take_prefix(struct sdp_text *rest, const char *prefix)
{
    size_t n = strlen(prefix);
    if (rest->len < n || memcmp(rest->at, prefix, n) != 0)
        return false;
    rest->at += n;
    rest->len -= n;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool sdp_is(struct sdp_text t, const char *word)
{
    if (strlen(word) != t.len)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        if (lower(t.at[i]) != lower(word[i]))
            return false;
    }
    return true;
}

bool sdp_same(struct sdp_text a, struct sdp_text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool sdp_has_word(struct sdp_text list, struct sdp_text word)
{
    while (list.len > 0) {
        if (sdp_same(sdp_take_until(&list, ' '), word))
            return true;
    }
    return false;
}

bool sdp_number(struct sdp_text t, uint32_t maximum, uint32_t *ret_number)
{
    uint64_t v = 0;
    if (t.len == 0 || t.len > 10)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(t.at[i] - '0');
    }
    if (v > maximum)
        return false;
    *ret_number = (uint32_t)v;
    return true;
}

bool sdp_is_made_of(struct sdp_text t, const char *others)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i], small = lower(c);
        bool plain = (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (c == 0 || !strchr(others, c)))
            return false;
    }
    return t.len > 0;
}

bool sdp_copy(struct sdp_text t, char *to, size_t maximum)
{
    if (t.len > maximum)
        return false;
    if (t.len)
        memcpy(to, t.at, t.len);
    to[t.len] = 0;
    return true;
}
