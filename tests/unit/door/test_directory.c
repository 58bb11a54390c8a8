#include "../rows.h"
#include "door/directory.h"
#include "wire/stun.h"

/* The directory only carries the pointers. */
static char places[3];
#define PEER(i) ((struct peer *)(void *)&places[i])

static struct directory *fresh(void)
{
    struct directory *d;
    assert_int_equal(directory_create(77, &d), ERR_NONE);
    return d;
}

static struct address address(uint8_t last, uint16_t port)
{
    return address_v4((const uint8_t[4]){203, 0, 113, last}, port);
}

static struct peer *by_username(const struct directory *d, const char *username)
{
    struct stun_message m = {.kind = STUN_REQUEST, .username = {username, strlen(username)}};
    uint8_t bytes[1000];
    size_t len;
    assert_int_equal(stun_write(&m, false, bytes, sizeof bytes, &len), ERR_NONE);
    return directory_by_stun(d, bytes, len);
}

static void stun_is_found_by_our_fragment(void **state)
{
    (void)state;
    struct directory *d = fresh();
    assert_int_equal(directory_add_ufrag(d, "abcd", PEER(0)), ERR_NONE);
    assert_int_equal(directory_add_ufrag(d, "wxyz", PEER(1)), ERR_NONE);
    assert_int_equal(directory_add_ufrag(d, "abcd", PEER(1)), ERR_STATE);
    assert_int_equal(directory_add_ufrag(d, "0123456789abcdef0123456789abcdefX", PEER(1)), ERR_LONG);
    static const struct {
        const char *username;
        int peer; /* -1 = nobody */
    } rows[] = {{"abcd:else", 0}, {"wxyz:abcd", 1}, {"else:abcd", -1}, {"abcd", -1},
                {":abcd", -1},    {"abc:d", -1},    {"abcde:x", -1},   {"abcd:", 0}};
    for (size_t i = 0; i < COUNT(rows); i++)
        ROW_TRUE(i, by_username(d, rows[i].username) == (rows[i].peer < 0 ? NULL : PEER(rows[i].peer)));
    directory_remove_ufrag(d, "abcd", PEER(1)); /* not his */
    assert_ptr_equal(by_username(d, "abcd:x"), PEER(0));
    directory_remove_ufrag(d, "abcd", PEER(0));
    assert_null(by_username(d, "abcd:x"));
    directory_destroy(d);
}

static void garbage_is_nobodys(void **state)
{
    (void)state;
    struct directory *d = fresh();
    static const char *const rows[] = {"",         "00",
                                       "00010000", "000100082112a442 x12:00 00060004 6162",
                                       "x40:ff",   "000100ff2112a442 x12:00 000600ff 61626364"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = bytes_from_hex(rows[i]);
        ROW_TRUE(i, directory_by_stun(d, b.at, b.len) == NULL);
        free(b.at);
    }
    directory_destroy(d);
}

static void an_address_moves_to_who_proved_it_last(void **state)
{
    (void)state;
    struct directory *d = fresh();
    struct address a = address(1, 4000), other_port = address(1, 4001);
    assert_null(directory_by_address(d, &a));
    assert_int_equal(directory_add_address(d, &a, PEER(0)), ERR_NONE);
    assert_ptr_equal(directory_by_address(d, &a), PEER(0));
    assert_null(directory_by_address(d, &other_port));
    assert_int_equal(directory_add_address(d, &a, PEER(1)), ERR_NONE);
    directory_remove_address(d, &a, PEER(0)); /* his no more: the new owner keeps it */
    assert_ptr_equal(directory_by_address(d, &a), PEER(1));
    directory_remove_address(d, &a, PEER(1));
    assert_null(directory_by_address(d, &a));
    assert_int_equal(directory_addresses(d), 0);
    directory_destroy(d);
}

static void a_full_directory_refuses(void **state)
{
    (void)state;
    struct directory *d = fresh();
    for (unsigned i = 0; i < DIRECTORY_ADDRESSES_MAX; i++) {
        struct address a = address((uint8_t)(i >> 12), (uint16_t)(1 + (i & 0xfff)));
        assert_int_equal(directory_add_address(d, &a, PEER(2)), ERR_NONE);
    }
    struct address more = address(250, 9);
    assert_int_equal(directory_add_address(d, &more, PEER(2)), ERR_FULL);
    directory_destroy(d);
    directory_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stun_is_found_by_our_fragment),
        cmocka_unit_test(garbage_is_nobodys),
        cmocka_unit_test(an_address_moves_to_who_proved_it_last),
        cmocka_unit_test(a_full_directory_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
