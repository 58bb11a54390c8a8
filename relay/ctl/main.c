/* aulactl: the operator's tool. Options in, one request to the relay, its answer out. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/args.h"
#include "ctl/console/console.h"
#include "ctl/door.h"
#include "ctl/export.h"
#include "ctl/load.h"
#include "ctl/print.h"
#include "ctl/programme_print.h"
#include "ctl/report.h"
#include "ctl/top.h"
#include "ctl/web_door.h"

#define HELP_WIDTH 110 /* characters of a sentence in --help, behind six of margin */

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_NO_RELAY = 3 };

static int complain(int status, const char *why)
{
    fprintf(stderr, "aulactl: %s\n", why);
    return status;
}

/* The sentence in lines that a terminal holds. */
static void help_about(const char *about)
{
    while (strlen(about) > HELP_WIDTH) {
        size_t len = HELP_WIDTH;
        while (len > 0 && about[len] != ' ')
            len--;
        printf("      %.*s\n", (int)len, about);
        about += len + 1;
    }
    printf("      %s\n", about);
}

static void help_on(const struct ctl_command *c)
{
    printf("  aulactl %s\n", c->synopsis);
    help_about(c->about);
    printf("      %s\n", c->example);
}

static int help(const struct ctl_command *only)
{
    if (only != NULL) {
        help_on(only);
        return EXIT_DONE;
    }
    puts("aulactl tells a relay what to do.\n\n"
         "usage: aulactl [--data DIR | --control SOCKET | --url URL --token-file FILE] [--json] COMMAND\n\n"
         "  --data DIR        the relay's data folder; else $AULA_DATA, else " CTL_DEFAULT_DATA_DIR "\n"
         "  --control SOCKET  the relay's control socket itself; else DIR/control.sock\n"
         "  --url URL         a relay elsewhere, https://HOST:PORT, by its HTTP interface\n"
         "  --token-file FILE a token for it, which aulactl token create makes there\n"
         "  --ca FILE         certificates to trust instead of the system's: a relay's own tls.crt\n"
         "  --json            answers as one JSON object\n"
         "  --help            this text; behind a command, its part of it\n"
         "  --version         the version\n\n"
         "Commands, each with an example. WHO is a participant's number, or the name where nobody else has "
         "it.\n");
    for (const struct ctl_command *c = ctl_commands; c->words != NULL; c++)
        help_on(c);
    puts("\nExit status: 0 done, 1 refused (the reason is said), 2 wrong usage, 3 no relay there.");
    return EXIT_DONE;
}

static void tell_progress(int page, int pages)
{
    fprintf(stderr, "\rpage %d of %d%s", page, pages, page == pages ? "\n" : "");
}

static bool socket_path(const struct ctl_args *args, char path[PATH_MAX])
{
    const char *data = args->data != NULL ? args->data : getenv("AULA_DATA");
    if (data == NULL || data[0] == '\0')
        data = CTL_DEFAULT_DATA_DIR;
    int n = args->control != NULL ? snprintf(path, PATH_MAX, "%s", args->control)
                                  : snprintf(path, PATH_MAX, "%s/control.sock", data);
    return n > 0 && n < PATH_MAX;
}

static int give_up(enum err e, const char *why)
{
    if (e == ERR_CLOSED || e == ERR_TIMEOUT || e == ERR_MALFORMED)
        return complain(EXIT_NO_RELAY, why);
    return complain(e == ERR_UNKNOWN ? EXIT_USAGE : EXIT_REFUSED, e == ERR_MEMORY ? err_text(e) : why);
}

static int shown(enum print_answer answer, const char *why)
{
    if (answer == PRINT_DONE)
        return fflush(stdout) == 0 ? EXIT_DONE : complain(EXIT_REFUSED, "The answer cannot be written.");
    fflush(stdout);
    return complain(answer == PRINT_USAGE ? EXIT_USAGE
                    : answer == PRINT_ODD ? EXIT_NO_RELAY
                                          : EXIT_REFUSED,
                    why);
}

static int load(const struct ctl_args *args)
{
    char path[PATH_MAX], why[CTL_WHY_MAX + PATH_MAX];
    if (!socket_path(args, path))
        return complain(EXIT_USAGE, "The path of the data folder is too long.");
    const struct web_door web = {args->url, args->token_file, args->ca};
    const struct load load = {.socket = path,
                              .web = args->url != NULL ? &web : NULL,
                              .file = args->operand,
                              .json = args->json,
                              .out = stdout,
                              .complaints = stderr,
                              .progress = isatty(STDERR_FILENO) ? tell_progress : NULL};
    enum err e = load_programme(&load, why, sizeof why);
    if (e == ERR_MALFORMED)
        return complain(EXIT_USAGE, why);
    if (e != ERR_NONE)
        return give_up(e, why);
    return fflush(stdout) == 0 ? EXIT_DONE : complain(EXIT_REFUSED, "The answer cannot be written.");
}

static int report(const struct ctl_args *args)
{
    char path[PATH_MAX], why[CTL_WHY_MAX + PATH_MAX];
    if (!socket_path(args, path))
        return complain(EXIT_USAGE, "The path of the data folder is too long.");
    const struct web_door web = {args->url, args->token_file, args->ca};
    const struct report_wish wish = {.socket = path,
                                     .web = args->url != NULL ? &web : NULL,
                                     .request = args->request,
                                     .out = args->out,
                                     .told = stdout,
                                     .complaints = stderr};
    enum err e = report_make(&wish, why, sizeof why);
    if (e != ERR_NONE)
        return give_up(e, why);
    return fflush(stdout) == 0 ? EXIT_DONE : complain(EXIT_REFUSED, "The answer cannot be written.");
}

static bool is_of_programme(enum ctl_show show)
{
    return show == CTL_SHOW_PROGRAMME || show == CTL_SHOW_PROGRAMME_LINKS ||
           show == CTL_SHOW_PROGRAMME_CALENDAR;
}

/* A long answer comes in parts, each asked for. */
static int call(struct ctl_args *args)
{
    char path[PATH_MAX], why[CTL_WHY_MAX + PATH_MAX];
    if (!socket_path(args, path))
        return complain(EXIT_USAGE, "The path of the data folder is too long.");
    bool is_deck = strcmp(args->command->verb, "deck-add") == 0, more = true;
    enum print_answer answer = PRINT_DONE;
    const struct web_door web = {args->url, args->token_file, args->ca};
    while (more && answer == PRINT_DONE) {
        const struct door_ask ask = {.socket = path,
                                     .web = args->url != NULL ? &web : NULL,
                                     .request = args->request,
                                     .request_len = args->request_len,
                                     .patient = args->command->patient,
                                     .file = is_deck ? args->operand : NULL,
                                     .progress = isatty(STDERR_FILENO) ? tell_progress : NULL};
        char *reply = NULL;
        enum err e = door_call(&ask, &reply, why, sizeof why);
        if (e != ERR_NONE)
            return give_up(e, why);
        answer = print_reply(stdout, args->command, args->json, reply, why, sizeof why);
        if (answer == PRINT_DONE && !args->json && is_of_programme(args->command->show) &&
            programme_print(stdout, args->command->show, args->request, reply, why, sizeof why) != ERR_NONE)
            answer = PRINT_REFUSED;
        if (answer == PRINT_DONE && args->out != NULL &&
            export_recording(reply, args->url != NULL ? &web : NULL, args->out, why, sizeof why) != ERR_NONE)
            answer = PRINT_REFUSED;
        more = print_next(reply, &args->request, &args->request_len) == ERR_NONE;
        free(reply);
    }
    return shown(answer, why);
}

static int look_at_console(const struct ctl_args *args)
{
    char path[PATH_MAX], why[CTL_WHY_MAX + PATH_MAX];
    if (!socket_path(args, path))
        return complain(EXIT_USAGE, "The path of the data folder is too long.");
    const struct web_door web = {args->url, args->token_file, args->ca};
    const struct door_ask ask = {.socket = path, .web = args->url != NULL ? &web : NULL};
    enum err e = console_run(&ask, why, sizeof why);
    return e == ERR_NONE ? EXIT_DONE : complain(e == ERR_STATE ? EXIT_USAGE : EXIT_REFUSED, why);
}

static int watch(struct ctl_args *args)
{
    char path[PATH_MAX], why[CTL_WHY_MAX + PATH_MAX], *refusal = NULL;
    if (!socket_path(args, path))
        return complain(EXIT_USAGE, "The path of the data folder is too long.");
    const struct web_door web = {args->url, args->token_file, args->ca};
    const struct door_ask ask = {.socket = path,
                                 .web = args->url != NULL ? &web : NULL,
                                 .request = args->request,
                                 .request_len = args->request_len};
    bool once = strstr(args->request, "\"once\":true") != NULL;
    enum err e = top_run(stdout, &ask, args->json, once, &refusal, why, sizeof why);
    if (e != ERR_NONE)
        return give_up(e, why);
    int status = refusal
                     ? shown(print_reply(stdout, args->command, args->json, refusal, why, sizeof why), why)
                     : shown(PRINT_DONE, why);
    free(refusal);
    return status;
}

int main(int argc, char **argv)
{
    struct ctl_args args;
    char why[CTL_WHY_MAX];
    if (ctl_args_read(argc, argv, &args, why) != ERR_NONE)
        return complain(EXIT_USAGE, why);
    int status = EXIT_DONE;
    if (args.wish == CTL_WISH_HELP)
        status = help(args.command);
    else if (args.wish == CTL_WISH_VERSION)
        puts("aulactl " AULA_VERSION);
    else if (args.command->show == CTL_SHOW_REPORT)
        status = report(&args);
    else if (args.command->show == CTL_SHOW_LOADED)
        status = load(&args);
    else if (args.command->show == CTL_SHOW_CONSOLE)
        status = look_at_console(&args);
    else
        status = args.command->show == CTL_SHOW_TOP ? watch(&args) : call(&args);
    ctl_args_finish(&args);
    return status;
}
