#include "ctl/load.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ctl/door.h"
#include "ctl/programme_file.h"
#include "ctl/table.h"

struct loading {
    const struct load *load;
    json_t *plan, *programme; /* owned; `programme` is its id */
    json_t *sessions;         /* owned: key → id */
    size_t refused, changed_sessions, changed_people, decks;
    char *why;
    size_t why_size;
};

static enum err read_file(struct loading *g, char **ret_text, size_t *ret_len)
{
    FILE *f = fopen(g->load->file, "rb");
    char *text = f != NULL ? malloc(PROGRAMME_FILE_MAX + 1) : NULL;
    size_t len = text != NULL ? fread(text, 1, PROGRAMME_FILE_MAX + 1, f) : 0;
    bool good = text != NULL && !ferror(f);
    if (!good)
        snprintf(g->why, g->why_size, "%s: %s", g->load->file, strerror(errno));
    else if (len > PROGRAMME_FILE_MAX)
        snprintf(g->why, g->why_size, "%s: a programme's file has at most 4 MB.", g->load->file);
    if (f != NULL)
        fclose(f);
    if (!good || len > PROGRAMME_FILE_MAX) {
        free(text);
        return ERR_UNKNOWN;
    }
    *ret_text = text;
    *ret_len = len;
    return ERR_NONE;
}

static enum err read_plan(struct loading *g)
{
    char *text, *mistakes = NULL;
    size_t len;
    enum err e = read_file(g, &text, &len);
    if (e != ERR_NONE)
        return e;
    e = programme_file_read(g->load->file, text, len, &g->plan, &mistakes);
    free(text);
    if (e == ERR_MALFORMED) {
        fputs(mistakes, g->load->complaints);
        snprintf(g->why, g->why_size, "%s has mistakes; nothing was loaded.", g->load->file);
    }
    free(mistakes);
    return e;
}

/* One request; *ret_reply is the caller's (NULL where the relay said no: that is told with the line). */
static enum err ask(struct loading *g, json_t *request, int line, const char *file, json_t **ret_reply)
{
    char *text = json_dumps(request, JSON_COMPACT), *answer = NULL;
    if (text == NULL)
        return ERR_MEMORY;
    const struct door_ask door = {.socket = g->load->socket,
                                  .web = g->load->web,
                                  .request = text,
                                  .request_len = strlen(text),
                                  .file = file,
                                  .progress = file != NULL ? g->load->progress : NULL};
    enum err e = door_call(&door, &answer, g->why, g->why_size);
    free(text);
    if (e != ERR_NONE)
        return e;
    json_t *reply = json_loads(answer, JSON_REJECT_DUPLICATES, NULL);
    free(answer);
    *ret_reply = reply;
    char cell[TABLE_CELL_MAX];
    if (json_is_true(json_object_get(reply, "ok"))) {
        table_cell(json_object_get(reply, "note"), cell);
        if (json_object_get(reply, "note") != NULL)
            fprintf(g->load->complaints, "%s:%d: %s\n", g->load->file, line, cell);
        return ERR_NONE;
    }
    table_cell(json_object_get(reply, "why"), cell);
    fprintf(g->load->complaints, "%s:%d: %s\n", g->load->file, line, cell);
    g->refused++;
    json_decref(reply);
    *ret_reply = NULL;
    return ERR_NONE;
}

/* The piece without what is not for the relay, with its verb; the caller's. */
static json_t *request_of(struct loading *g, json_t *piece, const char *verb, int *ret_line)
{
    json_t *request = json_copy(piece);
    *ret_line = (int)json_integer_value(json_object_get(piece, "line"));
    json_object_del(request, "line");
    json_object_del(request, "decks");
    json_object_del(request, "interpreters");
    json_object_set_new(request, "verb", json_string(verb));
    if (g->programme != NULL)
        json_object_set(request, "programme", g->programme);
    return request;
}

static enum err send_piece(struct loading *g, json_t *piece, const char *verb, json_t **ret_reply)
{
    int line;
    json_t *request = request_of(g, piece, verb, &line);
    enum err e = ask(g, request, line, NULL, ret_reply);
    json_decref(request);
    return e;
}

static enum err send_sessions(struct loading *g)
{
    size_t i;
    json_t *session, *reply = NULL;
    enum err e = ERR_NONE;
    json_array_foreach(json_object_get(g->plan, "sessions"), i, session)
    {
        if ((e = send_piece(g, session, "programme-session", &reply)) != ERR_NONE)
            return e;
        if (reply == NULL)
            continue;
        g->changed_sessions += json_is_true(json_object_get(reply, "changed"));
        json_object_set(g->sessions, json_string_value(json_object_get(session, "key")),
                        json_object_get(reply, "session"));
        json_decref(reply);
    }
    return e;
}

static enum err send_people(struct loading *g)
{
    size_t i;
    json_t *person, *reply = NULL;
    json_array_foreach(json_object_get(g->plan, "people"), i, person)
    {
        enum err e = send_piece(g, person, "programme-person", &reply);
        if (e != ERR_NONE)
            return e;
        g->changed_people += json_is_true(json_object_get(reply, "changed"));
        json_decref(reply);
    }
    return ERR_NONE;
}

/* A deck's file lies beside the programme's, unless its path is whole. */
static void path_of(const struct loading *g, const char *file, char ret_path[PATH_MAX])
{
    const char *slash = strrchr(g->load->file, '/');
    int folder = file[0] != '/' && slash != NULL ? (int)(slash - g->load->file) + 1 : 0;
    snprintf(ret_path, PATH_MAX, "%.*s%s", folder, g->load->file, file);
}

static json_t *deck_request(const char *session, const char *file)
{
    const char *slash = strrchr(file, '/'), *name = slash != NULL ? slash + 1 : file;
    const char *dot = strrchr(name, '.');
    int len = dot != NULL && dot != name ? (int)(dot - name) : (int)strlen(name);
    json_t *request = json_pack("{s:s,s:s}", "verb", "deck-add", "session", session);
    json_t *title = json_stringn(name, (size_t)len);
    if (title != NULL && len <= 200)
        json_object_set(request, "title", title);
    json_decref(title);
    return request;
}

/* Whether the session has a deck of this request's title: each conversion would be a new deck. */
static enum err has_deck(struct loading *g, const json_t *request, bool *ret_has)
{
    json_t *reply = NULL, *deck;
    const char *title = json_string_value(json_object_get(request, "title"));
    json_t *show = json_pack("{s:s,s:O}", "verb", "show", "session", json_object_get(request, "session"));
    size_t i;
    enum err e = ask(g, show, 1, NULL, &reply);
    json_decref(show);
    json_array_foreach(json_object_get(json_object_get(reply, "session"), "decks"), i, deck)
    {
        const char *other = json_string_value(json_object_get(deck, "title"));
        *ret_has = *ret_has || (title != NULL && other != NULL && strcmp(title, other) == 0);
    }
    json_decref(reply);
    return e;
}

static enum err send_deck(struct loading *g, const char *session, const json_t *deck)
{
    char path[PATH_MAX];
    const char *file = json_string_value(json_object_get(deck, "file"));
    int line = (int)json_integer_value(json_object_get(deck, "line"));
    json_t *reply = NULL, *request = deck_request(session, file);
    path_of(g, file, path);
    bool has = false;
    enum err e = has_deck(g, request, &has);
    if (e == ERR_NONE && !has)
        e = ask(g, request, line, path, &reply);
    json_decref(request);
    if (e == ERR_UNKNOWN) { /* that file cannot be read */
        fprintf(g->load->complaints, "%s:%d: %s\n", g->load->file, line, g->why);
        g->refused++;
        e = ERR_NONE;
    }
    g->decks += reply != NULL;
    json_decref(reply);
    return e;
}

static enum err send_decks(struct loading *g)
{
    size_t i, k;
    json_t *session, *deck;
    json_array_foreach(json_object_get(g->plan, "sessions"), i, session)
    {
        const char *key = json_string_value(json_object_get(session, "key"));
        const char *id = json_string_value(json_object_get(g->sessions, key));
        json_array_foreach(json_object_get(session, "decks"), k, deck)
        {
            enum err e = id != NULL ? send_deck(g, id, deck) : ERR_NONE;
            if (e != ERR_NONE)
                return e;
        }
    }
    return ERR_NONE;
}

static bool has_key(const json_t *list, const char *key)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i,
                       one) if (strcmp(json_string_value(json_object_get(one, "key")), key) == 0) return true;
    return false;
}

/* What the relay has and the file has not any more stays: it is told, and people decide. */
static enum err tell_left_over(struct loading *g)
{
    static const struct {
        const char *list, *word, *remedy;
    } lists[] = {{"sessions", "session", "aulactl end --session"},
                 {"people", "person", "aulactl programme withdraw --programme"}};
    json_t *reply = NULL, *one;
    json_t *request = json_pack("{s:s,s:O}", "verb", "programme-show", "programme", g->programme);
    enum err e = ask(g, request, 1, NULL, &reply);
    json_decref(request);
    const json_t *there = json_object_get(reply, "programme");
    for (size_t n = 0; n < sizeof lists / sizeof lists[0] && e == ERR_NONE; n++) {
        size_t i;
        json_array_foreach(json_object_get(there, lists[n].list), i, one)
        {
            const char *key = json_string_value(json_object_get(one, "key"));
            bool over =
                strcmp("ended", n == 0 ? json_string_value(json_object_get(one, "state")) : "") == 0 ||
                json_is_true(json_object_get(one, "withdrawn"));
            if (key == NULL || over || has_key(json_object_get(g->plan, lists[n].list), key))
                continue;
            if (n == 0)
                fprintf(g->load->complaints, "%s: session %s is not in the file any more: %s %s ends it.\n",
                        g->load->file, key, lists[n].remedy,
                        json_string_value(json_object_get(one, "session")));
            else
                fprintf(g->load->complaints,
                        "%s: person %s is not in the file any more: %s %s --person %s takes the link away.\n",
                        g->load->file, key, lists[n].remedy, json_string_value(g->programme), key);
        }
    }
    json_decref(reply);
    return e;
}

static enum err send_all(struct loading *g)
{
    json_t *reply = NULL;
    enum err e = send_piece(g, json_object_get(g->plan, "programme"), "programme", &reply);
    if (e == ERR_NONE && reply != NULL) {
        g->programme = json_incref(json_object_get(reply, "programme"));
        json_decref(reply);
        e = send_sessions(g);
        if (e == ERR_NONE && g->refused == 0) /* people are of sessions that must be there */
            e = send_people(g);
        if (e == ERR_NONE)
            e = send_decks(g);
        if (e == ERR_NONE)
            e = tell_left_over(g);
    }
    if (e == ERR_NONE && g->refused > 0) {
        snprintf(g->why, g->why_size, "The relay took a part of it: mend what it refused and load again.");
        e = ERR_FORBIDDEN;
    }
    return e;
}

static void tell(const struct loading *g)
{
    size_t sessions = json_array_size(json_object_get(g->plan, "sessions"));
    size_t people = json_array_size(json_object_get(g->plan, "people"));
    const char *id = json_string_value(g->programme);
    if (g->load->json)
        fprintf(g->load->out,
                "{\"programme\":\"%s\",\"sessions\":%zu,\"sessions_changed\":%zu,\"people\":%zu,"
                "\"people_changed\":%zu,\"decks\":%zu}\n",
                id, sessions, g->changed_sessions, people, g->changed_people, g->decks);
    else
        fprintf(g->load->out,
                "%s  %zu sessions (%zu new or changed), %zu people (%zu new or changed), %zu decks\n", id,
                sessions, g->changed_sessions, people, g->changed_people, g->decks);
}

enum err load_programme(const struct load *load, char *why, size_t why_size)
{
    struct loading g = {.load = load, .sessions = json_object(), .why = why, .why_size = why_size};
    enum err e = read_plan(&g);
    if (e == ERR_NONE)
        e = send_all(&g);
    if (e == ERR_NONE)
        tell(&g);
    json_decref(g.plan);
    json_decref(g.programme);
    json_decref(g.sessions);
    return e;
}
