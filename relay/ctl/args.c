#include "ctl/args.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/request.h"

enum err ctl_span_read(const char *text, long long *ret_seconds)
{
    static const struct {
        char unit;
        long long seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9 || text[digits] == '\0' || text[digits + 1] != '\0')
        return ERR_MALFORMED;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        long long span = strtoll(text, NULL, 10) * units[i].seconds;
        if (text[digits] != units[i].unit)
            continue;
        if (span == 0 || span > CTL_SPAN_MAX_S)
            return ERR_MALFORMED;
        *ret_seconds = span;
        return ERR_NONE;
    }
    return ERR_MALFORMED;
}

enum err ctl_time_read(const char *text, long long *ret_ms)
{
    struct tm t = {.tm_isdst = -1};
    int len = 0;
    char between;
    int got = sscanf(text, "%4d-%2d-%2d%c%2d:%2d%n", &t.tm_year, &t.tm_mon, &t.tm_mday, &between, &t.tm_hour,
                     &t.tm_min, &len);
    if (got != 6 || text[len] != '\0' || (between != 'T' && between != ' ') || t.tm_year < 2000 ||
        t.tm_mon < 1 || t.tm_mon > 12 || t.tm_mday < 1 || t.tm_hour < 0 || t.tm_hour > 23 || t.tm_min < 0 ||
        t.tm_min > 59)
        return ERR_MALFORMED;
    int day = t.tm_mday;
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    time_t at = mktime(&t);
    if (at == (time_t)-1 || t.tm_mday != day)
        return ERR_MALFORMED; /* there is no such day */
    *ret_ms = (long long)at * 1000;
    return ERR_NONE;
}

/* The command line on its way: what stands at `at` is next. */
struct line {
    int argc, at;
    char *const *argv;
    char *why;
};

static enum err wrong(struct line *l, const char *form, const char *word)
{
    snprintf(l->why, CTL_WHY_MAX, form, word);
    return ERR_MALFORMED;
}

/* True where the word at `at` is this option; then *ret_value is what stands behind '=' or as the next word
 * (NULL where neither does), and both are behind us. */
static bool take_option(struct line *l, const char *flag, bool wants_value, const char **ret_value)
{
    const char *word = l->argv[l->at];
    size_t len = strlen(flag);
    if (strncmp(word, flag, len) != 0 || (word[len] != '\0' && word[len] != '='))
        return false;
    l->at++;
    *ret_value = NULL;
    if (word[len] == '=')
        *ret_value = word + len + 1;
    else if (wants_value && l->at < l->argc)
        *ret_value = l->argv[l->at++];
    return true;
}

static bool is_https(const char *url)
{
    static const char https[] = "https://";
    size_t len = sizeof https - 1;
    return url != NULL && strncmp(url, https, len) == 0 && strspn(url + len, "/") == 0 && url[len] != '\0' &&
           strpbrk(url + len, "?#@ ") == NULL && url[len + strcspn(url + len, "/")] == '\0';
}

/* A relay elsewhere needs its address and a token, and no folder of this machine. */
static enum err check_where(struct line *l, const struct ctl_args *args)
{
    if (args->url == NULL)
        return args->token_file == NULL && args->ca == NULL
                   ? ERR_NONE
                   : wrong(l, "%s and --ca belong to --url.", "--token-file");
    if (args->token_file == NULL)
        return wrong(l,
                     "%s needs --token-file FILE: \"aulactl token create\" on the relay's machine makes one.",
                     "--url");
    return args->data == NULL && args->control == NULL
               ? ERR_NONE
               : wrong(l, "%s is a relay elsewhere: give it, or --data or --control.", "--url");
}

/* The options that every command has. ERR_NONE and *ret_taken where the next word is one of them. */
static enum err take_general(struct line *l, struct ctl_args *args, bool *ret_taken)
{
    const char *value = NULL;
    *ret_taken = true;
    if (take_option(l, "--json", false, &value)) {
        args->json = true;
    } else if (take_option(l, "--help", false, &value) || take_option(l, "-h", false, &value)) {
        args->wish = CTL_WISH_HELP;
    } else if (take_option(l, "--version", false, &value)) {
        args->wish = CTL_WISH_VERSION;
    } else if (take_option(l, "--data", true, &value)) {
        args->data = value;
        return value == NULL ? wrong(l, "%s needs a folder behind it.", "--data") : ERR_NONE;
    } else if (take_option(l, "--control", true, &value)) {
        args->control = value;
        return value == NULL ? wrong(l, "%s needs the path of a control socket behind it.", "--control")
                             : ERR_NONE;
    } else if (take_option(l, "--url", true, &value)) {
        args->url = value;
        return is_https(value) ? ERR_NONE
                               : wrong(l, "%s needs https:// and a host behind it, and no path.", "--url");
    } else if (take_option(l, "--token-file", true, &value)) {
        args->token_file = value;
        return value == NULL ? wrong(l, "%s needs a file behind it.", "--token-file") : ERR_NONE;
    } else if (take_option(l, "--ca", true, &value)) {
        args->ca = value;
        return value == NULL ? wrong(l, "%s needs a file of certificates behind it.", "--ca") : ERR_NONE;
    } else {
        *ret_taken = false;
    }
    return ERR_NONE;
}

static enum err take_own(struct line *l, const struct ctl_command *c, struct ctl_request *r)
{
    const char *value = NULL, *word = l->argv[l->at];
    for (size_t i = 0; i < CTL_OPTIONS_MAX && c->options[i].flag != NULL; i++) {
        const struct ctl_option *o = &c->options[i];
        if (!take_option(l, o->flag, o->value != CTL_FLAG, &value))
            continue;
        if (o->value == CTL_FLAG && value != NULL)
            return wrong(l, "%s takes no value.", o->flag);
        if (o->value != CTL_FLAG && value == NULL)
            return wrong(l, "%s needs a value behind it.", o->flag);
        return ctl_request_put(r, i, value, l->why);
    }
    snprintf(l->why, CTL_WHY_MAX, "%s is no option of this command. Usage: aulactl %s", word, c->synopsis);
    return ERR_MALFORMED;
}

static enum err take_rest(struct line *l, struct ctl_args *args, struct ctl_request *r)
{
    const struct ctl_command *c = args->command;
    bool only_operands = false;
    while (l->at < l->argc) {
        const char *word = l->argv[l->at];
        bool taken = false;
        enum err e = only_operands ? ERR_NONE : take_general(l, args, &taken);
        if (e != ERR_NONE)
            return e;
        if (taken)
            continue;
        if (!only_operands && strcmp(word, "--") == 0) {
            only_operands = true;
            l->at++;
        } else if (!only_operands && word[0] == '-' && word[1] != '\0') {
            e = take_own(l, c, r);
        } else if (c->operand == NULL || args->operand != NULL) {
            e = wrong(l, "\"%s\" is one word too many. Words with spaces need quotes around them.", word);
        } else {
            args->operand = word;
            l->at++;
        }
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

static enum err find_command(struct line *l, struct ctl_args *args)
{
    if (l->at >= l->argc) {
        snprintf(l->why, CTL_WHY_MAX, "What shall be done? aulactl --help lists the commands.");
        return ERR_MALFORMED;
    }
    int words = 0;
    args->command = ctl_command_find(l->argc - l->at, l->argv + l->at, &words);
    if (args->command == NULL)
        return wrong(l, "There is no command \"%s\". aulactl --help lists them.", l->argv[l->at]);
    l->at += words;
    return ERR_NONE;
}

static const char *value_of_out(const struct ctl_request *r)
{
    for (size_t i = 0; i < CTL_OPTIONS_MAX && r->command->options[i].flag != NULL; i++)
        if (r->command->options[i].value == CTL_OUT && r->counts[i] > 0)
            return r->values[i][0];
    return NULL;
}

static enum err read_command(struct line *l, struct ctl_args *args)
{
    struct ctl_request r;
    ctl_request_init(&r, args->command);
    enum err e = take_rest(l, args, &r);
    if (e == ERR_NONE && args->wish == CTL_WISH_COMMAND && args->command->operand != NULL &&
        args->operand == NULL) {
        snprintf(l->why, CTL_WHY_MAX, "%s is missing. Usage: aulactl %s", args->command->operand,
                 args->command->synopsis);
        e = ERR_MALFORMED;
    }
    if (e == ERR_NONE && args->wish == CTL_WISH_COMMAND)
        args->out = value_of_out(&r);
    if (e == ERR_NONE && args->wish == CTL_WISH_COMMAND)
        e = ctl_request_write(&r, args->operand, &args->request, &args->request_len, l->why);
    return e;
}

enum err ctl_args_read(int argc, char *const *argv, struct ctl_args *ret_args, char why[CTL_WHY_MAX])
{
    struct ctl_args args = {0};
    struct line l = {.argc = argc, .at = 1, .argv = argv, .why = why};
    bool taken = true;
    enum err e = ERR_NONE;
    while (e == ERR_NONE && taken && l.at < l.argc)
        e = take_general(&l, &args, &taken);
    bool alone = l.at >= l.argc && args.wish != CTL_WISH_COMMAND; /* aulactl --help */
    if (e == ERR_NONE && !alone)
        e = find_command(&l, &args);
    if (e == ERR_NONE && !alone)
        e = read_command(&l, &args);
    if (e == ERR_NONE && args.wish == CTL_WISH_COMMAND) {
        e = check_where(&l, &args);
        if (e != ERR_NONE)
            ctl_args_finish(&args);
    }
    if (e == ERR_NONE)
        *ret_args = args;
    return e;
}

void ctl_args_finish(struct ctl_args *args)
{
    free(args->request);
    args->request = NULL;
}
