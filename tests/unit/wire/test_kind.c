#include "../rows.h"
#include "wire/kind.h"

static void first_bytes(void **state)
{
    static const struct {
        const char *hex;
        enum wire_kind wanted;
    } rows[] = {
        {"", WIRE_OTHER},     {"00", WIRE_STUN},    {"0001", WIRE_STUN},   {"03ff", WIRE_STUN},
        {"04", WIRE_OTHER},   {"13fe", WIRE_OTHER}, {"14fefd", WIRE_DTLS}, {"16feff", WIRE_DTLS},
        {"3f", WIRE_DTLS},    {"40", WIRE_OTHER},   {"7fff", WIRE_OTHER},  {"80", WIRE_OTHER},
        {"806f", WIRE_RTP},   {"80ef", WIRE_RTP},   {"903f", WIRE_RTP},    {"80bf", WIRE_RTP},
        {"8040", WIRE_RTCP},  {"80c0", WIRE_RTCP},  {"80c8", WIRE_RTCP},   {"bfdf", WIRE_RTCP},
        {"805f", WIRE_RTCP},  {"8060", WIRE_RTP},   {"80e0", WIRE_RTP},    {"c0c8", WIRE_OTHER},
        {"ffff", WIRE_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i].hex);
        ROW_EQUAL(i, wire_kind(b.at, b.len), rows[i].wanted);
        free(b.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(first_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
