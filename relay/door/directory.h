/* Whose datagram is it? Two tables: our own ICE user fragment, for STUN; the address it came from, for all
 * else. An address gets in only once the link has proven it by a check with the right password, so a forged
 * source address reaches nobody. */
#ifndef AULA_DOOR_DIRECTORY_H
#define AULA_DOOR_DIRECTORY_H

#include "base/address.h"
#include "base/errors.h"
#include "plane.h"

#define DIRECTORY_UFRAGS_MAX    (2 * PEERS_MAX) /* an ICE restart keeps the old one a while */
#define DIRECTORY_ADDRESSES_MAX (4 * PEERS_MAX) /* a peer has one, two while it changes networks */

struct directory;

/* `seed` makes the tables' hash unguessable. The caller owns *ret_directory. ERR_MEMORY. */
enum err directory_create(uint64_t seed, struct directory **ret_directory) MUST_USE;
void directory_destroy(struct directory *d);

/* ERR_FULL; ERR_STATE where another peer has that ufrag; ERR_LONG. */
enum err directory_add_ufrag(struct directory *d, const char *ufrag, struct peer *peer) MUST_USE;
void directory_remove_ufrag(struct directory *d, const char *ufrag, const struct peer *peer);

/* An address that the peer has just proven: whoever had it before has it no more. ERR_FULL. */
enum err directory_add_address(struct directory *d, const struct address *from, struct peer *peer) MUST_USE;
/* Does nothing where the address has become another's. */
void directory_remove_address(struct directory *d, const struct address *from, const struct peer *peer);

/* The peer that a STUN request names (the first half of its USERNAME), or NULL. */
struct peer *directory_by_stun(const struct directory *d, const uint8_t *bytes, size_t len);
/* The peer that has proven this address, or NULL. */
struct peer *directory_by_address(const struct directory *d, const struct address *from);
/* Addresses known now. */
size_t directory_addresses(const struct directory *d);

#endif
