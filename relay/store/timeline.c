#include "store/timeline.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/signal.h"

void erase_from_event(struct event *event)
{
    if (event->name)
        event->name = ERASED;
    if (event->text)
        event->text = ERASED;
    event->person = NULL;
}

/* ---- the state at the begin ---- */

static void *own(struct json_doc *doc, const void *list, size_t count, size_t size);

bool erase_from_agenda(struct json_doc *doc, struct agenda *agenda, const struct erased *who)
{
    struct agenda_item *items = own(doc, agenda->at, agenda->count, sizeof *items);
    bool his = false;
    for (size_t i = 0; items && i < agenda->count; i++) {
        if (!items[i].name || !who->is_his(who->self, items[i].who))
            continue;
        items[i].name = ERASED;
        his = true;
    }
    if (items)
        agenda->at = items;
    return his;
}

/* A copy of a view's list that may be changed; it lives in the document. */
static void *own(struct json_doc *doc, const void *list, size_t count, size_t size)
{
    void *copy = count > 0 ? json_doc_alloc(doc, count, size) : NULL;
    if (copy)
        memcpy(copy, list, count * size);
    return copy;
}

static void erase_from_view(struct json_doc *doc, struct session_view *v, const struct erased *who)
{
    struct view_participant *people = own(doc, v->participants, v->participant_count, sizeof *people);
    struct view_chat *chat = own(doc, v->chat, v->chat_count, sizeof *chat);
    struct view_question *questions = own(doc, v->questions, v->question_count, sizeof *questions);
    for (size_t i = 0; people && i < v->participant_count; i++) {
        if (who->is_his(who->self, people[i].id))
            people[i].name = ERASED;
    }
    for (size_t i = 0; chat && i < v->chat_count; i++) {
        if (who->is_his(who->self, chat[i].who))
            chat[i].text = ERASED;
    }
    for (size_t i = 0; questions && i < v->question_count; i++) {
        if (who->is_his(who->self, questions[i].who))
            questions[i].text = ERASED;
    }
    erase_from_agenda(doc, &v->agenda, who);
    v->participants = people;
    v->chat = chat;
    v->questions = questions;
}

/* ---- lines ---- */

/* `{"t":1.5,` stands before every line's own members: those are written anew behind it. */
static size_t time_len(const char *line)
{
    const char *comma = strncmp(line, "{\"t\":", 5) == 0 ? strchr(line, ',') : NULL;
    return comma ? (size_t)(comma - line) + 1 : 0;
}

/* *o gets the line's members after its time, where they are not to stay as they are. */
static enum err rewrite(const char *line, size_t len, const struct erased *who, struct json_out *o)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    enum err e = json_doc_read(line, len, WELCOME_MAX, &doc, why);
    if (e != ERR_NONE)
        return e == ERR_MEMORY ? e : ERR_NONE;
    struct json_in in = json_doc_root(doc);
    if (strcmp(json_in_string(in, "kind", JSON_TEXT_ID, 64), "session") == 0) {
        struct session_view view;
        int64_t at_ms = json_in_integer(in, "at", 0, JSON_INTEGER_MAX);
        session_view_read(json_in_object(in, "session"), &view);
        erase_from_view(doc, &view, who);
        json_open_object(o, NULL);
        json_put_string(o, "kind", "session");
        json_put_integer(o, "at", at_ms);
        session_view_write(o, "session", &view);
        json_close_object(o);
    } else if (strcmp(json_in_string(in, "kind", JSON_TEXT_ID, 64), "agenda") == 0) {
        struct event event;
        event_read(in, &event);
        if (erase_from_agenda(doc, &event.agenda, who))
            event_write_told(o, NULL, &event);
    } else if (json_in_has(in, "n") &&
               who->is_his(who->self, json_in_integer_or(in, "who", 0, UINT32_MAX, 0))) {
        struct event event;
        event_read(in, &event);
        erase_from_event(&event);
        event_write_told(o, NULL, &event);
    }
    e = json_doc_error(doc) == ERR_MEMORY || o->failed ? ERR_MEMORY : ERR_NONE;
    if (json_doc_error(doc)) /* of no kind that is known: it stays */
        json_out_finish(o);
    json_doc_destroy(doc);
    return e;
}

static enum err copy_line(FILE *to, const char *line, size_t len, const struct erased *who)
{
    struct json_out o;
    size_t before = time_len(line), end = len > 0 && line[len - 1] == '\n' ? len - 1 : len;
    json_out_init(&o);
    enum err e = before > 0 ? rewrite(line, end, who, &o) : ERR_NONE;
    bool good = true;
    if (e == ERR_NONE && o.len > 0)
        good = fwrite(line, before, 1, to) == 1 && fwrite(o.text + 1, o.len - 1, 1, to) == 1 &&
               (end == len || fputc('\n', to) != EOF);
    else if (e == ERR_NONE)
        good = fwrite(line, len, 1, to) == 1;
    json_out_finish(&o);
    return e != ERR_NONE ? e : good ? ERR_NONE : ERR_SYSTEM;
}

static enum err copy_lines(FILE *from, FILE *to, const struct erased *who)
{
    char *line = NULL;
    size_t size = 0;
    enum err e = ERR_NONE;
    for (ssize_t n = getline(&line, &size, from); n > 0 && e == ERR_NONE; n = getline(&line, &size, from))
        e = copy_line(to, line, (size_t)n, who);
    if (e == ERR_NONE && (ferror(from) || fflush(to) != 0 || fsync(fileno(to)) != 0))
        e = ERR_SYSTEM;
    free(line);
    return e;
}

enum err erase_from_timeline(const char *data_dir, const char *session, const struct erased *who)
{
    char path[PATH_MAX], part[PATH_MAX + 8];
    int n = snprintf(path, sizeof path, "%s/recordings/%s/timeline.jsonl", data_dir, session);
    if (n < 0 || (size_t)n >= sizeof path || strchr(session, '/') || session[0] == '.')
        return ERR_NONE;
    FILE *from = fopen(path, "re");
    if (!from)
        return errno == ENOENT ? ERR_NONE : ERR_SYSTEM;
    snprintf(part, sizeof part, "%s.part", path);
    unlink(part); /* of a try that was cut off */
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *to = fd >= 0 ? fdopen(fd, "w") : NULL;
    enum err e = to ? copy_lines(from, to, who) : ERR_SYSTEM;
    fclose(from);
    if (fd >= 0 && !to)
        close(fd);
    if (to && fclose(to) != 0 && e == ERR_NONE)
        e = ERR_SYSTEM;
    if (e == ERR_NONE && rename(part, path) != 0)
        e = ERR_SYSTEM;
    if (e != ERR_NONE)
        unlink(part);
    return e;
}
