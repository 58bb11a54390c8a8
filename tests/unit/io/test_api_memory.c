#include "../rows.h"
#include "io/api_memory.h"

static struct api_key key(uint32_t name, uint32_t request)
{
    struct api_key k = {0};
    memcpy(k.name, &name, sizeof name);
    memcpy(k.request, &request, sizeof request);
    return k;
}

static void keep(struct api_memory *m, uint32_t name, const char *text, size_t len, point_us now_us)
{
    const struct api_key k = key(name, name);
    const struct api_answer a = {201, text, len};
    api_memory_keep(m, &k, &a, now_us);
}

static enum err look(struct api_memory *m, uint32_t name, uint32_t request, point_us now_us,
                     struct api_answer *ret_answer)
{
    const struct api_key k = key(name, request);
    return api_memory_find(m, &k, now_us, ret_answer);
}

static void the_same_request_gets_the_same_answer(void **state)
{
    struct api_memory *m;
    struct api_answer a = {0};
    (void)state;
    assert_int_equal(api_memory_create(&m), ERR_NONE);
    assert_int_equal(look(m, 1, 1, 0, &a), ERR_UNKNOWN);
    keep(m, 1, "{}", 2, 0);
    keep(m, 2, "two", 3, 0);
    assert_int_equal(look(m, 1, 1, 5, &a), ERR_NONE);
    assert_int_equal(a.status, 201);
    assert_string_equal(a.text, "{}");
    assert_int_equal(look(m, 1, 2, 5, &a), ERR_FORBIDDEN);
    assert_int_equal(look(m, 3, 1, 5, &a), ERR_UNKNOWN);
    assert_int_equal(look(m, 1, 1, API_MEMORY_US - 1, &a), ERR_NONE);
    assert_int_equal(look(m, 1, 1, API_MEMORY_US, &a), ERR_UNKNOWN);
    api_memory_destroy(m);
    api_memory_destroy(NULL);
}

static void the_oldest_make_room(void **state)
{
    static char large[API_MEMORY_BYTES + 1];
    struct api_memory *m;
    struct api_answer a;
    (void)state;
    assert_int_equal(api_memory_create(&m), ERR_NONE);
    for (uint32_t i = 1; i <= 2 * API_MEMORY_ANSWERS + 7; i++)
        keep(m, i, "x", 1, i);
    assert_int_equal(look(m, API_MEMORY_ANSWERS + 7, API_MEMORY_ANSWERS + 7, 1, &a), ERR_UNKNOWN);
    assert_int_equal(look(m, API_MEMORY_ANSWERS + 8, API_MEMORY_ANSWERS + 8, 1, &a), ERR_NONE);
    keep(m, 5, large, sizeof large, 1); /* larger than all there is: not kept, and nothing is lost for it */
    assert_int_equal(look(m, 5, 5, 1, &a), ERR_UNKNOWN);
    assert_int_equal(look(m, API_MEMORY_ANSWERS + 8, API_MEMORY_ANSWERS + 8, 1, &a), ERR_NONE);
    keep(m, 6, large, sizeof large - 1, 1);
    assert_int_equal(look(m, 6, 6, 1, &a), ERR_NONE);
    assert_int_equal(a.len, API_MEMORY_BYTES);
    assert_int_equal(look(m, 2 * API_MEMORY_ANSWERS, 2 * API_MEMORY_ANSWERS, 1, &a), ERR_UNKNOWN);
    api_memory_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_request_gets_the_same_answer),
        cmocka_unit_test(the_oldest_make_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
