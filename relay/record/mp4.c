#include "record/mp4.h"

#include <string.h>

#include "base/cursor.h"
#include "record/pages.h"

#define TRACK 1
/* From the fragment's start: moof, mfhd 16, traf 8, tfhd 16, tfdt 20, trun 20. */
#define MOOF_BYTES     8
#define MFHD_BYTES     16
#define TRAF_BYTES     8
#define TFHD_BYTES     16
#define TFDT_BYTES     20
#define TRUN_BYTES     20
#define SAMPLE_BYTES   8
#define FRAGMENT_BYTES (MOOF_BYTES + MFHD_BYTES + TRAF_BYTES + TFHD_BYTES + TFDT_BYTES + TRUN_BYTES)
#define BOX_BYTES      8
#define TFHD_FLAGS     0x020000 /* offsets count from the moof */
#define TRUN_FLAGS     0x000301 /* where the data is; length and bytes of each sample */
#define LANGUAGE_UND   0x55c4   /* "und", 5 bits a letter */

static size_t open_box(struct buffer *b, const char *type)
{
    size_t at = b->len;
    buffer_number(b, 0, 4);
    buffer_put(b, type, 4);
    return at;
}

static size_t open_full(struct buffer *b, const char *type, uint8_t version, uint32_t flags)
{
    size_t at = open_box(b, type);
    buffer_number(b, (uint32_t)version << 24 | flags, 4);
    return at;
}

static void close_box(struct buffer *b, size_t at)
{
    buffer_patch_u32(b, at, (uint32_t)(b->len - at));
}

static void empty_table(struct buffer *b, const char *type, size_t numbers)
{
    size_t at = open_full(b, type, 0, 0);
    buffer_zeros(b, 4 * numbers);
    close_box(b, at);
}

static void matrix(struct buffer *b)
{
    static const uint32_t unity[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};
    for (int i = 0; i < 9; i++)
        buffer_number(b, unity[i], 4);
}

static void film_header(struct buffer *b)
{
    size_t at = open_full(b, "mvhd", 0, 0);
    buffer_zeros(b, 8); /* made, changed */
    buffer_number(b, SAMPLES_PER_S, 4);
    buffer_zeros(b, 4);              /* length: of what comes before the fragments */
    buffer_number(b, 0x00010000, 4); /* rate 1 */
    buffer_number(b, 0x0100, 2);     /* volume 1 */
    buffer_zeros(b, 10);
    matrix(b);
    buffer_zeros(b, 24);
    buffer_number(b, TRACK + 1, 4);
    close_box(b, at);
}

static void track_header(struct buffer *b)
{
    size_t at = open_full(b, "tkhd", 0, 7); /* enabled, in the film, in its preview */
    buffer_zeros(b, 8);
    buffer_number(b, TRACK, 4);
    buffer_zeros(b, 4 + 4 + 8 + 4);
    buffer_number(b, 0x0100, 2);
    buffer_zeros(b, 2);
    matrix(b);
    buffer_zeros(b, 8);
    close_box(b, at);
}

/* The film begins after the pre-skip, as the Ogg file does. */
static void edit_list(struct buffer *b)
{
    size_t at = open_box(b, "edts"), list = open_full(b, "elst", 0, 0);
    buffer_number(b, 1, 4);
    buffer_number(b, 0, 4); /* to the end */
    buffer_number(b, PAGES_PRE_SKIP, 4);
    buffer_number(b, 0x00010000, 4);
    close_box(b, list);
    close_box(b, at);
}

static void opus_entry(struct buffer *b)
{
    size_t entry = open_box(b, "Opus");
    buffer_zeros(b, 6);
    buffer_number(b, 1, 2); /* data reference */
    buffer_zeros(b, 8);
    buffer_number(b, PAGES_CHANNELS, 2);
    buffer_number(b, 16, 2);
    buffer_zeros(b, 4);
    buffer_number(b, (uint64_t)SAMPLES_PER_S << 16, 4);
    size_t specific = open_box(b, "dOps");
    buffer_number(b, 0, 1);
    buffer_number(b, PAGES_CHANNELS, 1);
    buffer_number(b, PAGES_PRE_SKIP, 2);
    buffer_number(b, SAMPLES_PER_S, 4);
    buffer_zeros(b, 3); /* gain, mapping family */
    close_box(b, specific);
    close_box(b, entry);
}

static void sample_table(struct buffer *b)
{
    size_t at = open_box(b, "stbl"), description = open_full(b, "stsd", 0, 0);
    buffer_number(b, 1, 4);
    opus_entry(b);
    close_box(b, description);
    empty_table(b, "stts", 1);
    empty_table(b, "stsc", 1);
    empty_table(b, "stsz", 2);
    empty_table(b, "stco", 1);
    close_box(b, at);
}

static void data_information(struct buffer *b)
{
    size_t at = open_box(b, "dinf"), references = open_full(b, "dref", 0, 0);
    buffer_number(b, 1, 4);
    close_box(b, open_full(b, "url ", 0, 1)); /* in this file */
    close_box(b, references);
    close_box(b, at);
}

static void media_box(struct buffer *b)
{
    static const char name[] = "aula";
    size_t at = open_box(b, "mdia"), header = open_full(b, "mdhd", 0, 0);
    buffer_zeros(b, 8);
    buffer_number(b, SAMPLES_PER_S, 4);
    buffer_zeros(b, 4);
    buffer_number(b, LANGUAGE_UND, 2);
    buffer_zeros(b, 2);
    close_box(b, header);
    size_t handler = open_full(b, "hdlr", 0, 0);
    buffer_zeros(b, 4);
    buffer_put(b, "soun", 4);
    buffer_zeros(b, 12);
    buffer_put(b, name, sizeof name);
    close_box(b, handler);
    size_t information = open_box(b, "minf");
    empty_table(b, "smhd", 1);
    data_information(b);
    sample_table(b);
    close_box(b, information);
    close_box(b, at);
}

static void extends(struct buffer *b, size_t *ret_duration_at)
{
    size_t at = open_box(b, "mvex"), header = open_full(b, "mehd", 1, 0);
    *ret_duration_at = b->len;
    buffer_zeros(b, 8);
    close_box(b, header);
    size_t defaults = open_full(b, "trex", 0, 0);
    buffer_number(b, TRACK, 4);
    buffer_number(b, 1, 4);
    buffer_zeros(b, 12);
    close_box(b, defaults);
    close_box(b, at);
}

void mp4_head(struct buffer *out, size_t *ret_duration_at)
{
    size_t type = open_box(out, "ftyp");
    buffer_put(out, "iso6\0\0\0\0iso6mp41", 16);
    close_box(out, type);
    size_t film = open_box(out, "moov");
    film_header(out);
    size_t track = open_box(out, "trak");
    track_header(out);
    edit_list(out);
    media_box(out);
    close_box(out, track);
    extends(out, ret_duration_at);
    close_box(out, film);
}

void mp4_fragment(struct buffer *out, uint32_t sequence, uint64_t time, const struct mp4_sample *samples,
                  unsigned count, const uint8_t *data, size_t len)
{
    size_t moof = open_box(out, "moof"), header = open_full(out, "mfhd", 0, 0);
    buffer_number(out, sequence, 4);
    close_box(out, header);
    size_t track = open_box(out, "traf"), track_head = open_full(out, "tfhd", 0, TFHD_FLAGS);
    buffer_number(out, TRACK, 4);
    close_box(out, track_head);
    size_t when = open_full(out, "tfdt", 1, 0);
    buffer_number(out, time, 8);
    close_box(out, when);
    size_t run = open_full(out, "trun", 0, TRUN_FLAGS);
    buffer_number(out, count, 4);
    buffer_number(out, FRAGMENT_BYTES + SAMPLE_BYTES * count + BOX_BYTES, 4);
    for (unsigned i = 0; i < count; i++) {
        buffer_number(out, samples[i].samples, 4);
        buffer_number(out, samples[i].bytes, 4);
    }
    close_box(out, run);
    close_box(out, track);
    close_box(out, moof);
    size_t mdat = open_box(out, "mdat");
    buffer_put(out, data, len);
    close_box(out, mdat);
}

/* A box's head as it must stand here. */
static void expect(struct reader *r, uint32_t size, const char *type)
{
    uint32_t got = read_u32(r);
    const uint8_t *name = read_bytes(r, 4);
    if (name && (got != size || memcmp(name, type, 4) != 0))
        reader_fail(r, ERR_MALFORMED);
}

static void expect_u32(struct reader *r, uint32_t v)
{
    if (read_u32(r) != v)
        reader_fail(r, ERR_MALFORMED);
}

static uint32_t read_count(const uint8_t *bytes, size_t len)
{
    struct reader r = reader_on(bytes, len);
    read_bytes(&r, FRAGMENT_BYTES - 8);
    return read_u32(&r);
}

/* Reads the samples, and that mdat holds just them. */
static void read_samples(struct reader *r, uint32_t count, struct mp4_piece *piece)
{
    uint64_t data = 0;
    for (uint32_t i = 0; i < count && r->error == ERR_NONE; i++) { /* tried at each byte of a cut file */
        piece->end += read_u32(r);
        data += read_u32(r);
    }
    if (data > PAGES_BYTES_MAX)
        reader_fail(r, ERR_MALFORMED);
    expect(r, (uint32_t)data + BOX_BYTES, "mdat");
    read_bytes(r, (size_t)data);
}

enum err mp4_read(const uint8_t *bytes, size_t len, struct mp4_piece *ret_piece)
{
    struct mp4_piece piece = {0};
    struct reader r = reader_on(bytes, len);
    uint32_t count = read_count(bytes, len), table = SAMPLE_BYTES * count;
    if (len >= FRAGMENT_BYTES && (count == 0 || count > MP4_SAMPLES_MAX))
        return ERR_MALFORMED;
    expect(&r, FRAGMENT_BYTES + table, "moof");
    expect(&r, MFHD_BYTES, "mfhd");
    expect_u32(&r, 0);
    piece.sequence = read_u32(&r);
    expect(&r, FRAGMENT_BYTES + table - MOOF_BYTES - MFHD_BYTES, "traf");
    expect(&r, TFHD_BYTES, "tfhd");
    expect_u32(&r, TFHD_FLAGS);
    expect_u32(&r, TRACK);
    expect(&r, TFDT_BYTES, "tfdt");
    expect_u32(&r, 1u << 24);
    piece.time = piece.end = read_u64(&r);
    expect(&r, TRUN_BYTES + table, "trun");
    expect_u32(&r, TRUN_FLAGS);
    expect_u32(&r, count);
    expect_u32(&r, FRAGMENT_BYTES + table + BOX_BYTES);
    read_samples(&r, count, &piece);
    piece.len = len - reader_left(&r);
    if (r.error == ERR_NONE)
        *ret_piece = piece;
    return r.error;
}
