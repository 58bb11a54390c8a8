#include "io/socket_address.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

socklen_t socket_address_put(const struct address *a, int family, struct sockaddr_storage *ret_sockaddr)
{
    *ret_sockaddr = (struct sockaddr_storage){.ss_family = (sa_family_t)family};
    if (family == AF_INET) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)ret_sockaddr;
        v4->sin_port = htons(a->port);
        memcpy(&v4->sin_addr, a->ip + 12, 4);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret_sockaddr;
    v6->sin6_port = htons(a->port);
    memcpy(&v6->sin6_addr, a->ip, 16);
    return sizeof *v6;
}

struct address socket_address_get(const struct sockaddr_storage *sockaddr)
{
    if (sockaddr->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)sockaddr;
        return address_v4((const uint8_t *)&v4->sin_addr, ntohs(v4->sin_port));
    }
    if (sockaddr->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)sockaddr;
        return address_v6((const uint8_t *)&v6->sin6_addr, ntohs(v6->sin6_port));
    }
    return (struct address){0};
}

bool address_is_any(const struct address *a)
{
    static const uint8_t v6[16], v4[16] = {[10] = 0xff, 0xff};
    return memcmp(a->ip, v6, 16) == 0 || memcmp(a->ip, v4, 16) == 0;
}

static void say_why(int error, const struct address *at, char *why, size_t why_size)
{
    char text[ADDRESS_TEXT_MAX];
    address_print(at, text);
    if (error == EADDRINUSE)
        snprintf(why, why_size,
                 "%s: the port is busy: another program listens there; choose another, or 0 for any", text);
    else if (error == EADDRNOTAVAIL)
        snprintf(why, why_size, "%s: this machine has no such address", text);
    else if (error == EACCES)
        snprintf(why, why_size, "%s: ports below 1024 need more rights than we have", text);
    else
        snprintf(why, why_size, "%s: cannot listen there: %s", text, strerror(error));
}

enum err socket_open(int type, const struct address *at, int *ret_fd, struct address *ret_bound, char *why,
                     size_t why_size)
{
    int family = address_is_v4(at) ? AF_INET : AF_INET6, on = 1, off = 0;
    struct sockaddr_storage sockaddr;
    socklen_t len = socket_address_put(at, family, &sockaddr);
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool good = fd >= 0;
    if (good && type == SOCK_STREAM) /* a restart must not wait for the old connections' TIME_WAIT */
        good = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (good && family == AF_INET6)
        good = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, address_is_any(at) ? &off : &on, sizeof on) == 0;
    good = good && bind(fd, (const struct sockaddr *)&sockaddr, len) == 0;
    if (good && type == SOCK_STREAM)
        good = listen(fd, 512) == 0;
    len = sizeof sockaddr;
    good = good && getsockname(fd, (struct sockaddr *)&sockaddr, &len) == 0;
    if (!good) {
        say_why(errno, at, why, why_size);
        if (fd >= 0)
            close(fd);
        return ERR_SYSTEM;
    }
    *ret_fd = fd;
    *ret_bound = socket_address_get(&sockaddr);
    return ERR_NONE;
}

static bool is_link_local(const struct address *a)
{
    return address_is_v4(a) ? a->ip[12] == 169 && a->ip[13] == 254
                            : a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

size_t socket_own_addresses(struct address ret_addresses[2])
{
    struct ifaddrs *all = NULL;
    size_t count = 0;
    if (getifaddrs(&all) != 0)
        all = NULL;
    for (int family = 0; family < 2; family++)
        for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
            int wanted = family == 0 ? AF_INET : AF_INET6;
            if (i->ifa_addr == NULL || i->ifa_addr->sa_family != wanted || (i->ifa_flags & IFF_UP) == 0 ||
                (i->ifa_flags & IFF_LOOPBACK) != 0)
                continue;
            struct sockaddr_storage sockaddr = {0};
            memcpy(&sockaddr, i->ifa_addr,
                   wanted == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
            struct address a = socket_address_get(&sockaddr);
            a.port = 0;
            if (is_link_local(&a))
                continue;
            ret_addresses[count++] = a;
            break;
        }
    if (all != NULL)
        freeifaddrs(all);
    if (count == 0)
        ret_addresses[count++] = address_v4((const uint8_t[]){127, 0, 0, 1}, 0);
    return count;
}
