#include "signal/jwt.h"

#include <string.h>

#include "link/crypto.h"

#define TIME_MAX_S 1e12 /* some 30,000 years: larger is no time */

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* base64url without padding (RFC 7515 §2), of one spelling alone: bits left over are zero. */
static bool decode(const char *text, size_t len, uint8_t *ret_bytes, size_t size, size_t *ret_len)
{
    uint32_t bits = 0;
    int held = 0;
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        int d = digit(text[i]);
        if (d < 0)
            return false;
        bits = bits << 6 | (uint32_t)d;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (n == size)
            return false;
        ret_bytes[n++] = (uint8_t)(bits >> held);
        bits &= (1u << held) - 1;
    }
    *ret_len = n;
    return held < 6 && bits == 0;
}

static enum err read_part(const char *text, size_t len, struct json_doc **ret_doc)
{
    uint8_t bytes[JWT_MAX];
    size_t n;
    char why[JSON_WHY_MAX];
    if (!decode(text, len, bytes, sizeof bytes, &n))
        return ERR_MALFORMED;
    enum err e = json_doc_read((const char *)bytes, n, sizeof bytes, ret_doc, why);
    return e == ERR_NONE || e == ERR_MEMORY ? e : ERR_MALFORMED;
}

static enum err check_signature(const char *token, size_t signed_len, const char *signature,
                                const void *secret, size_t secret_len)
{
    uint8_t told[CRYPTO_SHA256_LEN], sum[CRYPTO_SHA256_LEN];
    size_t n;
    if (!decode(signature, strlen(signature), told, sizeof told, &n) || n != sizeof told)
        return ERR_AUTH;
    enum err e = crypto_hmac_sha256(secret, secret_len, token, signed_len, sum);
    if (e != ERR_NONE)
        return e;
    return crypto_equal(told, sum, sizeof sum) ? ERR_NONE : ERR_AUTH;
}

static enum err check_header(const char *text, size_t len)
{
    struct json_doc *doc;
    enum err e = read_part(text, len, &doc);
    if (e != ERR_NONE)
        return e;
    struct json_in in = json_doc_root(doc);
    const char *alg = json_in_string(in, "alg", JSON_TEXT_ID, 20);
    const char *typ = json_in_string_or_null(in, "typ", JSON_TEXT_ID, 20);
    bool good = strcmp(alg, "HS256") == 0 &&
                (typ == NULL || strcmp(typ, "JWT") == 0 || strcmp(typ, "jwt") == 0) &&
                !json_in_has(in, "crit") && json_doc_error(doc) == ERR_NONE;
    json_doc_destroy(doc);
    return good ? ERR_NONE : ERR_UNSUPPORTED;
}

static enum err check_times(struct json_doc *doc, int64_t now_s)
{
    struct json_in in = json_doc_root(doc);
    double ends = json_in_number(in, "exp", 0, TIME_MAX_S);
    double begins = json_in_has(in, "nbf") ? json_in_number(in, "nbf", 0, TIME_MAX_S) : 0;
    if (json_doc_error(doc) != ERR_NONE)
        return ERR_MALFORMED;
    bool now = (double)now_s < ends + JWT_LEEWAY_S && (double)now_s >= begins - JWT_LEEWAY_S;
    return now ? ERR_NONE : ERR_STALE;
}

enum err jwt_open(const char *token, const void *secret, size_t secret_len, int64_t now_s,
                  struct json_doc **ret_claims)
{
    const char *claims = strchr(token, '.');
    const char *signature = claims != NULL ? strchr(claims + 1, '.') : NULL;
    if (strlen(token) > JWT_MAX)
        return ERR_LONG;
    if (signature == NULL || strchr(signature + 1, '.') != NULL)
        return ERR_MALFORMED;
    struct json_doc *doc = NULL;
    enum err e = check_signature(token, (size_t)(signature - token), signature + 1, secret, secret_len);
    if (e == ERR_NONE)
        e = check_header(token, (size_t)(claims - token));
    if (e == ERR_NONE)
        e = read_part(claims + 1, (size_t)(signature - claims - 1), &doc);
    if (e != ERR_NONE)
        return e;
    e = check_times(doc, now_s);
    if (e == ERR_NONE)
        *ret_claims = doc;
    else
        json_doc_destroy(doc);
    return e;
}
