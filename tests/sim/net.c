#include "net.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "heap.h"

#define ADDRESS_KEY_LEN 18 /* ip and port */
#define PATH_KEY_LEN    16 /* two hosts' serial numbers */

struct host {
    struct address address;
    uint64_t serial; /* of adding; a host that comes back is another */
};

/* A datagram on its way, to the host of this serial number only. */
struct flight {
    uint64_t to_serial;
    struct sim_datagram datagram;
};

struct sim_net {
    uint64_t seed;
    struct sim_path_config line;
    struct table *hosts, *paths;
    struct sim_heap heap;
    struct sim_net_counters counters;
    uint64_t serials;
    uint64_t trace;
};

static void address_key(const struct address *a, uint8_t key[ADDRESS_KEY_LEN])
{
    memcpy(key, a->ip, sizeof a->ip);
    key[16] = (uint8_t)(a->port >> 8);
    key[17] = (uint8_t)a->port;
}

static struct host *host_at(const struct sim_net *n, const struct address *a)
{
    uint8_t key[ADDRESS_KEY_LEN];
    address_key(a, key);
    return table_get(n->hosts, key, sizeof key);
}

static void path_key(const struct host *from, const struct host *to, uint64_t key[2])
{
    key[0] = from->serial;
    key[1] = to->serial;
}

enum err sim_net_create(uint64_t seed, const struct sim_path_config *line, struct sim_net **ret_net)
{
    struct sim_net *n = calloc(1, sizeof *n);
    if (!n)
        return ERR_MEMORY;
    n->seed = seed;
    n->line = *line;
    n->trace = 0xcbf29ce484222325u; /* FNV-1a's offset basis */
    sim_heap_init(&n->heap, SIM_UNDER_WAY_MAX);
    enum err e = table_create(SIM_HOSTS_MAX, seed, &n->hosts);
    if (e == ERR_NONE)
        e = table_create(SIM_PATHS_MAX, seed, &n->paths);
    if (e != ERR_NONE) {
        sim_net_destroy(n);
        return e;
    }
    *ret_net = n;
    return ERR_NONE;
}

static void free_values(struct table *t)
{
    size_t at = 0;
    for (void *value; t && (value = table_next(t, &at));)
        free(value);
    table_destroy(t);
}

void sim_net_destroy(struct sim_net *n)
{
    if (!n)
        return;
    for (void *flight; (flight = sim_heap_take(&n->heap));)
        free(flight);
    sim_heap_finish(&n->heap);
    free_values(n->hosts);
    free_values(n->paths);
    free(n);
}

enum err sim_net_add_host(struct sim_net *n, const struct address *address)
{
    if (host_at(n, address))
        return ERR_REPLAY;
    struct host *host = malloc(sizeof *host);
    if (!host)
        return ERR_MEMORY;
    *host = (struct host){.address = *address, .serial = n->serials++};
    uint8_t key[ADDRESS_KEY_LEN];
    address_key(address, key);
    enum err e = table_put(n->hosts, key, sizeof key, host);
    if (e != ERR_NONE)
        free(host);
    return e;
}

/* Frees the paths from and to a host. The walk begins anew after each, for taking one moves others. */
static void remove_paths(struct sim_net *n, const struct host *host)
{
    uint8_t key_bytes[PATH_KEY_LEN];
    for (uint64_t other = 0; other < n->serials; other++) {
        uint64_t keys[2][2] = {{host->serial, other}, {other, host->serial}};
        for (int i = 0; i < 2; i++) {
            memcpy(key_bytes, keys[i], sizeof key_bytes);
            free(table_take(n->paths, key_bytes, sizeof key_bytes));
        }
    }
}

enum err sim_net_remove_host(struct sim_net *n, const struct address *address)
{
    uint8_t key[ADDRESS_KEY_LEN];
    address_key(address, key);
    struct host *host = table_take(n->hosts, key, sizeof key);
    if (!host)
        return ERR_UNKNOWN;
    remove_paths(n, host);
    free(host);
    return ERR_NONE;
}

/* The dice of a path follow from the addresses, not from what else there is on the network. */
static uint64_t path_seed(const struct sim_net *n, const struct host *from, const struct host *to)
{
    return n->seed ^ address_hash(&from->address) * 0x9e3779b97f4a7c15u ^ address_hash(&to->address);
}

/* The path, made where it is not there yet; NULL where that fails. */
static struct sim_path *path_between(struct sim_net *n, const struct host *from, const struct host *to)
{
    uint64_t key[2];
    path_key(from, to, key);
    struct sim_path *path = table_get(n->paths, key, sizeof key);
    if (path)
        return path;
    path = malloc(sizeof *path);
    if (!path)
        return NULL;
    sim_path_init(path, &n->line, path_seed(n, from, to));
    if (table_put(n->paths, key, sizeof key, path) == ERR_NONE)
        return path;
    free(path);
    return NULL;
}

enum err sim_net_path(struct sim_net *n, const struct address *from, const struct address *to,
                      const struct sim_path_config *line)
{
    const struct host *source = host_at(n, from), *target = host_at(n, to);
    if (!source || !target)
        return ERR_UNKNOWN;
    struct sim_path *path = path_between(n, source, target);
    if (!path)
        return ERR_FULL;
    sim_path_change(path, line);
    return ERR_NONE;
}

static void launch(struct sim_net *n, const struct host *to, const struct sim_datagram *d, point_us at_us)
{
    struct flight *flight = malloc(sizeof *flight);
    if (!flight) {
        n->counters.storm++;
        return;
    }
    flight->to_serial = to->serial;
    flight->datagram = *d;
    if (sim_heap_put(&n->heap, at_us, flight) != ERR_NONE) {
        n->counters.storm++;
        free(flight);
    }
}

void sim_send(struct sim_net *n, const struct address *from, const struct address *to, const uint8_t *bytes,
              size_t len, point_us now_us)
{
    const struct host *source = host_at(n, from), *target = host_at(n, to);
    if (!source || !target) {
        n->counters.unknown_host++;
        return;
    }
    if (len > SIM_DATAGRAM_MAX) {
        n->counters.too_long++;
        return;
    }
    struct sim_path *path = path_between(n, source, target);
    if (!path) {
        n->counters.storm++;
        return;
    }
    struct sim_datagram d = {.from = *from, .to = *to, .len = len};
    memcpy(d.bytes, bytes, len);
    point_us arrivals_us[SIM_COPIES_MAX];
    int copies = sim_path_send(path, len, now_us, arrivals_us);
    for (int i = 0; i < copies; i++)
        launch(n, target, &d, arrivals_us[i]);
}

point_us sim_next_us(const struct sim_net *n)
{
    const struct sim_heap_entry *first = sim_heap_first(&n->heap);
    return first ? first->at_us : NEVER_US;
}

static void trace(struct sim_net *n, const void *bytes, size_t len)
{
    const uint8_t *b = bytes;
    for (size_t i = 0; i < len; i++)
        n->trace = (n->trace ^ b[i]) * 0x100000001b3u;
}

static void trace_arrival(struct sim_net *n, point_us at_us, const struct sim_datagram *d)
{
    uint8_t key[ADDRESS_KEY_LEN];
    trace(n, &at_us, sizeof at_us);
    address_key(&d->from, key);
    trace(n, key, sizeof key);
    address_key(&d->to, key);
    trace(n, key, sizeof key);
    trace(n, &d->len, sizeof d->len);
    trace(n, d->bytes, d->len);
}

bool sim_receive(struct sim_net *n, point_us now_us, struct sim_datagram *ret_datagram)
{
    for (point_us at_us; (at_us = sim_next_us(n)) <= now_us && at_us != NEVER_US;) {
        struct flight *flight = sim_heap_take(&n->heap);
        const struct host *target = host_at(n, &flight->datagram.to);
        bool there = target && target->serial == flight->to_serial;
        if (there) {
            *ret_datagram = flight->datagram;
            trace_arrival(n, at_us, ret_datagram);
        } else {
            n->counters.unknown_host++;
        }
        free(flight);
        if (there)
            return true;
    }
    return false;
}

const struct sim_path_counters *sim_path_counted(const struct sim_net *n, const struct address *from,
                                                 const struct address *to)
{
    const struct host *source = host_at(n, from), *target = host_at(n, to);
    if (!source || !target)
        return NULL;
    uint64_t key[2];
    path_key(source, target, key);
    const struct sim_path *path = table_get(n->paths, key, sizeof key);
    return path ? &path->counters : NULL;
}

const struct sim_net_counters *sim_net_counted(const struct sim_net *n)
{
    return &n->counters;
}

uint64_t sim_net_trace(const struct sim_net *n)
{
    return n->trace;
}
