#include "ctl/request.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/json_out.h"

void ctl_request_init(struct ctl_request *r, const struct ctl_command *command)
{
    *r = (struct ctl_request){.command = command};
}

static bool is_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= 9 && text[digits] == '\0' && strtol(text, NULL, 10) > 0;
}

/* Valid UTF-8 (RFC 3629) goes into JSON; anything else would be refused there with a less helpful sentence.
 */
static bool is_utf8(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
        size_t more = *p < 0x80                 ? 0
                      : *p >= 0xc2 && *p < 0xe0 ? 1
                      : *p >= 0xe0 && *p < 0xf0 ? 2
                      : *p >= 0xf0 && *p < 0xf5 ? 3
                                                : 9;
        if (more == 9)
            return false;
        if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
            (p[0] == 0xf4 && p[1] > 0x8f))
            return false;
        for (size_t i = 1; i <= more; i++)
            if ((p[i] & 0xc0) != 0x80)
                return false;
        p += more + 1;
    }
    return true;
}

/* "80%" or "80"; 0 where it is no share. */
static long percent(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    bool good = digits >= 1 && digits <= 3 && (text[digits] == '\0' || strcmp(text + digits, "%") == 0);
    long n = good ? strtol(text, NULL, 10) : 0;
    return n <= 100 ? n : 0;
}

enum err ctl_request_put(struct ctl_request *r, size_t option, const char *value, char why[CTL_WHY_MAX])
{
    const struct ctl_option *o = &r->command->options[option];
    size_t *count = &r->counts[option];
    long long seconds;
    const char *wrong = NULL;
    if (*count >= (o->value == CTL_LIST ? CTL_LIST_MAX : 1))
        wrong = o->value == CTL_LIST ? "is given too often" : "is given twice";
    else if (value != NULL && value[0] == '\0')
        wrong = "is empty";
    else if (value != NULL && !is_utf8(value))
        wrong = "is not UTF-8 text";
    else if (o->value == CTL_SPAN && ctl_span_read(value, &seconds) != ERR_NONE)
        wrong = "must be a time like 90s, 30m, 48h or 14d, a year at the most";
    else if (o->value == CTL_PERCENT && percent(value) == 0)
        wrong = "must be a share from 1% to 100%";
    else if (o->value == CTL_FILE && value[strlen(value) - 1] == '/')
        wrong = "must be a file, not a folder";
    else if (o->value == CTL_TIME && ctl_time_read(value, &seconds) != ERR_NONE)
        wrong = "must be a date and a time like 2026-11-24T09:30";
    else if (o->value == CTL_NUMBER && !is_number(value))
        wrong = "must be a number from 1";
    if (wrong != NULL) {
        snprintf(why, CTL_WHY_MAX, "%s %s.", o->flag, wrong);
        return ERR_MALFORMED;
    }
    r->values[option][(*count)++] = value;
    return ERR_NONE;
}

/* The relay runs elsewhere: a name is told to it from the root on. */
static void write_file(struct json_out *o, const char *member, const char *value)
{
    char here[PATH_MAX], whole[2 * PATH_MAX];
    bool is_whole = value[0] == '/' || getcwd(here, sizeof here) == NULL;
    snprintf(whole, sizeof whole, is_whole ? "%s%s" : "%s/%s", is_whole ? "" : here, value);
    json_put_string(o, member, whole);
}

static void write_words(struct json_out *o, const char *member, const char *value)
{
    char word[64];
    if (value == NULL)
        return;
    json_open_array(o, member);
    for (size_t len; *value != '\0'; value += len + (value[len] == ',')) {
        len = strcspn(value, ",");
        snprintf(word, sizeof word, "%.*s", (int)len, value);
        json_put_string(o, NULL, word);
    }
    json_close_array(o);
}

static void write_option(const struct ctl_request *r, size_t option, struct json_out *o)
{
    const struct ctl_option *opt = &r->command->options[option];
    const char *value = r->counts[option] > 0 ? r->values[option][0] : NULL;
    long long seconds = 0;
    switch (opt->value) {
    case CTL_FLAG:
        json_put_boolean(o, opt->member, r->counts[option] > 0);
        return;
    case CTL_LIST:
        json_open_array(o, opt->member);
        for (size_t i = 0; i < r->counts[option]; i++)
            json_put_string(o, NULL, r->values[option][i]);
        json_close_array(o);
        return;
    case CTL_WORDS:
        write_words(o, opt->member, value);
        return;
    default:
        break;
    }
    if (value == NULL || opt->value == CTL_OUT)
        return;
    if (opt->value == CTL_PERCENT) {
        json_put_integer(o, opt->member, percent(value));
        return;
    }
    if (opt->value == CTL_FILE) {
        write_file(o, opt->member, value);
        return;
    }
    if (opt->value == CTL_SPAN && ctl_span_read(value, &seconds) == ERR_NONE)
        json_put_integer(o, opt->member, seconds);
    else if (opt->value == CTL_TIME && ctl_time_read(value, &seconds) == ERR_NONE)
        json_put_integer(o, opt->member, seconds);
    else if (opt->value == CTL_NUMBER || (opt->value == CTL_WHO && is_number(value)))
        json_put_integer(o, opt->member, strtol(value, NULL, 10));
    else
        json_put_string(o, opt->member, value);
}

#define TITLE_MAX 200 /* bytes: what the relay takes */

/* A deck without a title is called what its file is called: a PDF's own title is too often the draft's. */
static void write_operand(const struct ctl_request *r, const char *operand, struct json_out *o)
{
    if (strcmp(r->command->operand, "TEXT") == 0) {
        json_put_string(o, "text", operand);
        return;
    }
    if (strcmp(r->command->operand, "NUMBER") == 0) {
        json_put_string(o, "number", operand);
        return;
    }
    if (strcmp(r->command->operand, "FILE") == 0)
        return; /* it is read, not sent */
    if (strcmp(r->command->operand, "WHO") == 0) {
        json_put_string(o, "person", operand);
        return;
    }
    for (size_t i = 0; i < CTL_OPTIONS_MAX && r->command->options[i].flag != NULL; i++)
        if (strcmp(r->command->options[i].member, "title") == 0 && r->counts[i] > 0)
            return;
    const char *slash = strrchr(operand, '/');
    char title[TITLE_MAX + 1];
    snprintf(title, sizeof title, "%s", slash != NULL ? slash + 1 : operand);
    char *dot = strrchr(title, '.');
    if (dot != NULL && dot != title)
        *dot = '\0';
    if (title[0] != '\0' && is_utf8(title)) /* cut, it might end within a character */
        json_put_string(o, "title", title);
}

enum err ctl_request_write(const struct ctl_request *r, const char *operand, char **ret_text, size_t *ret_len,
                           char why[CTL_WHY_MAX])
{
    const struct ctl_command *c = r->command;
    for (size_t i = 0; i < CTL_OPTIONS_MAX && c->options[i].flag != NULL; i++) {
        if (c->options[i].required && r->counts[i] == 0) {
            snprintf(why, CTL_WHY_MAX, "%s is missing. Usage: aulactl %s", c->options[i].flag, c->synopsis);
            return ERR_MALFORMED;
        }
    }
    if (operand != NULL && !is_utf8(operand)) {
        snprintf(why, CTL_WHY_MAX, "The %s is not UTF-8 text.", c->operand);
        return ERR_MALFORMED;
    }
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "verb", c->verb);
    for (size_t i = 0; i < CTL_OPTIONS_MAX && c->options[i].flag != NULL; i++)
        write_option(r, i, &o);
    if (operand != NULL)
        write_operand(r, operand, &o);
    json_close_object(&o);
    enum err e = json_out_take(&o, ret_text, ret_len);
    json_out_finish(&o);
    if (e != ERR_NONE)
        snprintf(why, CTL_WHY_MAX, "There is not enough memory.");
    return e;
}
