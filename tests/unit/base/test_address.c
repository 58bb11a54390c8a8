#include "../rows.h"
#include "base/address.h"

/* What is read and how it is printed again; NULL = refused. */
static void texts(void **state)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"127.0.0.1:8444", "127.0.0.1:8444"},
        {"0.0.0.0:0", "0.0.0.0:0"},
        {"255.255.255.255:65535", "255.255.255.255:65535"},
        {"[::1]:8444", "[::1]:8444"},
        {"[2001:DB8::0:7]:1", "[2001:db8::7]:1"},
        {"[::ffff:192.0.2.1]:5", "192.0.2.1:5"},
        {"[127.0.0.1]:5", "127.0.0.1:5"},
        {"", NULL},
        {":5", NULL},
        {"127.0.0.1", NULL},
        {"127.0.0.1:", NULL},
        {"127.0.0.1:65536", NULL},
        {"127.0.0.1:99999999999999999999", NULL},
        {"127.0.0.1:-1", NULL},
        {"127.0.0.1: 5", NULL},
        {"127.0.0.1:5x", NULL},
        {"127.0.0.256:5", NULL},
        {"::1:5", NULL}, /* which part is the port? */
        {"[::1]", NULL},
        {"[::1]5", NULL},
        {"[::1", NULL},
        {"[]:5", NULL},
        {"relay.example:5", NULL},
        {"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:5", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct address a = {.port = 77};
        char printed[ADDRESS_TEXT_MAX];
        enum err e = address_parse(rows[i].text, &a);
        ROW_EQUAL(i, e, rows[i].printed ? ERR_NONE : ERR_MALFORMED);
        if (e) {
            ROW_EQUAL(i, a.port, 77);
            continue;
        }
        address_print(&a, printed);
        if (strcmp(printed, rows[i].printed) != 0)
            fail_msg("row %zu: %s", i + 1, printed);
    }
}

static void ip_literals(void **state)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {{"192.0.2.7", "192.0.2.7"},
                {"2001:db8::1", "2001:db8::1"},
                {"abc.local", NULL},
                {"1.2.3", NULL},
                {"", NULL},
                {"1.2.3.4 ", NULL}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct address a;
        char printed[ADDRESS_TEXT_MAX];
        enum err e = address_parse_ip(rows[i].text, 9, &a);
        ROW_EQUAL(i, e, rows[i].printed ? ERR_NONE : ERR_MALFORMED);
        if (e)
            continue;
        address_print_ip(&a, printed);
        ROW_EQUAL(i, strcmp(printed, rows[i].printed), 0);
        ROW_EQUAL(i, a.port, 9);
    }
}

static void the_longest_text_fits(void **state)
{
    char printed[ADDRESS_TEXT_MAX];
    uint8_t ip[16];
    (void)state;
    memset(ip, 0xfe, sizeof ip);
    struct address a = address_v6(ip, 65535);
    address_print(&a, printed);
    assert_string_equal(printed, "[fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe]:65535");
}

static void equal_and_hashed(void **state)
{
    (void)state;
    struct address v4 = address_v4((const uint8_t[]){192, 0, 2, 1}, 5), mapped, other;
    assert_int_equal(address_parse("[::ffff:192.0.2.1]:5", &mapped), ERR_NONE);
    assert_int_equal(address_parse("[2001:db8::1]:5", &other), ERR_NONE);
    assert_true(address_equal(&v4, &mapped) && address_is_v4(&mapped));
    assert_true(address_hash(&v4) == address_hash(&mapped));
    assert_false(address_equal(&v4, &other) || address_is_v4(&other));
    mapped.port = 6;
    assert_false(address_equal(&v4, &mapped));
    assert_false(address_hash(&v4) == address_hash(&mapped));
}

/* Peers of one network that differ in the last byte and the port spread over the low bits. */
static void hashes_spread(void **state)
{
    size_t buckets[256] = {0}, worst = 0;
    (void)state;
    for (unsigned host = 0; host < 64; host++) {
        for (unsigned port = 0; port < 64; port++) {
            struct address a =
                address_v4((const uint8_t[]){10, 0, 0, (uint8_t)host}, (uint16_t)(40000 + port));
            size_t n = ++buckets[address_hash(&a) & 255];
            worst = n > worst ? n : worst;
        }
    }
    assert_true(worst < 64); /* 16 would be even */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(ip_literals),
        cmocka_unit_test(the_longest_text_fits),
        cmocka_unit_test(equal_and_hashed),
        cmocka_unit_test(hashes_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
