/* A sentence came: who said it, may he say so much, and what it asks for. */
#include "signal/parts.h"

/* The answer to a command, once its event is on disk; whoever leaves is let go then. */
static void done(struct desk *d, struct member *m, const struct action *a, uint64_t n, point_us now_us)
{
    struct sitting *s = m->seat->sitting;
    struct relay_sentence sentence = {.kind = RELAY_DONE, .done = {a->id, n}};
    pending_say(d, m, PENDING_SENTENCE, sentence_text(&sentence), s->last_row, 0, now_us);
    if (a->verb != VERB_LEAVE)
        return;
    m->leaving = true;
    pending_say(d, m, PENDING_CLOSE, NULL, s->last_row, 0, now_us);
}

/* What the session cannot know: how fast codes are guessed, and who has a link. */
static const char *may_try(const struct desk *d, struct member *m, const struct action *a, point_us now_us)
{
    (void)d;
    if (a->verb != VERB_CHECK_IN)
        return NULL;
    if (a->code && !rate_take(&m->codes, CODES_SPACING_US, CODES_BURST, now_us))
        return refusal_why(REFUSAL_TOO_FAST);
    for (size_t i = 0; i < a->people.count; i++) {
        if (!seat_find(m->seat->sitting, a->people.at[i]))
            return refusal_why(REFUSAL_PERSON_UNKNOWN);
    }
    return NULL;
}

void action(struct desk *d, struct member *m, const struct action *a, point_us now_us)
{
    struct sitting *s = m->seat->sitting;
    struct command c = {.kind = COMMAND_ACTION, .by = m->seat->number, .at_ms = wall_ms(d, now_us)};
    uint64_t n = 0;
    const char *why = "";
    c.action.action = a;
    c.action.media = peer_media_time(d, m->seat, a->has_rtp, a->rtp, now_us);
    char code[CODE_MAX + 1];
    c.action.new_code = code;
    if (a->verb == VERB_CODE)
        code_make(d, code);
    const char *cannot = may_try(d, m, a, now_us);
    if (cannot) {
        member_refuse(d, m, true, a->id, cannot);
        return;
    }
    if (sitting_do(d, s, &c, now_us, &n, &why)) {
        member_refuse(d, m, true, a->id, why);
        return;
    }
    done(d, m, a, n, now_us);
    farewell(d, s, now_us);
}

/* Newest wins: what comes too fast is not missed. */
void pointer(struct desk *d, struct member *m, const struct pointer *p, point_us now_us)
{
    const struct sitting *s = m->seat->sitting;
    if (!session_presents(s->state, m->seat->number)) {
        member_refuse(d, m, false, 0, refusal_why(REFUSAL_POINT_RIGHT));
        return;
    }
    if (p->page > session_deck_pages(s->state, p->deck)) {
        member_refuse(d, m, false, 0, refusal_why(REFUSAL_POINT_UNKNOWN));
        return;
    }
    if (!rate_take(&m->pointers, POINTERS_SPACING_US, POINTERS_BURST, now_us))
        return;
    struct relay_sentence sentence = {.kind = RELAY_POINTER, .pointer = *p};
    sentence.pointer.who = m->seat->number;
    sentence.pointer.has_rtp = false;
    sentence.pointer.has_media = true;
    sentence.pointer.media = peer_media_time(d, m->seat, p->has_rtp, p->rtp, now_us);
    struct text *text = sentence_text(&sentence);
    record_signal(d, s, sentence.pointer.media, RECORD_KEY_POINTER(m->seat->number), text);
    tell_all(d, m->seat->sitting, text, true, m);
}

/* A stroke under way, as the pointer. */
void drawing(struct desk *d, struct member *m, const struct drawing *g, point_us now_us)
{
    struct sitting *s = m->seat->sitting;
    if (!session_presents(s->state, m->seat->number)) {
        member_refuse(d, m, false, 0, refusal_why(REFUSAL_DRAW_RIGHT));
        return;
    }
    if (g->page > session_deck_pages(s->state, g->deck)) {
        member_refuse(d, m, false, 0, refusal_why(REFUSAL_POINT_UNKNOWN));
        return;
    }
    if (!rate_take(&m->drawings, DRAWINGS_SPACING_US, DRAWINGS_BURST, now_us))
        return;
    struct relay_sentence sentence = {.kind = RELAY_DRAWING, .drawing = *g};
    sentence.drawing.who = m->seat->number;
    sentence.drawing.has_rtp = false;
    sentence.drawing.has_media = true;
    sentence.drawing.media = peer_media_time(d, m->seat, g->has_rtp, g->rtp, now_us);
    tell_all(d, s, sentence_text(&sentence), true, m);
}

static void obey(struct desk *d, struct member *m, const struct client_sentence *s, point_us now_us)
{
    bool command = s->kind == CLIENT_DO || s->kind == CLIENT_OFFER;
    if (command && !rate_take(&m->commands, COMMANDS_SPACING_US, COMMANDS_BURST, now_us)) {
        member_refuse(d, m, s->kind == CLIENT_DO, s->kind == CLIENT_DO ? s->action.id : 0,
                      refusal_why(REFUSAL_TOO_FAST));
        return;
    }
    switch (s->kind) {
    case CLIENT_HELLO:
    case CLIENT_PEEK:
        member_refuse(d, m, false, 0, refusal_why(REFUSAL_HELLO_TWICE));
        break;
    case CLIENT_OFFER:
        offer(d, m, s->offer, now_us);
        break;
    case CLIENT_DO:
        action(d, m, &s->action, now_us);
        break;
    case CLIENT_POINTER:
        pointer(d, m, &s->pointer, now_us);
        break;
    case CLIENT_DRAWING:
        drawing(d, m, &s->drawing, now_us);
        break;
    case CLIENT_LINE:
        m->has_line = true;
        m->line = s->line;
        break;
    case CLIENT_PEOPLE:
        roster_search(d, m, &s->people, now_us);
        break;
    }
}

static void misunderstood(struct desk *d, struct member *m, enum err e, const struct sentence_refusal *r,
                          point_us now_us)
{
    if (e == ERR_MALFORMED || e == ERR_LONG || !m->seat)
        member_dismiss(d, m, BYE_PROTOCOL, e == ERR_MEMORY, r->why, now_us);
    else
        member_refuse(d, m, r->has_id, r->id, r->why);
}

void desk_sentence(struct desk *d, uint32_t connection, const char *text, size_t len, point_us now_us)
{
    struct member *m = member_find(d, connection);
    if (!m || m->leaving || d->closing)
        return;
    if (!rate_take(&m->sentences, SENTENCES_SPACING_US, SENTENCES_BURST, now_us)) {
        member_dismiss(d, m, BYE_PROTOCOL, true, "Too many sentences at once.", now_us);
        return;
    }
    struct client_sentence s;
    struct sentence_refusal refusal;
    enum err e = client_sentence_read(text, len, &s, &refusal);
    if (e) {
        misunderstood(d, m, e, &refusal, now_us);
        return;
    }
    if (m->seat)
        obey(d, m, &s, now_us);
    else if (s.kind == CLIENT_HELLO)
        hello(d, m, &s.hello, now_us);
    else if (s.kind == CLIENT_PEEK && !m->asked)
        peek(d, m, s.peek, now_us);
    else
        member_bye(d, m, BYE_PROTOCOL, false,
                   m->asked ? "After peek only hello is heard."
                            : "The first sentence must be hello or peek.");
    client_sentence_finish(&s);
}
