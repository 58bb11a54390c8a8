/* Why the relay says no: each sentence has a code that stays, so that a page can say it in its reader's
 * language. */
#ifndef AULA_WIRE_REFUSAL_H
#define AULA_WIRE_REFUSAL_H

#include "base/errors.h"

/* clang-format off: one a line, to be read as a list */
#define REFUSALS(X)                                                                                          \
    X(HAND_RIGHT, "hand-right", "Only a chair or an operator can lower the hand of another.")                \
    X(GRANT_RIGHT, "grant-right", "Only a chair or an operator can grant the floor.")                        \
    X(RELEASE_RIGHT, "release-right", "Only a chair or an operator can take the floor from another.")        \
    X(MUTE_RIGHT, "mute-right", "Only a chair or an operator can mute another.")                             \
    X(UNMUTE_RIGHT, "unmute-right", "Only a chair or an operator can ask another to unmute.")                \
    X(PIN_RIGHT, "pin-right", "Only a chair or an operator can pin a room.")                                 \
    X(PIN_ROOM, "pin-room", "Only a room can be pinned.")                                                    \
    X(BOTH_RIGHT, "both-right", "Only a chair or an operator can open both microphones of a room.")          \
    X(BOTH_ROOM, "both-room", "Only a room has a second microphone; name the room.")                         \
    X(MUTE_ALL_RIGHT, "mute-all-right", "Only a chair or an operator can mute everyone.")                    \
    X(VERB, "verb", "The relay does not know this command.")                                                 \
    X(PERSON_REMOVED, "person-removed", "That participant was removed from the session.")                    \
    X(PERSON_UNKNOWN, "person-unknown", "Nobody of that number has joined the session.")                     \
    X(LOCKED, "locked", "The session is locked: nobody new can join. Ask the chair to unlock it.")           \
    X(HANDS_LOCKED, "hands-locked", "Hands are locked now. Wait until a chair unlocks them.")                \
    X(CHAT_LOCKED, "chat-locked", "The chat is locked now. Wait until a chair unlocks it.")                  \
    X(SESSION_FULL, "session-full", "The session is full.")                                                  \
    X(YOU_REMOVED, "you-removed", "You were removed from the session.")                                      \
    X(REMOVE_RIGHT, "remove-right", "Only a chair or an operator can remove a participant.")                 \
    X(REMOVE_SELF, "remove-self", "You cannot remove yourself; say leave.")                                  \
    X(OPEN_RIGHT, "open-right", "Only a chair or an operator can open or end the session.")                  \
    X(LOCK_RIGHT, "lock-right", "Only a chair or an operator can lock or unlock the session.")               \
    X(EXISTS, "exists", "The session exists already.")                                                       \
    X(DECKS_FULL, "decks-full", "The session has as many decks as it can hold.")                             \
    X(PAGE_RIGHT, "page-right", "Only a chair or a lecturer can turn the page.")                             \
    X(DECK_UNKNOWN, "deck-unknown", "The session has no such deck.")                                         \
    X(PAGE_UNKNOWN, "page-unknown", "The deck does not have so many pages.")                                 \
    X(ENDED, "ended", "The session has ended.")                                                              \
    X(POINT_RIGHT, "point-right", "Only a chair or a lecturer can point.")                                   \
    X(POINT_UNKNOWN, "point-unknown", "The session has no such page.")                                       \
    X(DRAW_RIGHT, "draw-right", "Only a chair or a lecturer can draw on the page or clear it.")              \
    X(PAGE_DRAWN_FULL, "page-drawn-full", "This page holds as many strokes as it can; clear it first.")      \
    X(DRAWN_FULL, "drawn-full", "The session holds as many strokes as it can; clear some pages first.")      \
    X(CHAIR_RIGHT, "chair-right", "Only a chair or an operator can make another person chair.")              \
    X(CHAIR_ROOM, "chair-room", "A room cannot be chair or deputy; name a person.")                          \
    X(NO_CHAIR, "no-chair", "You are not a chair.")                                                          \
    X(LAST_CHAIR, "last-chair", "You are the only chair here. Make somebody else chair first.")              \
    X(DEPUTY_RIGHT, "deputy-right", "Only a chair or an operator can name a deputy.")                        \
    X(TIMER_RIGHT, "timer-right", "Only a chair or an operator can set the timer.")                          \
    X(TIMER_NONE, "timer-none", "No timer is running.")                                                      \
    X(ITEM_RIGHT, "item-right", "Only a chair or an operator can move on in the running order.")             \
    X(ITEM_UNKNOWN, "item-unknown", "The running order has no such item.")                                   \
    X(CHANGE_OPEN, "change-open",                                                                            \
      "The session is open already; its title, rooms and languages stay as they are.")                       \
    X(ROOM_USED, "room-used", "Somebody is in a room that would be gone; it stays as it is.")                \
    X(SCHEDULE_RIGHT, "schedule-right", "Only a chair or an operator can say when the session starts.")      \
    X(SCHEDULE_OPEN, "schedule-open", "The session is open already; its start cannot be changed any more.")  \
    X(RECORD_RIGHT, "record-right", "Only a chair or an operator can start or stop the recording.")          \
    X(LANGUAGE_UNKNOWN, "language-unknown", "The session has no such language.")                             \
    X(CODE_RIGHT, "code-right", "Only a chair, an operator or the room itself can ask for a check-in code.") \
    X(ROOM_UNKNOWN, "room-unknown", "The session has no such room.")                                         \
    X(CODE_WRONG, "code-wrong", "No room has this code. Look at the room's screen and type it again.")       \
    X(CHECK_IN_RIGHT, "check-in-right",                                                                      \
      "Only a chair or an operator can check in others; check in yourself with the room's code.")            \
    X(CHECK_OUT_RIGHT, "check-out-right", "Only a chair or an operator can check out others.")               \
    X(MODERATE_RIGHT, "moderate-right",                                                                      \
      "Only a chair or an operator can choose, answer or dismiss questions.")                                \
    X(QUESTIONS_FULL, "questions-full",                                                                      \
      "The session holds as many questions as it can; a chair must dismiss some first.")                     \
    X(QUESTIONS_YOURS, "questions-yours",                                                                    \
      "Three of your questions wait already. Ask the next when a chair has seen one of them.")               \
    X(QUESTION_UNKNOWN, "question-unknown", "There is no such question.")                                    \
    X(QUESTION_HIDDEN, "question-hidden", "That question waits for a chair; it cannot be voted on yet.")     \
    X(POLL_RIGHT, "poll-right", "Only a chair or an operator can make, open or close a poll.")               \
    X(POLLS_FULL, "polls-full", "The session holds as many polls as it can.")                                \
    X(POLL_UNKNOWN, "poll-unknown", "There is no such poll.")                                                \
    X(POLL_OPEN, "poll-open", "That poll was opened already.")                                               \
    X(POLL_NOT_OPEN, "poll-not-open", "That poll is not open.")                                              \
    X(POLL_NOT_CLOSED, "poll-not-closed", "Close the poll first; then its results can be shown.")            \
    X(POLL_CHOICE, "poll-choice", "Choose one of the answers that the poll offers.")                         \
    X(OPERATOR_ONLY_PERSON, "person-needed", "Only a participant can do this; the operator's door cannot.")  \
    X(TOO_FAST, "too-fast", "That was too fast; wait a second and try again.")                               \
    X(HELLO_TWICE, "hello-twice", "You have said hello already.")                                            \
    X(MEMORY, "memory", "The relay is out of memory; try again in a moment.")                                \
    X(SOUND_FULL, "sound-full", "The relay cannot take more sound now; try again in a minute.")
/* clang-format on */

enum refusal {
#define REFUSAL_NAME(name, code, why) REFUSAL_##name,
    REFUSALS(REFUSAL_NAME)
#undef REFUSAL_NAME
        REFUSAL_COUNT
};

/* The sentence. Static. */
const char *refusal_why(enum refusal refusal);
/* The code of a sentence: "malformed" for one that names a member that is wrong, which is not in the list. */
const char *refusal_code(const char *why);

#endif
