/* What a compound yields is written again and yields as much. */
#include "fuzz.h"
#include "wire/rtcp.h"

#define OUT_MAX                                                                                              \
    (1 << 18) /* bytes: SDES with 31 names in each packet of a compound grow when written apart              \
               */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static uint8_t out[OUT_MAX];
    struct reader r = reader_on(bytes, len);
    struct writer w = writer_on(out, sizeof out);
    struct rtcp_packet p;
    unsigned seen = 0, again = 0;
    if (len > 4096)
        return 0;
    while (rtcp_next(&r, &p)) {
        rtcp_write(&w, &p);
        seen++;
    }
    PROMISE(len == 0 || rtcp_check(bytes, len) == r.error);
    PROMISE(w.error == ERR_NONE && writer_len(&w) % 4 == 0);
    struct reader back = reader_on(out, writer_len(&w));
    while (rtcp_next(&back, &p))
        again++;
    PROMISE(back.error == ERR_NONE && again == seen);
    return 0;
}
