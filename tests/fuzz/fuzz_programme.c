/* A programme's file, whatever is in it: a plan with all that the relay asks for, or mistakes with their
 * lines. */
#include <stdlib.h>
#include <string.h>

#include "ctl/programme_file.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    json_t *plan = NULL;
    char *mistakes = NULL;
    if (programme_file_read("f", (const char *)bytes, len, &plan, &mistakes) == ERR_NONE) {
        size_t i;
        json_t *session;
        PROMISE(json_is_object(json_object_get(plan, "programme")));
        json_array_foreach(json_object_get(plan, "sessions"), i, session)
            PROMISE(json_integer_value(json_object_get(session, "starts")) <
                    json_integer_value(json_object_get(session, "ends")));
        json_decref(plan);
    } else {
        PROMISE(mistakes != NULL && strncmp(mistakes, "f:", 2) == 0);
        free(mistakes);
    }
    return 0;
}
