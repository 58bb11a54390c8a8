/* One delivery of a webhook: libcurl behind a few calls. One thread at a time but for webhook_post_break. */
#ifndef AULA_RELAY_IO_WEBHOOK_POST_H
#define AULA_RELAY_IO_WEBHOOK_POST_H

#include <stddef.h>
#include <stdint.h>

#include "io/secret_file.h"

struct webhook_post;

/* Both are borrowed; `ca` "": the system's certificates are trusted, else those of this file alone. NULL: no
 * memory. */
struct webhook_post *webhook_post_create(const char *url, const char *ca);
void webhook_post_destroy(struct webhook_post *p);
/* Signs and posts. ERR_NONE: the receiver said 2xx. Else a few words are in `why`. */
enum err webhook_post(struct webhook_post *p, const struct secret *secret, int64_t now_s, const char *body,
                      size_t len, char *why, size_t why_size) MUST_USE;
/* Makes the delivery under way, and all later ones, fail at once. Any thread. */
void webhook_post_break(struct webhook_post *p);

#endif
