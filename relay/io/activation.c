#include "io/activation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/socket_address.h"

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */

/* A number out of the environment, or -1. */
static long number_of(const char *name)
{
    const char *text = getenv(name);
    char *end = NULL;
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return -1;
    long n = strtol(text, &end, 10);
    return *end == 0 ? n : -1;
}

static bool get_option(int fd, int option, int *ret_value)
{
    socklen_t len = sizeof *ret_value;
    return getsockopt(fd, SOL_SOCKET, option, ret_value, &len) == 0;
}

static enum err take(struct activation *a, int fd, char *why, size_t why_size)
{
    int type = 0, listening = 0, flags = fcntl(fd, F_GETFL);
    bool stream = get_option(fd, SO_TYPE, &type) && type == SOCK_STREAM;
    bool good = stream ? get_option(fd, SO_ACCEPTCONN, &listening) && listening != 0 : type == SOCK_DGRAM;
    if (!good) {
        snprintf(why, why_size,
                 "descriptor %d from the service manager is neither a listening TCP nor a UDP socket", fd);
        return ERR_SYSTEM;
    }
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        snprintf(why, why_size, "descriptor %d from the service manager: %s", fd, strerror(errno));
        return ERR_SYSTEM;
    }
    a->fds[a->count] = fd;
    a->types[a->count++] = type;
    return ERR_NONE;
}

enum err activation_read(struct activation *ret, char *why, size_t why_size)
{
    struct activation a = {0};
    long pid = number_of("LISTEN_PID"), count = number_of("LISTEN_FDS");
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (pid != (long)getpid() || count < 0)
        count = 0;
    if (count > ACTIVATION_MAX) {
        snprintf(why, why_size, "the service manager passed %ld sockets: at most %d have a use", count,
                 ACTIVATION_MAX);
        return ERR_SYSTEM;
    }
    for (int i = 0; i < count; i++) {
        enum err error = take(&a, FIRST_FD + i, why, why_size);
        if (error != ERR_NONE)
            return error;
    }
    *ret = a;
    return ERR_NONE;
}

/* Where a socket is bound. */
static enum err bound_to(int fd, struct address *ret_bound, char *why, size_t why_size)
{
    struct sockaddr_storage sockaddr;
    socklen_t len = sizeof sockaddr;
    bool good = getsockname(fd, (struct sockaddr *)&sockaddr, &len) == 0 &&
                (sockaddr.ss_family == AF_INET || sockaddr.ss_family == AF_INET6);
    if (!good) {
        snprintf(why, why_size, "descriptor %d from the service manager has no IP address", fd);
        return ERR_SYSTEM;
    }
    *ret_bound = socket_address_get(&sockaddr);
    return ERR_NONE;
}

enum err activation_socket(struct activation *a, int type, const struct address *at, int *ret_fd,
                           struct address *ret_bound, char *why, size_t why_size)
{
    for (int i = 0; i < a->count; i++) {
        if (a->fds[i] < 0 || a->types[i] != type)
            continue;
        enum err error = bound_to(a->fds[i], ret_bound, why, why_size);
        if (error != ERR_NONE)
            return error;
        *ret_fd = a->fds[i];
        a->fds[i] = -1;
        return ERR_NONE;
    }
    return socket_open(type, at, ret_fd, ret_bound, why, why_size);
}

enum err activation_done(const struct activation *a, char *why, size_t why_size)
{
    for (int i = 0; i < a->count; i++)
        if (a->fds[i] >= 0) {
            snprintf(why, why_size,
                     "the service manager passed a %s socket that has no use: one TCP socket is for HTTPS, a "
                     "second for --metrics, and one UDP socket for each of --workers",
                     a->types[i] == SOCK_STREAM ? "TCP" : "UDP");
            return ERR_SYSTEM;
        }
    return ERR_NONE;
}
