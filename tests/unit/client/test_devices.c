/* Microphone and loudspeaker with SDL's drivers that need no hardware: sound goes from the program through
 * the devices' threads into a file, and from a file to the program, in real time. Under ThreadSanitizer it
 * shows that the threads (the program's, the keeper's, SDL's of either side) do not meet in anything
 * unguarded. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../rows.h"
#include "devices.h"

#define TICKS_MOST 1500 /* half a minute: on a busy machine threads are late */
#define LEVEL_OUT  0.25f
#define LEVEL_IN   0.5f

static char folder[] = "/tmp/aula-devices-XXXXXX";

static const char *in_folder(const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", folder, name);
    return path;
}

/* A constant sound, that SDL's disk driver gives as a microphone's. */
static void write_input(const char *path)
{
    FILE *file = fopen(path, "wb");
    const float level = LEVEL_IN;
    assert_non_null(file);
    for (int i = 0; i < 20 * SAMPLES_PER_S; i++)
        assert_int_equal(fwrite(&level, sizeof level, 1, file), 1);
    assert_int_equal(fclose(file), 0);
}

static size_t count_in_file(const char *path, float level)
{
    FILE *file = fopen(path, "rb");
    size_t n = 0;
    float sample;
    assert_non_null(file);
    while (fread(&sample, sizeof sample, 1, file) == 1)
        n += fabsf(sample - level) < 0.01f ? 1 : 0;
    fclose(file);
    return n;
}

static void rest(void)
{
    const struct timespec tick = {.tv_nsec = TICK_US * 1000};
    nanosleep(&tick, NULL);
}

static struct devices *open_both(void)
{
    const struct devices_config config = {
        .names = {[DEVICE_INPUT] = DEVICES_DEFAULT, [DEVICE_OUTPUT] = DEVICES_DEFAULT}};
    struct devices *d;
    assert_int_equal(devices_create(&config, &d), ERR_NONE);
    return d;
}

/* As the tool does it, until so many ticks have come whole and of that level. Gives which devices opened. */
static unsigned talk(struct devices *d, int wanted, float level)
{
    float out[TICK_SAMPLES], in[TICK_SAMPLES];
    unsigned opened = 0;
    int good = 0;
    for (int i = 0; i < TICK_SAMPLES; i++)
        out[i] = LEVEL_OUT;
    for (int tick = 0; tick < TICKS_MOST && good < wanted; tick++) {
        struct device_event e;
        devices_play(d, out, TICK_SAMPLES);
        bool whole = devices_record(d, in, TICK_SAMPLES);
        assert_true(isfinite(devices_slip(d)));
        good += whole && fabsf(in[TICK_SAMPLES / 2] - level) < 0.01f ? 1 : 0;
        while (devices_event(d, &e))
            opened |= e.kind == DEVICE_OPENED ? 1u << e.side : 0;
        rest();
    }
    (void)devices_counters(d, DEVICE_INPUT);
    (void)devices_counters(d, DEVICE_OUTPUT);
    assert_int_equal(good, wanted);
    return opened;
}

static void sound_goes_both_ways(void **state)
{
    (void)state;
    char in[128], out[128];
    write_input(in_folder("in", in));
    setenv("SDL_AUDIODRIVER", "disk", 1);
    setenv("SDL_DISKAUDIOFILEIN", in, 1);
    setenv("SDL_DISKAUDIOFILE", in_folder("out", out), 1);
    struct devices *d = open_both();
    assert_int_equal(talk(d, 50, LEVEL_IN), 1u << DEVICE_INPUT | 1u << DEVICE_OUTPUT);
    devices_destroy(d);
    assert_true(count_in_file(out, LEVEL_OUT) > SAMPLES_PER_S / 4);
    remove(in);
    remove(out);
}

static void again_and_again(void **state)
{
    (void)state;
    setenv("SDL_AUDIODRIVER", "dummy", 1);
    struct device_list list;
    devices_list(&list);
    assert_string_equal(list.system, "dummy");
    for (int round = 0; round < 3; round++) {
        struct devices *d = open_both();
        talk(d, round * 3, 0);
        devices_destroy(d);
    }
    devices_destroy(NULL);
}

static void nothing_there(void **state)
{
    (void)state;
    setenv("SDL_AUDIODRIVER", "nonesuch", 1);
    struct devices *d = open_both();
    struct device_event e;
    unsigned missing = 0;
    float in[TICK_SAMPLES];
    for (int tick = 0; tick < TICKS_MOST && missing != 3; tick++) {
        while (devices_event(d, &e))
            missing |= e.kind == DEVICE_MISSING && e.why[0] != 0 ? 1u << e.side : 0;
        assert_false(devices_record(d, in, TICK_SAMPLES));
        rest();
    }
    assert_int_equal(missing, 3);
    devices_destroy(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sound_goes_both_ways),
                                       cmocka_unit_test(again_and_again), cmocka_unit_test(nothing_there)};
    if (mkdtemp(folder) == NULL)
        return 1;
    int failed = cmocka_run_group_tests_name("devices", tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
