/* Which files are taken, made, or refused with a sentence and left as they are. */
#include "bench_dir.h"

#include <sys/stat.h>

#include <sqlite3.h>

#include "store/schema.h"

enum prepare { NOTHING, EMPTY, GARBAGE, OURS, FOREIGN, NEWER, CUT_SHORT, SCRIBBLED, A_FOLDER, KIND_ODD };

static void sql(const char *path, const char *text)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void make_ours(const char *path)
{
    sqlite3 *db;
    char why[512];
    assert_int_equal(schema_open(path, &db, why, sizeof why), ERR_NONE);
    sqlite3_close(db);
    sql(path, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000)"
              "INSERT INTO log SELECT x, 1, 's', x, x, NULL, printf('{\"n\":%d}', x) FROM c");
}

static void put_bytes(const char *path, long offset, size_t len)
{
    FILE *f = fopen(path, offset == 0 ? "w" : "r+");
    assert_non_null(f);
    fseek(f, offset, SEEK_SET);
    for (size_t i = 0; i < len; i++)
        fputc((int)(i * 31 + 7) & 0xff, f);
    fclose(f);
}

static void prepare(enum prepare what, const char *path)
{
    switch (what) {
    case NOTHING:
        break;
    case EMPTY:
        put_bytes(path, 0, 0);
        break;
    case GARBAGE:
        put_bytes(path, 0, 5000);
        break;
    case OURS:
        make_ours(path);
        break;
    case FOREIGN:
        sql(path, "CREATE TABLE other (x); INSERT INTO other VALUES (1)");
        break;
    case NEWER:
        make_ours(path);
        sql(path, "PRAGMA user_version = 9");
        break;
    case CUT_SHORT:
        make_ours(path);
        assert_int_equal(truncate(path, 20000), 0);
        break;
    case SCRIBBLED:
        make_ours(path);
        put_bytes(path, 9000, 9000);
        break;
    case A_FOLDER:
        assert_int_equal(mkdir(path, 0700), 0);
        break;
    case KIND_ODD:
        make_ours(path);
        sql(path, "UPDATE log SET kind = 5 WHERE row = 1000");
        break;
    }
}

static long long sum_of_file(const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return -1;
    long long sum = 0;
    for (int c = fgetc(f); c != EOF; c = fgetc(f))
        sum = (sum * 131 + c) % 1000000007;
    fclose(f);
    return sum;
}

static void each_file_gets_its_answer(void **state)
{
    (void)state;
    static const struct {
        enum prepare what;
        enum err want;
        const char *says; /* part of the sentence */
    } rows[] = {
        /* 0 */ {NOTHING, ERR_NONE, ""},
        /* 1 */ {EMPTY, ERR_NONE, ""},
        /* 2 */ {OURS, ERR_NONE, ""},
        /* 3 */ {GARBAGE, ERR_SYSTEM, "damaged"},
        /* 4 */ {FOREIGN, ERR_SYSTEM, "another program's"},
        /* 5 */ {NEWER, ERR_SYSTEM, "newer aula (schema 9"},
        /* 6 */ {CUT_SHORT, ERR_SYSTEM, "damaged"},
        /* 7 */ {SCRIBBLED, ERR_SYSTEM, "damaged"},
        /* 8 */ {A_FOLDER, ERR_SYSTEM, "folder"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char dir[64], path[80], why[512] = "";
        dir_make(dir);
        snprintf(path, sizeof path, "%s/aula.db", dir);
        prepare(rows[i].what, path);
        long long before = sum_of_file(path);
        sqlite3 *db = NULL;
        enum err e = schema_open(path, &db, why, sizeof why);
        if (e != rows[i].want || strstr(why, rows[i].says) == NULL)
            fail_msg("row %zu: %s, says \"%s\"", i, err_text(e), why);
        if (e != ERR_NONE)
            assert_true(before == sum_of_file(path));
        sqlite3_close(db);
        dir_remove(dir);
    }
}

static void only_the_owner_may_read(void **state)
{
    (void)state;
    char dir[64], path[80], why[512];
    dir_make(dir);
    snprintf(path, sizeof path, "%s/aula.db", dir);
    sqlite3 *db = NULL;
    assert_int_equal(schema_open(path, &db, why, sizeof why), ERR_NONE);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    sqlite3_close(db);
    dir_remove(dir);
}

static enum err count_one(void *self, const struct desk_row *row)
{
    (void)row;
    ++*(int *)self;
    return ERR_NONE;
}

static void a_row_no_aula_wrote_is_malformed(void **state)
{
    (void)state;
    struct bench b = {0};
    dir_make(b.dir);
    char path[80];
    snprintf(path, sizeof path, "%s/aula.db", b.dir);
    prepare(KIND_ODD, path);
    assert_int_equal(bench_open(&b), ERR_NONE);
    int count = 0;
    uint64_t last = 0;
    assert_int_equal(store_replay(b.store, count_one, &count, &last), ERR_MALFORMED);
    assert_int_equal(count, 999);
    bench_close(&b);
    dir_remove(b.dir);
}

static void a_folder_that_is_missing_is_said(void **state)
{
    (void)state;
    struct bench b = {.dir = "/tmp/aula-store-nowhere/at-all"};
    assert_int_equal(bench_open(&b), ERR_SYSTEM);
    assert_non_null(strstr(b.why, "Make the folder"));
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_gets_its_answer),
        cmocka_unit_test(only_the_owner_may_read),
        cmocka_unit_test(a_row_no_aula_wrote_is_malformed),
        cmocka_unit_test(a_folder_that_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
