/* Pieces of a description's text: lines, words, numbers. Nothing here changes or keeps the text. */
#ifndef AULA_WIRE_SDP_TEXT_H
#define AULA_WIRE_SDP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed, not closed by a zero. */
struct sdp_text {
    const char *at;
    size_t len;
};

/* Takes the next line off *rest, without its end (CR LF or LF); false when nothing is left. */
bool sdp_take_line(struct sdp_text *rest, struct sdp_text *ret_line);
/* Takes what stands before the next `stop`, and the stop itself, off *rest; all of it where there is none. */
struct sdp_text sdp_take_until(struct sdp_text *rest, char stop);
/* Takes `prefix` off *rest where it begins with it (case matters), else leaves it. */
bool sdp_take_prefix(struct sdp_text *rest, const char *prefix);
/* Whether it is this word, ASCII case aside. */
bool sdp_is(struct sdp_text t, const char *word);
bool sdp_same(struct sdp_text a, struct sdp_text b);
/* Whether one of the words of `list`, parted by single spaces, is `word`. */
bool sdp_has_word(struct sdp_text list, struct sdp_text word);
/* Decimal digits only, at most `maximum`. */
bool sdp_number(struct sdp_text t, uint32_t maximum, uint32_t *ret_number);
/* One or more characters, each a letter, a digit or one of `others`. */
bool sdp_is_made_of(struct sdp_text t, const char *others);
/* Copies and closes with a zero; false (nothing copied) where it is longer than `maximum`. */
bool sdp_copy(struct sdp_text t, char *to, size_t maximum);

#endif
