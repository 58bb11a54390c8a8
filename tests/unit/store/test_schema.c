/* Which files are taken, made, or refused with a sentence and left as they are. */
#include "bench_dir.h"

#include <sys/stat.h>

#include <sqlite3.h>

#include "store/replay.h"
#include "store/schema.h"

enum prepare {
    NOTHING,
    EMPTY,
    GARBAGE,
    OURS,
    OLDER,
    FOREIGN,
    NEWER,
    CUT_SHORT,
    SCRIBBLED,
    NO_TABLE,
    A_FOLDER,
    KIND_ODD
};

static void sql(const char *path, const char *text)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char some_rows[] =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000)"
    "INSERT INTO log SELECT x, 1, 's', x, x, NULL, printf('{\"n\":%d}', x) FROM c";

/* What the first aula made. Never to be changed: such files are out there. */
static const char schema_1[] =
    "BEGIN IMMEDIATE; CREATE TABLE log (row INTEGER PRIMARY KEY, kind INTEGER NOT NULL, session TEXT NOT "
    "NULL,"
    "n INTEGER NOT NULL, at_ms INTEGER NOT NULL, token BLOB, text TEXT NOT NULL) STRICT;"
    "CREATE INDEX log_session ON log (session, n); PRAGMA application_id = 1635085409; PRAGMA user_version = "
    "1; COMMIT;";

static void make_ours(const char *path)
{
    sqlite3 *db;
    char why[512];
    assert_int_equal(schema_open(path, &db, why, sizeof why), ERR_NONE);
    sqlite3_close(db);
    sql(path, some_rows);
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
    case OLDER:
        sql(path, schema_1);
        sql(path, some_rows);
        break;
    case NO_TABLE:
        sql(path, "CREATE TABLE other (x); PRAGMA application_id = 1635085409; PRAGMA user_version = 2");
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
        sql(path, "UPDATE log SET kind = 99 WHERE row = 1000");
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

static enum err take(void *self, const struct desk_row *row)
{
    (void)self;
    (void)row;
    return ERR_NONE;
}

/* Opening reads little; what is damaged further on is found when it is needed. */
static enum err open_and_read(const char *path, char *why, size_t why_size)
{
    sqlite3 *db = NULL;
    struct replay r = {.each = take, .why = why, .why_size = why_size};
    enum err e = schema_open(path, &db, why, why_size);
    if (e == ERR_NONE)
        e = replay_rows(db, &r);
    sqlite3_close(db);
    return e;
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
        /* 7 */ {SCRIBBLED, ERR_SYSTEM, "malformed"},
        /* 8 */ {A_FOLDER, ERR_SYSTEM, "folder"},
        /* 9 */ {OLDER, ERR_NONE, ""},
        /* 10 */ {NO_TABLE, ERR_SYSTEM, "damaged"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char dir[64], path[80], why[512] = "";
        dir_make(dir);
        snprintf(path, sizeof path, "%s/aula.db", dir);
        prepare(rows[i].what, path);
        long long before = sum_of_file(path);
        enum err e = open_and_read(path, why, sizeof why);
        if (e != rows[i].want || strstr(why, rows[i].says) == NULL)
            fail_msg("row %zu: %s, says \"%s\"", i, err_text(e), why);
        if (e != ERR_NONE)
            assert_true(before == sum_of_file(path));
        dir_remove(dir);
    }
}

static int64_t number(const char *path, const char *query)
{
    sqlite3 *db;
    int64_t n = -1;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(schema_ask_number(db, query, &n), SQLITE_OK);
    sqlite3_close(db);
    return n;
}

#define SUM_OF_ROWS "SELECT sum(row * 7 + n) + count(*) + total(length(text)) FROM log"

/* An older aula's file: all its rows are there, and the file as it was lies beside it. */
static void an_older_file_is_brought_up_to_date(void **state)
{
    (void)state;
    char dir[64], path[80], copy[100], why[600] = "";
    dir_make(dir);
    snprintf(path, sizeof path, "%s/aula.db", dir);
    snprintf(copy, sizeof copy, "%s.schema1", path);
    prepare(OLDER, path);
    int64_t before = number(path, SUM_OF_ROWS);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(open_and_read(path, why, sizeof why), ERR_NONE);
        assert_int_equal(number(path, "PRAGMA user_version"), SCHEMA_VERSION);
        assert_int_equal(number(path, "SELECT count(*) FROM snapshot"), 0);
        assert_int_equal(number(path, SUM_OF_ROWS), before);
        assert_int_equal(number(copy, "PRAGMA user_version"), 1);
        assert_int_equal(number(copy, SUM_OF_ROWS), before);
    }
    strcat(copy, ".2");
    assert_int_not_equal(access(copy, F_OK), 0); /* one copy, not one a start */
    dir_remove(dir);
}

/* A migration that fails (its step finds a table of that name) leaves the file as it was, and says so each
 * time. */
static void a_migration_that_fails_changes_nothing(void **state)
{
    (void)state;
    char dir[64], path[80], why[600] = "";
    dir_make(dir);
    snprintf(path, sizeof path, "%s/aula.db", dir);
    prepare(OLDER, path);
    sql(path, "CREATE INDEX log_other ON log (at_ms)");
    int64_t before = number(path, SUM_OF_ROWS);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(open_and_read(path, why, sizeof why), ERR_SYSTEM);
        assert_true(strlen(why) > 20);
        assert_int_equal(number(path, "PRAGMA user_version"), 1);
        assert_int_equal(number(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'snapshot'"), 0);
        assert_int_equal(number(path, SUM_OF_ROWS), before);
    }
    dir_remove(dir);
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
    assert_int_equal(store_replay(b.store, count_one, &count, b.why, sizeof b.why, &last), ERR_MALFORMED);
    assert_int_equal(count, 0); /* rows of other kinds come first */
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
        cmocka_unit_test(an_older_file_is_brought_up_to_date),
        cmocka_unit_test(a_migration_that_fails_changes_nothing),
        cmocka_unit_test(only_the_owner_may_read),
        cmocka_unit_test(a_row_no_aula_wrote_is_malformed),
        cmocka_unit_test(a_folder_that_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
