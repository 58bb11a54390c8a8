#include "door/directory.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "wire/stun.h"

#define ADDRESS_KEY 18 /* bytes: IP and port */

struct directory {
    struct table *ufrags;    /* user fragment → peer */
    struct table *addresses; /* IP and port → peer */
};

enum err directory_create(uint64_t seed, struct directory **ret_directory)
{
    struct directory *d = calloc(1, sizeof *d);
    if (!d)
        return ERR_MEMORY;
    if (table_create(DIRECTORY_UFRAGS_MAX, seed, &d->ufrags) != ERR_NONE ||
        table_create(DIRECTORY_ADDRESSES_MAX, ~seed, &d->addresses) != ERR_NONE) {
        directory_destroy(d);
        return ERR_MEMORY;
    }
    *ret_directory = d;
    return ERR_NONE;
}

void directory_destroy(struct directory *d)
{
    if (!d)
        return;
    table_destroy(d->ufrags);
    table_destroy(d->addresses);
    free(d);
}

enum err directory_add_ufrag(struct directory *d, const char *ufrag, struct peer *peer)
{
    struct peer *there = table_get(d->ufrags, ufrag, strlen(ufrag));
    if (there && there != peer)
        return ERR_STATE;
    return table_put(d->ufrags, ufrag, strlen(ufrag), peer);
}

void directory_remove_ufrag(struct directory *d, const char *ufrag, const struct peer *peer)
{
    if (table_get(d->ufrags, ufrag, strlen(ufrag)) == peer)
        table_take(d->ufrags, ufrag, strlen(ufrag));
}

static void address_key(const struct address *a, uint8_t key[ADDRESS_KEY])
{
    memcpy(key, a->ip, sizeof a->ip);
    key[16] = (uint8_t)(a->port >> 8);
    key[17] = (uint8_t)a->port;
}

enum err directory_add_address(struct directory *d, const struct address *from, struct peer *peer)
{
    uint8_t key[ADDRESS_KEY];
    address_key(from, key);
    return table_put(d->addresses, key, sizeof key, peer);
}

void directory_remove_address(struct directory *d, const struct address *from, const struct peer *peer)
{
    uint8_t key[ADDRESS_KEY];
    address_key(from, key);
    if (table_get(d->addresses, key, sizeof key) == peer)
        table_take(d->addresses, key, sizeof key);
}

struct peer *directory_by_stun(const struct directory *d, const uint8_t *bytes, size_t len)
{
    struct stun_text username;
    if (stun_peek_username(bytes, len, &username) != ERR_NONE)
        return NULL;
    const char *colon = memchr(username.at, ':', username.len);
    if (!colon)
        return NULL;
    return table_get(d->ufrags, username.at, (size_t)(colon - username.at));
}

struct peer *directory_by_address(const struct directory *d, const struct address *from)
{
    uint8_t key[ADDRESS_KEY];
    address_key(from, key);
    return table_get(d->addresses, key, sizeof key);
}

size_t directory_addresses(const struct directory *d)
{
    return table_count(d->addresses);
}
