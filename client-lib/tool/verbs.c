#include "verbs.h"

#include <stdlib.h>
#include <string.h>

#include "wire/json_out.h"

enum takes {
    NOTHING,
    WHO,
    MAY_WHAT,
    SECONDS,
    SECONDS_WHO,
    MAY_LANGUAGE,
    ROOM,
    CODE,
    ON_OFF,
    TEXT,
    QUESTION,
    POLL,
    ITEM,
    POLL_TEXT,
    CHOICES
};

static const struct {
    const char *word;
    enum takes takes;
    const char *how; /* to say it, where it takes something */
} verbs[] = {{"open", NOTHING, NULL},
             {"end", NOTHING, NULL},
             {"lock", MAY_WHAT, NULL},
             {"unlock", MAY_WHAT, NULL},
             {"remove", WHO, "say `remove WHO`"},
             {"mute-all", NOTHING, NULL},
             {"ask-unmute", WHO, "say `ask-unmute WHO`"},
             {"chair", WHO, "say `chair WHO`"},
             {"step-down", NOTHING, NULL},
             {"deputy", WHO, "say `deputy WHO`"},
             {"no-deputy", WHO, "say `no-deputy WHO`"},
             {"timer", SECONDS_WHO, "say `timer SECONDS` or `timer SECONDS WHO`"},
             {"timer-change", SECONDS, "say `timer-change SECONDS`"},
             {"timer-stop", NOTHING, NULL},
             {"item", ITEM, "say `item N`, N from 1 in the running order, or `item none`"},
             {"record", NOTHING, NULL},
             {"record-stop", NOTHING, NULL},
             {"language", MAY_LANGUAGE, NULL},
             {"code", ROOM, "say `code ROOM`"},
             {"check-in", CODE, "say `check-in CODE`, the code on the room's screen"},
             {"check-out", NOTHING, NULL},
             {"moderate", ON_OFF, "say `moderate on` or `moderate off`"},
             {"ask", TEXT, "say `ask TEXT`"},
             {"approve", QUESTION, "say `approve N`, N the question's number"},
             {"dismiss", QUESTION, "say `dismiss N`, N the question's number"},
             {"vote", QUESTION, "say `vote N`, N the question's number"},
             {"unvote", QUESTION, "say `unvote N`, N the question's number"},
             {"answered", QUESTION, "say `answered N`, N the question's number"},
             {"poll", POLL_TEXT, "say `poll QUESTION | ANSWER | ANSWER`, a right answer with * before it"},
             {"poll-open", POLL, "say `poll-open N`, N the poll's number"},
             {"poll-close", POLL, "say `poll-close N`, N the poll's number"},
             {"poll-show", POLL, "say `poll-show N`, N the poll's number"},
             {"poll-drop", POLL, "say `poll-drop N`, N the poll's number"},
             {"answer", CHOICES, "say `answer N CHOICE`, N the poll's number and choices counted from 1"}};

/* Puts the number that stands first; what follows it, or NULL where none stood there. */
static char *put_number(struct json_out *o, const char *member, char *rest)
{
    char *end;
    long long n = strtoll(rest, &end, 10);
    if (rest[0] < '1' || rest[0] > '9' || (*end != 0 && *end != ' '))
        return NULL;
    json_put_integer(o, member, n);
    return end + strspn(end, " \t");
}

static const char *put_who(struct json_out *o, const struct aula_participant *p, const char *who,
                           const char *how)
{
    uint32_t number;
    enum aula_result result = *who != 0 ? aula_find(p, who, &number) : AULA_BAD_ARGUMENT;
    if (result == AULA_BAD_ARGUMENT)
        return how;
    if (result != AULA_OK)
        return aula_result_text(result);
    json_put_integer(o, "who", number);
    return NULL;
}

static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t", text[len - 1]) != NULL)
        text[--len] = 0;
    return text;
}

static void put_poll(struct json_out *o, char *rest)
{
    long right[10];
    int right_count = 0, option = 0;
    char *save = NULL, *part = strtok_r(rest, "|", &save);
    json_put_string(o, "text", part != NULL ? trimmed(part) : "");
    json_open_array(o, "options");
    while ((part = strtok_r(NULL, "|", &save)) != NULL) {
        part = trimmed(part);
        option++;
        if (*part == '*' && right_count < 10)
            right[right_count++] = option;
        json_put_string(o, NULL, *part == '*' ? trimmed(part + 1) : part);
    }
    json_close_array(o);
    if (right_count == 0)
        return;
    json_put_boolean(o, "several", right_count > 1);
    json_open_array(o, "right");
    for (int i = 0; i < right_count; i++)
        json_put_integer(o, NULL, right[i]);
    json_close_array(o);
}

static const char *put_choices(struct json_out *o, char *rest, const char *how)
{
    rest = put_number(o, "poll", rest);
    if (rest == NULL || *rest == 0)
        return how;
    json_open_array(o, "choices");
    while (rest != NULL && *rest != 0)
        rest = put_number(o, NULL, rest);
    json_close_array(o);
    return rest == NULL ? how : NULL;
}

static const char *put_item(struct json_out *o, char *rest, const char *how)
{
    if (strcmp(rest, "none") == 0) {
        json_put_integer(o, "item", 0);
        return NULL;
    }
    rest = put_number(o, "item", rest);
    return rest == NULL || *rest != 0 ? how : NULL;
}

static const char *put_words(struct json_out *o, enum takes takes, const char *rest, const char *how)
{
    static const char *const members[] = {
        [MAY_WHAT] = "what", [MAY_LANGUAGE] = "language", [ROOM] = "room", [CODE] = "code", [TEXT] = "text"};
    if (takes == ON_OFF) {
        json_put_boolean(o, "moderated", strcmp(rest, "on") == 0);
        return strcmp(rest, "on") == 0 || strcmp(rest, "off") == 0 ? NULL : how;
    }
    if (*rest != 0)
        json_put_string(o, members[takes], rest);
    return *rest != 0 || takes == MAY_WHAT || takes == MAY_LANGUAGE ? NULL : how;
}

/* The members of a verb; a sentence where the words are wrong. */
static const char *put_members(struct json_out *o, const struct aula_participant *p, enum takes takes,
                               char *rest, const char *how)
{
    switch (takes) {
    case NOTHING:
        return *rest != 0 ? "say that word alone" : NULL;
    case WHO:
        return put_who(o, p, rest, how);
    case SECONDS:
    case SECONDS_WHO:
        rest = put_number(o, "seconds", rest);
        if (rest == NULL || (*rest != 0 && takes == SECONDS))
            return how;
        return *rest != 0 ? put_who(o, p, rest, how) : NULL;
    case QUESTION:
    case POLL:
        rest = put_number(o, takes == POLL ? "poll" : "question", rest);
        return rest == NULL || *rest != 0 ? how : NULL;
    case ITEM:
        return put_item(o, rest, how);
    case POLL_TEXT:
        put_poll(o, rest);
        return NULL;
    case CHOICES:
        return put_choices(o, rest, how);
    default:
        return put_words(o, takes, rest, how);
    }
}

static const char *say(struct aula_participant *p, const char *word, struct json_out *o)
{
    static char why[AULA_WHY_MAX];
    char *members;
    size_t len;
    json_close_object(o);
    if (json_out_take(o, &members, &len) != ERR_NONE)
        return aula_result_text(AULA_NO_MEMORY);
    enum aula_result result = aula_command(p, word, members, NULL, why);
    free(members);
    if (result == AULA_OK)
        return NULL;
    return result == AULA_BAD_ARGUMENT ? why : aula_result_text(result);
}

bool verb_run(struct aula_participant *p, const char *word, char *rest, const char **ret_wrong)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(word, verbs[i].word) != 0)
            continue;
        struct json_out o;
        json_out_init(&o);
        json_open_object(&o, NULL);
        *ret_wrong = put_members(&o, p, verbs[i].takes, rest, verbs[i].how);
        if (*ret_wrong == NULL)
            *ret_wrong = say(p, word, &o);
        json_out_finish(&o);
        return true;
    }
    return false;
}
