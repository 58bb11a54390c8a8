#include "deck/page.h"

#include <stdio.h>
#include <string.h>

/* Drawn once, packed four times: for each width whichever of lossy and lossless is smaller. */
const char page_script[] =
    "set -e; cd /tmp\n"
    "pdftoppm -q -f \"$1\" -l \"$1\" -singlefile -scale-to-x 1920 -scale-to-y -1 /in.pdf page\n"
    "pack() {\n"
    "  name=$1; shift\n"
    "  cwebp -quiet -q 75 -m 3 \"$@\" page.ppm -o lossy.webp\n"
    "  cwebp -quiet -lossless -z 3 \"$@\" page.ppm -o exact.webp\n"
    "  a=$(stat -c %s lossy.webp); b=$(stat -c %s exact.webp)\n"
    "  if [ $b -lt $a ]; then a=$b; mv exact.webp lossy.webp; fi\n"
    "  echo $name $a; cat lossy.webp\n"
    "}\n"
    "pack full\n"
    "pack small -resize 640 0\n"
    /* A PDF may forbid to copy its text: then the page has none. */
    "pdftotext -q -f \"$1\" -l \"$1\" -enc UTF-8 /in.pdf text.txt || : > text.txt\n"
    "head -c 65536 text.txt > cut.txt\n"
    "echo text $(stat -c %s cut.txt); cat cut.txt\n";

static uint32_t little_endian(const uint8_t *p, int bytes)
{
    uint32_t v = 0;
    for (int i = bytes - 1; i >= 0; i--)
        v = v << 8 | p[i];
    return v;
}

enum err webp_size(const uint8_t *bytes, size_t len, int *ret_width, int *ret_height)
{
    /* RIFF, size, WEBP, one chunk's name and size, its first ten bytes. */
    if (len < 30 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WEBP", 4) != 0)
        return ERR_MALFORMED;
    if (little_endian(bytes + 4, 4) != len - 8)
        return ERR_MALFORMED;
    const uint8_t *data = bytes + 20;
    uint32_t width, height;
    if (memcmp(bytes + 12, "VP8 ", 4) == 0 && memcmp(data + 3, "\x9d\x01\x2a", 3) == 0) {
        width = little_endian(data + 6, 2) & 0x3fff;
        height = little_endian(data + 8, 2) & 0x3fff;
    } else if (memcmp(bytes + 12, "VP8L", 4) == 0 && data[0] == 0x2f) {
        uint32_t bits = little_endian(data + 1, 4);
        width = (bits & 0x3fff) + 1;
        height = (bits >> 14 & 0x3fff) + 1;
    } else {
        return ERR_MALFORMED;
    }
    if (width == 0 || height == 0)
        return ERR_MALFORMED;
    *ret_width = (int)width;
    *ret_height = (int)height;
    return ERR_NONE;
}

/* Takes "NAME BYTES\n" and the bytes off the front. */
static bool take_part(const uint8_t **at, size_t *left, const char *name, size_t max,
                      const uint8_t **ret_bytes, size_t *ret_len)
{
    size_t n = strlen(name);
    if (*left < n + 1 || memcmp(*at, name, n) != 0 || (*at)[n] != ' ')
        return false;
    size_t i = n + 1, len = 0;
    for (; i < *left && i < n + 10 && (*at)[i] >= '0' && (*at)[i] <= '9'; i++)
        len = len * 10 + (size_t)((*at)[i] - '0');
    if (i == n + 1 || i >= *left || (*at)[i] != '\n' || len > max || len > *left - i - 1)
        return false;
    *ret_bytes = *at + i + 1;
    *ret_len = len;
    *at += i + 1 + len;
    *left -= i + 1 + len;
    return true;
}

static bool take_image(const uint8_t **at, size_t *left, const char *name, int width,
                       struct page_image *image)
{
    if (!take_part(at, left, name, PAGE_IMAGE_MAX_BYTES, &image->bytes, &image->len))
        return false;
    if (webp_size(image->bytes, image->len, &image->width, &image->height) != ERR_NONE)
        return false;
    /* One pixel for what rounding may do. */
    return image->width == width && image->height <= width * DECK_ASPECT_MAX + 1;
}

enum err page_read(const uint8_t *stream, size_t len, struct page_parts *ret_parts)
{
    struct page_parts parts = {0};
    const uint8_t *at = stream;
    size_t left = len;
    bool good = take_image(&at, &left, "full", PAGE_FULL_WIDTH, &parts.full) &&
                take_image(&at, &left, "small", PAGE_SMALL_WIDTH, &parts.small) &&
                take_part(&at, &left, "text", PAGE_TEXT_RAW_BYTES, &parts.text, &parts.text_len) && left == 0;
    if (!good)
        return ERR_MALFORMED;
    *ret_parts = parts;
    return ERR_NONE;
}
