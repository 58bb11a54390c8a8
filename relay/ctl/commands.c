#include "ctl/commands.h"

#include <string.h>

#define SESSION                                                                                              \
    {                                                                                                        \
        "--session", "session", CTL_TEXT, true                                                               \
    }
#define PROGRAMME                                                                                            \
    {                                                                                                        \
        "--programme", "programme", CTL_TEXT, true                                                           \
    }
#define WHO                                                                                                  \
    {                                                                                                        \
        "--participant", "participant", CTL_WHO, true                                                        \
    }

/* A command about one person of a session. */
#define ABOUT_ONE(word, sentence)                                                                            \
    {                                                                                                        \
        .words = word, .verb = word, .synopsis = word " --session ID --participant WHO", .about = sentence,  \
        .example = "aulactl " word " --session f7k2 --participant 'Ada Lovelace'", .options = {              \
            SESSION,                                                                                         \
            WHO                                                                                              \
        }                                                                                                    \
    }

const struct ctl_command ctl_commands[] = {
    {.words = "session create",
     .verb = "session-create",
     .synopsis = "session create --title TITLE [--room NAME]... [--language CODE]... [--record] "
                 "[--planned [--at TIME]]",
     .about = "Makes a session, open at once unless it is --planned, and prints its id.",
     .example = "aulactl session create --title 'Day one' --room 'Aula Magna' --room Lab",
     .options = {{"--title", "title", CTL_TEXT, true},
                 {"--room", "rooms", CTL_LIST, false},
                 {"--language", "languages", CTL_LIST, false},
                 {"--record", "record", CTL_FLAG, false},
                 {"--planned", "planned", CTL_FLAG, false},
                 {"--at", "starts", CTL_TIME, false}},
     .show = CTL_SHOW_MEMBER,
     .member = "session"},
    {.words = "link",
     .verb = "link",
     .synopsis = "link --session ID --role ROLE --name NAME [--room ROOM] [--language CODE] [--identity ID] "
                 "[--deputy] "
                 "[--expires 48h]",
     .about =
         "Makes a join link for one person or device and prints its URL. Roles: chair, lecturer, trainee, "
         "interpreter, room, operator.",
     .example = "aulactl link --session f7k2 --role lecturer --name 'Ada Lovelace' --room 'Aula Magna'",
     .options = {SESSION,
                 {"--role", "role", CTL_TEXT, true},
                 {"--name", "name", CTL_TEXT, true},
                 {"--room", "room", CTL_TEXT, false},
                 {"--language", "language", CTL_TEXT, false},
                 {"--identity", "person", CTL_TEXT, false},
                 {"--deputy", "deputy", CTL_FLAG, false},
                 {"--expires", "expires_s", CTL_SPAN, false}},
     .show = CTL_SHOW_MEMBER,
     .member = "url"},
    {.words = "link list",
     .verb = "link-list",
     .synopsis = "link list --session ID",
     .about = "Lists a session's links. The URLs themselves are kept nowhere.",
     .example = "aulactl link list --session f7k2",
     .options = {SESSION},
     .show = CTL_SHOW_LINKS},
    {.words = "link revoke",
     .verb = "link-revoke",
     .synopsis = "link revoke --session ID --person WHO",
     .about = "Makes a person's link useless from now on.",
     .example = "aulactl link revoke --session f7k2 --person 9",
     .options = {SESSION, {"--person", "participant", CTL_WHO, true}}},
    {.words = "deck add",
     .verb = "deck-add",
     .synopsis = "deck add --session ID [--title TITLE] FILE.pdf",
     .about = "Gives a session a deck of slides, once its pages are drawn, and prints the deck's id.",
     .example = "aulactl deck add --session f7k2 opening.pdf",
     .options = {SESSION, {"--title", "title", CTL_TEXT, false}},
     .operand = "FILE.pdf",
     .show = CTL_SHOW_MEMBER,
     .member = "deck"},
    {.words = "list",
     .verb = "list",
     .synopsis = "list [--all]",
     .about = "Lists the sessions; with --all also those that are long over, and are on disk alone.",
     .example = "aulactl list --all",
     .options = {{"--all", "all", CTL_FLAG, false}},
     .show = CTL_SHOW_SESSIONS},
    {.words = "show",
     .verb = "show",
     .synopsis = "show --session ID",
     .about = "Shows a session: its people, their lines, and what the relay did for it.",
     .example = "aulactl --json show --session f7k2",
     .options = {SESSION},
     .show = CTL_SHOW_SESSION},
    {.words = "open",
     .verb = "open",
     .synopsis = "open --session ID",
     .about = "Opens a session that was planned or is backstage.",
     .example = "aulactl open --session f7k2",
     .options = {SESSION}},
    {.words = "end",
     .verb = "end",
     .synopsis = "end --session ID",
     .about = "Ends a session for everyone.",
     .example = "aulactl end --session f7k2",
     .options = {SESSION}},
    ABOUT_ONE("grant", "Gives a person the floor; a raised hand goes down with it."),
    ABOUT_ONE("release", "Takes the floor back."),
    ABOUT_ONE("mute", "Mutes a person."),
    {.words = "mute-all",
     .verb = "mute-all",
     .synopsis = "mute-all --session ID",
     .about = "Mutes everyone but the chairs.",
     .example = "aulactl mute-all --session f7k2",
     .options = {SESSION}},
    ABOUT_ONE("remove", "Removes a person and revokes the link."),
    ABOUT_ONE("pin", "Keeps a room among those heard, however many speak."),
    ABOUT_ONE("unpin", "Undoes pin."),
    ABOUT_ONE("open-both", "Lets a room's own microphone be heard beside one of its seats'."),
    ABOUT_ONE("close-both", "Undoes open-both: of the room one microphone is heard at a time."),
    ABOUT_ONE("chair", "Makes a person chair, beside those there are."),
    ABOUT_ONE("deputy", "Names a deputy, who may lead while no chair is there."),
    ABOUT_ONE("no-deputy", "Undoes deputy."),
    ABOUT_ONE("ask-unmute", "Asks a muted person to unmute; the person decides."),
    {.words = "record",
     .verb = "record",
     .synopsis = "record --session ID",
     .about = "Records the session from now on; everyone is told.",
     .example = "aulactl record --session f7k2",
     .options = {SESSION}},
    {.words = "record-stop",
     .verb = "record-stop",
     .synopsis = "record-stop --session ID",
     .about = "Stops the recording.",
     .example = "aulactl record-stop --session f7k2",
     .options = {SESSION}},
    {.words = "timer-stop",
     .verb = "timer-stop",
     .synopsis = "timer-stop --session ID",
     .about = "Stops the speaker's timer.",
     .example = "aulactl timer-stop --session f7k2",
     .options = {SESSION}},
    {.words = "timer",
     .verb = "timer",
     .synopsis = "timer --session ID --seconds N [--participant WHO]",
     .about = "Starts the speaker's timer, anew where one runs.",
     .example = "aulactl timer --session f7k2 --seconds 900 --participant 'Ada Lovelace'",
     .options = {SESSION,
                 {"--seconds", "seconds", CTL_NUMBER, true},
                 {"--participant", "participant", CTL_WHO, false}}},
    {.words = "schedule",
     .verb = "schedule",
     .synopsis = "schedule --session ID [--at TIME]",
     .about = "Says when a session is to start, like 2026-11-24T09:30 in local time; without --at, that it "
              "is not known.",
     .example = "aulactl schedule --session f7k2 --at 2026-11-24T09:30",
     .options = {SESSION, {"--at", "starts", CTL_TIME, false}}},
    {.words = "code",
     .verb = "code",
     .synopsis = "code --session ID --room ROOM",
     .about = "Makes a new check-in code for a room and prints it; the old one is void.",
     .example = "aulactl code --session f7k2 --room Lab",
     .options = {SESSION, {"--room", "room", CTL_TEXT, true}},
     .show = CTL_SHOW_MEMBER,
     .member = "code"},
    {.words = "check-in",
     .verb = "check-in",
     .synopsis = "check-in --session ID --room ROOM --participant WHO",
     .about = "Writes down that a person sits in a room; a link is enough, no device is needed.",
     .example = "aulactl check-in --session f7k2 --room Lab --participant 'Ada Lovelace'",
     .options = {SESSION, {"--room", "room", CTL_TEXT, true}, WHO}},
    {.words = "lock",
     .verb = "lock",
     .synopsis = "lock --session ID [--what doors|hands|chat]",
     .about = "Locks the doors, so that nobody new joins but chairs and operators; or hands; or the chat.",
     .example = "aulactl lock --session f7k2 --what chat",
     .options = {SESSION, {"--what", "what", CTL_TEXT, false}}},
    {.words = "unlock",
     .verb = "unlock",
     .synopsis = "unlock --session ID [--what doors|hands|chat]",
     .about = "Undoes lock.",
     .example = "aulactl unlock --session f7k2 --what chat",
     .options = {SESSION, {"--what", "what", CTL_TEXT, false}}},
    {.words = "page",
     .verb = "page",
     .synopsis = "page --session ID --deck DECK --page N",
     .about = "Turns to a page; pages count from 1.",
     .example = "aulactl page --session f7k2 --deck 4kz81nwp0c5t --page 2",
     .options = {SESSION, {"--deck", "deck", CTL_TEXT, true}, {"--page", "page", CTL_NUMBER, true}}},
    {.words = "message",
     .verb = "message",
     .synopsis = "message --session ID [--participant WHO] TEXT",
     .about = "Says something to everyone in a session, or to one person.",
     .example = "aulactl message --session f7k2 'We go on at 14:00.'",
     .options = {SESSION, {"--participant", "participant", CTL_WHO, false}},
     .operand = "TEXT"},
    {.words = "log show",
     .verb = "log-show",
     .synopsis = "log show --session ID [--from N]",
     .about = "Prints what happened in a session, one event a line as it is on disk, from event N on.",
     .example = "aulactl log show --session f7k2 --from 100",
     .options = {SESSION, {"--from", "from", CTL_NUMBER, false}},
     .show = CTL_SHOW_EVENTS,
     .patient = true},
    {.words = "log verify",
     .verb = "log-verify",
     .synopsis = "log verify",
     .about = "Reads the whole event log and says what is wrong with it; the status is 1 where something is.",
     .example = "aulactl log verify",
     .show = CTL_SHOW_VERDICT,
     .patient = true},
    {.words = "attendance",
     .verb = "attendance",
     .synopsis = "attendance --session ID...|--programme ID [--threshold 80%] [--format csv|json|xapi]",
     .about = "Who was there for how long, over devices, reconnects and halls; of several sessions together "
              "where --session is given again, or of all those of a programme. "
              "With a threshold it says who has passed.",
     .example = "aulactl attendance --session f7k2 --session m3q9 --threshold 80% --format csv",
     .options = {{"--session", "sessions", CTL_LIST, false},
                 {"--programme", "programme", CTL_TEXT, false},
                 {"--threshold", "threshold", CTL_PERCENT, false},
                 {"--format", "format", CTL_TEXT, false}},
     .show = CTL_SHOW_ATTENDANCE,
     .patient = true},
    {.words = "person erase",
     .verb = "person-erase",
     .synopsis = "person erase [--session ID] WHO",
     .about =
         "Takes a person's name, identity and words out of the log and the timelines of all sessions "
         "that are over, of programmes and certificates; WHO is an identity or a programme's address, or "
         "a name where unique, or with --session a number. Copies of the log, and the voice in a "
         "recording, are yours to delete.",
     .example = "aulactl person erase ada@example.org",
     .options = {{"--session", "session", CTL_TEXT, false}},
     .operand = "WHO",
     .show = CTL_SHOW_ERASED,
     .patient = true},
    {.words = "backup",
     .verb = "backup",
     .synopsis = "backup --out FILE",
     .about = "Copies the event log to a new file while the relay runs. Decks and recordings are files: copy "
              "their folders.",
     .example = "aulactl backup --out /var/backups/aula-monday.db",
     .options = {{"--out", "file", CTL_FILE, true}},
     .show = CTL_SHOW_BACKUP,
     .patient = true},
    {.words = "recording",
     .verb = "recording",
     .synopsis = "recording --session ID [--out DIR]",
     .about = "Prints the link under which a session's recording plays; with --out makes a folder of sound, "
              "slides, "
              "timeline and a page that plays them from any disk.",
     .example = "aulactl recording --session f7k2 --out day-one",
     .options = {SESSION, {"--out", "out", CTL_OUT, false}},
     .show = CTL_SHOW_MEMBER,
     .member = "url"},
    {.words = "programme load",
     .verb = "programme",
     .synopsis = "programme load FILE",
     .about =
         "Makes a programme with its sessions, people and links of a file, aula-programme(5); loading again "
         "brings it up to date. All mistakes are told at once.",
     .example = "aulactl programme load summer-school.programme",
     .operand = "FILE",
     .show = CTL_SHOW_LOADED},
    {.words = "programme list",
     .verb = "programme-list",
     .synopsis = "programme list",
     .about = "Lists the programmes.",
     .example = "aulactl programme list",
     .show = CTL_SHOW_PROGRAMMES},
    {.words = "programme show",
     .verb = "programme-show",
     .synopsis = "programme show --programme ID",
     .about = "Shows a programme, by its id or its key: sessions in their own time zones, and people.",
     .example = "aulactl programme show --programme summer-2026",
     .options = {PROGRAMME},
     .show = CTL_SHOW_PROGRAMME},
    {.words = "programme links",
     .verb = "programme-show",
     .synopsis = "programme links --programme ID [--csv]",
     .about = "Prints everyone's personal link, with the mail address where the file has one; --csv for a "
              "mailing.",
     .example = "aulactl programme links --programme summer-2026 --csv",
     .options = {PROGRAMME, {"--csv", "csv", CTL_FLAG, false}},
     .show = CTL_SHOW_PROGRAMME_LINKS},
    {.words = "programme calendar",
     .verb = "programme-show",
     .synopsis = "programme calendar --programme ID [--person KEY]",
     .about = "Prints the sessions as iCalendar; with --person that person's, with the personal link.",
     .example = "aulactl programme calendar --programme summer-2026 --person ada",
     .options = {PROGRAMME, {"--person", "person", CTL_TEXT, false}},
     .show = CTL_SHOW_PROGRAMME_CALENDAR},
    {.words = "programme withdraw",
     .verb = "programme-withdraw",
     .synopsis = "programme withdraw --programme ID --person KEY",
     .about = "Takes a person's link away in all sessions that are not over, for good.",
     .example = "aulactl programme withdraw --programme summer-2026 --person ada",
     .options = {PROGRAMME, {"--person", "person", CTL_TEXT, true}}},
    {.words = "token create",
     .verb = "token-create",
     .synopsis = "token create --rights RIGHTS [--name NAME] [--expires 90d]",
     .about =
         "Makes a token for the HTTP interface and prints it; it is shown this once. Rights: read, sessions, "
         "people, admin, with commas between them.",
     .example = "aulactl token create --rights read,sessions,people --name 'learning platform'",
     .options = {{"--rights", "rights", CTL_WORDS, true},
                 {"--name", "name", CTL_TEXT, false},
                 {"--expires", "expires_s", CTL_SPAN, false}},
     .show = CTL_SHOW_MEMBER,
     .member = "token"},
    {.words = "token list",
     .verb = "token-list",
     .synopsis = "token list",
     .about = "Lists the tokens of the HTTP interface. The tokens themselves are kept nowhere.",
     .example = "aulactl token list",
     .show = CTL_SHOW_TOKENS},
    {.words = "token revoke",
     .verb = "token-revoke",
     .synopsis = "token revoke --token N",
     .about = "Makes a token useless from now on; N is its number in the list.",
     .example = "aulactl token revoke --token 3",
     .options = {{"--token", "token", CTL_NUMBER, true}}},
    {.words = "report",
     .verb = "programme-show",
     .synopsis = "report --session ID|--programme ID --out DIR [--public] [--chat] [--threshold 80%]",
     .about = "Makes a folder and a ZIP file of it that open in any browser: programme, slides, recordings, "
              "questions, polls, attendance; --public without personal data, --chat with the chat.",
     .example = "aulactl report --programme summer-2026 --out report-2026",
     .options = {{"--session", "session", CTL_TEXT, false},
                 {"--programme", "programme", CTL_TEXT, false},
                 {"--out", "out", CTL_OUT, true},
                 {"--public", "public", CTL_FLAG, false},
                 {"--chat", "chat", CTL_FLAG, false},
                 {"--threshold", "threshold", CTL_PERCENT, false}},
     .show = CTL_SHOW_REPORT},
    {.words = "verify",
     .verb = "verify",
     .synopsis = "verify NUMBER",
     .about =
         "Says what a certificate of attendance of this number says; the status is 1 where there is none.",
     .example = "aulactl verify h3kx-9pqr-m2ta",
     .operand = "NUMBER",
     .show = CTL_SHOW_MEMBER,
     .member = "statement"},
    {.words = "drain",
     .verb = "drain",
     .synopsis = "drain",
     .about = "Lets nobody new in; the relay ends when its last session has ended.",
     .example = "aulactl drain"},
    {.words = "console",
     .verb = "top",
     .synopsis = "console",
     .about = "Shows sessions, people, their lines and what is wrong on the whole terminal, and lets you act "
              "there.",
     .example = "aulactl console",
     .show = CTL_SHOW_CONSOLE},
    {.words = "top",
     .verb = "top",
     .synopsis = "top [--once] [--session ID]",
     .about = "Shows each second what the relay, its sessions and (with --session) one session's people do, "
              "and what is wrong; --once shows it once.",
     .example = "aulactl --json top --once --session f7k2",
     .options = {{"--once", "once", CTL_FLAG, false}, {"--session", "session", CTL_TEXT, false}},
     .show = CTL_SHOW_TOP},
    {0},
};

/* How many words of the command stand at the front; 0 where others do. */
static int match(const char *command, int count, char *const *words)
{
    int matched = 0;
    for (const char *at = command; *at != '\0'; matched++) {
        size_t len = strcspn(at, " ");
        if (matched >= count || strlen(words[matched]) != len || strncmp(words[matched], at, len) != 0)
            return 0;
        at += len;
        at += strspn(at, " ");
    }
    return matched;
}

const struct ctl_command *ctl_command_find(int count, char *const *words, int *ret_words)
{
    const struct ctl_command *best = NULL;
    int most = 0;
    for (const struct ctl_command *c = ctl_commands; c->words != NULL; c++) {
        int n = match(c->words, count, words);
        if (n > most) {
            best = c;
            most = n;
        }
    }
    if (best != NULL)
        *ret_words = most;
    return best;
}
