#include "io/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "io/option_keys.h"

#define KEYS_MAX 32

/* One reading of flags and file. */
struct reading {
    struct options *options;
    FILE *mistakes;
    int mistakes_count;
    bool given[KEYS_MAX]; /* by the source that is being read */
    bool by_flag[KEYS_MAX];
    /* the file */
    FILE *file;
    int line;
    bool mid_line; /* the last piece did not end its line */
};

static const struct options defaults = {.workers = 1,
                                        .connections = 4000,
                                        .connections_per_address = 1000,
                                        .handshakes_per_s = 250,
                                        .record_chat = true};

__attribute__((format(printf, 3, 4))) static void mistake(struct reading *r, const char *where,
                                                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(r->mistakes, "aulad: %s", where);
    vfprintf(r->mistakes, format, arguments);
    fputc('\n', r->mistakes);
    va_end(arguments);
    r->mistakes_count++;
}

static int find_key(const char *name)
{
    for (int i = 0; option_keys[i].name != NULL; i++)
        if (strcmp(option_keys[i].name, name) == 0)
            return i;
    return -1;
}

static void set(struct reading *r, const char *where, int key, const char *value)
{
    char why[OPTION_WHY_MAX];
    if (r->given[key] && !option_keys[key].twice)
        mistake(r, where, "%s is given twice", option_keys[key].name);
    else if (!option_keys[key].set(r->options, value, why))
        mistake(r, where, "%s %s", option_keys[key].name, why);
    r->given[key] = true;
}

/* --- the file --- */

static void where_in_file(const struct reading *r, char where[OPTIONS_PATH_MAX + 32])
{
    snprintf(where, OPTIONS_PATH_MAX + 32, "%s:%d: ", r->options->config, r->line);
}

/* Hands inih one line and counts; what inih would only report as a number is said here. */
static char *next_line(char *text, int size, void *stream)
{
    struct reading *r = stream;
    if (fgets(text, size, r->file) == NULL)
        return NULL;
    char where[OPTIONS_PATH_MAX + 32];
    bool begins = !r->mid_line;
    r->mid_line = strchr(text, '\n') == NULL;
    if (begins)
        r->line++;
    where_in_file(r, where);
    const char *first = text + strspn(text, " \t\r\n\xef\xbb\xbf");
    bool plain = *first == 0 || *first == '#' || *first == ';' || *first == '[';
    if (!begins)
        mistake(r, where, "the line is too long");
    else if (!plain && strpbrk(first, "=:") == NULL)
        mistake(r, where, "must be NAME = VALUE");
    if (!begins || (!plain && strpbrk(first, "=:") == NULL))
        memcpy(text, "\n", 2); /* told; inih need not see it */
    return text;
}

static int key_in_file(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    char where[OPTIONS_PATH_MAX + 32];
    where_in_file(r, where);
    int key = find_key(name);
    if (section[0] != 0 && strcmp(section, "aulad") != 0) {
        mistake(r, where, "section [%.40s] is unknown; keys stand at the top, or in [aulad]", section);
    } else if (key < 0 || !option_keys[key].file) {
        const char *nearest = option_nearest(name);
        mistake(r, where, "there is no key '%.40s'%s%s%s", name, nearest != NULL ? "; did you mean '" : "",
                nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    } else if (r->by_flag[key]) {
        struct options scratch = *r->options; /* a flag goes before it, but a mistake is a mistake */
        char why[OPTION_WHY_MAX];
        scratch.public_count = 0;
        if (!option_keys[key].set(&scratch, value, why))
            mistake(r, where, "%s %s", name, why);
    } else {
        set(r, where, key, value);
    }
    return 1;
}

static void read_file(struct reading *r)
{
    r->file = fopen(r->options->config, "re");
    if (r->file == NULL) {
        mistake(r, r->options->config, ": cannot be read: %s", strerror(errno));
        return;
    }
    memset(r->given, 0, sizeof r->given);
    int parsed = ini_parse_stream(next_line, r, key_in_file, r);
    if (ferror(r->file)) /* a folder, for one, opens but is not read */
        mistake(r, r->options->config, ": cannot be read: %s", strerror(errno));
    else if (parsed != 0 && r->mistakes_count == 0)
        mistake(r, r->options->config, ": is no INI file: NAME = VALUE, a line each");
    fclose(r->file);
}

/* --- the flags --- */

static void help(FILE *out)
{
    fprintf(out,
            "aulad, the relay of an aula: one lecture hall out of several rooms and many remote people.\n\n"
            "usage: aulad --data DIR [OPTION]...\n\n");
    for (const struct option_key *k = option_keys; k->name != NULL; k++) {
        char left[64];
        snprintf(left, sizeof left, "--%s %s", k->name, k->value != NULL ? k->value : "");
        fprintf(out, "  %-34s %s\n", left, k->help);
    }
    fprintf(out, "  %-34s %s\n  %-34s %s\n\n", "--help", "this text", "--version", "the version");
    fprintf(out, "example, for a hall that the whole internet may reach:\n"
                 "  aulad --data /var/lib/aula --listen 0.0.0.0:8443 --media 0.0.0.0:8444 --public-address "
                 "203.0.113.7\n");
}

/* One flag at argv[i]; returns how many arguments it took. */
static int read_flag(struct reading *r, int argc, char *const argv[], int i)
{
    const char *argument = argv[i], *equals = strchr(argument, '=');
    char name[40] = "", where[48];
    if (strncmp(argument, "--", 2) != 0) {
        mistake(r, "", "'%.60s' is no flag; aulad takes flags alone (aulad --help)", argument);
        return 1;
    }
    size_t len = equals != NULL ? (size_t)(equals - argument - 2) : strlen(argument + 2);
    if (len < sizeof name)
        memcpy(name, argument + 2, len);
    int key = find_key(name);
    if (key < 0 || !option_keys[key].flag) {
        const char *nearest = option_nearest(name);
        mistake(r, "", "there is no flag '%.60s'%s%s (aulad --help)", argument,
                nearest != NULL ? "; did you mean --" : "", nearest != NULL ? nearest : "");
        bool value_follows = equals == NULL && i + 1 < argc && argv[i + 1][0] != '-';
        return value_follows ? 2 : 1;
    }
    snprintf(where, sizeof where, "--");
    if (option_keys[key].value == NULL) {
        if (equals != NULL)
            mistake(r, where, "%s takes no value", name);
        else
            set(r, where, key, "");
        return 1;
    }
    if (equals == NULL && i + 1 >= argc) {
        mistake(r, where, "%s needs %s after it", name, option_keys[key].value);
        return 1;
    }
    set(r, where, key, equals != NULL ? equals + 1 : argv[i + 1]);
    return equals != NULL ? 1 : 2;
}

/* What only the whole can tell. */
static void check_together(struct reading *r)
{
    struct options *o = r->options;
    if (o->data[0] == 0)
        mistake(r, "", "--data DIR is needed: the folder in which the relay keeps everything");
    if ((o->tls_cert[0] != 0) != (o->tls_key[0] != 0))
        mistake(r, "", "--tls-cert and --tls-key go together: one was given without the other");
    if ((o->webhook_url[0] != 0) != (o->webhook_secret_file[0] != 0))
        mistake(r, "",
                "--webhook-url and --webhook-secret-file go together: one was given without the other");
    if (o->webhook_ca[0] != 0 && o->webhook_url[0] == 0)
        mistake(r, "", "--webhook-ca is of no use without --webhook-url");
    if (o->media.port != 0 && o->media.port + o->workers - 1 > 65535)
        mistake(r, "", "--media: with %d workers the port may be %d at the most", o->workers,
                65536 - o->workers);
    if (o->connections_per_address > o->connections)
        o->connections_per_address = o->connections;
}

enum options_verdict options_read(int argc, char *const argv[], FILE *out, FILE *mistakes,
                                  struct options *ret_options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            help(out);
            return OPTIONS_DONE;
        }
        if (strcmp(argv[i], "--version") == 0) {
            fprintf(out, "aulad %s\n", AULA_VERSION);
            return OPTIONS_DONE;
        }
    }
    struct reading r = {.options = ret_options, .mistakes = mistakes};
    *ret_options = defaults;
    ret_options->listen = address_v4((const uint8_t[]){127, 0, 0, 1}, 8443);
    ret_options->media = address_v4((const uint8_t[]){127, 0, 0, 1}, 8444);
    for (int i = 1; i < argc;)
        i += read_flag(&r, argc, argv, i);
    memcpy(r.by_flag, r.given, sizeof r.by_flag);
    if (ret_options->config[0] != 0)
        read_file(&r);
    check_together(&r);
    return r.mistakes_count > 0 ? OPTIONS_WRONG : OPTIONS_RUN;
}
