/* A lecture with page turns, pauses, questions and a bad line is recorded as it happens, on a real disk:
 * every page lies beside the sound of its moment, and the file costs little more than its packets. usage:
 * test_scenario_recorded [TURNS]: 300 is an hour. */
#define _GNU_SOURCE
#include <dirent.h>
#include <math.h>
#include <unistd.h>

#include "../unit/rows.h"
#include "check.h"
#include "record/recording.h"
#include "wire/opus_toc.h"

#define TURN_EVERY_US (12 * (span_us)US_PER_S)
#define APART_SAMPLES (40 * SAMPLES_PER_MS)
#define OVERHEAD      1.04

static int turns = 20;
static struct sound voice, other;

struct recorder {
    struct recording *recording;
    char folder[40];
    uint32_t handle;
};

/* As io/recorder does it. */
static void note(void *self, const struct desk_record *record, const char *text, size_t len, point_us now_us)
{
    struct recorder *r = self;
    switch (record->kind) {
    case RECORD_BEGIN:
        recording_begin(r->recording, now_us);
        break;
    case RECORD_PAUSE:
        recording_pause(r->recording, now_us);
        break;
    case RECORD_END:
        recording_end(r->recording, now_us);
        break;
    case RECORD_MEDIA:
        r->handle = record->handle;
        break;
    case RECORD_LINE:
        recording_line(r->recording, record->key, text, len, now_us);
        break;
    }
}

static void packet(void *self, const struct media_record *record, point_us now_us)
{
    struct recorder *r = self;
    assert_int_equal(record->session, r->handle);
    recording_packet(r->recording, record->at, record->payload, record->len, now_us);
    if (recording_deadline(r->recording) <= now_us)
        recording_expire(r->recording, now_us);
}

static char *read_file(const struct recorder *r, const char *name, size_t *ret_len)
{
    char path[200];
    snprintf(path, sizeof path, "%s/S/%s", r->folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *ret_len = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*ret_len + 1);
    assert_int_equal(fread(bytes, 1, *ret_len, f), *ret_len);
    bytes[*ret_len] = 0;
    fclose(f);
    return bytes;
}

/* One packet of the file, and where it lies. */
struct filed {
    const uint8_t *bytes;
    size_t len;
    int64_t at;
};

/* Every packet of the Ogg file behind its head. */
static size_t read_packets(const uint8_t *ogg, size_t len, struct filed *ret_packets, size_t max)
{
    size_t count = 0, page_no = 0;
    int64_t at = 0;
    for (size_t page = 0; page < len; page_no++) {
        const uint8_t *segments = ogg + page + 27, *body = segments + ogg[page + 26];
        size_t packet_len = 0;
        assert_memory_equal(ogg + page, "OggS", 4);
        for (unsigned i = 0; i < ogg[page + 26]; i++) {
            struct opus_toc toc;
            packet_len += segments[i];
            if (segments[i] == 255)
                continue;
            if (page_no >= 2) {
                assert_true(count < max);
                assert_int_equal(opus_toc_parse(body, packet_len, &toc), ERR_NONE);
                ret_packets[count++] = (struct filed){body, packet_len, at};
                at += toc.samples;
            }
            body += packet_len;
            packet_len = 0;
        }
        page = (size_t)(body - ogg);
    }
    return count;
}

/* Session times of the page turns, in samples. */
static int read_turns(const char *timeline, double *ret_turns, int max)
{
    int count = 0;
    for (const char *line = timeline; line && *line; line = strchr(line, '\n') + 1) {
        const char *kind = strstr(line, "\"kind\":\"page\"");
        if (kind && kind < strchr(line, '\n') && count < max)
            ret_turns[count++] = strtod(line + strlen("{\"t\":"), NULL) * SAMPLES_PER_S;
    }
    return count;
}

/* The first packet that he sent at that moment or after; its place in the file from *from on, -1 where it is
 * not passed. */
static int64_t file_place(const struct stage_track *said, point_us at_us, const struct filed *filed,
                          size_t count, size_t *from)
{
    size_t i = 0;
    while (i < said->count && said->packets[i].at_us < at_us)
        i++;
    if (i == said->count)
        return -1;
    for (size_t k = *from; k < count; k++)
        if (filed[k].len == said->packets[i].len &&
            memcmp(filed[k].bytes, said->packets[i].payload, filed[k].len) == 0) {
            *from = k;
            return filed[k].at;
        }
    return -1;
}

static double start_of(const char *index)
{
    const char *start = strstr(index, "\"start\":");
    assert_non_null(start);
    return strtod(start + 8, NULL);
}

static void check(const struct recorder *r, const struct stage_member *lecturer, const point_us *turned_us)
{
    size_t ogg_len, len, max = (size_t)turns * 700 + 1000, from = 0;
    char *ogg = read_file(r, RECORDING_OPUS, &ogg_len), *timeline = read_file(r, RECORDING_TIMELINE, &len);
    char *index = read_file(r, RECORDING_INDEX, &len);
    struct filed *filed = malloc(max * sizeof *filed);
    double *told = malloc((size_t)turns * sizeof *told), worst = 0;
    size_t count = read_packets((const uint8_t *)ogg, ogg_len, filed, max), opus = 0;
    int found = 0;
    assert_int_equal(read_turns(timeline, told, turns), turns);
    for (int i = 0; i < turns; i++) {
        int64_t sound = file_place(&lecturer->said, turned_us[i], filed, count, &from);
        double apart = told[i] - start_of(index) - (double)sound;
        if (sound < 0)
            continue; /* lost on the way, or mixed */
        found++;
        worst = fabs(apart) > worst ? fabs(apart) : worst;
        if (fabs(apart) > APART_SAMPLES)
            fail_msg("turn %d lies %.1f ms beside its sound", i + 1, apart / SAMPLES_PER_MS);
    }
    for (size_t i = 0; i < count; i++)
        opus += filed[i].len;
    print_message(
        "# %d of %d turns measured, at most %.1f ms from their sound; %zu bytes, %.2f %% over the packets'\n",
        found, turns, worst / SAMPLES_PER_MS, ogg_len, 100.0 * ((double)ogg_len / (double)opus - 1));
    assert_true(found >= turns * 8 / 10);
    assert_true((double)ogg_len <= OVERHEAD * (double)opus);
    free(told);
    free(filed);
    free(index);
    free(timeline);
    free(ogg);
}

/* Twelve seconds: talk, the turn just before one of his ticks, talk; now and then a pause or a question. */
static point_us turn(struct stage *s, struct stage_member *lecturer, struct stage_member *asker, int i)
{
    point_us end_us = s->now_us + TURN_EVERY_US;
    stage_talk(lecturer, TALK_SOUND, &voice);
    stage_run(s, 3 * (span_us)US_PER_S);
    stage_run(s, stage_next_tick_us(lecturer) - s->now_us - 1);
    point_us turned_us = s->now_us;
    stage_do(lecturer, &(struct action){.verb = VERB_PAGE, .deck = "deck1", .page = (uint32_t)(i % 20 + 1)});
    stage_run(s, 3 * (span_us)US_PER_S);
    if (i % 3 == 1) {
        stage_talk(asker, TALK_SOUND, &other);
        stage_run(s, 1500 * US_PER_MS);
        stage_talk(asker, TALK_NOTHING, NULL);
    }
    stage_run(s, 500 * US_PER_MS);
    if (i % 2)
        stage_talk(lecturer, TALK_NOTHING, NULL);
    stage_run(s, end_us - s->now_us);
    return turned_us;
}

static void clean(struct recorder *r)
{
    char path[300];
    snprintf(path, sizeof path, "%s/S", r->folder);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/S/%s", r->folder, e->d_name);
        unlink(path);
    }
    closedir(d);
    snprintf(path, sizeof path, "%s/S", r->folder);
    rmdir(path);
    rmdir(r->folder);
}

static void fill(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    memset(bytes, 7, len);
}

static void pages_lie_beside_their_sound(void **state)
{
    static const struct entropy entropy = {fill, NULL};
    struct recorder r = {.folder = "/tmp/aula-recorded-XXXXXX"};
    struct stage_config config = stage_config_good(21);
    point_us *turned_us = malloc((size_t)turns * sizeof *turned_us);
    (void)state;
    assert_non_null(mkdtemp(r.folder));
    assert_int_equal(recording_create(r.folder, "S", 5, &entropy, &r.recording), ERR_NONE);
    config.note = note;
    config.packet = packet;
    config.recorder = &r;
    struct stage *s = stage_create(&config);
    stage_session(s);
    struct stage_member *lecturer = stage_enter(s, "lecturer", "lecturer", NULL);
    struct stage_member *asker = stage_enter(s, "chair", "chair", NULL);
    struct sim_path_config line = {.delay_us = 60 * US_PER_MS, .jitter_us = 15 * US_PER_MS, .loss = 0.01};
    stage_lines(lecturer, &line, NULL);
    stage_deck(s, "deck1", 20);
    stage_run_until_up(s);
    for (int i = 0; i < turns; i++)
        turned_us[i] = turn(s, lecturer, asker, i);
    stage_ask(s, "{\"verb\":\"end\",\"session\":\"%s\"}", s->session);
    check(&r, lecturer, turned_us);
    recording_destroy(r.recording, s->now_us);
    stage_destroy(s);
    clean(&r);
    free(turned_us);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pages_lie_beside_their_sound)};
    if (argc > 1)
        turns = (int)strtol(argv[1], NULL, 10);
    voice = sound_speech("speech-en");
    other = sound_speech("speech-it");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&voice);
    sound_free(&other);
    return failed;
}
