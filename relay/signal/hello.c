/* Joining and coming back: one mechanism for newcomers, late ones, those who lost their connection, and
 * everyone after a restart. */
#include "signal/parts.h"

#include <stdlib.h>

/* One text for a wrong, an expired and a withdrawn token: it tells a guesser nothing. */
#define TOKEN_WHY                                                                                            \
    "This join link is not valid: it is wrong, has expired or was withdrawn, or its session is long over. "  \
    "Ask the organiser for a new one."

/* Whether all events after `last` are still here, and the session has been large, or small, since. */
static bool can_resume(const struct sitting *s, const struct hello *h)
{
    uint64_t n = session_n(s->state);
    return h->has_last && h->last >= 1 && h->last >= session_switched_n(s->state) && h->last <= n &&
           h->last + 1 >= s->log_first && n - h->last <= RESUME_EVENTS_MAX;
}

static struct text *resumed_text(const struct sitting *s, struct welcome *w, uint64_t last)
{
    size_t count = 0;
    struct json_raw *raw = calloc((size_t)(w->n - last) + 1, sizeof *raw);
    if (!raw)
        return NULL;
    for (uint64_t n = last + 1; n <= w->n; n++) {
        const struct told *t = sitting_told(s, n);
        if (!t->only || t->only == w->you)
            raw[count++] = (struct json_raw){t->text->bytes, t->text->len};
    }
    w->resumed = true;
    w->events = (struct event_list){.raw = raw, .count = count};
    struct relay_sentence sentence = {.kind = RELAY_WELCOME, .welcome = *w};
    struct text *text = sentence_text(&sentence);
    free(raw);
    return text;
}

static struct text *whole_text(const struct sitting *s, struct welcome *w)
{
    struct session_view view;
    if (session_view_for(s->state, w->you, &view))
        return NULL;
    w->session = &view;
    struct relay_sentence sentence = {.kind = RELAY_WELCOME, .welcome = *w};
    struct text *text = sentence_text(&sentence);
    session_view_free(&view);
    return text;
}

static struct text *welcome_text(const struct desk *d, const struct seat *seat, const struct hello *h,
                                 point_us now_us)
{
    const struct sitting *s = seat->sitting;
    struct welcome w = {.you = seat->number,
                        .n = session_n(s->state),
                        .clock = sitting_clock(d, s, now_us),
                        .now_ms = wall_ms(d, now_us)};
    return can_resume(s, h) ? resumed_text(s, &w, h->last) : whole_text(s, &w);
}

static enum err join(struct desk *d, const struct seat *seat, point_us now_us, const char **ret_why)
{
    struct command c = {.kind = COMMAND_JOIN, .by = seat->number, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    c.join.who = seat->number;
    c.join.name = seat->name;
    c.join.place = seat->place;
    c.join.language = seat->language;
    c.join.role = seat->role;
    c.join.deputy = seat->deputy;
    c.join.person = seat->person;
    return sitting_do(d, seat->sitting, &c, now_us, &n, ret_why);
}

/* The screen of a hall shows its code from the first. */
static void room_code(struct desk *d, const struct seat *seat, point_us now_us)
{
    struct sitting *s = seat->sitting;
    if (session_room(s->state, seat->place) == 0 || session_has_code(s->state, seat->place))
        return;
    char code[CODE_MAX + 1];
    struct action a = {.verb = VERB_CODE, .room = seat->place};
    struct command c = {.kind = COMMAND_ACTION, .by = seat->number, .at_ms = wall_ms(d, now_us)};
    uint64_t n;
    const char *why;
    code_make(d, code);
    c.action.action = &a;
    c.action.new_code = code;
    /* Where memory is short there is no code yet; the next device or a chair asks for one. */
    enum err e = sitting_do(d, s, &c, now_us, &n, &why);
    (void)e;
}

void peek(struct desk *d, struct member *m, const char *token, point_us now_us)
{
    const struct seat *seat = seat_of_token(d, token, now_us);
    if (!seat) {
        member_bye(d, m, BYE_TOKEN, false, TOKEN_WHY);
        return;
    }
    const struct session *state = seat->sitting->state;
    struct relay_sentence s = {.kind = RELAY_LINK,
                               .link = {.name = seat->name,
                                        .place = seat->place,
                                        .title = session_title(state),
                                        .role = seat->role,
                                        .state = session_phase(state),
                                        .recorded = session_recorded(state),
                                        .starts_ms = session_starts_ms(state),
                                        .language = seat->language}};
    member_wait(d, m, now_us);
    member_say(d, m, sentence_text(&s), false);
}

void hello(struct desk *d, struct member *m, const struct hello *h, point_us now_us)
{
    struct seat *seat = seat_of_token(d, h->token, now_us);
    const char *why = "";
    if (!seat) {
        member_bye(d, m, BYE_TOKEN, false, TOKEN_WHY);
        return;
    }
    struct sitting *s = seat->sitting;
    if (session_phase(s->state) == SESSION_ENDED) {
        member_bye(d, m, BYE_ENDED, false, "The session has ended.");
        return;
    }
    if (d->draining && !session_person(s->state, seat->number)) {
        member_bye(d, m, BYE_FULL, false, "This relay is about to end and takes nobody new.");
        return;
    }
    struct hello h_here = *h;
    if (programme_moves(d, h->token, s->id))
        h_here.has_last = false; /* what he knows is of another session */
    enum err e = join(d, seat, now_us, &why);
    if (e) {
        member_bye(d, m,
                   e == ERR_FORBIDDEN && session_removed(s->state, seat->number) ? BYE_REMOVED : BYE_FULL,
                   e == ERR_MEMORY, why);
        return;
    }
    if (seat->member)
        member_bye(d, seat->member, BYE_REPLACED, false, "You joined from another place with the same link.");
    member_sit(d, m, seat);
    uint64_t n = session_n(s->state);
    pending_say(d, m, PENDING_WELCOME, welcome_text(d, seat, &h_here, now_us), s->last_row, n, now_us);
    if (seat->role == ROLE_ROOM)
        room_code(d, seat, now_us);
    asides(d, m, now_us);
}

void hello_welcome(struct desk *d, struct member *m, struct text *text, uint64_t n, point_us now_us)
{
    (void)now_us;
    m->welcomed = true;
    m->told = n;
    member_say(d, m, text, false);
    if (d->refused)
        tell_not_saved(d, m);
    tell_recording(d, m);
    if (session_large(m->seat->sitting->state))
        roster_count_for(d, m);
    const struct sitting *s = m->seat->sitting;
    if (s->audible_count == 0)
        return;
    struct relay_sentence speaking = {.kind = RELAY_SPEAKING, .speaking = {s->audible, s->audible_count}};
    member_say(d, m, sentence_text(&speaking), true);
}

void tell_not_saved(struct desk *d, struct member *m)
{
    if (!session_leads(m->seat->sitting->state, m->seat->number))
        return;
    struct relay_sentence s = {.kind = d->refused ? RELAY_NOT_SAVED : RELAY_SAVED,
                               .not_saved_since_ms = d->refused_since_ms};
    member_say(d, m, sentence_text(&s), false);
}
