#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <math.h>

#include "audio_file.h"
#include "commands.h"
#include "meter.h"
#include "options.h"
#include "player.h"
#include "wav.h"

static char folder[] = "/tmp/aula-test-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[100];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static const char *path(const char *name)
{
    static char text[4][100];
    static unsigned at;
    char *p = text[at++ % 4];
    snprintf(p, sizeof text[0], "%s/%s", folder, name);
    return p;
}

static void write_file(const char *name, const void *bytes, size_t len)
{
    FILE *f = fopen(path(name), "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
}

/* A WAV file of any form, 16 bit, a 440 Hz sine at half scale in every channel. */
static void write_wav(const char *name, unsigned rate, unsigned channels, unsigned frames)
{
    size_t data = (size_t)frames * channels * 2;
    uint8_t *b = calloc(1, 44 + data);
    assert_non_null(b);
    memcpy(b, "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0", 22);
    const uint32_t numbers[][3] = {{4, 36 + (uint32_t)data, 4},  {22, channels, 2},     {24, rate, 4},
                                   {28, rate * channels * 2, 4}, {32, channels * 2, 2}, {34, 16, 2},
                                   {40, (uint32_t)data, 4}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        for (uint32_t k = 0; k < numbers[i][2]; k++)
            b[numbers[i][0] + k] = (uint8_t)(numbers[i][1] >> 8 * k);
    memcpy(b + 36, "data", 4);
    for (unsigned i = 0; i < frames * channels; i++) {
        int16_t v = (int16_t)lrint(16384 * sin(2 * 3.141592653589793 * 440 * (i / channels) / rate));
        b[44 + 2 * i] = (uint8_t)(uint16_t)v;
        b[45 + 2 * i] = (uint8_t)((uint16_t)v >> 8);
    }
    write_file(name, b, 44 + data);
    free(b);
}

struct form {
    int number;
    unsigned rate, channels, frames;
};

static const struct form forms[] = {
    {1, 48000, 1, 48000}, {2, 16000, 1, 16000}, {3, 44100, 2, 44100},
    {4, 8000, 6, 8000},   {5, 96000, 1, 96000},
};

static void any_file_is_48_khz_mono(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char why[AUDIO_FILE_WHY_MAX] = "";
        float pcm[AULA_TICK], worst = 0;
        size_t n, total = 0;
        write_wav("in.wav", forms[i].rate, forms[i].channels, forms[i].frames);
        struct audio_file *f = audio_file_open(path("in.wav"), why);
        if (f == NULL)
            fail_msg("row %d: %s", forms[i].number, why);
        while ((n = audio_file_read(f, pcm, AULA_TICK)) > 0) {
            for (size_t k = 0; k < n && total > 2000 && total < 45000; k++) {
                float expected = 0.5f * (float)sin(2 * 3.141592653589793 * 440 * (double)(total + k) / 48000);
                worst = fmaxf(worst, fabsf(pcm[k] - expected));
            }
            total += n;
        }
        audio_file_close(f);
        if (total < 47990 || total > 48050 || worst > 0.02f)
            fail_msg("row %d: %zu samples, off by %f", forms[i].number, total, (double)worst);
    }
}

static void what_is_no_sound_file_is_refused(void **state)
{
    (void)state;
    char why[AUDIO_FILE_WHY_MAX];
    struct player player;
    write_file("text.wav", "this is text", 12);
    write_file("empty.wav", "", 0);
    assert_null(audio_file_open(path("text.wav"), why));
    assert_non_null(strstr(why, "cannot be played"));
    assert_null(audio_file_open(path("empty.wav"), why));
    assert_null(audio_file_open(path("missing.wav"), why));
    write_wav("good.wav", 48000, 1, 100);
    const char *files[] = {path("good.wav"), path("missing.wav")};
    assert_false(player_init(&player, files, 2)); /* before anything is played */
    assert_true(player_init(&player, files, 1));
}

static uint32_t number_at(const uint8_t *b, int at)
{
    return (uint32_t)b[at] | (uint32_t)b[at + 1] << 8 | (uint32_t)b[at + 2] << 16 | (uint32_t)b[at + 3] << 24;
}

static void a_recording_can_be_played_after_a_kill(void **state)
{
    (void)state;
    static float pcm[AULA_TICK];
    uint8_t header[48];
    struct wav *w = wav_open(path("out.wav"));
    assert_non_null(w);
    pcm[0] = 2.0f;
    pcm[1] = -2.0f;
    for (int tick = 0; tick < 120; tick++) /* 2.4 s, and then no wav_close yet */
        assert_true(wav_write(w, pcm, AULA_TICK));
    FILE *f = fopen(path("out.wav"), "r");
    assert_int_equal(fread(header, 1, sizeof header, f), sizeof header);
    assert_memory_equal(header, "RIFF", 4);
    assert_int_equal(number_at(header, 24), 48000);
    assert_int_equal(number_at(header, 40), 2 * 96000); /* up to the last whole second */
    assert_int_equal(number_at(header, 4), 2 * 96000 + 36);
    assert_int_equal((int16_t)(header[44] | header[45] << 8), INT16_MAX); /* clipped, not wrapped */
    assert_int_equal((int16_t)(header[46] | header[47] << 8), INT16_MIN);
    assert_true(wav_close(w));
    rewind(f);
    assert_int_equal(fread(header, 1, sizeof header, f), sizeof header);
    assert_int_equal(number_at(header, 40), 2 * 120 * AULA_TICK);
    fclose(f);
    assert_null(wav_open("/nonexistent/out.wav"));
}

struct option_row {
    int number;
    const char *words[8];
    bool good;
    int exit;
};

static const struct option_row option_rows[] = {
    {1, {"join", "https://h/j/x"}, true, 0},
    {2, {"room", "https://h/j/x", "--for", "2.5"}, true, 0},
    {3, {"--play", "a", "--play", "b", "join", "https://h/j/x"}, true, 0},
    {4, {"join", "https://h/j/x", "--transport", "udp"}, true, 0},
    {5, {NULL}, false, 2},
    {6, {"join"}, false, 2},
    {7, {"leave", "https://h/j/x"}, false, 2},
    {8, {"join", "a", "b"}, false, 2},
    {9, {"join", "u", "--for", "0"}, false, 2},
    {10, {"join", "u", "--for", "1x"}, false, 2},
    {11, {"join", "u", "--for", "nan"}, false, 2},
    {12, {"join", "u", "--transport", "wss"}, false, 2},
    {13, {"join", "u", "--transport", "tcp"}, false, 2},
    {14, {"join", "u", "--lean"}, false, 2},
    {15, {"join", "u", "--input", ""}, false, 2},
    {16, {"join", "u", "--language", "it"}, false, 2},
    {17, {"join", "u", "--ca", "f", "--insecure"}, false, 2},
    {18, {"join", "u", "--no-audio", "--play", "f"}, false, 2},
    {19, {"join", "u", "--nonsense"}, false, 2},
    {20, {"join", "u", "--record"}, false, 2},
    {21, {"join", "u", "--no-audio", "--output", "x"}, false, 2},
    {22, {"join", "u", "--play", "f", "--input", "mic"}, false, 2},
    {23, {"devices"}, true, 0},
    {24, {"devices", "u"}, false, 2},
};

static void the_command_line(void **state)
{
    (void)state;
    assert_non_null(freopen("/dev/null", "w", stderr)); /* sentences for people are not under test */
    for (size_t i = 0; i < sizeof option_rows / sizeof option_rows[0]; i++) {
        const struct option_row *r = &option_rows[i];
        char words[9][40] = {"aula"}, *argv[10] = {words[0]};
        struct options options;
        int argc = 1, exit = -1;
        for (; argc < 9 && r->words[argc - 1] != NULL; argc++) {
            snprintf(words[argc], sizeof words[0], "%s", r->words[argc - 1]);
            argv[argc] = words[argc];
        }
        optind = 0; /* glibc: begin anew */
        bool good = options_parse(argc, argv, &options, &exit);
        if (good != r->good || (!good && exit != r->exit))
            fail_msg("row %d: %d, exit %d", r->number, good, exit);
    }
}

struct command_row {
    int number;
    const char *line;
    const char *says; /* part of the sentence; NULL = none */
};

static const struct command_row command_rows[] = {
    {1, "", NULL},
    {2, "hand up", "not connected"},
    {3, "hand", "hand up"},
    {4, "hand sideways", "hand up"},
    {5, "page", "page N"},
    {6, "page 0", "page N"},
    {7, "page -1", "page N"},
    {8, "page 1x", "page N"},
    {9, "page 3", "not connected"},
    {10, "chat", "1 to 2,000"},
    {11, "chat hello there", "not connected"},
    {12, "grant Ada", "nobody"},
    {13, "mute", "not connected"},
    {30, "timer", "say `timer SECONDS`"},
    {31, "timer soon", "say `timer SECONDS`"},
    {32, "vote seven", "say `vote N`"},
    {33, "answer 5", "say `answer N CHOICE`"},
    {34, "answer 5 1 x", "say `answer N CHOICE`"},
    {35, "moderate perhaps", "say `moderate on`"},
    {36, "end now", "say that word alone"},
    {37, "lock windows", "\"what\" must be doors, hands or chat."},
    {38, "poll Which? | one", "\"options\" must be at least two"},
    {39, "chair", "say `chair WHO`"},
    {40, "timer-change 0", "say `timer-change SECONDS`"},
    {41, "ask", "say `ask TEXT`"},
    {42, "check-in", "say `check-in CODE`"},
    {14, "dance", "the commands are"},
    {15, "leave", "not connected"},
    {16, "mute Ada", "oneself"},
    {17, "unmute Ada", "oneself"},
    {18, "leave now", "alone"},
    {19, "  hand \t up \r", "not connected"},
    {20, "  \t ", NULL},
};

static void commands_say_what_is_wrong(void **state)
{
    (void)state;
    struct aula_host *host = NULL;
    struct aula_participant *p = NULL;
    char why[AULA_WHY_MAX];
    const struct aula_join join = {.url = "https://127.0.0.1:1/j/x"};
    assert_int_equal(aula_host_create(NULL, &host, why), AULA_OK);
    assert_int_equal(aula_join(host, &join, &p, why), AULA_OK);
    for (size_t i = 0; i < sizeof command_rows / sizeof command_rows[0]; i++) {
        char line[100];
        snprintf(line, sizeof line, "%s", command_rows[i].line);
        const char *says = command_run(p, line);
        if ((says == NULL) != (command_rows[i].says == NULL) ||
            (says != NULL && strstr(says, command_rows[i].says) == NULL))
            fail_msg("row %d: %s", command_rows[i].number, says != NULL ? says : "nothing");
    }
    aula_host_destroy(host);
}

/* Which devices are used. Standard input is no terminal here. */
static void devices_by_themselves(void **state)
{
    (void)state;
    static const struct {
        const char *words[8];
        const char *input, *output; /* NULL = none */
    } table[] = {
        {{"room", "u"}, "default", "default"},
        {{"join", "u"}, NULL, NULL}, /* a script opens no microphone */
        {{"join", "u", "--input", "default"}, "default", NULL},
        {{"join", "u", "--input", "USB", "--output", "Speaker"}, "USB", "Speaker"},
        {{"room", "u", "--play", "f"}, NULL, "default"},
        {{"room", "u", "--record", "f"}, "default", NULL},
        {{"room", "u", "--record", "f", "--output", "x"}, "default", "x"},
        {{"room", "u", "--no-audio"}, NULL, NULL},
        {{"room", "u", "--input", "none", "--output", "none"}, NULL, NULL},
        {{"room", "u", "--play", "f", "--input", "none"}, NULL, "default"},
    };
    assert_non_null(freopen("/dev/null", "r", stdin));
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char words[9][40] = {"aula"}, *argv[10] = {words[0]};
        struct options o;
        int argc = 1, exit = -1;
        for (; argc < 9 && table[i].words[argc - 1] != NULL; argc++) {
            snprintf(words[argc], sizeof words[0], "%s", table[i].words[argc - 1]);
            argv[argc] = words[argc];
        }
        optind = 0;
        assert_true(options_parse(argc, argv, &o, &exit));
        const char *got[] = {o.input, o.output}, *wanted[] = {table[i].input, table[i].output};
        for (int side = 0; side < 2; side++)
            if ((got[side] == NULL) != (wanted[side] == NULL) ||
                (got[side] != NULL && strcmp(got[side], wanted[side]) != 0))
                fail_msg("row %zu, side %d: %s", i + 1, side, got[side] != NULL ? got[side] : "none");
    }
}

static void the_level_meter(void **state)
{
    (void)state;
    struct meter m;
    char text[METER_TEXT_MAX];
    float loud[AULA_TICK] = {0.5f}, silence[AULA_TICK] = {0};
    meter_init(&m, true); /* standard error is no terminal here */
    assert_int_equal(m.rows, 0);
    m.input.used = m.output.used = true;
    meter_heard(&m.input, loud, AULA_TICK);
    assert_true(fabsf(m.input.db + 6.02f) < 0.1f);
    meter_heard(&m.input, silence, AULA_TICK); /* it falls, and does not drop */
    assert_true(m.input.db < -6.1f && m.input.db > -7.5f);
    for (int i = 0; i < 200; i++)
        meter_heard(&m.input, silence, AULA_TICK);
    assert_true(m.input.db == METER_LOWEST);
    m.input.db = -30;
    meter_text(&m, true, 80, text);
    assert_string_equal(text, "mic [########--------] -30 dB on air  out [----------------] -60 dB");
    m.colour = true;
    m.input.db = 3;
    m.output.used = false;
    meter_text(&m, false, 200, text);
    assert_non_null(strstr(text, "\033[31m##############################\033[0m]   0 dB closed"));
    for (int columns = 0; columns < 400; columns++)
        assert_true(meter_text(&m, true, columns, text) < METER_TEXT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_file_is_48_khz_mono),
                                       cmocka_unit_test(what_is_no_sound_file_is_refused),
                                       cmocka_unit_test(a_recording_can_be_played_after_a_kill),
                                       cmocka_unit_test(commands_say_what_is_wrong),
                                       cmocka_unit_test(the_command_line),
                                       cmocka_unit_test(devices_by_themselves),
                                       cmocka_unit_test(the_level_meter)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
