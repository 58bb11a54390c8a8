/* Who may: the bearer token and its rights, wrong ones counted by address; and on which conditions. */
#include "io/api_parts.h"

#include <string.h>

#include "io/clock.h"
#include "io/guards.h"

static unsigned wrong_token(struct lws *wsi, const char **ret_why)
{
    struct address from = web_caller(wsi);
    if (!attempts_take(&web_of(wsi)->api->wrong, &from, clock_monotonic_us())) {
        *ret_why = "Too many wrong tokens came from this address. Wait a minute.";
        return 429;
    }
    *ret_why =
        "This token is not valid: wrong, withdrawn, or its time is over. \"aulactl token create\" makes one.";
    return 401;
}

unsigned api_enter(struct lws *wsi, const struct api_match *m, unsigned *ret_rights, uint32_t *ret_token,
                   const char **ret_why)
{
    struct web *w = web_of(wsi);
    char value[HEADER_VALUE_MAX];
    unsigned rights = 0;
    *ret_why = "This needs Authorization: Bearer and a token, which \"aulactl token create\" makes.";
    if (!web_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, value, sizeof value) || value[0] == '\0' ||
        strncasecmp(value, "bearer ", 7) != 0)
        return 401;
    if (!guard_token(value + 7) ||
        w->listener.token_rights(w->listener.self, value + 7, &rights, ret_token) != ERR_NONE)
        return wrong_token(wsi, ret_why);
    *ret_rights = rights;
    if (api_allows(rights, m->route->right))
        return 0;
    switch (m->route->right) {
    case API_READ:
        *ret_why = "This token lacks the right read, which this request needs.";
        break;
    case API_SESSIONS:
        *ret_why = "This token lacks the right sessions, which this request needs.";
        break;
    case API_PEOPLE:
        *ret_why = "This token lacks the right people, which this request needs.";
        break;
    case API_ADMIN:
        *ret_why = "This token lacks the right admin, which this request needs.";
        break;
    }
    return 403;
}

/* Whether a list of entity tags has this one, or is "*". */
static bool holds(const char *list, const char *etag)
{
    while (*list != '\0') {
        list += strspn(list, " \t,");
        size_t n = strcspn(list, " \t,");
        const char *tag = strncmp(list, "W/", 2) == 0 ? list + 2 : list;
        size_t len = (size_t)(list + n - tag);
        if ((len == 1 && *tag == '*') || (len == strlen(etag) && strncmp(tag, etag, len) == 0))
            return true;
        list += n;
    }
    return false;
}

unsigned api_conditions(struct lws *wsi, struct api_call *c)
{
    struct web *w = web_of(wsi);
    char value[256];
    const char *session = api_value(&c->match, "session");
    uint64_t n = session != NULL ? w->listener.session_version(w->listener.self, session) : 0;
    bool is_show = strcmp(c->match.route->verb, "show") == 0;
    if (n == 0)
        return 0; /* there is none: the request says so itself */
    char etag[sizeof c->etag];
    snprintf(etag, sizeof etag, "\"%llu\"", (unsigned long long)n);
    if (is_show)
        memcpy(c->etag, etag, sizeof etag);
    if (is_show && web_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, value, sizeof value) && holds(value, etag))
        return 304;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_IF_MATCH) == 0)
        return 0;
    return web_header(wsi, WSI_TOKEN_HTTP_IF_MATCH, value, sizeof value) && holds(value, etag) ? 0 : 412;
}
