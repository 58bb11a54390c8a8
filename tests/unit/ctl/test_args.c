/* Command lines, and the request or the sentence that each becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/args.h"

/* Splits at spaces; words in '…' stay whole, and '' is an empty word. */
static int split(char *line, char *argv[32])
{
    int argc = 0;
    static char name[] = "aulactl";
    argv[argc++] = name;
    for (char *at = line; *at != '\0' && argc < 32;) {
        char end = ' ';
        if (*at == '\'') {
            end = '\'';
            at++;
        }
        argv[argc++] = at;
        at = strchr(at, end);
        if (at == NULL)
            break;
        *at++ = '\0';
        while (*at == ' ')
            at++;
    }
    return argc;
}

static void lines_become_requests(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *request;
    } rows[] = {
        /* 0 */ {"list", "{\"verb\":\"list\",\"all\":false}"},
        /* what chairs can do too */
        {"chair --session s1 --participant 7", "{\"verb\":\"chair\",\"session\":\"s1\",\"participant\":7}"},
        {"timer --session s1 --seconds 600 --participant Ada",
         "{\"verb\":\"timer\",\"session\":\"s1\",\"seconds\":600,\"participant\":\"Ada\"}"},
        {"lock --session s1 --what chat", "{\"verb\":\"lock\",\"session\":\"s1\",\"what\":\"chat\"}"},
        {"code --session s1 --room Lab", "{\"verb\":\"code\",\"session\":\"s1\",\"room\":\"Lab\"}"},
        {"schedule --session s1", "{\"verb\":\"schedule\",\"session\":\"s1\"}"},
        /* 1 */
        {"session create --title 'Day one'",
         "{\"verb\":\"session-create\",\"title\":\"Day one\",\"rooms\":[],\"languages\":[],"
         "\"record\":false,\"planned\":false}"},
        /* 2 */
        {"session create --room A --room 'Aula Magna' --title=T --language it --record --planned",
         "{\"verb\":\"session-create\",\"title\":\"T\",\"rooms\":[\"A\",\"Aula Magna\"],"
         "\"languages\":[\"it\"],\"record\":true,\"planned\":true}"},
        /* 3 */
        {"link --session s1 --role trainee --name 'Jörg \"J\" Öz'",
         "{\"verb\":\"link\",\"session\":\"s1\",\"role\":\"trainee\",\"name\":\"Jörg \\\"J\\\" "
         "Öz\",\"deputy\":false}"},
        /* 4 */
        {"link --session s1 --role room --name Lab --room Lab --expires 48h",
         "{\"verb\":\"link\",\"session\":\"s1\",\"role\":\"room\",\"name\":\"Lab\",\"room\":\"Lab\","
         "\"deputy\":false,\"expires_s\":172800}"},
        /* 5 */ {"link list --session s1", "{\"verb\":\"link-list\",\"session\":\"s1\"}"},
        /* 6 */
        {"link revoke --session s1 --person 9",
         "{\"verb\":\"link-revoke\",\"session\":\"s1\",\"participant\":9}"},
        /* 7 */
        {"grant --session s1 --participant 'Ada 7'",
         "{\"verb\":\"grant\",\"session\":\"s1\",\"participant\":\"Ada 7\"}"},
        /* 8: a name of digits too long for a number */
        {"mute --session s1 --participant 0123456789",
         "{\"verb\":\"mute\",\"session\":\"s1\",\"participant\":\"0123456789\"}"},
        /* 9 */ {"--json --data /tmp/x show --session s1", "{\"verb\":\"show\",\"session\":\"s1\"}"},
        /* 10 */ {"show --session s1 --json --data /tmp/x", "{\"verb\":\"show\",\"session\":\"s1\"}"},
        /* 11 */
        {"message --session s1 'We go on at 14:00.'",
         "{\"verb\":\"message\",\"session\":\"s1\",\"text\":\"We go on at 14:00.\"}"},
        /* 12 */
        {"message --session s1 --participant 3 -- --help",
         "{\"verb\":\"message\",\"session\":\"s1\",\"participant\":3,\"text\":\"--help\"}"},
        /* 13 */
        {"deck add --session s1 /home/ada/opening.talk.pdf",
         "{\"verb\":\"deck-add\",\"session\":\"s1\",\"title\":\"opening.talk\"}"},
        /* 14 */
        {"deck add --session s1 --title 'My talk' x.pdf",
         "{\"verb\":\"deck-add\",\"session\":\"s1\",\"title\":\"My talk\"}"},
        /* 15 */
        {"page --session s1 --deck d --page 2",
         "{\"verb\":\"page\",\"session\":\"s1\",\"deck\":\"d\",\"page\":2}"},
        /* 16 */ {"drain", "{\"verb\":\"drain\"}"},
        /* 18 */ {"list --all", "{\"verb\":\"list\",\"all\":true}"},
        /* 19 */ {"log show --session s1", "{\"verb\":\"log-show\",\"session\":\"s1\"}"},
        /* 20 */
        {"log show --from 12 --session s1", "{\"verb\":\"log-show\",\"session\":\"s1\",\"from\":12}"},
        /* 21 */ {"log verify", "{\"verb\":\"log-verify\"}"},
        /* 22 */ {"backup --out /var/x.db", "{\"verb\":\"backup\",\"file\":\"/var/x.db\"}"},
        /* 17 */ {"mute-all --session s1", "{\"verb\":\"mute-all\",\"session\":\"s1\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[512], why[CTL_WHY_MAX] = "", *argv[32];
        strcpy(line, rows[i].line);
        struct ctl_args args = {0};
        int argc = split(line, argv);
        if (ctl_args_read(argc, argv, &args, why) != ERR_NONE)
            fail_msg("row %zu: %s", i, why);
        if (strcmp(args.request, rows[i].request) != 0 || args.request_len != strlen(args.request))
            fail_msg("row %zu: %s", i, args.request);
        assert_int_equal(args.json, strstr(rows[i].line, "--json") != NULL);
        assert_true((args.data != NULL) == (strstr(rows[i].line, "--data") != NULL));
        ctl_args_finish(&args);
    }
}

static void wrong_lines_get_a_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum err want;
        const char *says;
    } rows[] = {
        /* 0 */ {"", ERR_MALFORMED, "--help lists the commands"},
        /* 1 */ {"sesion create", ERR_MALFORMED, "no command \"sesion\""},
        /* 2 */ {"session", ERR_MALFORMED, "no command \"session\""},
        /* 3 */
        {"session create", ERR_MALFORMED, "--title is missing. Usage: aulactl session create --title"},
        /* 4 */ {"session create --title", ERR_MALFORMED, "--title needs a value"},
        /* 5 */ {"session create --title ''", ERR_MALFORMED, "--title is empty"},
        /* 6 */ {"session create --title a --title b", ERR_MALFORMED, "--title is given twice"},
        /* 7 */ {"session create --title a --record=yes", ERR_MALFORMED, "--record takes no value"},
        /* 8 */ {"session create --title a b", ERR_MALFORMED, "\"b\" is one word too many"},
        /* 9 */ {"session create --titel a", ERR_MALFORMED, "--titel is no option of this command"},
        /* 10 */ {"session create --title \xff\xfe", ERR_MALFORMED, "not UTF-8"},
        /* 11 */ {"session create --title \xed\xa0\x80", ERR_MALFORMED, "not UTF-8"},
        {"schedule --session s --at tomorrow", ERR_MALFORMED, "a date and a time like"},
        {"schedule --session s --at 2026-02-30T09:30", ERR_MALFORMED, "a date and a time like"},
        {"schedule --session s --at 2026-02-28T24:30", ERR_MALFORMED, "a date and a time like"},
        {"schedule --session s --at '2026-02-28 09:30x'", ERR_MALFORMED, "a date and a time like"},
        /* 12 */ {"link --session s --role x --name y --expires 48", ERR_MALFORMED, "must be a time like"},
        /* 13 */ {"link --session s --role x --name y --expires 0h", ERR_MALFORMED, "must be a time like"},
        /* 14 */ {"link --session s --role x --name y --expires 400d", ERR_MALFORMED, "must be a time like"},
        /* 15 */ {"link --session s --role x --name y --expires -1h", ERR_MALFORMED, "must be a time like"},
        {"backup", ERR_MALFORMED, "--out is missing"},
        {"backup --out /var/backups/", ERR_MALFORMED, "must be a file"},
        {"log", ERR_MALFORMED, "no command \"log\""},
        {"log show --session s --from 0", ERR_MALFORMED, "must be a number from 1"},
        {"attendance --session s --threshold 101", ERR_MALFORMED, "must be a share"},
        {"attendance --session s --threshold 8%0", ERR_MALFORMED, "must be a share"},
        {"attendance --programme", ERR_MALFORMED, "--programme"},
        /* 16 */ {"page --session s --deck d --page 0", ERR_MALFORMED, "must be a number from 1"},
        /* 17 */ {"page --session s --deck d --page 2x", ERR_MALFORMED, "must be a number from 1"},
        /* 18 */ {"deck add --session s", ERR_MALFORMED, "FILE.pdf is missing"},
        /* 19 */ {"message --session s", ERR_MALFORMED, "TEXT is missing"},
        /* 20 */ {"message --session s two words", ERR_MALFORMED, "need quotes"},
        /* 21 */ {"message --session s \xc3", ERR_MALFORMED, "not UTF-8"},
        /* 22 */ {"list --data", ERR_MALFORMED, "--data needs"},
        /* 23 */ {"--control", ERR_MALFORMED, "--control needs"},
        /* 24 */ {"--frobnicate list", ERR_MALFORMED, "no command \"--frobnicate\""},
        /* 25 */ {"report --session s", ERR_MALFORMED, "--out is missing"},
        /* 26 */ {"programme load", ERR_MALFORMED, "FILE is missing"},
        /* 27 */ {"console --once", ERR_MALFORMED, "no option of this command"},
        /* 28 */ {"top --often", ERR_MALFORMED, "no option of this command"},
        /* 29 */ {"report --session s --out d --threshold 0", ERR_MALFORMED, "must be a share"},
        /* 30 */ {"token create", ERR_MALFORMED, "--rights is missing"},
        /* 31 */ {"person erase", ERR_MALFORMED, "WHO is missing"},
        /* 32 */ {"--url https://x list", ERR_MALFORMED, "needs --token-file"},
        /* 33 */ {"--url http://x --token-file t list", ERR_MALFORMED, "https://"},
        /* 34 */ {"--url https://x/y --token-file t list", ERR_MALFORMED, "no path"},
        /* 35 */ {"--url https:// --token-file t list", ERR_MALFORMED, "a host"},
        /* 36 */ {"--token-file t list", ERR_MALFORMED, "belong to --url"},
        /* 37 */ {"--ca t list", ERR_MALFORMED, "belong to --url"},
        /* 38 */ {"--url https://x --token-file t --data d list", ERR_MALFORMED, "elsewhere"},
        /* 39 */ {"list --url", ERR_MALFORMED, "https://"},
        /* 40 */ {"--url https://x --token-file", ERR_MALFORMED, "needs a file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[512], why[CTL_WHY_MAX] = "", *argv[32];
        strcpy(line, rows[i].line);
        struct ctl_args args = {.operand = "untouched"};
        enum err e = ctl_args_read(split(line, argv), argv, &args, why);
        if (e != rows[i].want || strstr(why, rows[i].says) == NULL)
            fail_msg("row %zu: %s, \"%s\"", i, err_text(e), why);
        assert_string_equal(args.operand, "untouched");
    }
}

static void help_and_version_ask_for_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum ctl_wish wish;
        const char *command;
    } rows[] = {
        /* 0 */ {"--help", CTL_WISH_HELP, NULL},
        /* 1 */ {"-h", CTL_WISH_HELP, NULL},
        /* 2 */ {"link --help", CTL_WISH_HELP, "link"},
        /* 3 */ {"--help deck add", CTL_WISH_HELP, "deck add"},
        /* 4 */ {"--version", CTL_WISH_VERSION, NULL},
        /* 5 */ {"message --session s --help", CTL_WISH_HELP, "message"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[512], why[CTL_WHY_MAX] = "", *argv[32];
        strcpy(line, rows[i].line);
        struct ctl_args args = {0};
        assert_int_equal(ctl_args_read(split(line, argv), argv, &args, why), ERR_NONE);
        assert_int_equal(args.wish, rows[i].wish);
        assert_null(args.request);
        if (rows[i].command == NULL)
            assert_null(args.command);
        else
            assert_string_equal(args.command->words, rows[i].command);
    }
}

static void every_example_is_right(void **state)
{
    (void)state;
    for (const struct ctl_command *c = ctl_commands; c->words != NULL; c++) {
        char line[512], why[CTL_WHY_MAX] = "", *argv[32];
        assert_memory_equal(c->example, "aulactl ", 8);
        strcpy(line, c->example + 8);
        struct ctl_args args = {0};
        if (ctl_args_read(split(line, argv), argv, &args, why) != ERR_NONE)
            fail_msg("%s: %s", c->example, why);
        assert_ptr_equal(args.command, c);
        ctl_args_finish(&args);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_requests),
        cmocka_unit_test(wrong_lines_get_a_sentence),
        cmocka_unit_test(help_and_version_ask_for_nothing_else),
        cmocka_unit_test(every_example_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
