/* A sentence that reads, of either side, is written and reads again; written a second time it is the same
 * text. */
#include <string.h>

#include "fuzz.h"
#include "wire/signal.h"

static char *client_text(const char *text, size_t len, size_t *ret_len)
{
    struct client_sentence s;
    struct sentence_refusal refusal;
    struct json_out o;
    char *again;
    if (client_sentence_read(text, len, &s, &refusal)) {
        PROMISE(refusal.why[0] && memchr(refusal.why, 0, sizeof refusal.why));
        return NULL;
    }
    json_out_init(&o);
    client_sentence_write(&o, &s);
    client_sentence_finish(&s);
    PROMISE(json_out_take(&o, &again, ret_len) == ERR_NONE);
    return again;
}

static char *relay_text(const char *text, size_t len, size_t *ret_len)
{
    struct relay_sentence s;
    char why[WHY_MAX] = "";
    struct json_out o;
    char *again = NULL;
    if (relay_sentence_read(text, len, &s, why)) {
        PROMISE(why[0] && memchr(why, 0, sizeof why));
        return NULL;
    }
    if (s.kind == RELAY_OTHER) {
        relay_sentence_finish(&s);
        return NULL; /* to be ignored: nothing to write */
    }
    json_out_init(&o);
    relay_sentence_write(&o, &s);
    relay_sentence_finish(&s);
    PROMISE(json_out_take(&o, &again, ret_len) == ERR_NONE);
    return again;
}

static void settles(char *(*through)(const char *, size_t, size_t *), const char *text, size_t len)
{
    size_t once_len, twice_len;
    char *once = through(text, len, &once_len);
    if (!once)
        return;
    char *twice = through(once, once_len, &twice_len);
    PROMISE(twice && twice_len == once_len && memcmp(once, twice, once_len) == 0);
    free(once);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    settles(client_text, (const char *)bytes, len);
    settles(relay_text, (const char *)bytes, len);
    return 0;
}
