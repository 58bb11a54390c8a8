/* Sentences to the desk, one a line; its first byte says from whom (the low two bits) and whether the
 * connection is lost after it (bit 2: '4' to '7'). */
#include "fuzz_desk.h"

#define LINES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct fuzz_desk *f = fuzz_desk_open();
    const char *line;
    size_t line_len;
    for (int i = 0; i < LINES_MAX && fuzz_line(&bytes, &len, &line, &line_len); i++) {
        if (line_len == 0)
            continue;
        uint32_t connection = 1 + (line[0] & 3);
        f->now_us += 150 * US_PER_MS;
        desk_sentence(f->desk, connection, line + 1, line_len - 1, f->now_us);
        fuzz_drain(f);
        if (line[0] & 4)
            desk_disconnected(f->desk, connection, f->now_us);
        if (desk_deadline(f->desk) <= f->now_us)
            desk_expire(f->desk, f->now_us);
        fuzz_drain(f);
    }
    fuzz_desk_close(f);
    return 0;
}
