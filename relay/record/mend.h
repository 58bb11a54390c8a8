/* What a kill, a full disk or a power cut left behind: where each file is whole, and how to go on. Reads the
 * bytes of the files, changes nothing. The Ogg file is the truth; the MP4 file is brought in line with it. */
#ifndef AULA_RECORD_MEND_H
#define AULA_RECORD_MEND_H

#include "record/track.h"

struct mend {
    struct track_place place;
    size_t ogg_end; /* bytes of whole pages */
    bool ended;     /* a page after that says that nothing follows: it holds no sound */
    size_t mp4_end; /* bytes of the head and whole fragments in step with it; 0: write the head anew */
    uint32_t mp4_fragments; /* of these */
};

/* ERR_SHORT: nothing of it was whole yet (begin anew over it). ERR_MALFORMED: it is no recording of ours, or
 * its head is damaged: it must be kept aside, not written over. `mp4` may be NULL. */
enum err mend_read(const uint8_t *ogg, size_t ogg_len, const uint8_t *mp4, size_t mp4_len,
                   struct mend *ret_mend) MUST_USE;
/* Appends the fragments that the MP4 file lacks, made from the Ogg file's pages, at most `most` of them from
 * byte *offset on (0 at first), which moves on. False: that was all. Also the head, where it must be anew. */
bool mend_mp4(const struct mend *m, const uint8_t *ogg, size_t *offset, unsigned most, struct buffer *out);
/* Bytes of whole lines. */
size_t mend_lines(const uint8_t *bytes, size_t len);

#endif
