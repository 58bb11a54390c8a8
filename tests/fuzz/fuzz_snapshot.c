/* A snapshot out of a file that may be damaged: refused, or a session whose own snapshot is read back to the
 * same bytes and which goes on. */
#include <string.h>

#include "fuzz.h"
#include "session/session.h"

static char *dump(const struct session *s, size_t *ret_len)
{
    struct json_out o;
    char *text = NULL;
    json_out_init(&o);
    session_dump(s, &o);
    PROMISE(json_out_take(&o, &text, ret_len) == ERR_NONE);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct session *one, *other;
    size_t one_len, other_len;
    if (session_load("s1", (const char *)bytes, len, &one) != ERR_NONE)
        return 0;
    char *text = dump(one, &one_len);
    PROMISE(session_load("s1", text, one_len, &other) == ERR_NONE);
    char *again = dump(other, &other_len);
    PROMISE(one_len == other_len && memcmp(text, again, one_len) == 0);
    const struct event restarted = {.n = session_n(one) + 1, .kind = EVENT_RESTARTED, .at_ms = 1};
    enum err e = session_apply(one, &restarted);
    PROMISE(e == ERR_NONE || e == ERR_MALFORMED);
    free(text);
    free(again);
    session_destroy(one);
    session_destroy(other);
    return 0;
}
