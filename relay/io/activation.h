/* Sockets that a service manager opened for us and passed on: systemd's LISTEN_PID, LISTEN_FDS
 * (sd_listen_fds(3)), so that no connection is refused while the relay restarts, and so that it may listen on
 * port 443 without rights of its own. */
#ifndef AULA_RELAY_IO_ACTIVATION_H
#define AULA_RELAY_IO_ACTIVATION_H

#include <stddef.h>

#include "base/address.h"

#define ACTIVATION_MAX 18 /* HTTPS, metrics, and a socket for each of 16 workers */

/* The sockets not yet taken. -1 = taken. */
struct activation {
    int count;
    int fds[ACTIVATION_MAX];
    int types[ACTIVATION_MAX]; /* SOCK_STREAM or SOCK_DGRAM */
};

/* Takes what was passed to this process out of the environment, so that no child takes it for its own. What
 * is no listening TCP socket nor a bound UDP socket is a mistake: ERR_SYSTEM with a sentence. None passed is
 * none in *ret. */
enum err activation_read(struct activation *ret, char *why, size_t why_size) MUST_USE;

/* The next passed socket of `type`, in the order of the unit file; else one opened at `at` (socket_open). */
enum err activation_socket(struct activation *a, int type, const struct address *at, int *ret_fd,
                           struct address *ret_bound, char *why, size_t why_size) MUST_USE;

/* All must have found their use: ERR_SYSTEM with a sentence where one is left over. */
enum err activation_done(const struct activation *a, char *why, size_t why_size) MUST_USE;

#endif
