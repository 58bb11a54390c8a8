/* Requests of the operator's door, one a line; '@' stands for the session's id. Each is answered. */
#include "fuzz_desk.h"

#define LINES_MAX 32

static size_t with_session(const struct fuzz_desk *f, const char *line, size_t len, char *text,
                           size_t capacity)
{
    size_t n = 0;
    for (size_t i = 0; i < len && n + sizeof f->session < capacity; i++) {
        if (line[i] != '@') {
            text[n++] = line[i];
            continue;
        }
        memcpy(text + n, f->session, strlen(f->session));
        n += strlen(f->session);
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct fuzz_desk *f = fuzz_desk_open();
    const char *line;
    size_t line_len;
    for (int i = 0; i < LINES_MAX && fuzz_line(&bytes, &len, &line, &line_len); i++) {
        static char text[65536];
        size_t n = with_session(f, line, line_len, text, sizeof text);
        uint32_t replies = f->replies;
        f->now_us += 150 * US_PER_MS;
        fuzz_ask(f, text, n);
        PROMISE(f->replies == replies + 1);
    }
    fuzz_desk_close(f);
    return 0;
}
