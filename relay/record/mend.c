#include "record/mend.h"

#include <stdlib.h>
#include <string.h>

#include "record/fill.h"
#include "wire/opus_toc.h"

#define PAGE_HEAD_BYTES  27 /* RFC 3533 §6 */
#define PAGE_BYTES_MAX   (PAGE_HEAD_BYTES + 255 + 255 * 255)
#define FLAG_CONTINUED   1
#define FLAG_FIRST       2
#define FLAG_LAST        4
#define START_DIGITS_MAX 20

struct ogg_piece {
    const uint8_t *at, *segments, *body;
    size_t len;
    uint8_t flags;
    uint64_t granule;
    uint32_t serial, number;
    unsigned segment_count;
};

static uint64_t little(const uint8_t *bytes, unsigned count)
{
    uint64_t v = 0;
    while (count-- > 0)
        v = v << 8 | bytes[count];
    return v;
}

/* Reads what a page says of itself; its checksum is not looked at. */
static enum err read_page(const uint8_t *at, size_t left, struct ogg_piece *ret_piece)
{
    if (left < PAGE_HEAD_BYTES)
        return ERR_SHORT;
    if (memcmp(at, "OggS", 5) != 0) /* and version 0 */
        return ERR_MALFORMED;
    struct ogg_piece p = {.at = at,
                          .segments = at + PAGE_HEAD_BYTES,
                          .flags = at[5],
                          .granule = little(at + 6, 8),
                          .serial = (uint32_t)little(at + 14, 4),
                          .number = (uint32_t)little(at + 18, 4),
                          .segment_count = at[26]};
    p.len = PAGE_HEAD_BYTES + p.segment_count;
    if (left < p.len)
        return ERR_SHORT;
    p.body = at + p.len;
    for (unsigned i = 0; i < p.segment_count; i++)
        p.len += p.segments[i];
    if (left < p.len)
        return ERR_SHORT;
    *ret_piece = p;
    return ERR_NONE;
}

/* The checksum, by libogg. */
static bool page_is_whole(const struct ogg_piece *p)
{
    unsigned char header[PAGE_HEAD_BYTES + 255];
    size_t header_len = PAGE_HEAD_BYTES + p->segment_count;
    memcpy(header, p->at, header_len);
    ogg_page page = {.header = header,
                     .header_len = (long)header_len,
                     .body = (unsigned char *)(uintptr_t)p->body, /* read only */
                     .body_len = (long)(p->len - header_len)};
    ogg_page_checksum_set(&page);
    return memcmp(header + 22, p->at + 22, 4) == 0;
}

static enum err whole_page(const uint8_t *at, size_t left, struct ogg_piece *ret_piece)
{
    struct ogg_piece p;
    enum err e = read_page(at, left, &p);
    if (e == ERR_NONE && !page_is_whole(&p))
        e = ERR_MALFORMED;
    if (e == ERR_NONE)
        *ret_piece = p;
    return e;
}

/* The length of a page's next packet; 0 at the end. *at is the segment to go on with. */
static size_t next_packet(const struct ogg_piece *p, unsigned *at)
{
    size_t len = 0;
    while (*at < p->segment_count) {
        uint8_t lace = p->segments[(*at)++];
        len += lace;
        if (lace < 255)
            return len;
    }
    return 0;
}

/* The samples of all packets of the page, and the last one's TOC. False: not packets of ours. */
static bool page_samples(const struct ogg_piece *p, uint64_t *ret_samples, uint8_t *ret_toc)
{
    unsigned at = 0;
    const uint8_t *body = p->body;
    struct opus_toc toc;
    size_t len;
    *ret_samples = 0;
    while ((len = next_packet(p, &at)) > 0) {
        if (opus_toc_parse(body, len, &toc) != ERR_NONE)
            return false;
        *ret_samples += toc.samples;
        *ret_toc = body[0];
        body += len;
    }
    return *ret_samples > 0 && *ret_samples <= p->granule;
}

static size_t body_len(const struct ogg_piece *p)
{
    return p->len - (size_t)(p->body - p->at);
}

static const uint8_t *find(const uint8_t *bytes, size_t len, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(bytes + i, text, n) == 0)
            return bytes + i;
    return NULL;
}

static bool read_start(const struct ogg_piece *tags, session_samples *ret_start)
{
    const uint8_t *tag = find(tags->body, body_len(tags), PAGES_START_TAG);
    char digits[START_DIGITS_MAX + 1] = {0};
    if (!tag)
        return false;
    tag += strlen(PAGES_START_TAG);
    for (size_t i = 0; i < START_DIGITS_MAX && tag + i < tags->at + tags->len; i++)
        digits[i] = (char)tag[i];
    char *end;
    *ret_start = strtoll(digits, &end, 10);
    return end != digits && llabs(*ret_start) < INT64_MAX / 4;
}

/* Both pages of the head. */
static enum err read_head(const uint8_t *ogg, size_t len, struct mend *m)
{
    struct ogg_piece head, tags;
    enum err e = whole_page(ogg, len, &head);
    if (e != ERR_NONE)
        return e;
    if (!(head.flags & FLAG_FIRST) || head.number != 0 || body_len(&head) < 8 ||
        memcmp(head.body, "OpusHead", 8) != 0)
        return ERR_MALFORMED;
    e = whole_page(ogg + head.len, len - head.len, &tags);
    if (e != ERR_NONE)
        return e;
    if (tags.serial != head.serial || tags.number != 1 || !read_start(&tags, &m->place.start))
        return ERR_MALFORMED;
    m->place.serial = head.serial;
    m->place.begun = true;
    m->place.end = m->place.start;
    m->place.page = PAGES_HEAD;
    m->place.toc = FILL_TOC_DEFAULT;
    m->ogg_end = head.len + tags.len;
    return ERR_NONE;
}

/* The last whole page of the stream, searched from the end. */
static void find_last_page(const uint8_t *ogg, size_t len, struct mend *m)
{
    size_t first = m->ogg_end;
    struct ogg_piece p;
    uint64_t samples;
    for (size_t at = len; at-- > first;) {
        if (ogg[at] != 'O' || whole_page(ogg + at, len - at, &p) != ERR_NONE)
            continue;
        if (p.serial != m->place.serial || p.number < PAGES_HEAD || p.flags & (FLAG_FIRST | FLAG_CONTINUED) ||
            p.granule > INT64_MAX / 4 || !page_samples(&p, &samples, &m->place.toc))
            continue;
        if (p.flags & FLAG_LAST) {
            m->ended = true;
            continue;
        }
        m->place.page = p.number + 1;
        m->place.end = m->place.start + (session_samples)p.granule;
        m->ogg_end = at + p.len;
        return;
    }
}

static bool mp4_in_step(const struct mend *m, const struct mp4_piece *p)
{
    uint32_t last = m->place.page - PAGES_HEAD;
    uint64_t end = (uint64_t)(m->place.end - m->place.start);
    return p->sequence >= 1 && (p->sequence < last ? p->end < end : p->sequence == last && p->end == end);
}

static void find_last_fragment(const uint8_t *mp4, size_t len, struct mend *m)
{
    struct buffer head = {0};
    struct mp4_piece p;
    size_t duration_at;
    mp4_head(&head, &duration_at);
    /* But for the length, which the end writes over, the head is always the same. */
    bool same = !head.failed && len >= head.len && memcmp(mp4, head.bytes, duration_at) == 0 &&
                memcmp(mp4 + duration_at + 8, head.bytes + duration_at + 8, head.len - duration_at - 8) == 0;
    m->mp4_end = same ? head.len : 0;
    for (size_t at = len; same && at-- > head.len;) {
        if (mp4[at] != 'm' || at < head.len + 4 || mp4_read(mp4 + at - 4, len - at + 4, &p) != ERR_NONE ||
            !mp4_in_step(m, &p))
            continue;
        m->mp4_end = at - 4 + p.len;
        m->mp4_fragments = p.sequence;
        break;
    }
    buffer_finish(&head);
}

enum err mend_read(const uint8_t *ogg, size_t ogg_len, const uint8_t *mp4, size_t mp4_len,
                   struct mend *ret_mend)
{
    struct mend m = {0};
    enum err e = read_head(ogg, ogg_len, &m);
    if (e != ERR_NONE)
        return e;
    find_last_page(ogg, ogg_len, &m);
    if (mp4)
        find_last_fragment(mp4, mp4_len, &m);
    *ret_mend = m;
    return ERR_NONE;
}

/* The page's packets as a fragment. */
static void remux(const struct ogg_piece *p, struct buffer *out)
{
    struct mp4_sample samples[MP4_SAMPLES_MAX];
    unsigned at = 0, count = 0;
    uint64_t total = 0;
    const uint8_t *body = p->body;
    struct opus_toc toc;
    size_t len;
    while ((len = next_packet(p, &at)) > 0 && opus_toc_parse(body, len, &toc) == ERR_NONE) {
        samples[count++] = (struct mp4_sample){toc.samples, (uint32_t)len};
        total += toc.samples;
        body += len;
    }
    if (count > 0 && total <= p->granule)
        mp4_fragment(out, p->number + 1 - PAGES_HEAD, p->granule - total, samples, count, p->body,
                     (size_t)(body - p->body));
}

bool mend_mp4(const struct mend *m, const uint8_t *ogg, size_t *offset, unsigned most, struct buffer *out)
{
    struct ogg_piece p;
    size_t duration_at;
    if (*offset == 0 && m->mp4_end == 0)
        mp4_head(out, &duration_at);
    for (unsigned made = 0; *offset < m->ogg_end; *offset += p.len) {
        if (made == most)
            return true;
        if (read_page(ogg + *offset, m->ogg_end - *offset, &p) != ERR_NONE)
            return false; /* damage amid the file: what lies behind it is in the Ogg file alone */
        if (p.serial != m->place.serial || p.number < PAGES_HEAD + m->mp4_fragments || !page_is_whole(&p))
            continue;
        remux(&p, out);
        made++;
    }
    return false;
}

size_t mend_lines(const uint8_t *bytes, size_t len)
{
    while (len > 0 && bytes[len - 1] != '\n')
        len--;
    return len;
}
