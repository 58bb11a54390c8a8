#include "commands.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void commands_init(struct commands *c)
{
    *c = (struct commands){0};
}

static const char *sentence(enum aula_result result)
{
    return result == AULA_OK ? NULL : aula_result_text(result);
}

static const char *run_hand(struct aula_participant *p, const char *rest)
{
    if (strcmp(rest, "up") != 0 && strcmp(rest, "down") != 0)
        return "say `hand up` or `hand down`";
    return sentence(aula_hand(p, strcmp(rest, "up") == 0, NULL));
}

static const char *run_page(struct aula_participant *p, const char *rest)
{
    char *end;
    unsigned long n = strtoul(rest, &end, 10);
    if (rest[0] < '1' || rest[0] > '9' || *end != 0 || n > 1000000)
        return "say `page N`, N from 1";
    enum aula_result result = aula_page(p, (unsigned)n, NULL);
    return result == AULA_UNKNOWN ? "there is no deck in this session" : sentence(result);
}

static const char *run_chat(struct aula_participant *p, const char *rest)
{
    enum aula_result result = aula_chat(p, rest, NULL);
    return result == AULA_BAD_ARGUMENT ? "a chat message has 1 to 2,000 characters of text"
                                       : sentence(result);
}

/* A chair who says `mute Bob` must not find himself muted. */
static const char *run_mute(struct aula_participant *p, const char *rest)
{
    return rest[0] != 0 ? "`mute` is for oneself; say it alone" : sentence(aula_mute(p, true, NULL));
}

static const char *run_unmute(struct aula_participant *p, const char *rest)
{
    return rest[0] != 0 ? "`unmute` is for oneself; say it alone" : sentence(aula_mute(p, false, NULL));
}

static const char *run_grant(struct aula_participant *p, const char *rest)
{
    return sentence(aula_grant(p, rest, NULL));
}

static const char *run_release(struct aula_participant *p, const char *rest)
{
    return sentence(aula_release(p, rest, NULL));
}

static const char *run_pin(struct aula_participant *p, const char *rest)
{
    return sentence(aula_pin(p, rest, true, NULL));
}

static const char *run_unpin(struct aula_participant *p, const char *rest)
{
    return sentence(aula_pin(p, rest, false, NULL));
}

static const char *run_open_both(struct aula_participant *p, const char *rest)
{
    return sentence(aula_both(p, rest, true, NULL));
}

static const char *run_close_both(struct aula_participant *p, const char *rest)
{
    return sentence(aula_both(p, rest, false, NULL));
}

/* `people TEXT`, or `people @N TEXT` for those after number N. */
static const char *run_people(struct aula_participant *p, const char *rest)
{
    unsigned long after = 0;
    if (rest[0] == '@') {
        char *end;
        after = strtoul(rest + 1, &end, 10);
        if (rest[1] < '0' || rest[1] > '9' || (*end != 0 && *end != ' ') || after > UINT32_MAX)
            return "say `people TEXT`, or `people @N TEXT` for those after number N";
        rest = end + strspn(end, " ");
    }
    return sentence(aula_people(p, rest, (uint32_t)after, NULL));
}

static const char *run_leave(struct aula_participant *p, const char *rest)
{
    return rest[0] != 0 ? "say `leave` alone" : sentence(aula_leave(p, NULL));
}

static const struct {
    const char *word;
    const char *(*run)(struct aula_participant *p, const char *rest);
} table[] = {{"hand", run_hand},
             {"page", run_page},
             {"chat", run_chat},
             {"mute", run_mute},
             {"unmute", run_unmute},
             {"grant", run_grant},
             {"release", run_release},
             {"pin", run_pin},
             {"unpin", run_unpin},
             {"open-both", run_open_both},
             {"close-both", run_close_both},
             {"people", run_people},
             {"leave", run_leave}};

static char *without_spaces_around(char *line)
{
    line += strspn(line, " \t");
    size_t len = strlen(line);
    while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
        line[--len] = 0;
    return line;
}

const char *command_run(struct aula_participant *p, char *line)
{
    line = without_spaces_around(line);
    char *rest = line + strcspn(line, " \t");
    if (*rest != 0)
        *rest++ = 0;
    rest += strspn(rest, " \t");
    if (line[0] == 0)
        return NULL;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(line, table[i].word) == 0)
            return table[i].run(p, rest);
    const char *wrong;
    if (verb_run(p, line, rest, &wrong))
        return wrong;
    return "the commands are hand up|down, page N, chat TEXT, mute, unmute, grant WHO, release WHO, "
           "pin WHO, unpin WHO, open-both WHO, close-both WHO, people [@N] [TEXT], leave, " VERBS_HELP;
}

static void end_of_line(struct commands *c, struct aula_participant *p)
{
    c->line[c->len] = 0;
    const char *wrong = c->skipping ? "the line is too long" : command_run(p, c->line);
    if (wrong != NULL)
        fprintf(stderr, "aula: %s: %s\n", c->line, wrong);
    c->len = 0;
    c->skipping = false;
}

void commands_read(struct commands *c, struct aula_participant *p)
{
    char bytes[1024];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n <= 0)
        c->ended = true;
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == '\n')
            end_of_line(c, p);
        else if (c->len < COMMANDS_LINE_MAX - 1)
            c->line[c->len++] = bytes[i];
        else
            c->skipping = true;
    }
}
