/* Chat: the newest texts are kept for newcomers. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

enum err talk_decide(const struct session *s, const struct command *c, struct decision *d,
                     const char **ret_why)
{
    const struct person *p;
    if (c->by != 0 && person_named(s, c->by, &p, ret_why))
        return ERR_UNKNOWN;
    if (s->locked[LOCK_CHAT] && !leads(s, c->by))
        return refuse(ret_why, ERR_STATE, REFUSAL_CHAT_LOCKED);
    struct event *e = decide_event(s, c, EVENT_CHAT, d);
    e->who = c->by;
    e->text = c->action.action->text;
    return ERR_NONE;
}

enum err talk_apply(struct session *s, const struct event *e)
{
    if (e->who != 0 && !person_find(s, e->who))
        return ERR_MALFORMED;
    char *text = copy_text(e->text);
    if (!text)
        return ERR_MEMORY;
    if (s->chat_count == CHAT_KEPT) {
        free((char *)s->chat[0].text);
        memmove(s->chat, s->chat + 1, (CHAT_KEPT - 1) * sizeof s->chat[0]);
        s->chat_count--;
    }
    s->chat[s->chat_count++] = (struct view_chat){.n = e->n, .at_ms = e->at_ms, .who = e->who, .text = text};
    return ERR_NONE;
}

void talk_finish(struct session *s)
{
    for (size_t i = 0; i < s->chat_count; i++)
        free((char *)s->chat[i].text);
}
