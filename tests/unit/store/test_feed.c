/* The log as a feed: which events are told, from where, how many at a time. */
#include "bench_dir.h"

#include "store/feed.h"
#include "store/schema.h"

static sqlite3 *db;
static char dir[64];

static void run(const char *sql)
{
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int set_up(void **state)
{
    char path[100], why[200];
    (void)state;
    dir_make(dir);
    snprintf(path, sizeof path, "%s/aula.db", dir);
    assert_int_equal(schema_open(path, &db, why, sizeof why), ERR_NONE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sqlite3_close(db);
    dir_remove(dir);
    return 0;
}

static void add(int row, int kind, const char *text)
{
    char sql[400];
    snprintf(sql, sizeof sql, "INSERT INTO log VALUES (%d, %d, 's', %d, 0, NULL, '%s')", row, kind, row,
             text);
    run(sql);
}

static void some_kinds_in_order_from_a_position_on(void **state)
{
    (void)state;
    static const struct {
        uint64_t after;
        const char *wanted;
        uint64_t last;
        size_t count;
    } rows[] = {
        {0,
         "[{\"row\":1,\"session\":\"s\",\"event\":{\"kind\":\"created\"}},"
         "{\"row\":7,\"session\":\"s\",\"event\":{\"kind\":\"left\",\"x\":\"\xc3\xa4\"}}]",
         8, 2},
        {1, "[{\"row\":7,\"session\":\"s\",\"event\":{\"kind\":\"left\",\"x\":\"\xc3\xa4\"}}]", 8, 1},
        {7, "[]", 8, 0},
        {8, "[]", 8, 0},
        {99, "[]", 99, 0},
    };
    char why[200];
    struct feed *f;
    uint64_t newest, waiting = 99;
    add(1, 1, "{\"kind\":\"created\"}");
    add(2, 2, "{\"kind\":\"joined\"}"); /* no event */
    add(3, 1, "{\"kind\":\"chat\",\"text\":\"joined\"}");
    add(4, 1, "{\"kind\":7}");
    add(5, 1, "nonsense");
    add(7, 1, "{\"kind\":\"left\",\"x\":\"\xc3\xa4\"}");
    add(8, 1, "{\"kind\":\"page\"}");
    assert_int_equal(feed_open(dir, &f, why, sizeof why), ERR_NONE);
    assert_int_equal(feed_newest(f, &newest), ERR_NONE);
    assert_int_equal(newest, 8);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_out o;
        uint64_t last = 0;
        size_t count = 77;
        json_out_init(&o);
        json_open_array(&o, NULL);
        assert_int_equal(feed_next(f, rows[i].after, &o, &last, &count), ERR_NONE);
        json_close_array(&o);
        assert_string_equal(o.text, rows[i].wanted);
        assert_int_equal(last, rows[i].last);
        assert_int_equal(count, rows[i].count);
        assert_int_equal(feed_waiting(f, rows[i].after, &waiting), ERR_NONE);
        assert_int_equal(waiting, rows[i].count);
        json_out_finish(&o);
    }
    add(9, 1, "{\"kind\":\"state\"}"); /* what is committed later is seen */
    assert_int_equal(feed_newest(f, &newest), ERR_NONE);
    assert_int_equal(newest, 9);
    feed_close(f);
    feed_close(NULL);
}

static void a_piece_at_a_time(void **state)
{
    char why[200];
    struct feed *f;
    uint64_t last = 0;
    size_t count, total = 0, pieces = 0;
    (void)state;
    run("BEGIN");
    for (int row = 1; row <= 3000; row++)
        add(row, 1, row % 2 == 0 ? "{\"kind\":\"joined\"}" : "{\"kind\":\"chat\"}");
    for (int row = 3001; row <= 4500; row++)
        add(row, 1, "{\"kind\":\"chat\"}");
    run("COMMIT");
    assert_int_equal(feed_open(dir, &f, why, sizeof why), ERR_NONE);
    for (uint64_t after = UINT64_MAX; after != last; pieces++) {
        struct json_out o;
        after = last;
        json_out_init(&o);
        json_open_array(&o, NULL);
        assert_int_equal(feed_next(f, after, &o, &last, &count), ERR_NONE);
        assert_true(count <= FEED_EVENTS && last - after <= FEED_ROWS);
        total += count;
        json_out_finish(&o);
    }
    assert_int_equal(total, 1500);
    assert_int_equal(last, 4500);
    assert_true(pieces > 15);
    feed_close(f);
}

static void without_a_log_there_is_none(void **state)
{
    char why[300];
    struct feed *f = (struct feed *)state;
    assert_int_equal(feed_open("/nosuch/folder", &f, why, sizeof why), ERR_SYSTEM);
    assert_ptr_equal(f, state);
    assert_non_null(strstr(why, "/nosuch/folder"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(some_kinds_in_order_from_a_position_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_piece_at_a_time, set_up, tear_down),
        cmocka_unit_test(without_a_log_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
