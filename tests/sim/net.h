/* A network in virtual time: hosts, a path for each direction between two of them, and the datagrams under
 * way. It knows nothing of what the datagrams mean. Everything follows from the seed and from what is sent:
 * the same seed gives the same run, bit for bit. One thread.
 *
 * A run: send what the machines put out, ask sim_next_us (and the machines' deadlines) for the next moment,
 * go there, receive until empty, hand each datagram to the machine at its `to`. */
#ifndef AULA_SIM_NET_H
#define AULA_SIM_NET_H

#include <stdbool.h>

#include "base/address.h"
#include "path.h"

#define SIM_HOSTS_MAX     4096
#define SIM_PATHS_MAX     16384
#define SIM_DATAGRAM_MAX  1500  /* bytes; longer ones are lost, as on a path that drops fragments */
#define SIM_UNDER_WAY_MAX 65536 /* datagrams; more than this is a storm of the test's own making */

struct sim_datagram {
    struct address from, to;
    size_t len;
    uint8_t bytes[SIM_DATAGRAM_MAX];
};

/* What never reached a path, and what no longer found its host. */
struct sim_net_counters {
    uint64_t unknown_host, too_long, storm;
};

struct sim_net;

/* `line` is what every path is until sim_net_path says otherwise. ERR_MEMORY. */
enum err sim_net_create(uint64_t seed, const struct sim_path_config *line, struct sim_net **ret_net) MUST_USE;
void sim_net_destroy(struct sim_net *n);

/* A place that datagrams can come from and go to. ERR_FULL; ERR_REPLAY: it is there already. */
enum err sim_net_add_host(struct sim_net *n, const struct address *host) MUST_USE;
/* Its datagrams under way are lost (a closed socket, a changed network). ERR_UNKNOWN. */
enum err sim_net_remove_host(struct sim_net *n, const struct address *host) MUST_USE;
/* The line from one host to another from now on. ERR_UNKNOWN for a host that is not there, ERR_FULL. */
enum err sim_net_path(struct sim_net *n, const struct address *from, const struct address *to,
                      const struct sim_path_config *line) MUST_USE;

/* Puts a datagram on its path; the bytes are copied. Whatever happens to it is only counted. */
void sim_send(struct sim_net *n, const struct address *from, const struct address *to, const uint8_t *bytes,
              size_t len, point_us now_us);
/* When the next datagram arrives; NEVER_US when none is under way. */
point_us sim_next_us(const struct sim_net *n);
/* The next datagram that has arrived by now_us, or false. Those of one moment come in the order sent. */
bool sim_receive(struct sim_net *n, point_us now_us, struct sim_datagram *ret_datagram);

/* Counters of one direction, or NULL where nothing was ever sent. */
const struct sim_path_counters *sim_path_counted(const struct sim_net *n, const struct address *from,
                                                 const struct address *to);
const struct sim_net_counters *sim_net_counted(const struct sim_net *n);
/* A hash over everything received so far: when, from where, to where, what. Two runs that agree in it were
 * the same. */
uint64_t sim_net_trace(const struct sim_net *n);

#endif
