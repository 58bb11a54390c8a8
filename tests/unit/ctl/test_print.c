/* What a reply looks like to people, and to programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/print.h"

static const struct ctl_command *command(const char *words)
{
    for (const struct ctl_command *c = ctl_commands; c->words != NULL; c++)
        if (strcmp(c->words, words) == 0)
            return c;
    fail_msg("no command %s", words);
    return NULL;
}

static void replies_are_shown(void **state)
{
    (void)state;
    static const struct {
        const char *command;
        bool json;
        const char *reply;
        enum print_answer want;
        const char *shown; /* or the sentence, where it was refused */
    } rows[] = {
        /* 0 */ {"session create", false, "{\"ok\":true,\"session\":\"f7k2\"}", PRINT_DONE, "f7k2\n"},
        /* 1 */
        {"session create", true, "{\"ok\":true,\"session\":\"f7k2\"}", PRINT_DONE,
         "{\"session\":\"f7k2\"}\n"},
        /* 2 */
        {"link", false, "{\"ok\":true,\"url\":\"https://h:1/j/x\",\"number\":7}", PRINT_DONE,
         "https://h:1/j/x\n"},
        /* 3 */ {"grant", false, "{\"ok\":true}", PRINT_DONE, ""},
        /* 4 */ {"grant", true, "{\"ok\":true}", PRINT_DONE, "{}\n"},
        /* 5 */ {"list", false, "{\"ok\":true,\"sessions\":[]}", PRINT_DONE, "There are no sessions.\n"},
        /* 6 */
        {"list", false,
         "{\"ok\":true,\"sessions\":[{\"id\":\"f7k2\",\"title\":\"Größe\",\"state\":\"open\","
         "\"participants\":12,"
         "\"present\":9},{\"id\":\"a\",\"title\":\"B\",\"state\":\"backstage\",\"participants\":1,"
         "\"present\":0}]}",
         PRINT_DONE,
         "ID    STATE      PRESENT  PEOPLE  TITLE\n"
         "f7k2  open       9        12      Größe\n"
         "a     backstage  0        1       B\n"},
        /* 7 */
        {"show", true, "{\"ok\":true,\"session\":{\"id\":\"f7k2\",\"participants\":[]}}", PRINT_DONE,
         "{\"id\":\"f7k2\",\"participants\":[]}\n"},
        /* 8 */
        {"show", false,
         "{\"ok\":true,\"session\":{\"id\":\"f7k2\",\"title\":\"T\",\"state\":\"open\",\"participants\":[{"
         "\"id\":1,"
         "\"name\":\"Ada\",\"floor\":true,\"hand\":false}],\"counters\":{\"decodes\":0,\"encodes\":0}}}",
         PRINT_DONE,
         "session   f7k2\ntitle     T\nstate     open\nrelay     decodes 0, encodes 0\n\n"
         "NO  NAME  FLOOR  HAND\n1   Ada   yes    -\n"},
        /* refused */
        /* 9 */
        {"grant", false, "{\"ok\":false,\"why\":\"There is no session f7k3.\"}", PRINT_REFUSED,
         "There is no session f7k3."},
        /* 10 */ {"grant", true, "{\"ok\":false,\"usage\":true,\"why\":\"No.\"}", PRINT_USAGE, "No."},
        /* hostile */
        /* 11 */ {"list", false, "{\"ok\":true}", PRINT_ODD, "not one that this aulactl understands"},
        /* 12 */ {"list", false, "{\"ok\":true,\"sessions\":7}", PRINT_ODD, "not one"},
        /* 13 */ {"list", false, "not json", PRINT_ODD, "not one"},
        /* 14 */ {"list", false, "", PRINT_ODD, "not one"},
        /* 15 */ {"list", false, "[]", PRINT_ODD, "not one"},
        /* 16 */ {"show", false, "{\"ok\":true,\"session\":[]}", PRINT_ODD, "not one"},
        /* 17 */ {"list", false, "{\"ok\":true,\"sessions\":[7,null]}", PRINT_DONE, "\n\n\n"},
        /* 18 */
        {"session create", false, "{\"ok\":true,\"session\":\"a\\u001b[2Jb\\u009bc\\nd\"}", PRINT_DONE,
         "a?[2Jb??c?d\n"},
        /* 19 */ {"grant", false, "{\"ok\":false,\"why\":\"\\u001b]0;x\\u0007\"}", PRINT_REFUSED, "?]0;x?"},
        /* 20 */ {"grant", false, "{\"ok\":false}", PRINT_REFUSED, "-"},
        /* the log */
        /* 21 */
        {"log show", false, "{\"ok\":true,\"events\":[{\"n\":1,\"text\":\"a\\u001b[2J\"},{\"n\":2}]}",
         PRINT_DONE, "{\"n\":1,\"text\":\"a\\u001B[2J\"}\n{\"n\":2}\n"},
        /* 22 */ {"log show", true, "{\"ok\":true,\"events\":[{\"n\":1}]}", PRINT_DONE, "{\"n\":1}\n"},
        /* 23 */ {"log show", false, "{\"ok\":true,\"events\":{}}", PRINT_ODD, "not one"},
        /* 24 */
        {"log verify", false,
         "{\"ok\":true,\"good\":true,\"sessions\":1,\"events\":9,\"links\":2,\"snapshots\":0,\"wrong\":0,"
         "\"findings\":[]}",
         PRINT_DONE, "1 sessions, 9 events, 2 links, 0 snapshots: all is as it must be\n"},
        /* 25 */
        {"log verify", false,
         "{\"ok\":true,\"good\":false,\"sessions\":1,\"events\":9,\"links\":2,\"snapshots\":0,\"wrong\":3,"
         "\"findings\":"
         "[\"A\",\"B\\u001b\"]}",
         PRINT_BAD, "1 sessions, 9 events, 2 links, 0 snapshots: 3 found wrong\nA\nB?\nand 1 more\n"},
        /* 26 */ {"log verify", false, "{\"ok\":true}", PRINT_ODD, "not one"},
        /* 27 */
        {"backup", false, "{\"ok\":true,\"file\":\"/x\",\"rows\":3,\"bytes\":4096}", PRINT_DONE,
         "3 rows, 4096 bytes\n"},
        /* attendance */
        {"attendance", false,
         "{\"ok\":true,\"people\":[{\"name\":\"Ada\",\"role\":\"trainee\",\"place\":\"A\",\"seconds\":3723,"
         "\"share\":0.5,\"passed\":false}]}",
         PRINT_DONE, "NAME  ROLE     PLACE  TIME     %     PASSED\nAda   trainee  A      1:02:03  50.0  -\n"},
        {"attendance", false, "{\"ok\":true,\"text\":\"a,b\\r\\nc\\u001b,d\\r\\n\"}", PRINT_DONE,
         "a,b\r\nc,d\r\n"},
        {"attendance", false, "{\"ok\":true,\"statements\":[]}", PRINT_DONE, "[]\n"},
        {"attendance", true, "{\"ok\":true,\"people\":[]}", PRINT_DONE, "{\"people\":[]}\n"},
        {"attendance", false, "{\"ok\":true}", PRINT_ODD, "not one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = NULL, why[400] = "";
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        enum print_answer a =
            print_reply(out, command(rows[i].command), rows[i].json, rows[i].reply, why, sizeof why);
        fclose(out);
        bool right = a == PRINT_DONE || a == PRINT_BAD ? strcmp(text, rows[i].shown) == 0
                                                       : len == 0 && strstr(why, rows[i].shown) != NULL;
        if (a != rows[i].want || !right)
            fail_msg("row %zu: answer %d, shown \"%s\", why \"%s\"", i, a, text, why);
        free(text);
    }
}

static void a_long_name_is_cut_not_spilled(void **state)
{
    (void)state;
    char *reply = malloc(20000), *text = NULL, why[50];
    size_t len = 0;
    memset(reply, 'x', 20000);
    memcpy(reply, "{\"ok\":true,\"session\":\"", 22);
    strcpy(reply + 19990, "\"}");
    FILE *out = open_memstream(&text, &len);
    assert_int_equal(print_reply(out, command("session create"), false, reply, why, sizeof why), PRINT_DONE);
    fclose(out);
    assert_true(len > 500 && len < 1000);
    free(text);
    free(reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(replies_are_shown),
                                       cmocka_unit_test(a_long_name_is_cut_not_spilled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
