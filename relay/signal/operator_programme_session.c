/* The operator's door: sessions of a programme. Until it opens a session becomes what the file says; after
 * that its running order alone does, and the reply has a note of what stays. */
#include "signal/programme.h"

#include <stdio.h>
#include <string.h>

/* What stays as it is, told in one sentence. */
struct stays {
    char words[120], note[WHY_MAX];
};

static void keep(struct stays *k, const char *word)
{
    size_t len = strlen(k->words);
    snprintf(k->words + len, sizeof k->words - len, "%s%s", len ? ", " : "", word);
}

static bool same_names(const struct name_list *a, const struct name_list *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++)
        same = strcmp(a->at[i], b->at[i]) == 0;
    return same;
}

/* Of an open session these stay. The piece is made to say what they are, in the view's strings. */
static void keep_open(const struct session_view *v, const struct planned *one, struct programme_piece *piece,
                      struct stays *k)
{
    if (strcmp(v->title, piece->title) != 0)
        keep(k, "title");
    if (!same_names(&v->rooms, &piece->rooms))
        keep(k, "rooms");
    if (!same_names(&v->languages, &piece->languages))
        keep(k, "languages");
    if (one->starts_ms != piece->starts_ms)
        keep(k, "start");
    piece->title = v->title;
    piece->rooms = v->rooms;
    piece->languages = v->languages;
    piece->starts_ms = one->starts_ms;
    if (piece->ends_ms <= piece->starts_ms)
        piece->ends_ms = one->ends_ms;
    if (k->words[0])
        snprintf(k->note, sizeof k->note, "The session is open already; of it stay as they are: %s.",
                 k->words);
}

/* With a change the session's own strings go, and with them the view's: it is made anew. */
static const char *keep_rooms(struct sitting *s, struct programme_piece *piece, struct session_view *v)
{
    session_view_free(v);
    *v = (struct session_view){0};
    if (session_view_make(s->state, v))
        return MEMORY_WHY;
    piece->rooms = v->rooms;
    return NULL;
}

static const char *change(struct desk *d, struct sitting *s, struct session_view *v,
                          struct programme_piece *piece, struct stays *k, point_us now_us)
{
    struct command c = {.kind = COMMAND_CHANGE, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    const char *why = NULL;
    c.create.title = piece->title;
    c.create.rooms = piece->rooms;
    c.create.languages = piece->languages;
    c.create.recorded = piece->record;
    c.create.starts_ms = piece->starts_ms;
    if (!sitting_do(d, s, &c, now_us, &n, &why))
        return NULL;
    if (strcmp(why, refusal_why(REFUSAL_ROOM_USED)) != 0)
        return why;
    /* All but the rooms, then. */
    snprintf(k->note, sizeof k->note, "%s", why);
    c.create.rooms = v->rooms;
    return sitting_do(d, s, &c, now_us, &n, &why) ? why : keep_rooms(s, piece, v);
}

static const char *make_session(struct desk *d, const struct request *r, const struct programme_piece *piece,
                                struct sitting **ret_sitting)
{
    struct command c = {.kind = COMMAND_CREATE, .at_ms = wall_ms(d, r->now_us)};
    const char *why = NULL;
    c.create.title = piece->title;
    c.create.rooms = piece->rooms;
    c.create.languages = piece->languages;
    c.create.recorded = piece->record;
    c.create.planned = true;
    c.create.starts_ms = piece->starts_ms;
    *ret_sitting = session_make(d, &c, r->now_us, &why);
    return *ret_sitting ? NULL : why;
}

/* Its row, its running order, and the reply. */
static void settle(struct desk *d, const struct request *r, struct programme *p,
                   struct programme_piece *piece, const char *note)
{
    char id[SESSION_ID_MAX + 1];
    snprintf(id, sizeof id, "%s", piece->session);
    const struct planned *one = planned_find(p, piece->key);
    bool changed = !one || !piece_is_same(one->text, piece);
    enum err e = changed ? programme_write(d, piece, r->now_us) : ERR_NONE;
    if (e) {
        programme_refuse(d, r, e);
        return;
    }
    const char *why = agenda_of_planned(d, p, planned_find(p, piece->key), r->now_us);
    if (why)
        reply_refuse(d, r->number, false, why);
    else
        programme_reply(d, r, &(struct piece_reply){changed, "session", id, note});
}

/* One that the programme has already. */
static void again(struct desk *d, const struct request *r, struct programme *p, const struct planned *one,
                  struct programme_piece *piece)
{
    struct sitting *s = sitting_find(d, one->session);
    struct session_view v;
    struct stays k = {.note = ""};
    char id[SESSION_ID_MAX + 1];
    const char *why = NULL;
    snprintf(id, sizeof id, "%s", one->session);
    piece->session = id;
    if (!s || session_phase(s->state) == SESSION_ENDED) {
        if (!piece_is_same(one->text, piece))
            snprintf(k.note, sizeof k.note, "The session is over and stays as it was.");
        programme_reply(d, r, &(struct piece_reply){false, "session", id, k.note});
        return;
    }
    if (session_view_make(s->state, &v)) {
        programme_refuse(d, r, ERR_MEMORY);
        return;
    }
    /* The view's strings are good until the session changes. */
    if (session_phase(s->state) == SESSION_OPEN)
        keep_open(&v, one, piece, &k);
    else
        why = change(d, s, &v, piece, &k, r->now_us);
    if (why)
        reply_refuse(d, r->number, false, why);
    else
        settle(d, r, p, piece, k.note);
    session_view_free(&v);
}

void operator_programme_session(struct desk *d, const struct request *r)
{
    struct programme *p = programme_named(d, r);
    struct programme_piece piece;
    struct sitting *s = NULL;
    if (!p)
        return;
    piece_read(r->in, PIECE_SESSION, false, &piece);
    if (request_misread(d, r))
        return;
    piece.programme = p->id;
    const struct planned *one = planned_find(p, piece.key);
    const char *why = session_names_wrong(&piece.rooms, &piece.languages);
    if (!why && one) {
        again(d, r, p, one, &piece);
        return;
    }
    if (!why && p->planned_count >= PLANNED_MAX)
        why = "The programme has as many sessions as it can hold.";
    if (!why)
        why = make_session(d, r, &piece, &s);
    if (why) {
        reply_refuse(d, r->number, false, why);
        return;
    }
    piece.session = s->id;
    settle(d, r, p, &piece, NULL);
}
