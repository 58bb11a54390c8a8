/* /verify/NUMBER: whether this relay issued a certificate, for anybody, without a token. Numbers have 59
 * random bits and every question is counted by the caller's network, so that nobody finds one by trying. */
#include <string.h>

#include "io/attempts.h"
#include "io/clock.h"
#include "io/verify_page.h"
#include "io/web_parts.h"

#define LANGUAGE_BYTES 16 /* with its name */

static enum verify_language language_of(struct lws *wsi)
{
    char value[HEADER_VALUE_MAX], asked[LANGUAGE_BYTES];
    const char *language = lws_get_urlarg_by_name(wsi, "lang=", asked, sizeof asked); /* within asked */
    if (language != NULL)
        return verify_language(language);
    return web_header(wsi, WSI_TOKEN_HTTP_ACCEPT_LANGUAGE, value, sizeof value) ? verify_language(value)
                                                                                : VERIFY_EN;
}

static bool wants_json(struct lws *wsi)
{
    char value[HEADER_VALUE_MAX];
    return web_header(wsi, WSI_TOKEN_HTTP_ACCEPT, value, sizeof value) && verify_wants_json(value);
}

/* A wrong number, a right one and one that nobody could have cost the same. */
static enum verify_finding find(struct lws *wsi, const char *text, struct desk_certificate *ret_certificate)
{
    struct web *w = web_of(wsi);
    struct address from = web_caller(wsi);
    char number[16];
    if (!attempts_take(&w->verified, &from, clock_monotonic_us()))
        return VERIFY_TOO_FAST;
    if (!verify_number(text, number) ||
        w->listener.certificate(w->listener.self, number, ret_certificate) != ERR_NONE)
        return VERIFY_NONE;
    return VERIFY_FOUND;
}

int verify_serve(struct lws *wsi, const char *text)
{
    static const unsigned statuses[] = {[VERIFY_FOUND] = 200, [VERIFY_NONE] = 404, [VERIFY_TOO_FAST] = 429};
    struct desk_certificate c;
    char body[VERIFY_PAGE_MAX], number[16] = "";
    if (strcmp(text, "style.css") == 0)
        return http_answer(wsi, 200, "text/css; charset=utf-8", NULL, verify_style);
    verify_number(text, number); /* what is no number is not repeated */
    enum verify_finding finding = find(wsi, text, &c);
    bool json = wants_json(wsi);
    bool fits = json ? verify_json(finding, &c, number, body)
                     : verify_html(finding, &c, number, language_of(wsi), body);
    if (!fits)
        return http_refuse(wsi, 503, "There is not enough memory.");
    return http_answer(wsi, statuses[finding], json ? "application/json" : "text/html; charset=utf-8",
                       finding == VERIFY_TOO_FAST ? "retry-after: 60\r\nvary: accept, accept-language\r\n"
                                                  : "vary: accept, accept-language\r\n",
                       body);
}
