/* What a PDF says about itself, read from pdfinfo's output. */
#ifndef AULA_RELAY_DECK_FACTS_H
#define AULA_RELAY_DECK_FACTS_H

#include "deck/deck.h"

#define DECK_ASPECT_MAX 4 /* a page's longer side over its shorter: bounds the pixels at a given width */

struct pdf_facts {
    int pages;
    char title[DECK_TITLE_MAX + 1]; /* "" = none */
    int odd_page;                   /* the first page whose aspect is over the limit; 0 = none */
};

/* `text` is the output of `pdfinfo -enc UTF-8 -f 1 -l DECK_PAGES_MAX`: outside bytes. ERR_MALFORMED: it names
 * no pages. */
enum err facts_read(const uint8_t *text, size_t len, struct pdf_facts *ret_facts) MUST_USE;

/* Copies outside text as clean UTF-8 of at most `max` bytes (ret holds max + 1): what is not UTF-8, control
 * characters and marks that turn the writing direction round are left out; a character is never cut. In one
 * line, or with line feeds kept. */
void text_clean(const uint8_t *text, size_t len, bool one_line, size_t max, char *ret);

#endif
