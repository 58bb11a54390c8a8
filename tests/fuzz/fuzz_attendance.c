/* Attendance out of events that no session ever had, one a line; a line that begins with '#' begins another
 * session, one with 'L' is a link. Intervals have an end after their beginning, do not touch within a
 * session, and no one was there for longer than it was open. */
#include <string.h>

#include "fuzz.h"
#include "report/attendance_text.h"

static void take(struct attendance *a, const char *line, size_t len)
{
    struct json_doc *doc;
    struct event event;
    char why[JSON_WHY_MAX];
    enum err e = ERR_NONE;
    bool is_link = len > 0 && line[0] == 'L';
    if (json_doc_read(line + is_link, len - is_link, 65536, &doc, why) != ERR_NONE)
        return;
    struct json_in in = json_doc_root(doc);
    event_read(in, &event);
    if (is_link)
        e = attendance_link(a, (uint32_t)json_in_integer_or(in, "who", 0, UINT32_MAX, 0), "Name", "remote",
                            json_in_string_or_null(in, "person", JSON_TEXT_LINE, PERSON_ID_MAX),
                            ROLE_TRAINEE);
    else if (json_doc_error(doc) == ERR_NONE)
        e = attendance_event(a, &event);
    PROMISE(e == ERR_NONE || e == ERR_MALFORMED);
    json_doc_destroy(doc);
}

static void look(const struct attendance *a)
{
    for (size_t i = 0; i < attendance_person_count(a); i++) {
        const struct attendance_person *p = attendance_person(a, i);
        for (size_t k = 0; k < p->span_count; k++) {
            PROMISE(p->spans[k].from_ms < p->spans[k].to_ms &&
                    p->spans[k].session < attendance_session_count(a));
            PROMISE(k == 0 || p->spans[k].from_ms >= p->spans[k - 1].from_ms);
        }
        PROMISE(p->total_ms >= 0 && (p->span_count > 0) == (p->total_ms > 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct attendance *a;
    const struct attendance_wish wish = {.per_cent = 80, .url = "https://h"};
    PROMISE(attendance_create(&a) == ERR_NONE && attendance_begin(a, "s") == ERR_NONE);
    for (size_t at = 0; at < len;) {
        const uint8_t *end = memchr(bytes + at, '\n', len - at);
        size_t line = end ? (size_t)(end - bytes) - at : len - at;
        if (line > 0 && bytes[at] == '#') {
            PROMISE(attendance_end(a, 0) == ERR_NONE);
            if (attendance_begin(a, "t") != ERR_NONE)
                break;
        } else {
            take(a, (const char *)bytes + at, line);
        }
        at += line + 1;
    }
    PROMISE(attendance_end(a, 0) == ERR_NONE && attendance_finish(a) == ERR_NONE);
    look(a);
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    attendance_write_json(&o, a, &wish);
    attendance_write_csv(&o, a, &wish);
    attendance_write_xapi(&o, a, &wish);
    json_close_object(&o);
    PROMISE(!o.failed);
    json_out_finish(&o);
    attendance_destroy(a);
    return 0;
}
