/* The kinds of events, as one table. */
#include "wire/event_kinds.h"

#include <string.h>

static const struct {
    const char *text;
    struct event_members members;
} kinds[EVENT_OTHER] = {
    [EVENT_CREATED] = {"created", {HAS_SITTING | HAS_STATE, 0}},
    [EVENT_STATE] = {"state", {HAS_STATE, 0}},
    [EVENT_JOINED] = {"joined", {HAS_WHO | HAS_PERSON, HAS_IDENTITY}},
    [EVENT_AWAY] = {"away", {HAS_WHO, 0}},
    [EVENT_LEFT] = {"left", {HAS_WHO, 0}},
    [EVENT_RESTARTED] = {"restarted", {0, 0}},
    [EVENT_HAND_UP] = {"hand-up", {HAS_WHO | HAS_BY_OTHER, 0}},
    [EVENT_HAND_DOWN] = {"hand-down", {HAS_WHO | HAS_BY_OTHER, 0}},
    [EVENT_GRANTED] = {"granted", {HAS_WHO | HAS_BY, 0}},
    [EVENT_RELEASED] = {"released", {HAS_WHO | HAS_BY, 0}},
    [EVENT_MUTED] = {"muted", {HAS_WHO | HAS_BY, 0}},
    [EVENT_UNMUTED] = {"unmuted", {HAS_WHO | HAS_BY, 0}},
    [EVENT_MUTED_ALL] = {"muted-all", {HAS_BY, 0}},
    [EVENT_UNMUTE_ASKED] = {"unmute-asked", {HAS_WHO | HAS_BY, 0}},
    [EVENT_REMOVED] = {"removed", {HAS_WHO | HAS_BY, 0}},
    [EVENT_LOCKED] = {"locked", {HAS_LOCK | HAS_BY, 0}},
    [EVENT_UNLOCKED] = {"unlocked", {HAS_LOCK | HAS_BY, 0}},
    [EVENT_PINNED] = {"pinned", {HAS_WHO | HAS_BY, 0}},
    [EVENT_UNPINNED] = {"unpinned", {HAS_WHO | HAS_BY, 0}},
    [EVENT_BOTH_OPENED] = {"both-opened", {HAS_WHO | HAS_BY, 0}},
    [EVENT_BOTH_CLOSED] = {"both-closed", {HAS_WHO | HAS_BY, 0}},
    [EVENT_DECK_ADDED] = {"deck-added", {HAS_DECK | HAS_BY, 0}},
    [EVENT_PAGE] = {"page", {HAS_PAGE | HAS_MEDIA | HAS_BY, 0}},
    [EVENT_CHAT] = {"chat", {HAS_WHO | HAS_TEXT, 0}},
    [EVENT_ROLE] = {"role", {HAS_WHO | HAS_ROLE | HAS_BY, 0}},
    [EVENT_DEPUTY_NAMED] = {"deputy-named", {HAS_WHO | HAS_BY, 0}},
    [EVENT_DEPUTY_DROPPED] = {"deputy-dropped", {HAS_WHO | HAS_BY, 0}},
    [EVENT_TIMER] = {"timer", {HAS_TIMER | HAS_WHO_OR_NONE | HAS_BY, 0}},
    [EVENT_TIMER_STOPPED] = {"timer-stopped", {HAS_BY, 0}},
    [EVENT_SCHEDULED] = {"scheduled", {HAS_STARTS | HAS_BY, 0}},
    [EVENT_RECORDED] = {"recorded", {HAS_RECORDED | HAS_BY, 0}},
    [EVENT_LANGUAGE] = {"language", {HAS_WHO | HAS_LANGUAGE, 0}},
    [EVENT_CODE] = {"code", {HAS_ROOM | HAS_BY, HAS_CODE}},
    [EVENT_CHECKED_IN] = {"checked-in", {HAS_PEOPLE | HAS_ROOM | HAS_BY, 0}},
    [EVENT_CHECKED_OUT] = {"checked-out", {HAS_PEOPLE | HAS_BY, 0}},
    [EVENT_STROKE] = {"stroke", {HAS_PAGE | HAS_MEDIA | HAS_STROKE | HAS_BY, 0}},
    [EVENT_CLEARED] = {"cleared", {HAS_PAGE | HAS_MEDIA | HAS_BY, 0}},
    [EVENT_MODERATED] = {"moderated", {HAS_MODERATED | HAS_BY, 0}},
    [EVENT_ASKED] = {"asked", {0, HAS_WHO | HAS_TEXT}},
    [EVENT_QUESTION] = {"question", {HAS_QUESTION | HAS_WHO | HAS_TEXT | HAS_BY_OTHER, 0}},
    [EVENT_DISMISSED] = {"dismissed", {HAS_QUESTION | HAS_BY, 0}},
    [EVENT_VOTED] = {"voted", {HAS_QUESTION | HAS_VOTES, HAS_WHO | HAS_UP}},
    [EVENT_ANSWERED] = {"answered", {HAS_QUESTION | HAS_MEDIA | HAS_BY, 0}},
    [EVENT_POLL_MADE] = {"poll-made", {HAS_BY, HAS_POLL_TEXT | HAS_RIGHT}},
    [EVENT_POLL] = {"poll", {HAS_POLL | HAS_POLL_TEXT | HAS_BY, 0}},
    [EVENT_POLL_ANSWERED] = {"poll-answered", {HAS_POLL | HAS_ANSWERS, HAS_WHO | HAS_CHOICES}},
    [EVENT_POLL_CLOSED] = {"poll-closed", {HAS_POLL | HAS_BY, 0}},
    [EVENT_POLL_RESULTS] = {"poll-results", {HAS_POLL | HAS_COUNTS | HAS_ANSWERS | HAS_RIGHT | HAS_BY, 0}},
    [EVENT_POLL_DROPPED] = {"poll-dropped", {HAS_POLL | HAS_BY, 0}},
    [EVENT_CHANGED] = {"changed", {HAS_SITTING | HAS_BY, 0}},
    [EVENT_AGENDA] = {"agenda", {HAS_AGENDA | HAS_ITEM | HAS_BY, 0}},
    [EVENT_ITEM] = {"item", {HAS_ITEM | HAS_MEDIA | HAS_BY, 0}},
};

const char *event_kind_text(enum event_kind kind)
{
    return kind < EVENT_OTHER ? kinds[kind].text : "other";
}

enum event_kind event_kind_read(const char *text)
{
    for (int i = 0; i < EVENT_OTHER; i++) {
        if (strcmp(text, kinds[i].text) == 0)
            return (enum event_kind)i;
    }
    return EVENT_OTHER;
}

struct event_members event_members(enum event_kind kind)
{
    return kind < EVENT_OTHER ? kinds[kind].members : (struct event_members){0, 0};
}

bool event_is_confidential(enum event_kind kind)
{
    return event_members(kind).kept != 0;
}
