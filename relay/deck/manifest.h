/* The manifest: what a client needs to show a deck (proto/README.md). */
#ifndef AULA_RELAY_DECK_MANIFEST_H
#define AULA_RELAY_DECK_MANIFEST_H

#include "deck/job.h"

/* The caller frees *ret_text. ERR_MEMORY. */
enum err manifest_write(const char *title, const struct deck_page *pages, int count, char **ret_text,
                        size_t *ret_len) MUST_USE;

/* A short id for people and commands: no vowels, so it spells nothing. From the manifest's name and eight
 * random bytes: the same file added twice is two decks. */
void manifest_deck_id(const char *manifest_name, const struct entropy *entropy,
                      char ret_id[DECK_NAME_MAX + 1]);

#endif
