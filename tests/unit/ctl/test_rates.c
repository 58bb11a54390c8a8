#include <string.h>

#include "../rows.h"
#include "ctl/rates.h"

#define BEFORE                                                                                               \
    "{'relay':{'at_us':1000000,'events':10,'control_cpu_us':0,'workers':[{'worker':0,'cpu_us':5}]},"         \
    "'sessions':[{'id':'a','counters':{'packets_in':100,'packets_out':5,'bytes_in':0,'bytes_out':7}},"       \
    "{'id':'b','counters':{'packets_in':1}},{'id':'c','counted_us':500000,'packets_in_per_s':77,'counters':" \
    "{'packets_in':100}}],'session':'a','people':[{'id':4,'packets_in':50,'bytes_out':"                      \
    "1000}]}"

static json_t *read_text(const char *text)
{
    char real[4000];
    snprintf(real, sizeof real, "%s", text);
    for (char *at = real; (at = strchr(at, '\'')) != NULL;)
        *at = '"';
    json_t *value = json_loads(real, 0, NULL);
    assert_non_null(value);
    return value;
}

static void looks(void **state)
{
    (void)state;
    static const struct {
        const char *now, *wanted; /* wanted: a part of the text; NULL: no rate at all */
    } rows[] = {
        {"{'relay':{'at_us':3000000,'events':14,'control_cpu_us':500000}}",
         "'events_per_s':2,'control_cpu_percent':25"},
        {"{'relay':{'at_us':2000000,'workers':[{'worker':0,'cpu_us':400005}]}}", "'cpu_percent':40"},
        {"{'relay':{'at_us':2000000,'workers':[{'worker':1,'cpu_us':400005}]}}", NULL},
        {"{'relay':{'at_us':2000000},'sessions':[{'id':'a','counters':{'packets_in':150,'bytes_out':8}}]}",
         "'packets_in_per_s':50,'bits_out_per_s':8"},
        /* another order, and a newcomer */
        {"{'relay':{'at_us':2000000},'sessions':[{'id':'n','counters':{}},{'id':'b','counters':{'packets_in':"
         "3}}]}",
         "'packets_in_per_s':2"},
        {"{'relay':{'at_us':2000000},'session':'a','people':[{'id':4,'packets_in':100,'bytes_out':3000}]}",
         "'packets_in_per_s':50,'bits_out_per_s':16000"},
        {"{'relay':{'at_us':2000000},'session':'b','people':[{'id':4,'packets_in':100}]}",
         NULL}, /* another session's 4 */
        {"{'relay':{'at_us':2000000},'sessions':[{'id':'a','counters':{'packets_in':7}}]}",
         NULL}, /* began anew */
        {"{'relay':{'at_us':1000000,'events':99}}", NULL},
        /* read 0.5 s after the look before, and not read again */
        {"{'relay':{'at_us':2000000},'sessions':[{'id':'c','counted_us':1000000,'counters':{'packets_in':150}"
         "}]}",
         "'packets_in_per_s':100"},
        {"{'relay':{'at_us':2000000},'sessions':[{'id':'c','counted_us':500000,'counters':{'packets_in':100}}"
         "]}",
         "'packets_in_per_s':77"},
        {"{'relay':{'at_us':10,'events':99}}", NULL}, /* another relay */
        {"{'relay':7,'sessions':{}}", NULL},
        {"{}", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *before = read_text(BEFORE), *now = read_text(rows[i].now);
        rates_add(before, now);
        char *text = json_dumps(now, JSON_COMPACT);
        for (char *at = text; (at = strchr(at, '"')) != NULL;)
            *at = '\'';
        if (rows[i].wanted ? !strstr(text, rows[i].wanted) : strstr(text, "per_s") || strstr(text, "percent"))
            fail_msg("row %zu: %s", i, text);
        free(text);
        json_decref(before);
        json_decref(now);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(looks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
