/* tests/vectors/large.json: what a member of a large session is told, and whom he then knows. The page's fold
 * is held to the same rows (tests/unit/web). */
#include "../rows.h"

#include <jansson.h>

#include "mirror.h"
#include "wire/participant.h"

static void take(struct mirror *m, int row, const json_t *sentence)
{
    char *text = json_dumps(sentence, JSON_COMPACT), why[WHY_MAX] = "";
    struct relay_sentence s;
    if (!text || relay_sentence_read(text, strlen(text), &s, why))
        fail_msg("row %d: %s", row, why);
    if (s.kind == RELAY_WELCOME)
        assert_int_equal(mirror_welcome(m, s.welcome.session, s.welcome.you, s.welcome.n), ERR_NONE);
    else if (s.kind == RELAY_ROSTER)
        assert_int_equal(mirror_roster(m, &s.roster), ERR_NONE);
    else if (s.kind == RELAY_COUNTS)
        mirror_counts(m, &s.counts);
    for (size_t i = 0; s.kind == RELAY_EVENTS && i < s.events.count; i++)
        assert_int_equal(mirror_event(m, &s.events.events[i]), ERR_NONE);
    relay_sentence_finish(&s);
    free(text);
}

static json_t *known(const struct mirror *m)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_open_array(&o, "people");
    for (size_t i = 0; i < m->people_count; i++) {
        const struct mirror_person *p = &m->people[i];
        const struct view_participant v = {.id = p->id,
                                           .name = p->name,
                                           .place = p->place,
                                           .role = p->role,
                                           .present = p->present,
                                           .floor = p->floor,
                                           .muted = p->muted,
                                           .hand = p->hand,
                                           .pinned = p->pinned,
                                           .both = p->both,
                                           .deputy = p->deputy,
                                           .queue = mirror_queue(m, p->id)};
        participant_write(&o, NULL, &v);
    }
    json_close_array(&o);
    json_close_object(&o);
    json_t *all = json_loadb(o.text, o.len, 0, NULL), *list = json_incref(json_object_get(all, "people"));
    json_decref(all);
    json_out_finish(&o);
    return list;
}

static void each_row(void **state)
{
    (void)state;
    json_t *all = json_load_file(VECTORS "/large.json", JSON_REJECT_DUPLICATES, NULL), *row;
    struct mirror m;
    size_t i;
    assert_true(json_array_size(json_object_get(all, "rows")) > 15);
    mirror_init(&m);
    json_array_foreach(json_object_get(all, "rows"), i, row)
    {
        const json_t *then = json_object_get(row, "then");
        take(&m, (int)i + 1, json_object_get(row, "sentence"));
        ROW_EQUAL(i, m.large, json_is_true(json_object_get(then, "large")));
        json_t *people = known(&m);
        if (!json_equal(people, json_object_get(then, "people"))) {
            char *text = json_dumps(people, 0);
            fail_msg("row %zu knows %s", i + 1, text);
        }
        json_decref(people);
    }
    mirror_finish(&m);
    json_decref(all);
}

static const struct view_participant twice[] = {{.id = 2, .name = "A", .place = "remote"},
                                                {.id = 2, .name = "B", .place = "remote"}};

static void hostile_rosters(void **state)
{
    (void)state;
    struct mirror m;
    mirror_init(&m);
    const struct session_view view = {
        .id = "s1", .title = "T", .large = true, .participants = twice, .participant_count = 1};
    assert_int_equal(mirror_welcome(&m, &view, 7, 40), ERR_NONE);
    struct roster r = {.n = 41, .participants = twice, .participant_count = 2};
    assert_int_equal(mirror_roster(&m, &r), ERR_MALFORMED);
    assert_int_equal(m.n, 0); /* all is asked for again */
    assert_int_equal(mirror_welcome(&m, &view, 7, 40), ERR_NONE);
    mirror_counts(&m,
                  &(struct people_counts){.n = 39, .people = 300}); /* an older number moves nothing back */
    assert_int_equal(m.n, 40);
    assert_int_equal(m.present, 300);
    uint32_t id = 0;
    assert_int_equal(mirror_find(&m, "1234", &id), ERR_NONE); /* of a search, perhaps */
    assert_int_equal(id, 1234);
    assert_int_equal(mirror_find(&m, "Nobody", &id), ERR_UNKNOWN);
    r = (struct roster){.n = 42};
    assert_int_equal(mirror_roster(&m, &r), ERR_NONE);
    assert_int_equal(mirror_find(&m, "1234", &id), ERR_UNKNOWN);
    mirror_finish(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_row), cmocka_unit_test(hostile_rosters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
