/* Answers and keys: what the console knows, and what it wants to be asked and done. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/console/parts.h"
#include "ctl/rates.h"

enum err console_create(bool ascii, struct console **ret_console)
{
    struct console *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ERR_MEMORY;
    c->ascii = ascii;
    snprintf(c->why, sizeof c->why, "waiting for the relay");
    *ret_console = c;
    return ERR_NONE;
}

void console_destroy(struct console *c)
{
    if (c == NULL)
        return;
    json_decref(c->now);
    json_decref(c->histories);
    json_decref(c->asked);
    free(c->action);
    free(c->given);
    free(c);
}

/* --- the relay's answers --- */

const char *console_look(struct console *c)
{
    bool people = c->view == VIEW_PEOPLE || c->view == VIEW_PERSON;
    json_t *ask = people && c->session[0] ? json_pack("{ss ss}", "verb", "top", "session", c->session)
                                          : json_pack("{ss}", "verb", "top");
    free(c->given);
    c->given = json_dumps(ask, JSON_COMPACT);
    json_decref(ask);
    return c->given;
}

void console_seen(struct console *c, const char *reply, const char *why)
{
    json_t *now = reply ? json_loads(reply, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_object(json_object_get(now, "relay"))) {
        rates_add(c->now, now);
        json_decref(c->now);
        c->now = now;
        c->why[0] = '\0';
        history_keep(c);
        return;
    }
    /* The session that was looked at is over: back to all of them. */
    if (json_is_false(json_object_get(now, "ok")) && c->view != VIEW_SESSIONS) {
        c->view = VIEW_SESSIONS;
        snprintf(c->notice, sizeof c->notice, "%s", member_text(now, "why"));
    } else {
        const char *no = member_text(now, "why"); /* as of a token that may not look */
        snprintf(c->why, sizeof c->why, "%s",
                 why             ? why
                 : no[0] != '\0' ? no
                 : reply         ? "what answers is no aulad of this version"
                                 : "no answer");
    }
    json_decref(now);
}

const char *console_action(struct console *c)
{
    if (c->action == NULL)
        return NULL;
    free(c->given);
    c->given = c->action;
    c->action = NULL;
    return c->given;
}

void console_acted(struct console *c, const char *reply, const char *why)
{
    json_t *r = reply ? json_loads(reply, 0, NULL) : NULL;
    if (json_is_true(json_object_get(r, "ok")))
        snprintf(c->notice, sizeof c->notice, "Done.");
    else
        snprintf(c->notice, sizeof c->notice, "%s", r ? member_text(r, "why") : why ? why : "No answer.");
    json_decref(r);
}

bool console_over(const struct console *c)
{
    return c->over;
}

/* --- actions, each with a question --- */

/* Takes over `asked`. */
static void ask(struct console *c, json_t *asked, const char *question, const char *name)
{
    json_decref(c->asked);
    c->asked = asked;
    c->prompt = asked ? PROMPT_CONFIRM : PROMPT_NONE;
    snprintf(c->question, sizeof c->question, question, name);
}

static void ask_person(struct console *c, const char *verb, const char *question)
{
    const json_t *person = selected_person(c);
    if (person != NULL)
        ask(c,
            json_pack("{ss ss sI}", "verb", verb, "session", c->session, "participant",
                      (json_int_t)c->person),
            question, member_text(person, "name"));
}

static void ask_message(struct console *c)
{
    if (selected_session(c) == NULL)
        return;
    c->prompt = PROMPT_MESSAGE;
    c->text[0] = '\0';
}

static void say_message(struct console *c)
{
    bool people = c->view == VIEW_PEOPLE || c->view == VIEW_PERSON;
    const json_t *person = people ? selected_person(c) : NULL;
    json_t *asked = json_pack("{ss ss ss}", "verb", "message", "session", c->session, "text", c->text);
    if (person != NULL)
        json_object_set_new(asked, "participant", json_integer(c->person));
    ask(c, asked, person ? "Say it to %s?" : "Say it to everyone in \"%s\"?",
        member_text(person ? person : selected_session(c), person ? "name" : "title"));
}

static bool act(struct console *c, int key)
{
    bool people = c->view == VIEW_PEOPLE || c->view == VIEW_PERSON;
    const json_t *session = selected_session(c);
    if (key == 'D')
        ask(c, json_pack("{ss}", "verb", "drain"),
            "Drain the relay? Nobody new gets in, and it ends with its last session.%s", "");
    else if (key == 'E' && session != NULL && c->view != VIEW_ALARMS)
        ask(c, json_pack("{ss ss}", "verb", "end", "session", c->session), "End \"%s\" for everyone?",
            member_text(session, "title"));
    else if (key == 'm' && c->view != VIEW_ALARMS)
        ask_message(c);
    else if (key == 'g' && people)
        ask_person(c, "grant", "Give %s the floor?");
    else if (key == 'u' && people)
        ask_person(c, "mute", "Mute %s?");
    else if (key == 'X' && people)
        ask_person(c, "remove", "Remove %s and make the link useless?");
    else
        return false;
    return true;
}

/* --- typing --- */

static void erase(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
        len--;
    text[len > 0 ? len - 1 : 0] = '\0';
}

static void type(char *text, int key)
{
    char sign[5] = {0};
    unsigned k = (unsigned)key;
    if (k < 0x20 || k == 0x7f || k > 0x10ffff || (k >= 0xd800 && k < 0xe000))
        return;
    if (k < 0x80) {
        sign[0] = (char)k;
    } else if (k < 0x800) {
        sign[0] = (char)(0xc0 | k >> 6);
        sign[1] = (char)(0x80 | (k & 0x3f));
    } else if (k < 0x10000) {
        sign[0] = (char)(0xe0 | k >> 12);
        sign[1] = (char)(0x80 | (k >> 6 & 0x3f));
        sign[2] = (char)(0x80 | (k & 0x3f));
    } else {
        sign[0] = (char)(0xf0 | k >> 18);
        sign[1] = (char)(0x80 | (k >> 12 & 0x3f));
        sign[2] = (char)(0x80 | (k >> 6 & 0x3f));
        sign[3] = (char)(0x80 | (k & 0x3f));
    }
    if (strlen(text) + strlen(sign) < CONSOLE_TEXT_MAX)
        strcat(text, sign);
}

static void answer_prompt(struct console *c, int key)
{
    enum prompt was = c->prompt;
    if (was == PROMPT_CONFIRM) {
        c->prompt = PROMPT_NONE;
        if (key == 'y') {
            free(c->action);
            c->action = json_dumps(c->asked, JSON_COMPACT);
        } else {
            snprintf(c->notice, sizeof c->notice, "Nothing was done.");
        }
        return;
    }
    char *text = was == PROMPT_SEARCH ? c->search : c->text;
    if (key == CONSOLE_ENTER) {
        c->prompt = PROMPT_NONE;
        if (was == PROMPT_MESSAGE && text[0] != '\0')
            say_message(c);
    } else if (key == CONSOLE_BACK) {
        c->prompt = PROMPT_NONE;
        text[0] = '\0';
    } else if (key == CONSOLE_ERASE) {
        erase(text);
    } else {
        type(text, key);
    }
}

/* --- going about --- */

static void move(struct console *c, int key)
{
    int page = c->page_rows > 1 ? c->page_rows - 1 : 1, all = 1 << 20;
    int step = key == CONSOLE_UP          ? -1
               : key == CONSOLE_DOWN      ? 1
               : key == CONSOLE_PAGE_UP   ? -page
               : key == CONSOLE_PAGE_DOWN ? page
               : key == CONSOLE_HOME      ? -all
                                          : all;
    if (c->view == VIEW_ALARMS) {
        int most = (int)json_array_size(json_object_get(c->now, "alarms")) - 1, at = c->alarm + step;
        c->alarm = at < 0 || most < 0 ? 0 : at > most ? most : at;
        return;
    }
    struct listing l;
    listing_make(c, &l);
    listing_select(c, &l, l.selected + step);
    listing_free(&l);
}

/* From an alarm to whom it is about. */
static void follow_alarm(struct console *c)
{
    const json_t *alarm = json_array_get(json_object_get(c->now, "alarms"), (size_t)c->alarm);
    const char *session = member_text(alarm, "session");
    if (session[0] == '\0')
        return;
    snprintf(c->session, sizeof c->session, "%s", session);
    c->person = member_number(alarm, "participant");
    c->view = c->person ? VIEW_PERSON : VIEW_PEOPLE;
}

static void enter(struct console *c)
{
    if (c->view == VIEW_ALARMS)
        follow_alarm(c);
    else if (c->view == VIEW_SESSIONS && selected_session(c) != NULL)
        c->view = VIEW_PEOPLE;
    else if (c->view == VIEW_PEOPLE && selected_person(c) != NULL)
        c->view = VIEW_PERSON;
    else
        return;
    c->search[0] = '\0';
    c->filter = FILTER_ALL;
}

static void back(struct console *c)
{
    c->search[0] = '\0';
    c->view = c->view == VIEW_HELP ? c->before_help : c->view == VIEW_PERSON ? VIEW_PEOPLE : VIEW_SESSIONS;
}

void console_key(struct console *c, int key)
{
    if (c->too_small) {
        c->over = key == 'q';
        return;
    }
    if (c->prompt != PROMPT_NONE) {
        answer_prompt(c, key);
        return;
    }
    c->notice[0] = '\0';
    if (key >= CONSOLE_UP && key <= CONSOLE_END)
        move(c, key);
    else if (key == CONSOLE_ENTER)
        enter(c);
    else if (key == CONSOLE_BACK)
        back(c);
    else if (key == 'q')
        c->over = true;
    else if (key == 's')
        listing_sort_next(c);
    else if (key == 'f')
        c->filter = (c->filter + 1) % FILTER_COUNT;
    else if (key == '/')
        c->prompt = PROMPT_SEARCH, c->search[0] = '\0';
    else if (key == 'a')
        c->view = VIEW_ALARMS;
    else if (key == '?' && c->view != VIEW_HELP)
        c->before_help = c->view, c->view = VIEW_HELP;
    else
        (void)act(c, key);
}
