#include "io/udp_control.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct local {
    struct address remote; /* port 0: free */
    uint8_t ip[16];
    unsigned interface; /* IPv6 link-local only, else 0 */
};

struct udp_locals {
    size_t places;
    struct local place[];
};

enum err udp_locals_create(int fd, int family, size_t places, struct udp_locals **ret_locals)
{
    int on = 1;
    int refused = family == AF_INET ? setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on)
                                    : setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    if (refused != 0)
        return ERR_SYSTEM;
    struct udp_locals *l = calloc(1, sizeof *l + places * sizeof l->place[0]);
    if (l == NULL)
        return ERR_MEMORY;
    l->places = places;
    *ret_locals = l;
    return ERR_NONE;
}

void udp_locals_destroy(struct udp_locals *l)
{
    free(l);
}

static size_t place_of(const struct udp_locals *l, const struct address *remote)
{
    return (size_t)address_hash(remote) & (l->places - 1);
}

void udp_locals_learn(struct udp_locals *l, const struct address *from, const struct msghdr *received)
{
    struct local local = {.remote = *from};
    bool known = false;
    struct msghdr h = *received; /* CMSG_NXTHDR wants it writable */
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c != NULL; c = CMSG_NXTHDR(&h, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            struct address a = address_v4((const uint8_t *)&info.ipi_spec_dst, 0);
            memcpy(local.ip, a.ip, 16);
            known = true;
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            memcpy(local.ip, &info.ipi6_addr, 16);
            local.interface = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? (unsigned)info.ipi6_ifindex : 0;
            known = true;
        }
    }
    if (known)
        l->place[place_of(l, from)] = local;
}

void udp_locals_apply(const struct udp_locals *l, const struct address *to, int family, struct msghdr *header,
                      union udp_control *control)
{
    const struct local *local = &l->place[place_of(l, to)];
    if (local->remote.port == 0 || !address_equal(&local->remote, to))
        return;
    memset(control, 0, sizeof *control);
    header->msg_control = control;
    header->msg_controllen = family == AF_INET ? sizeof control->v4 : sizeof control->v6;
    struct cmsghdr *c = CMSG_FIRSTHDR(header);
    if (family == AF_INET) {
        struct in_pktinfo info = {0};
        memcpy(&info.ipi_spec_dst, local->ip + 12, 4);
        *c = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
        memcpy(CMSG_DATA(c), &info, sizeof info);
    } else {
        struct in6_pktinfo info = {.ipi6_ifindex = local->interface};
        memcpy(&info.ipi6_addr, local->ip, 16);
        *c = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO};
        memcpy(CMSG_DATA(c), &info, sizeof info);
    }
}
