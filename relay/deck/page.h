/* What the child gives back for one page: two images and the page's text, in one stream.
 *
 * The stream is outside bytes: whoever breaks poppler writes it. So each part is checked to be what it says.
 */
#ifndef AULA_RELAY_DECK_PAGE_H
#define AULA_RELAY_DECK_PAGE_H

#include "deck/facts.h"

#define PAGE_FULL_WIDTH      1920              /* pixels: a projector's */
#define PAGE_SMALL_WIDTH     640               /* pixels: a telephone's, and the lean tier's */
#define PAGE_IMAGE_MAX_BYTES (8 * 1024 * 1024) /* of one image */
#define PAGE_TEXT_MAX_BYTES  (16 * 1024)       /* of one page's text, as it is kept */
#define PAGE_TEXT_RAW_BYTES  (64 * 1024)       /* of the same, as pdftotext says it */
#define PAGE_OUT_MAX_BYTES   (2 * PAGE_IMAGE_MAX_BYTES + PAGE_TEXT_RAW_BYTES + 128)

struct page_image {
    const uint8_t *bytes; /* borrowed from the stream */
    size_t len;
    int width, height; /* pixels */
};

struct page_parts {
    struct page_image full, small;
    const uint8_t *text;
    size_t text_len;
};

/* The shell script that makes a page: its $1 is the page's number, from 1. */
extern const char page_script[];

/* Each part is a line "full BYTES", "small BYTES", "text BYTES" and so many bytes, in this order.
 * ERR_MALFORMED. */
enum err page_read(const uint8_t *stream, size_t len, struct page_parts *ret_parts) MUST_USE;
/* Pixels of a WebP file (RFC 9649 §2.5, §2.6: plain lossy or plain lossless, which is what cwebp writes).
 * ERR_MALFORMED. */
enum err webp_size(const uint8_t *bytes, size_t len, int *ret_width, int *ret_height) MUST_USE;

#endif
