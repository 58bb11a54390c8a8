/* Names as one looks for them: without capitals, accents and marks, Arabic and Persian letters and digits
 * alike. */
#ifndef AULA_RELAY_SESSION_NAME_FOLD_H
#define AULA_RELAY_SESSION_NAME_FOLD_H

#include <stddef.h>

/* Folds a zero-ended text into ret_folded (size bytes, closing zero included; at least 1). What does not fit
 * is left out; a byte that is no UTF-8 (RFC 3629) is taken as it is. Folding never makes a text longer than
 * twice its bytes. */
void name_fold(const char *utf8, char *ret_folded, size_t size);

#endif
