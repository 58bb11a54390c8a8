#include "join_url.h"

#include <string.h>

#define SCHEME "https://"
#define PATH   "/j/"

static enum err fail(const char **why, enum err e, const char *sentence)
{
    *why = sentence;
    return e;
}

/* The host's characters; *ret_end is what follows them. */
static enum err parse_host(const char *text, char *host, const char **ret_end, const char **why)
{
    bool bracket = *text == '[';
    const char *start = text + bracket;
    size_t len = strcspn(start, bracket ? "]" : ":/?#");
    if (len == 0 || (bracket && start[len] != ']'))
        return fail(why, ERR_MALFORMED, "there is no host in the join URL");
    if (len > JOIN_URL_HOST_MAX)
        return fail(why, ERR_LONG, "the host's name in the join URL is too long");
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)start[i] <= ' ' || start[i] == '@' || (unsigned char)start[i] > '~')
            return fail(why, ERR_MALFORMED, "the host's name in the join URL has a character it cannot have");
    memcpy(host, start, len);
    host[len] = 0;
    *ret_end = start + len + bracket;
    return ERR_NONE;
}

static enum err parse_port(const char *text, uint16_t *ret_port, const char **ret_end, const char **why)
{
    uint32_t port = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && port <= UINT16_MAX; at++)
        port = port * 10 + (uint32_t)(*at - '0');
    if (at == text || port == 0 || port > UINT16_MAX)
        return fail(why, ERR_MALFORMED, "the port in the join URL is no number from 1 to 65535");
    *ret_port = (uint16_t)port;
    *ret_end = at;
    return ERR_NONE;
}

static enum err parse_token(const char *text, char *token, const char **why)
{
    if (strncmp(text, PATH, strlen(PATH)) != 0)
        return fail(why, ERR_MALFORMED, "a join URL ends in /j/ and a token; copy the whole of it");
    text += strlen(PATH);
    size_t len = strcspn(text, "?#/");
    if (len == 0)
        return fail(why, ERR_MALFORMED, "the join URL ends before its token; copy the whole of it");
    if (len > JOIN_URL_TOKEN_MAX)
        return fail(why, ERR_LONG, "the token in the join URL is too long");
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return fail(why, ERR_MALFORMED, "the token in the join URL has a character it cannot have");
    memcpy(token, text, len);
    token[len] = 0;
    return ERR_NONE;
}

enum err join_url_parse(const char *text, struct join_url *ret_url, const char **why)
{
    struct join_url url = {.port = JOIN_URL_PORT};
    if (strncmp(text, SCHEME, strlen(SCHEME)) != 0)
        return fail(why, ERR_UNSUPPORTED, "a join URL begins with https://");
    const char *at = text + strlen(SCHEME);
    enum err e = parse_host(at, url.host, &at, why);
    if (e == ERR_NONE && *at == ':')
        e = parse_port(at + 1, &url.port, &at, why);
    if (e == ERR_NONE)
        e = parse_token(at, url.token, why);
    if (e == ERR_NONE)
        *ret_url = url;
    return e;
}
