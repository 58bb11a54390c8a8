/* Scripts of who sends at which level when, and who is audible at moments of it. */
#include "../rows.h"
#include "choose/speaker.h"

#define SEATS 6
#define DIP   75

/* One source sends from..to (ms) at this level, a packet each 20 ms; every eighth dips, as speech does. */
struct line {
    char who; /* 'a' .. */
    int from_ms, to_ms;
    uint8_t level;
};

struct look {
    int at_ms;
    const char *audible; /* in order of names */
    const char *solo;    /* likewise; NULL = not looked at */
};

static const struct script {
    const char *what;
    int k;
    const char *halls;  /* hall of each: '0' = remote */
    const char *rooms;  /* those who are a room's own microphone */
    const char *pinned; /* or, of a room, in capitals: both its microphones are open */
    struct line lines[12];
    struct look looks[8];
} scripts[] = {
    {"alone nobody is gated",
     4,
     "000000",
     "",
     "",
     {{'a', 0, 3000, 90}},
     {{5, "a"}, {2900, "a"}, {3900, "a"}, {4020, ""}}},
    {"of two the one who talks",
     4,
     "000000",
     "",
     "",
     {{'a', 0, 5000, 30}, {'b', 0, 5000, 90}},
     {{10, "a"}, {4900, "a"}}},
    {"from the first packet above its floor until 1 s below",
     4,
     "000000",
     "",
     "",
     {{'a', 0, 9000, 30}, {'b', 0, 2000, 80}, {'b', 2000, 2100, 35}, {'b', 2100, 9000, 80}},
     {{1990, "a"}, {2000, "ab"}, {3000, "ab"}, {3130, "a"}}},
    {"one who was alone and silent gives way",
     4,
     "000000",
     "",
     "",
     {{'a', 0, 9000, 90}, {'b', 4000, 9000, 30}},
     {{3990, "a"}, {4010, "b"}, {8000, "b"}}},
    {"the loudest k, and a cough does not push one out",
     2,
     "000000",
     "",
     "",
     {{'a', 0, 9000, 30},
      {'b', 0, 9000, 40},
      {'c', 0, 2000, 80},
      {'c', 2000, 2100, 5},
      {'c', 2100, 9000, 80}},
     {{1990, "ab"}, {2050, "ab"}, {2090, "ab"}, {2500, "ab"}, {3500, "ab"}}},
    {"one who is clearly louder for longer does",
     2,
     "000000",
     "",
     "",
     {{'a', 0, 9000, 30}, {'b', 0, 9000, 50}, {'c', 2000, 9000, 20}},
     {{1990, "ab"}, {2250, "ab"}, {3500, "ac"}, {8900, "ac"}}},
    {"equals do not take turns",
     1,
     "000000",
     "",
     "",
     {{'a', 0, 9000, 30}, {'b', 1000, 9000, 30}, {'c', 2000, 9000, 28}},
     {{1500, "a"}, {4000, "a"}, {8900, "a"}}},
    {"the weakest place is free once its owner is silent",
     1,
     "000000",
     "",
     "",
     {{'a', 0, 2000, 30}, {'a', 2000, 9000, 90}, {'b', 0, 2100, 90}, {'b', 2100, 9000, 35}},
     {{2000, "a"}, {3200, "b"}}},
    {"a pinned one is never pushed out",
     1,
     "000000",
     "",
     "a",
     {{'a', 0, 9000, 45}, {'b', 1000, 9000, 10}},
     {{900, "a"}, {5000, "a"}}},
    {"of one hall the seat goes before the room",
     4,
     "111000",
     "a",
     "",
     {{'a', 0, 9000, 25}, {'b', 0, 1000, 90}, {'b', 1000, 2000, 35}, {'b', 2000, 9000, 90}},
     {{990, "a"}, {1010, "b"}, {1990, "b"}, {2200, "b"}, {2320, "a"}}},
    {"the room's echo of the seat's last word does not open the room",
     4,
     "111000",
     "a",
     "",
     {{'a', 0, 1000, 90},
      {'b', 0, 1000, 90},
      {'a', 1000, 2060, 40},
      {'b', 1000, 2000, 30},
      {'a', 2060, 9000, 90},
      {'b', 2000, 9000, 90}},
     {{1500, "b"}, {2050, "b"}, {2330, "b"}, {2900, "b"}, {3100, ""}}},
    {"other halls and remote people are not asked",
     4,
     "120000",
     "ab",
     "",
     {{'a', 0, 5000, 30}, {'b', 0, 5000, 30}, {'c', 0, 5000, 30}},
     {{1000, "abc"}}},
    {"of two seats in a hall one",
     4,
     "110000",
     "",
     "",
     {{'a', 0, 5000, 30}, {'b', 1000, 5000, 30}, {'c', 0, 5000, 80}},
     {{900, "a"}, {1500, "a"}, {4900, "a"}}},
    {"of two groups each hears the other's source ungated",
     4,
     "110000",
     "a",
     "",
     {{'a', 0, 2500, 90}, {'b', 1000, 4500, 40}, {'c', 500, 6000, 90}, {'d', 3000, 3500, 90}},
     {{400, "a", ""},
      {600, "", "ac"},
      {1010, "b", "bc"},
      {2900, "b", "bc"},
      {3010, "b", ""}, /* of three nobody is the only one */
      {4490, "b", "bc"},
      {5505, "c", ""}}},
    {"and k does not choose where there is one",
     1,
     "100000",
     "",
     "",
     {{'a', 0, 5000, 30}, {'b', 1000, 5000, 40}},
     {{900, "a", ""}, {4900, "a", "ab"}}},
    {"both microphones of a hall, where a chair wants them",
     4,
     "111000",
     "a",
     "A",
     {{'a', 0, 5000, 25}, {'b', 1000, 3000, 35}, {'c', 2000, 3000, 5}},
     {{990, "a"}, {1010, "ab"}, {2900, "ac"}, {4100, "a"}}},
    {"a cough in one seat of a hall does not keep the other out",
     4,
     "110000",
     "",
     "",
     {{'a', 0, 3000, 30},
      {'b', 0, 3400, 80},
      {'a', 3000, 3600, 80},
      {'b', 3400, 3500, 10},
      {'a', 3600, 9000, 30},
      {'b', 3500, 9000, 80}},
     {{2990, "a"}, {3590, "b"}, {3605, "a"}, {3700, "a"}}},
    {"nor does one in the room keep a seat out, nor elsewhere anybody",
     2,
     "110000",
     "b",
     "",
     {{'a', 0, 3000, 30},
      {'b', 0, 3400, 80},
      {'c', 0, 3400, 35},
      {'a', 3000, 3600, 80},
      {'b', 3400, 3500, 10},
      {'c', 3400, 9000, 35},
      {'a', 3600, 9000, 30},
      {'b', 3500, 9000, 80}},
     {{2990, "ac"}, {3605, "ac"}, {3700, "ac"}}},
    {"a hall's echo is not heard, not even by whom it is of; who speaks over it is",
     4,
     "010000",
     "b",
     "",
     {{'a', 0, 9000, 25}, {'b', 0, 3000, 45}, {'b', 3000, 3500, 25}, {'b', 3500, 9000, 45}},
     {{10, "a", "a"},
      {2990, "a", "a"},
      {3010, "ab", "ab"},
      {4200, "ab", "ab"},
      {4530, "a", "a"},
      {8900, "a", "a"}}},
    {"the echo of the last word is not heard when its speaker is gone",
     4,
     "010000",
     "b",
     "",
     {{'a', 0, 2000, 25}, {'b', 0, 2600, 45}, {'b', 2600, 9000, 90}},
     {{1990, "a", "a"}, {2600, "a", "a"}, {3100, "", ""}, {3600, "", ""}, {3900, "b", ""}}},
    {"a source that closes leaves the rest",
     4,
     "000000",
     "",
     "",
     {{'a', 0, 2000, 30}, {'b', 0, 5000, 95}},
     {{1900, "a"}, {2900, "a"}, {3010, "b"}}},
};

static uint8_t level_at(const struct script *s, char who, int ms)
{
    for (size_t i = 0; i < COUNT(s->lines) && s->lines[i].who; i++)
        if (s->lines[i].who == who && ms >= s->lines[i].from_ms && ms < s->lines[i].to_ms)
            return ms / 20 % 8 == 7 && s->lines[i].level < DIP ? DIP : s->lines[i].level;
    return LEVEL_UNKNOWN;
}

static void see(size_t row, const struct script *s, const struct seat *seats, const struct look *look)
{
    char audible[SEATS + 1], solo[SEATS + 1];
    int n = 0, m = 0;
    for (int i = 0; i < SEATS; i++) {
        if (seats[i].audible)
            audible[n++] = (char)('a' + i);
        if (seats[i].solo)
            solo[m++] = (char)('a' + i);
    }
    audible[n] = solo[m] = 0;
    if (look->solo && strcmp(solo, look->solo) != 0)
        fail_msg("row %zu (%s): at %d ms solo are \"%s\", not \"%s\"", row + 1, s->what, look->at_ms, solo,
                 look->solo);
    if (strcmp(audible, look->audible) != 0)
        fail_msg("row %zu (%s): at %d ms audible are \"%s\", not \"%s\"", row + 1, s->what, look->at_ms,
                 audible, look->audible);
}

static void play(size_t row, const struct script *s)
{
    struct speaker speaker;
    struct seat seats[SEATS];
    const struct look *look = s->looks;
    speaker_init(&speaker, s->k);
    for (int i = 0; i < SEATS; i++) {
        char name[2] = {(char)('a' + i), 0};
        uint32_t key = acoustic_key((uint16_t)(s->halls[i] - '0'), (uint32_t)i + 1);
        seat_init(&seats[i], NULL, key, strstr(s->rooms, name) ? SOURCE_ROOM : SOURCE_SEAT);
        seats[i].pinned = strstr(s->pinned, name) != NULL;
        seats[i].both = strchr(s->pinned, 'A' + i) != NULL;
    }
    for (int ms = 0; look < s->looks + COUNT(s->looks) && look->audible; ms++) {
        point_us now_us = (point_us)ms * US_PER_MS + US_PER_S;
        for (int i = 0; i < SEATS && ms % 20 == 0; i++) {
            uint8_t level = level_at(s, (char)('a' + i), ms);
            if (level == LEVEL_UNKNOWN)
                continue;
            assert_int_equal(speaker_packet(&speaker, &seats[i], level, TICK_SAMPLES, now_us), ERR_NONE);
            speaker_choose(&speaker, now_us);
            if (seats[i].audible || seats[i].solo)
                speaker_sent(&speaker, &seats[i], level, TICK_SAMPLES, now_us);
        }
        if (speaker_deadline(&speaker) <= now_us)
            speaker_choose(&speaker, now_us);
        assert_true(speaker_deadline(&speaker) > now_us); /* else it would spin */
        for (; look->audible && look->at_ms == ms; look++)
            see(row, s, seats, look);
    }
    speaker_finish(&speaker);
}

static void plays_every_script(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++)
        play(i, &scripts[i]);
}

static void nobody_open_means_no_deadline(void **state)
{
    (void)state;
    struct speaker s;
    struct seat seat;
    speaker_init(&s, 4);
    seat_init(&seat, NULL, 1, SOURCE_SEAT);
    assert_true(speaker_deadline(&s) == NEVER_US);
    assert_int_equal(speaker_packet(&s, &seat, 30, TICK_SAMPLES, US_PER_S), ERR_NONE);
    assert_true(speaker_choose(&s, US_PER_S));
    assert_true(speaker_deadline(&s) == US_PER_S + SPEAKER_PAUSE_US);
    assert_true(speaker_choose(&s, US_PER_S + SPEAKER_PAUSE_US)); /* the pause is news */
    assert_true(seat.paused && seat.audible);
    assert_true(speaker_deadline(&s) == US_PER_S + SPEAKER_OPEN_US);
    assert_true(speaker_choose(&s, US_PER_S + SPEAKER_OPEN_US));
    assert_true(!seat.audible && speaker_deadline(&s) == NEVER_US);
    speaker_finish(&s);
}

static void removing_one_leaves_the_rest(void **state)
{
    (void)state;
    struct speaker s;
    struct seat seats[3];
    speaker_init(&s, 4);
    for (int i = 0; i < 3; i++) {
        seat_init(&seats[i], NULL, (uint32_t)i + 1, SOURCE_SEAT);
        assert_int_equal(speaker_packet(&s, &seats[i], 30, TICK_SAMPLES, US_PER_S), ERR_NONE);
    }
    speaker_choose(&s, US_PER_S);
    speaker_remove(&s, &seats[0]);
    speaker_remove(&s, &seats[0]); /* twice does nothing */
    assert_false(seats[0].audible);
    speaker_choose(&s, US_PER_S);
    assert_true(seats[1].audible && seats[2].audible);
    assert_true(speaker_needs_level(&s, &seats[1], US_PER_S));
    speaker_remove(&s, &seats[1]);
    assert_false(speaker_needs_level(&s, &seats[2], US_PER_S));
    assert_true(speaker_needs_level(&s, &seats[1], US_PER_S)); /* would be a second one */
    speaker_finish(&s);
}

static void quiet_is_40_ms_below_or_absent(void **state)
{
    (void)state;
    struct speaker s;
    struct seat seat;
    speaker_init(&s, 4);
    seat_init(&seat, NULL, 1, SOURCE_SEAT);
    static const struct {
        uint8_t level; /* of the packet at this time; LEVEL_UNKNOWN = the level is not known */
        int at_ms;
        bool packet, quiet;
    } rows[] = {
        {30, 0, true, false},   {90, 20, true, false},
        {90, 40, true, true},   {30, 60, true, false},
        {90, 80, true, false},  {0, 90, false, false},
        {0, 100, false, true},  {LEVEL_UNKNOWN, 200, true, false},
        {0, 239, false, false}, {0, 240, false, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        point_us now_us = US_PER_S + rows[i].at_ms * US_PER_MS;
        if (rows[i].packet)
            ROW_EQUAL(i, speaker_packet(&s, &seat, rows[i].level, TICK_SAMPLES, now_us), ERR_NONE);
        ROW_EQUAL(i, seat_is_quiet(&seat, now_us), rows[i].quiet);
    }
    speaker_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_every_script),
        cmocka_unit_test(nobody_open_means_no_deadline),
        cmocka_unit_test(removing_one_leaves_the_rest),
        cmocka_unit_test(quiet_is_40_ms_below_or_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
