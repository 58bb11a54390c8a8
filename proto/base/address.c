#include "base/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool address_is_v4(const struct address *a)
{
    return memcmp(a->ip, mapped_prefix, sizeof mapped_prefix) == 0;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return a->port == b->port && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

/* FNV-1a with a final mix: addresses of one network differ in few bits. */
uint64_t address_hash(const struct address *a)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < sizeof a->ip; i++)
        h = (h ^ a->ip[i]) * 0x100000001b3u;
    h = (h ^ (a->port & 0xffu)) * 0x100000001b3u;
    h = (h ^ (a->port >> 8)) * 0x100000001b3u;
    return h ^ h >> 32;
}

struct address address_v4(const uint8_t ip[4], uint16_t port)
{
    struct address a = {.port = port};
    memcpy(a.ip, mapped_prefix, sizeof mapped_prefix);
    memcpy(a.ip + 12, ip, 4);
    return a;
}

struct address address_v6(const uint8_t ip[16], uint16_t port)
{
    struct address a = {.port = port};
    memcpy(a.ip, ip, 16);
    return a;
}

void address_print_ip(const struct address *a, char text[ADDRESS_TEXT_MAX])
{
    const char *done = address_is_v4(a) ? inet_ntop(AF_INET, a->ip + 12, text, ADDRESS_TEXT_MAX)
                                        : inet_ntop(AF_INET6, a->ip, text, ADDRESS_TEXT_MAX);
    if (!done)
        text[0] = 0;
}

void address_print(const struct address *a, char text[ADDRESS_TEXT_MAX])
{
    char ip[ADDRESS_TEXT_MAX];
    address_print_ip(a, ip);
    snprintf(text, ADDRESS_TEXT_MAX, address_is_v4(a) ? "%.45s:%u" : "[%.45s]:%u", ip, (unsigned)a->port);
}

enum err address_parse_ip(const char *text, uint16_t port, struct address *ret_address)
{
    uint8_t ip[16];
    if (inet_pton(AF_INET, text, ip) == 1)
        *ret_address = address_v4(ip, port);
    else if (inet_pton(AF_INET6, text, ip) == 1)
        *ret_address = address_v6(ip, port);
    else
        return ERR_MALFORMED;
    return ERR_NONE;
}

/* A decimal port, digits only. */
static enum err parse_port(const char *text, uint16_t *ret_port)
{
    unsigned v = 0;
    size_t n = strlen(text);
    if (n == 0 || n > 5)
        return ERR_MALFORMED;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9')
            return ERR_MALFORMED;
        v = v * 10 + (unsigned)(*p - '0');
    }
    if (v > 65535)
        return ERR_MALFORMED;
    *ret_port = (uint16_t)v;
    return ERR_NONE;
}

enum err address_parse(const char *text, struct address *ret_address)
{
    char ip[ADDRESS_TEXT_MAX];
    bool bracket = text[0] == '[';
    const char *ip_start = text + (bracket ? 1 : 0);
    const char *ip_end = bracket ? strchr(text, ']') : strrchr(text, ':');
    if (!ip_end || (size_t)(ip_end - ip_start) >= sizeof ip)
        return ERR_MALFORMED;
    const char *colon = ip_end + (bracket ? 1 : 0);
    uint16_t port;
    if (*colon != ':' || parse_port(colon + 1, &port))
        return ERR_MALFORMED;
    memcpy(ip, ip_start, (size_t)(ip_end - ip_start));
    ip[ip_end - ip_start] = 0;
    if (!bracket && strchr(ip, ':'))
        return ERR_MALFORMED;
    return address_parse_ip(ip, port, ret_address);
}
