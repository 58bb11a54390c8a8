/* Tells when the machine's own addresses or routes have changed: another Wi-Fi, a cable, a modem. Linux's
 * netlink; elsewhere there is nothing to watch. */
#ifndef AULA_CLIENT_IO_NETWORK_H
#define AULA_CLIENT_IO_NETWORK_H

#include <uv.h>

#include "base/errors.h"

#define NETWORK_SETTLE_MS 200 /* an address goes, another comes, a route follows: one change */

struct network;

/* `changed` is called once things have been still for NETWORK_SETTLE_MS. It keeps no loop alive. The caller
 * owns *ret_network. ERR_MEMORY, ERR_SYSTEM where the kernel does not tell. */
enum err network_watch(uv_loop_t *loop, void (*changed)(void *self), void *self,
                       struct network **ret_network) MUST_USE;
/* Closes it; memory is freed once the loop has run. NULL is legal. */
void network_close(struct network *n);

#endif
