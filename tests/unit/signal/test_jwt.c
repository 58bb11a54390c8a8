/* JWTs: every wrong form is refused; the right one opens its person's seat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "house.h"
#include "link/crypto.h"
#include "signal/jwt.h"

static const char secret[] = "0123456789abcdef0123456789abcdef";
#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

static char *encode(char *to, const void *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint8_t *at = bytes;
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | at[i];
        for (held += 8; held >= 6; held -= 6)
            *to++ = digits[bits >> (held - 6) & 63];
    }
    if (held > 0)
        *to++ = digits[bits << (6 - held) & 63];
    *to = '\0';
    return to;
}

static void mint(char *token, const char *header, const char *claims, const char *key)
{
    uint8_t sum[CRYPTO_SHA256_LEN];
    char *at = encode(token, header, strlen(header));
    *at++ = '.';
    at = encode(at, claims, strlen(claims));
    assert_int_equal(crypto_hmac_sha256(key, strlen(key), token, (size_t)(at - token), sum), ERR_NONE);
    *at++ = '.';
    encode(at, sum, sizeof sum);
}

/* RFC 7515 A.1: the example's token, with its own key. */
static void the_example_of_the_rfc(void **state)
{
    static const uint8_t key[] = {3,   35,  53,  75,  43,  15,  165, 188, 131, 126, 6,   101, 119,
                                  123, 166, 143, 90,  179, 40,  230, 240, 84,  201, 40,  169, 15,
                                  132, 178, 210, 80,  46,  191, 211, 251, 90,  146, 210, 6,   71,
                                  239, 150, 138, 180, 195, 119, 98,  61,  34,  61,  46,  33,  114,
                                  5,   46,  79,  8,   192, 205, 154, 245, 103, 208, 128, 163};
    static const char token[] =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
        "Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    struct json_doc *claims;
    (void)state;
    assert_int_equal(jwt_open(token, key, sizeof key, 1300819379, &claims), ERR_NONE);
    assert_string_equal(json_in_string(json_doc_root(claims), "iss", JSON_TEXT_ID, 10), "joe");
    json_doc_destroy(claims);
    assert_int_equal(jwt_open(token, key, sizeof key - 1, 1300819379, &claims), ERR_AUTH);
    assert_int_equal(jwt_open(token, key, sizeof key, 1300819380 + JWT_LEEWAY_S, &claims), ERR_STALE);
}

static void forms(void **state)
{
    (void)state;
    static const struct {
        const char *header, *claims;
        enum err want;
    } rows[] = {
        /* 1 */ {HS256, "{\"exp\":1001}", ERR_NONE},
        /* 2 */ {"{\"alg\":\"HS256\"}", "{\"exp\":1001.5}", ERR_NONE},
        /* 3 */
        {"{\"alg\":\"HS256\",\"typ\":\"jwt\",\"kid\":\"1\"}", "{\"exp\":1001,\"nbf\":1000}", ERR_NONE},
        /* 4 */ {HS256, "{\"exp\":971}", ERR_NONE}, /* clocks differ */
        /* 5 */ {HS256, "{\"exp\":970}", ERR_STALE},
        /* 6 */ {HS256, "{\"exp\":2000,\"nbf\":1030}", ERR_NONE},
        /* 7 */ {HS256, "{\"exp\":2000,\"nbf\":1031}", ERR_STALE},
        /* 8 */ {HS256, "{}", ERR_MALFORMED},
        /* 9 */ {HS256, "{\"exp\":\"2000\"}", ERR_MALFORMED},
        /* 10 */ {HS256, "{\"exp\":-1}", ERR_MALFORMED},
        /* 11 */ {HS256, "{\"exp\":1e300}", ERR_MALFORMED},
        /* 12 */ {HS256, "{\"exp\":2000,\"exp\":2001}", ERR_MALFORMED},
        /* 13 */ {HS256, "[2000]", ERR_MALFORMED},
        /* 14 */ {HS256, "", ERR_MALFORMED},
        /* 15 */ {HS256, "{\"exp\":2000,\"nbf\":true}", ERR_MALFORMED},
        /* 16 */ {"{\"alg\":\"none\"}", "{\"exp\":2000}", ERR_UNSUPPORTED},
        /* 17 */ {"{\"alg\":\"RS256\"}", "{\"exp\":2000}", ERR_UNSUPPORTED},
        /* 18 */ {"{\"alg\":\"hs256\"}", "{\"exp\":2000}", ERR_UNSUPPORTED},
        /* 19 */ {"{\"alg\":[\"HS256\"]}", "{\"exp\":2000}", ERR_UNSUPPORTED},
        /* 20 */ {"{}", "{\"exp\":2000}", ERR_UNSUPPORTED},
        /* 21 */ {"{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", "{\"exp\":2000}", ERR_UNSUPPORTED},
        /* 22 */ {"{\"alg\":\"HS256\",\"typ\":\"JWE\"}", "{\"exp\":2000}", ERR_UNSUPPORTED},
        /* 23 */ {"", "{\"exp\":2000}", ERR_MALFORMED},
        /* 24 */ {"{\"alg\":\"none\",\"alg\":\"HS256\"}", "{\"exp\":2000}", ERR_MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char token[1024];
        struct json_doc *claims = NULL;
        mint(token, rows[i].header, rows[i].claims, secret);
        enum err e = jwt_open(token, secret, strlen(secret), 1000, &claims);
        if (e != rows[i].want || (claims != NULL) != (e == ERR_NONE))
            fail_msg("row %zu: %s", i + 1, err_text(e));
        json_doc_destroy(claims);
    }
}

static void what_is_tampered_with_is_refused(void **state)
{
    char good[1024], bad[2100];
    struct json_doc *claims = NULL;
    (void)state;
    mint(good, HS256, "{\"exp\":2000,\"role\":\"trainee\"}", secret);
    assert_int_equal(jwt_open(good, secret, strlen(secret), 1000, &claims), ERR_NONE);
    json_doc_destroy(claims);
    claims = NULL;
    for (size_t i = 0; good[i] != '\0'; i++) { /* each character, another instead, and the end left off */
        strcpy(bad, good);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        assert_int_not_equal(jwt_open(bad, secret, strlen(secret), 1000, &claims), ERR_NONE);
        bad[i] = '\0';
        assert_int_not_equal(jwt_open(bad, secret, strlen(secret), 1000, &claims), ERR_NONE);
    }
    static const char *const ends[] = {"=", ".", "A", "\n", " ", ".x"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(bad, sizeof bad, "%s%s", good, ends[i]);
        assert_int_not_equal(jwt_open(bad, secret, strlen(secret), 1000, &claims), ERR_NONE);
    }
    static const char *const rows[] = {"", ".", "..", "...", "a.b.c", "a"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_not_equal(jwt_open(rows[i], secret, strlen(secret), 1000, &claims), ERR_NONE);
    memset(bad, 'A', 1100);
    bad[1100] = '\0';
    bad[20] = bad[40] = '.';
    assert_int_equal(jwt_open(bad, secret, strlen(secret), 1000, &claims), ERR_LONG);
    mint(good, HS256, "{\"exp\":2000}", "another secret of just the length");
    assert_int_equal(jwt_open(good, secret, strlen(secret), 1000, &claims), ERR_AUTH);
    assert_null(claims);
}

/* --- at the desk --- */

static char id[SESSION_ID_MAX + 1];

static struct house *office(void)
{
    struct house *h = house_open();
    h->config.jwt_secret = secret;
    h->config.jwt_secret_len = strlen(secret);
    house_kill(h, SIZE_MAX, 0);
    house_session(h, id);
    return h;
}

static long long in_an_hour(const struct house *h)
{
    return (h->now_us + h->config.wall_minus_monotonic_us) / US_PER_S + 3600;
}

/* `more`: members behind session and exp. */
static void link_of(const struct house *h, const char *more, char token[1024])
{
    char claims[600];
    snprintf(claims, sizeof claims, "{\"session\":\"%s\",\"exp\":%lld,%s}", id, in_an_hour(h), more);
    mint(token, HS256, claims, secret);
}

#define ADA "\"sub\":\"ada@example.org\",\"name\":\"Ada\",\"role\":\"chair\""

static int64_t seated(struct house *h, uint32_t connection, const char *token)
{
    house_hello(h, connection, token, 0);
    json_t *welcome = house_heard(h, connection, "welcome");
    int64_t number = welcome ? house_number(welcome, "you") : 0;
    json_decref(welcome);
    return number;
}

static void one_person_has_one_seat(void **state)
{
    char token[1024], later[1024], other[1024];
    (void)state;
    struct house *h = office();
    link_of(h, ADA, token);
    link_of(h, "\"sub\":\"bo\",\"name\":\"Bo\",\"role\":\"trainee\",\"place\":\"A\"", other);
    assert_int_equal(seated(h, 1, token), 1);
    assert_int_equal(seated(h, 2, other), 2);
    house_wait(h, 60 * (span_us)US_PER_S);
    link_of(h, ADA ",\"place\":\"remote\"", later);
    assert_int_equal(seated(h, 3, later), 1); /* another token of the same person */
    house_kill(h, SIZE_MAX, 0);
    assert_int_equal(seated(h, 4, token), 1);
    json_t *reply = house_ask(h, "{\"verb\":\"link-list\",\"session\":\"%s\"}", id);
    const json_t *links = json_object_get(reply, "links");
    assert_int_equal(json_array_size(links), 2);
    assert_string_equal(house_text(json_array_get(links, 0), "person"), "ada@example.org");
    assert_string_equal(house_text(json_array_get(links, 1), "place"), "A");
    json_decref(reply);
    house_wait(h, 3700 * (span_us)US_PER_S);
    assert_int_equal(seated(h, 5, token), 0); /* its time is over */
    house_close(h);
}

static void withdrawn_stays_out(void **state)
{
    char token[1024], later[1024];
    (void)state;
    struct house *h = office();
    link_of(h, ADA, token);
    assert_int_equal(seated(h, 1, token), 1);
    json_decref(house_ask(h, "{\"verb\":\"link-revoke\",\"session\":\"%s\",\"participant\":1}", id));
    link_of(h, ADA, token);
    assert_int_equal(seated(h, 2, token), 0);
    house_wait(h, US_PER_S);
    link_of(h, ADA, later);
    assert_int_equal(seated(h, 3, later), 0);
    house_kill(h, SIZE_MAX, 0);
    assert_int_equal(seated(h, 4, later), 0);
    house_close(h);
}

static void wrong_claims_open_nothing(void **state)
{
    (void)state;
    static const char *const rows[] = {
        /* 1 */ "\"name\":\"Ada\",\"role\":\"chair\"",
        /* 2 */ "\"sub\":\"a\",\"role\":\"chair\"",
        /* 3 */ "\"sub\":\"a\",\"name\":\"Ada\"",
        /* 4 */ "\"sub\":\"a\",\"name\":\"Ada\",\"role\":\"king\"",
        /* 5 */ "\"sub\":\"a\",\"name\":\"Ada\",\"role\":\"room\"",
        /* 6 */ "\"sub\":\"a\",\"name\":\"Ada\",\"role\":\"trainee\",\"place\":\"Z\"",
        /* 7 */ "\"sub\":\"a\",\"name\":\"Ada\",\"role\":\"trainee\",\"language\":\"xx\"",
        /* 8 */ "\"sub\":\"a\",\"name\":\"A\\u202eda\",\"role\":\"trainee\"",
        /* 9 */ "\"sub\":7,\"name\":\"Ada\",\"role\":\"trainee\"",
        /* 10 */ "\"sub\":\"a\",\"name\":\"Ada\",\"role\":\"trainee\",\"deputy\":1",
    };
    struct house *h = office();
    size_t before = h->row_count;
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char token[1024];
        link_of(h, rows[i], token);
        if (seated(h, i + 1, token) != 0)
            fail_msg("row %u was let in", i + 1);
    }
    char token[1024], claims[300];
    snprintf(claims, sizeof claims, "{\"session\":\"nosuch\",\"exp\":%lld," ADA "}", in_an_hour(h));
    mint(token, HS256, claims, secret);
    assert_int_equal(seated(h, 50, token), 0);
    assert_int_equal(h->row_count, before); /* nothing was written */
    h->config.jwt_secret_len = 0;
    house_kill(h, SIZE_MAX, 0);
    link_of(h, ADA, token);
    assert_int_equal(seated(h, 51, token), 0); /* no portal is known */
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_rfc),
        cmocka_unit_test(forms),
        cmocka_unit_test(what_is_tampered_with_is_refused),
        cmocka_unit_test(one_person_has_one_seat),
        cmocka_unit_test(withdrawn_stays_out),
        cmocka_unit_test(wrong_claims_open_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
