/* What comes out of a confined child that was taken over by its PDF: pdfinfo's lines, a page's stream, text.
 */
#include <string.h>

#include "deck/page.h"
#include "fuzz.h"

static void text_stays_clean(const uint8_t *bytes, size_t len)
{
    static char once[PAGE_TEXT_MAX_BYTES + 1], twice[PAGE_TEXT_MAX_BYTES + 1];
    size_t max = len < PAGE_TEXT_MAX_BYTES ? len : PAGE_TEXT_MAX_BYTES;
    text_clean(bytes, len, false, max, once);
    PROMISE(strlen(once) <= max);
    text_clean((const uint8_t *)once, strlen(once), false, max, twice);
    PROMISE(strcmp(once, twice) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct pdf_facts facts;
    struct page_parts parts;
    if (facts_read(bytes, len, &facts) == ERR_NONE) {
        PROMISE(facts.pages > 0 && facts.odd_page >= 0);
        PROMISE(strlen(facts.title) <= DECK_TITLE_MAX);
    }
    if (page_read(bytes, len, &parts) == ERR_NONE) {
        PROMISE(parts.full.bytes >= bytes && parts.text + parts.text_len == bytes + len);
        PROMISE(parts.full.width == PAGE_FULL_WIDTH && parts.small.width == PAGE_SMALL_WIDTH);
        PROMISE(parts.full.height <= PAGE_FULL_WIDTH * DECK_ASPECT_MAX + 1);
    }
    text_stays_clean(bytes, len);
    return 0;
}
