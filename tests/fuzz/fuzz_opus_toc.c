/* What passes the framing rules keeps the limits that others rely on. */
#include "fuzz.h"
#include "wire/opus_toc.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct opus_toc t;
    if (opus_toc_parse(bytes, len, &t))
        return 0;
    PROMISE(t.frames >= 1 && t.frames <= OPUS_TOC_FRAMES_MAX);
    PROMISE(t.samples == t.frames * t.frame_samples && t.samples <= OPUS_TOC_SAMPLES_MAX);
    PROMISE(t.samples >= 120 && t.padding_bytes < len && t.config == bytes[0] >> 3);
    return 0;
}
