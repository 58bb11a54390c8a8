/* A payload that parses has its blocks inside it, and is written again to the same bytes. */
#include <string.h>

#include "fuzz.h"
#include "wire/red.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static uint8_t out[70000];
    struct red_packet p;
    size_t out_len;
    if (len > sizeof out || red_parse(bytes, len, &p))
        return 0;
    for (size_t i = 0; i < p.count; i++)
        PROMISE(p.blocks[i].data >= bytes && p.blocks[i].data + p.blocks[i].len <= bytes + len);
    PROMISE(red_write(&p, out, sizeof out, &out_len) == ERR_NONE);
    PROMISE(out_len == len && memcmp(out, bytes, len) == 0);
    return 0;
}
