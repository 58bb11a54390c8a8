#include "../rows.h"

#define ERR_STATE OPENSSL_ERR_STATE /* a type of OpenSSL's and an error of ours */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#undef ERR_STATE

#include "wire/stun.h"

#define PASSWORD "VOkJxbRl1RmTxUk/WvJxBt" /* RFC 5769 §2 */

#define RFC_REQUEST                                                                                          \
    "000100582112a442b7e7a701bc34d686fa87dfae"                                                               \
    "802200105354554e207465737420636c69656e74"                                                               \
    "002400046e0001ff80290008932ff9b151263b36"                                                               \
    "000600096576746a3a68367659202020"                                                                       \
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
#define RFC_RESPONSE_V4                                                                                      \
    "0101003c2112a442b7e7a701bc34d686fa87dfae"                                                               \
    "8022000b7465737420766563746f7220"                                                                       \
    "002000080001a147e112a643"                                                                               \
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
#define RFC_RESPONSE_V6                                                                                      \
    "010100482112a442b7e7a701bc34d686fa87dfae"                                                               \
    "8022000b7465737420766563746f7220"                                                                       \
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"                                                       \
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"

/* A header with the given length field, and id 000102…0b. */
#define ID "000102030405060708090a0b"

static void hmac(const uint8_t *bytes, size_t len, uint8_t tag[STUN_TAG_BYTES])
{
    assert_non_null(HMAC(EVP_sha1(), PASSWORD, (int)strlen(PASSWORD), bytes, len, tag, NULL));
}

static bool integrity_holds(const struct bytes *b, const struct stun_message *m)
{
    struct stun_covered c;
    uint8_t whole[1024], tag[STUN_TAG_BYTES];
    if (stun_covered(b->at, m, &c))
        return false;
    memcpy(whole, c.header, STUN_HEADER_BYTES);
    memcpy(whole + STUN_HEADER_BYTES, c.attributes, c.attributes_len);
    hmac(whole, STUN_HEADER_BYTES + c.attributes_len, tag);
    return memcmp(tag, m->tag, STUN_TAG_BYTES) == 0;
}

static bool text_is(struct stun_text t, const char *wanted)
{
    return t.len == strlen(wanted) && memcmp(t.at, wanted, t.len) == 0;
}

static void the_request_of_rfc_5769(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex(RFC_REQUEST);
    struct stun_message m;
    struct stun_text peeked;
    assert_int_equal(stun_parse(b.at, b.len, &m), ERR_NONE);
    assert_int_equal(m.kind, STUN_REQUEST);
    assert_true(m.has_fingerprint && integrity_holds(&b, &m));
    assert_true(text_is(m.username, "evtj:h6vY") && text_is(m.software, "STUN test client"));
    assert_true(m.has_priority && m.priority == 0x6e0001ff);
    assert_true(m.controlled && !m.controlling && m.tie_breaker == 0x932ff9b151263b36u);
    assert_false(m.use_candidate || m.has_mapped || m.unknown_count || m.error_code);
    assert_int_equal(stun_peek_username(b.at, b.len, &peeked), ERR_NONE);
    assert_true(text_is(peeked, "evtj:h6vY"));
    free(b.at);
}

static void the_responses_of_rfc_5769(void **state)
{
    static const struct {
        const char *hex, *mapped;
    } rows[] = {{RFC_RESPONSE_V4, "192.0.2.1:32853"},
                {RFC_RESPONSE_V6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853"}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct stun_message m;
        char text[ADDRESS_TEXT_MAX];
        ROW_EQUAL(i, stun_parse(b.at, b.len, &m), ERR_NONE);
        ROW_EQUAL(i, m.kind, STUN_SUCCESS);
        ROW_TRUE(i, m.has_fingerprint && integrity_holds(&b, &m) && m.has_mapped);
        address_print(&m.mapped, text);
        ROW_EQUAL(i, strcmp(text, rows[i].mapped), 0);
        free(b.at);
    }
}

/* Any bit that is turned is seen: by the parse, the FINGERPRINT or MESSAGE-INTEGRITY. */
static void every_tampered_bit_is_seen(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex(RFC_REQUEST);
    for (size_t i = 0; i < b.len * 8; i++) {
        struct stun_message m;
        b.at[i / 8] ^= (uint8_t)(1 << i % 8);
        ROW_TRUE(i,
                 stun_parse(b.at, b.len, &m) != ERR_NONE || !m.has_fingerprint || !integrity_holds(&b, &m));
        b.at[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    free(b.at);
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    struct bytes whole = bytes_from_hex(RFC_REQUEST);
    for (size_t len = 0; len < whole.len; len++) {
        struct stun_message m = {.priority = 77};
        uint8_t *cut = malloc(len + 1);
        memcpy(cut, whole.at, len);
        ROW_TRUE(len, stun_parse(cut, len, &m) == ERR_SHORT && m.priority == 77);
        free(cut);
    }
    free(whole.at);
}

static void hostile_messages(void **state)
{
    static const struct {
        const char *hex;
        enum err wanted;
    } rows[] = {
        {"00010000 2112a442" ID, ERR_NONE},
        {"00110000 2112a442" ID, ERR_NONE},                          /* indication */
        {"00010000 2112a443" ID, ERR_MALFORMED},                     /* magic */
        {"40010000 2112a442" ID, ERR_MALFORMED},                     /* top bits */
        {"00010002 2112a442" ID "0000", ERR_MALFORMED},              /* length no multiple of 4 */
        {"00010000 2112a442" ID "80220000", ERR_MALFORMED},          /* bytes behind the length */
        {"00010004 2112a442" ID, ERR_SHORT},                         /* length beyond the bytes */
        {"00020000 2112a442" ID, ERR_UNSUPPORTED},                   /* method */
        {"00030000 2112a442" ID, ERR_UNSUPPORTED},                   /* TURN Allocate */
        {"20010000 2112a442" ID, ERR_UNSUPPORTED},                   /* a high method bit */
        {"00010004 2112a442" ID "0006ffff", ERR_MALFORMED},          /* attribute beyond the end */
        {"00010008 2112a442" ID "00060005 61626364", ERR_MALFORMED}, /* into the padding only */
        {"00010004 2112a442" ID "00060000", ERR_NONE},               /* empty name = none */
        {"00010208 2112a442" ID "00060202 x514:61 0000", ERR_LONG},
        {"0001020c 2112a442" ID "80220205 x517:61 000000", ERR_LONG},
        {"00010008 2112a442" ID "00240003 00000100", ERR_MALFORMED}, /* PRIORITY too short */
        {"0001000c 2112a442" ID "00240008 0000000100000000", ERR_MALFORMED},
        {"00010008 2112a442" ID "802a0004 00000001", ERR_MALFORMED}, /* tie-breaker too short */
        {"00010010 2112a442" ID "8029000c x12:00", ERR_MALFORMED},
        {"01010008 2112a442" ID "00200004 0001a147", ERR_MALFORMED},         /* mapped address cut */
        {"0101000c 2112a442" ID "00200008 0003a147e112a643", ERR_MALFORMED}, /* family */
        {"0101000c 2112a442" ID "00200008 0000a147e112a643", ERR_MALFORMED},
        {"01010010 2112a442" ID "0020000c 0001a147e112a64300000000", ERR_MALFORMED}, /* too long for IPv4 */
        {"01110008 2112a442" ID "00090004 00000200", ERR_MALFORMED},                 /* class 2 */
        {"01110008 2112a442" ID "00090004 00000700", ERR_MALFORMED},                 /* class 7 */
        {"01110008 2112a442" ID "00090004 00000464", ERR_MALFORMED},                 /* number 100 */
        {"01110008 2112a442" ID "00090003 00000400", ERR_MALFORMED},                 /* cut */
        {"00010008 2112a442" ID "00080004 00000000", ERR_MALFORMED}, /* MESSAGE-INTEGRITY too short */
        {"0001001c 2112a442" ID "00080018 x24:00", ERR_MALFORMED},
        {"00010008 2112a442" ID "80280004 00000000", ERR_MALFORMED}, /* FINGERPRINT wrong */
        {"00010008 2112a442" ID "80280003 00000000", ERR_MALFORMED},
        {"0001000c 2112a442" ID "80280008 0000000000000000", ERR_MALFORMED},
        {"0001000c 2112a442" ID "00010008 0001a147e112a643", ERR_NONE}, /* MAPPED-ADDRESS: known, not read */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct stun_message m;
        ROW_EQUAL(i, stun_parse(b.at, b.len, &m), rows[i].wanted);
        free(b.at);
    }
}

static void fingerprint_must_be_last(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex("00010000 2112a442" ID);
    uint8_t longer[64];
    size_t len = b.len;
    struct stun_message m;
    memcpy(longer, b.at, len);
    assert_int_equal(stun_close(longer, sizeof longer, &len, NULL), ERR_NONE);
    assert_int_equal(stun_parse(longer, len, &m), ERR_NONE);
    assert_true(m.has_fingerprint && !m.tag);
    memcpy(longer + len, "\x80\x22\0\0", 4);
    longer[3] = (uint8_t)(len + 4 - STUN_HEADER_BYTES);
    assert_int_equal(stun_parse(longer, len + 4, &m), ERR_MALFORMED);
    free(b.at);
}

/* Comprehension-required ones are named, optional ones passed over, those behind MESSAGE-INTEGRITY not looked
 * at. */
static void unknown_attributes(void **state)
{
    static const struct {
        const char *hex;
        size_t count;
        uint16_t first;
    } rows[] = {
        {"00010004 2112a442" ID "77770000", 1, 0x7777},
        {"00010004 2112a442" ID "7fff0000", 1, 0x7fff},
        {"01110008 2112a442" ID "000a0002 77770000", 0, 0}, /* UNKNOWN-ATTRIBUTES: known, not read */
        {"0001000c 2112a442" ID "c0570004 00000001 80000000", 0, 0},
        {"00010008 2112a442" ID "00250000 00190000", 1, 0x0019},
        {"0001001c 2112a442" ID "00080014 x20:00 77770000", 0, 0},
        {"00010028 2112a442" ID "77010000 77020000 77030000 77040000 77050000 77060000 77070000 77080000"
         "77090000 770a0000",
         STUN_UNKNOWN_MAX, 0x7701},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct stun_message m;
        ROW_EQUAL(i, stun_parse(b.at, b.len, &m), ERR_NONE);
        ROW_EQUAL(i, m.unknown_count, rows[i].count);
        ROW_EQUAL(i, m.unknown[0], rows[i].first);
        free(b.at);
    }
}

static void the_first_of_repeated_attributes_counts(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex("00010050 2112a442" ID "00060002 61610000 00060002 62620000"
                                    "00240004 00000001 00240004 00000002"
                                    "802a0008 0000000000000000 80290008 0000000000000007"
                                    "00090004 00000457 00090004 00000400 00250000 00250000");
    struct stun_message m;
    assert_int_equal(stun_parse(b.at, b.len, &m), ERR_NONE);
    assert_true(text_is(m.username, "aa") && m.priority == 1 && m.error_code == 487);
    assert_true(m.controlling && m.controlled && m.tie_breaker == 0 && m.use_candidate);
    free(b.at);
    b = bytes_from_hex("01010018 2112a442" ID "00200008 0001a147e112a643 00200008 00010000e112a643");
    assert_int_equal(stun_parse(b.at, b.len, &m), ERR_NONE);
    assert_int_equal(m.mapped.port, 32853);
    free(b.at);
}

static void no_integrity_nothing_covered(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex("00010000 2112a442" ID);
    struct stun_message m;
    struct stun_covered c;
    assert_int_equal(stun_parse(b.at, b.len, &m), ERR_NONE);
    assert_int_equal(stun_covered(b.at, &m, &c), ERR_AUTH);
    free(b.at);
}

static void peeking_stays_in_bounds(void **state)
{
    static const struct {
        const char *hex;
        enum err wanted;
    } rows[] = {{"", ERR_UNKNOWN},
                {"0001", ERR_UNKNOWN},
                {"00010000 2112a442" ID, ERR_UNKNOWN},
                {"00010000 2112a442" ID "0006", ERR_UNKNOWN},
                {"00010000 2112a442" ID "00060004 6162", ERR_UNKNOWN},
                {"00010000 2112a442" ID "00060000", ERR_UNKNOWN},
                {"00010000 2112a442" ID "00060202 x516:61", ERR_UNKNOWN},
                {"00010000 2112a442" ID "80220001 61000000 00060001 61", ERR_NONE}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        struct stun_text name;
        ROW_EQUAL(i, stun_peek_username(b.at, b.len, &name), rows[i].wanted);
        free(b.at);
    }
}

static const struct stun_message everything = {.kind = STUN_REQUEST,
                                               .id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
                                               .username = {"them:us", 7},
                                               .software = {"aula", 4},
                                               .has_priority = true,
                                               .priority = 0x6effffff,
                                               .use_candidate = true,
                                               .controlling = true,
                                               .tie_breaker = 0x0102030405060708,
                                               .has_mapped = true,
                                               .mapped = {.ip = {0x20, 1, 13, 0xb8}, .port = 9},
                                               .error_code = 420,
                                               .unknown = {0x7777, 0x0042},
                                               .unknown_count = 2};

static void what_is_written_is_read(void **state)
{
    (void)state;
    for (int row = 0; row < 8; row++) {
        static const uint16_t codes[] = {0, 400, 401, 420, 487, 699, 300, 0};
        struct stun_message out = everything, in;
        struct bytes b = {calloc(1, 512), 0};
        uint8_t tag[STUN_TAG_BYTES];
        bool sealed = row % 2 == 0;
        out.kind = (enum stun_class)(row % 4);
        out.error_code = codes[row];
        out.controlled = row == 7;
        ROW_EQUAL(row, stun_write(&out, sealed, b.at, 512, &b.len), ERR_NONE);
        hmac(b.at, b.len, tag);
        ROW_EQUAL(row, stun_close(b.at, 512, &b.len, sealed ? tag : NULL), ERR_NONE);
        ROW_EQUAL(row, stun_parse(b.at, b.len, &in), ERR_NONE);
        ROW_TRUE(row, in.has_fingerprint && integrity_holds(&b, &in) == sealed);
        ROW_TRUE(row, in.kind == out.kind && memcmp(in.id, out.id, sizeof in.id) == 0);
        ROW_TRUE(row, text_is(in.username, "them:us") && text_is(in.software, "aula"));
        ROW_TRUE(row, in.priority == out.priority && in.use_candidate && in.error_code == out.error_code);
        ROW_TRUE(row, in.controlling && in.controlled == out.controlled && in.tie_breaker == out.tie_breaker);
        ROW_TRUE(row, address_equal(&in.mapped, &out.mapped));
        free(b.at);
    }
}

/* The RFC's IPv4 response, but for the padding, which the RFC fills with spaces. */
static void writes_the_response_of_rfc_5769(void **state)
{
    (void)state;
    struct bytes b = bytes_from_hex(RFC_RESPONSE_V4);
    struct stun_message m;
    uint8_t out[128];
    size_t len;
    assert_int_equal(stun_parse(b.at, b.len, &m), ERR_NONE);
    assert_int_equal(stun_write(&m, true, out, sizeof out, &len), ERR_NONE);
    b.at[35] = 0;
    assert_int_equal(len, 48);
    assert_memory_equal(out + 4, b.at + 4, len - 4);
    assert_int_equal(out[3],
                     len + 24 - STUN_HEADER_BYTES); /* MESSAGE-INTEGRITY counted, FINGERPRINT not yet */
    free(b.at);
}

static void a_420_lists_what_was_unknown(void **state)
{
    static const uint8_t wanted[] = {0x00, 0x0a, 0, 4, 0x77, 0x77, 0x00, 0x42};
    struct stun_message m = {
        .kind = STUN_ERROR, .error_code = 420, .unknown = {0x7777, 0x42}, .unknown_count = 2};
    uint8_t out[128];
    size_t len;
    (void)state;
    assert_int_equal(stun_write(&m, false, out, sizeof out, &len), ERR_NONE);
    assert_memory_equal(out + len - sizeof wanted, wanted, sizeof wanted);
}

static void writing_refuses_what_does_not_fit(void **state)
{
    (void)state;
    uint8_t out[512], tag[STUN_TAG_BYTES] = {0};
    size_t whole = 0, len = 777;
    assert_int_equal(stun_write(&everything, true, out, sizeof out, &whole), ERR_NONE);
    for (size_t capacity = 0; capacity < whole; capacity++) {
        uint8_t *exact = malloc(capacity + 1);
        ROW_EQUAL(capacity, stun_write(&everything, true, exact, capacity, &len), ERR_SPACE);
        ROW_EQUAL(capacity, len, 777);
        free(exact);
    }
    len = whole;
    assert_int_equal(stun_close(out, whole + 31, &len, tag), ERR_SPACE);
    assert_int_equal(stun_close(out, whole + 7, &len, NULL), ERR_SPACE);
    assert_int_equal(len, whole);
    assert_int_equal(stun_close(out, whole + 32, &len, tag), ERR_NONE);
}

static void writing_refuses_what_is_too_long(void **state)
{
    (void)state;
    static const char text[STUN_TEXT_MAX + 1];
    uint8_t out[2048];
    size_t len;
    struct stun_message m = everything;
    m.username = (struct stun_text){text, STUN_TEXT_MAX + 1};
    assert_int_equal(stun_write(&m, true, out, sizeof out, &len), ERR_LONG);
    m = everything;
    m.software = (struct stun_text){text, STUN_TEXT_MAX + 1};
    assert_int_equal(stun_write(&m, true, out, sizeof out, &len), ERR_LONG);
    m = everything;
    m.username = m.software = (struct stun_text){text, STUN_TEXT_MAX};
    m.unknown_count = STUN_UNKNOWN_MAX;
    assert_int_equal(stun_write(&m, true, out, sizeof out, &len), ERR_NONE);
    m.unknown_count = STUN_UNKNOWN_MAX + 1;
    assert_int_equal(stun_write(&m, true, out, sizeof out, &len), ERR_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_of_rfc_5769),
        cmocka_unit_test(the_responses_of_rfc_5769),
        cmocka_unit_test(every_tampered_bit_is_seen),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(hostile_messages),
        cmocka_unit_test(fingerprint_must_be_last),
        cmocka_unit_test(unknown_attributes),
        cmocka_unit_test(the_first_of_repeated_attributes_counts),
        cmocka_unit_test(no_integrity_nothing_covered),
        cmocka_unit_test(peeking_stays_in_bounds),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(writes_the_response_of_rfc_5769),
        cmocka_unit_test(a_420_lists_what_was_unknown),
        cmocka_unit_test(writing_refuses_what_does_not_fit),
        cmocka_unit_test(writing_refuses_what_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
