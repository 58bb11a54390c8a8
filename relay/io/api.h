/* /api/v1: what aulactl does, over HTTPS with a token. A request of HTTP becomes one of the operator's door
 * by the table in wire/api; its reply becomes the answer. Transport alone: no verb is carried out here. The
 * loop's thread only. */
#ifndef AULA_RELAY_IO_API_H
#define AULA_RELAY_IO_API_H

#include <stdint.h>

#include "io/web.h"

#define API_REQUEST 0x80000000U /* set in the numbers of requests that came this way */

/* The reply to a request; those whose caller has gone are dropped (but kept, where he gave a key). */
void api_reply(struct web *w, uint32_t request, const char *text, size_t len);

#endif
