/* Which members each kind of event has. Within wire/ only. */
#ifndef AULA_WIRE_EVENT_KINDS_H
#define AULA_WIRE_EVENT_KINDS_H

#include "wire/event.h"

#define HAS(bit) (UINT64_C(1) << (bit))

#define HAS_WHO         HAS(0)
#define HAS_WHO_OR_NONE HAS(1) /* left out where 0 */
#define HAS_BY          HAS(2)
#define HAS_BY_OTHER    HAS(3) /* `by` is told only when it is not `who` himself */
#define HAS_STATE       HAS(4)
#define HAS_PERSON      HAS(5) /* name, role, place, language, deputy */
#define HAS_SITTING     HAS(6) /* title, rooms, languages, recorded, starts */
#define HAS_DECK        HAS(7) /* deck, title, pages, manifest */
#define HAS_PAGE        HAS(8) /* deck, page */
#define HAS_MEDIA       HAS(9)
#define HAS_TEXT        HAS(10)
#define HAS_STROKE      HAS(11) /* ink, width, points */
#define HAS_TIMER       HAS(12) /* seconds, started */
#define HAS_LOCK        HAS(13) /* what */
#define HAS_STARTS      HAS(14)
#define HAS_RECORDED    HAS(15)
#define HAS_ROLE        HAS(16)
#define HAS_LANGUAGE    HAS(17)
#define HAS_ROOM        HAS(18)
#define HAS_CODE        HAS(19)
#define HAS_PEOPLE      HAS(20)
#define HAS_QUESTION    HAS(21) /* question: its number */
#define HAS_POLL        HAS(22) /* poll: its number */
#define HAS_VOTES       HAS(23)
#define HAS_MODERATED   HAS(24)
#define HAS_POLL_TEXT   HAS(25) /* text, options, several, quiz */
#define HAS_ANSWERS     HAS(26) /* people who have answered */
#define HAS_COUNTS      HAS(27)
#define HAS_RIGHT       HAS(28)
#define HAS_UP          HAS(29)
#define HAS_CHOICES     HAS(30)
#define HAS_IDENTITY    HAS(31) /* person, where it is known */
#define HAS_AGENDA      HAS(32) /* items */
#define HAS_ITEM        HAS(33) /* left out where 0 */

/* Members that everyone is told, and those that are on disk only. */
struct event_members {
    uint64_t told, kept;
};

/* None for EVENT_OTHER. */
struct event_members event_members(enum event_kind kind);
enum event_kind event_kind_read(const char *text);

#endif
