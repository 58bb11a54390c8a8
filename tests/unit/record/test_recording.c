#define _GNU_SOURCE
/* Real files: written while it happens, gone on with after a kill, and a disk that refuses. */
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/recording.h"
#include "take.h"

static char folder[] = "/tmp/aula-record-XXXXXX";

static void fill(void *counter, uint8_t *bytes, size_t len)
{
    memset(bytes, ++*(uint8_t *)counter, len);
}

static uint8_t counter;
static const struct entropy entropy = {fill, &counter};

static const char *path(const char *name)
{
    static char text[512];
    snprintf(text, sizeof text, "%s/S/%s", folder, name);
    return text;
}

static struct buffer read_file(const char *name)
{
    struct buffer b = {0};
    uint8_t bytes[4096];
    size_t n;
    FILE *f = fopen(path(name), "rb");
    while (f && (n = fread(bytes, 1, sizeof bytes, f)) > 0)
        buffer_put(&b, bytes, n);
    if (f)
        fclose(f);
    return b;
}

static void write_file(const char *name, const void *bytes, size_t len)
{
    FILE *f = fopen(path(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static int clean(void **state)
{
    struct dirent *entry;
    (void)state;
    DIR *d = opendir(path("."));
    while (d && (entry = readdir(d)))
        unlink(path(entry->d_name));
    if (d)
        closedir(d);
    return 0;
}

static struct recording *create(uint32_t serial, point_us now_us)
{
    struct recording *r;
    assert_int_equal(recording_create(folder, "S", serial, &entropy, &r), ERR_NONE);
    recording_begin(r, now_us);
    return r;
}

/* A second of talk, and a line. */
static void talk(struct recording *r, session_samples from, unsigned packets, point_us *now_us)
{
    uint8_t packet[TAKE_PACKET_BYTES];
    recording_line(r, 0, "{\"t\":1}", 7, *now_us);
    for (uint32_t i = 0; i < packets; i++) {
        take_packet(i, packet);
        recording_packet(r, from + i * TICK_SAMPLES, packet, sizeof packet, *now_us);
        *now_us += TICK_US;
        if (recording_deadline(r) <= *now_us)
            recording_expire(r, *now_us);
    }
}

static int64_t sound(uint32_t serial)
{
    struct buffer ogg = read_file(RECORDING_OPUS);
    int64_t samples = take_check(ogg.bytes, ogg.len, serial);
    buffer_finish(&ogg);
    return samples;
}

static size_t lines(void)
{
    struct buffer b = read_file(RECORDING_TIMELINE);
    size_t count = 0;
    for (size_t i = 0; i < b.len; i++)
        count += b.bytes[i] == '\n';
    assert_true(b.len == 0 || b.bytes[b.len - 1] == '\n');
    buffer_finish(&b);
    return count;
}

static void it_is_there_while_it_happens(void **state)
{
    point_us now_us = 0;
    struct recording *r = create(5, now_us);
    (void)state;
    talk(r, 960, 250, &now_us);
    assert_true(sound(5) >= 250 * 960 - 48000);
    assert_int_equal(lines(), 1);
    recording_end(r, now_us);
    assert_int_equal(sound(5), 250 * 960 + 120);
    struct buffer index = read_file(RECORDING_INDEX);
    buffer_put(&index, "", 1);
    assert_non_null(strstr((char *)index.bytes, "\"state\":\"ended\""));
    assert_non_null(strstr((char *)index.bytes, "\"start\":960,"));
    buffer_finish(&index);
    recording_destroy(r, now_us);
}

/* Not ended, not closed: as kill -9 leaves it. */
static void killed_it_goes_on_as_the_same_stream(void **state)
{
    point_us now_us = 0;
    struct recording *killed = create(5, now_us), *r;
    (void)state;
    talk(killed, 0, 250, &now_us);
    struct buffer tail = read_file(RECORDING_OPUS);
    buffer_put(&tail, tail.bytes, 3000); /* and a page in the midst of being written */
    write_file(RECORDING_OPUS, tail.bytes, tail.len);
    write_file(RECORDING_TIMELINE, "{\"t\":1}\n{\"t\":", 13);
    r = create(6, now_us);
    assert_int_equal(lines(), 1);
    talk(r, 960 * 500, 250, &now_us);
    recording_end(r, now_us);
    assert_int_equal(sound(5), 750 * 960 + 120);
    assert_int_equal(lines(), 2);
    recording_destroy(r, now_us);
    recording_destroy(killed, now_us); /* too late to do harm: it is only freed at the test's end */
    buffer_finish(&tail);
}

/* Whoever was given the link can watch after a restart too. */
static void the_key_stays(void **state)
{
    char key[RECORDING_KEY_CHARACTERS + 1];
    struct recording *r = create(5, 0);
    (void)state;
    snprintf(key, sizeof key, "%s", recording_key(r));
    assert_int_equal(strlen(key), RECORDING_KEY_CHARACTERS);
    recording_destroy(r, 0);
    r = create(5, 0);
    assert_string_equal(recording_key(r), key);
    recording_destroy(r, 0);
}

static void paused_and_gone_on_with(void **state)
{
    point_us now_us = 0;
    struct recording *r = create(5, now_us);
    (void)state;
    talk(r, 0, 100, &now_us);
    recording_pause(r, now_us);
    assert_int_equal(sound(5), 100 * 960); /* all of it, at once */
    talk(r, 100 * 960, 100, &now_us);
    assert_int_equal(sound(5), 100 * 960);
    recording_begin(r, now_us);
    talk(r, 200 * 960, 100, &now_us);
    recording_destroy(r, now_us); /* the relay is restarted */
    assert_int_equal(sound(5), 300 * 960);
    assert_int_equal(lines(), 2);
}

static void a_full_disk_stops_it_and_room_lets_it_go_on(void **state)
{
    struct recording_notice notice;
    point_us now_us = 0;
    struct recording *r = create(5, now_us);
    struct rlimit all, little;
    (void)state;
    talk(r, 0, 100, &now_us);
    assert_true(recording_notice(r, &notice)); /* it began */
    assert_false(notice.stopped);
    assert_false(recording_notice(r, &notice));
    getrlimit(RLIMIT_FSIZE, &all);
    little = all;
    little.rlim_cur = 12000;
    setrlimit(RLIMIT_FSIZE, &little);
    talk(r, 100 * 960, 250, &now_us);
    setrlimit(RLIMIT_FSIZE, &all);
    assert_true(recording_notice(r, &notice));
    assert_true(notice.stopped);
    assert_true(strncmp(notice.why, "The recording has stopped: ", 27) == 0);
    int64_t before = sound(5); /* whole pages */
    assert_true(before >= 50 * 960 && before < 200 * 960);
    now_us += RECORDING_RETRY_US;
    recording_expire(r, now_us);
    assert_true(recording_notice(r, &notice));
    assert_false(notice.stopped);
    talk(r, 350 * 960, 50, &now_us);
    recording_end(r, now_us);
    assert_int_equal(sound(5), 400 * 960 + 120);
    recording_destroy(r, now_us);
}

static void a_folder_that_cannot_be_written_is_told(void **state)
{
    struct recording_notice notice;
    struct recording *r;
    (void)state;
    assert_int_equal(recording_create("/proc/aula", "S", 1, &entropy, &r), ERR_NONE);
    recording_begin(r, 0);
    assert_true(recording_notice(r, &notice));
    assert_true(notice.stopped);
    assert_false(recording_notice(r, &notice)); /* once */
    recording_expire(r, recording_deadline(r));
    assert_false(recording_notice(r, &notice));
    recording_destroy(r, 0);
}

static void what_is_damaged_is_kept_aside(void **state)
{
    struct recording_notice notice;
    point_us now_us = 0;
    (void)state;
    recording_destroy(create(1, now_us), now_us);
    write_file(RECORDING_OPUS, "this is no recording, but somebody may want it", 46);
    struct recording *r = create(5, now_us);
    assert_true(recording_notice(r, &notice));
    assert_true(notice.damaged);
    talk(r, 0, 100, &now_us);
    recording_end(r, now_us);
    assert_int_equal(sound(5), 100 * 960 + 120);
    struct buffer aside = read_file(RECORDING_OPUS ".damaged-1");
    assert_int_equal(aside.len, 46);
    buffer_finish(&aside);
    recording_destroy(r, now_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_is_there_while_it_happens, clean),
        cmocka_unit_test_setup(killed_it_goes_on_as_the_same_stream, clean),
        cmocka_unit_test_setup(the_key_stays, clean),
        cmocka_unit_test_setup(paused_and_gone_on_with, clean),
        cmocka_unit_test_setup(a_full_disk_stops_it_and_room_lets_it_go_on, clean),
        cmocka_unit_test_setup(a_folder_that_cannot_be_written_is_told, clean),
        cmocka_unit_test_setup(what_is_damaged_is_kept_aside, clean),
    };
    signal(SIGXFSZ, SIG_IGN);
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    clean(NULL);
    rmdir(path("."));
    rmdir(folder);
    return failed;
}
