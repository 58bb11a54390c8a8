/* bare: the least that any relay must do, to measure aulad beside.
 *
 *     bare [--listeners N] [--talkers K] [--for S] [--play FILE]... [--relay-core C] [--load-core C]
 *
 * One thread takes a talker's SRTP packet each 20 ms, unseals it, and for every listener writes a header,
 * seals under that listener's own key (AES-128-GCM) and sends it: one system call each, no ICE, no DTLS, no
 * numbers, no choice of who is heard. With K > 1 talkers the packets are decoded, and K + 1 mixes encoded
 * (one for each talker, one for all others) once a tick. Talkers and listeners are real sockets in another
 * process. Prints one JSON object: CPU µs of the relay's process for each packet delivered, its delay from a
 * talker's sending to the arrival (kernel's time), and how many arrived. */
#define _GNU_SOURCE /* sched_setaffinity, recvmmsg */
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "link/link.h"
#include "link/srtp.h"
#include "load.h"
#include "load_voice.h"
#include "media/opus_codec.h"
#include "usage.h"
#include "wire/rtp.h"

#define LISTENERS_MAX 4000
#define TALKERS_MAX   8
#define PAYLOAD_BYTES 80 /* 20 ms of speech at 32 kbit/s */
#define TICK_NS       20000000
#define PAYLOAD_MAX   400
#define DATAGRAM_MAX  (RTP_HEADER_BYTES + PAYLOAD_MAX + LINK_SEAL_OVERHEAD)
#define EVENTS_MAX    64

struct bare {
    int listeners, talkers, seconds, relay_core, load_core;
    int relay_fd, listener_fd[LISTENERS_MAX];
    struct sockaddr_in relay, listener[LISTENERS_MAX];
    struct srtp_sender *seal[LISTENERS_MAX];
    struct srtp_receiver *unseal[TALKERS_MAX];
    struct opus_sender *encoder[TALKERS_MAX + 1];
    struct opus_receiver *decoder[TALKERS_MAX];
    struct load_voice voice[TALKERS_MAX];
    const char *play[TALKERS_MAX];
    int plays;
};

/* What the load's process tells the relay's when all is over. */
struct heard {
    uint64_t packets;
    struct load_delays delays;
};

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static int64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void pin(int core)
{
    cpu_set_t set;
    if (core < 0)
        return;
    CPU_ZERO(&set);
    CPU_SET((unsigned)core, &set);
    must(sched_setaffinity(0, sizeof set, &set) == 0, "bare: core");
}

static int open_socket(struct sockaddr_in *ret_at)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), bytes = 4 << 20, on = 1;
    socklen_t len = sizeof *ret_at;
    *ret_at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    must(fd >= 0 && bind(fd, (struct sockaddr *)ret_at, len) == 0 &&
             getsockname(fd, (struct sockaddr *)ret_at, &len) == 0,
         "bare: socket");
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    return fd;
}

static size_t write_header(uint8_t *bytes, uint64_t index, uint32_t ssrc)
{
    uint32_t time = htonl((uint32_t)index * TICK_SAMPLES), id = htonl(ssrc);
    bytes[0] = RTP_VERSION << 6;
    bytes[1] = 111;
    bytes[2] = (uint8_t)(index >> 8);
    bytes[3] = (uint8_t)index;
    memcpy(bytes + 4, &time, sizeof time);
    memcpy(bytes + 8, &id, sizeof id);
    return RTP_HEADER_BYTES;
}

/* ---- the relay ---- */

static void send_all(struct bare *b, int from, int until, uint64_t index, const uint8_t *payload,
                     size_t payload_len)
{
    uint8_t packet[DATAGRAM_MAX];
    for (int i = from; i < until; i++) {
        size_t len = write_header(packet, index, (uint32_t)i) + payload_len;
        memcpy(packet + RTP_HEADER_BYTES, payload, payload_len);
        must(srtp_seal_rtp(b->seal[i], packet, &len, index) == ERR_NONE, "bare: seal");
        must(sendto(b->relay_fd, packet, len, MSG_DONTWAIT, (struct sockaddr *)&b->listener[i],
                    sizeof b->listener[i]) == (ssize_t)len,
             "bare: send");
    }
}

/* The K talkers are the first listeners: each gets a mix without himself. */
static void mix(struct bare *b, float pcm[][OPUS_PACKET_SAMPLES_MAX], uint64_t index)
{
    uint8_t payload[OPUS_PAYLOAD_MAX];
    float sum[TICK_SAMPLES];
    size_t len;
    for (int own = 0; own <= b->talkers; own++) {
        memset(sum, 0, sizeof sum);
        for (int t = 0; t < b->talkers; t++)
            for (int i = 0; i < TICK_SAMPLES && t != own; i++)
                sum[i] += pcm[t][i];
        must(opus_sender_encode(b->encoder[own], sum, TICK_SAMPLES, payload, PAYLOAD_MAX, &len) == ERR_NONE,
             "bare: encode");
        send_all(b, own, own < b->talkers ? own + 1 : b->listeners, index, payload, len);
    }
}

static void relay(struct bare *b)
{
    static float pcm[TALKERS_MAX][OPUS_PACKET_SAMPLES_MAX];
    uint8_t packet[DATAGRAM_MAX];
    uint64_t index = 1;
    int samples, turn = 0;
    for (;;) {
        ssize_t n = recv(b->relay_fd, packet, sizeof packet, 0);
        size_t len = n > 0 ? (size_t)n : 0;
        int talker = packet[11];
        if (n == 1)
            return; /* the load is over */
        must(n > 0 && talker < b->talkers, "bare: receive");
        must(srtp_unseal_rtp(b->unseal[talker], packet, &len) == ERR_NONE, "bare: unseal");
        const uint8_t *payload = packet + RTP_HEADER_BYTES;
        size_t payload_len = len - RTP_HEADER_BYTES;
        if (b->talkers == 1) {
            send_all(b, 0, b->listeners, index++, payload, payload_len);
            continue;
        }
        must(opus_receiver_decode(b->decoder[talker], payload, payload_len, pcm[talker], &samples) ==
                 ERR_NONE,
             "bare: decode");
        if (++turn % b->talkers == 0)
            mix(b, pcm, index++);
    }
}

/* ---- the load ---- */

static int64_t age_us(struct msghdr *m)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    struct timespec t;
    if (c == NULL || c->cmsg_type != SCM_TIMESTAMPNS)
        return 0;
    memcpy(&t, CMSG_DATA(c), sizeof t);
    return (clock_ns(CLOCK_REALTIME) - ((int64_t)t.tv_sec * 1000000000 + t.tv_nsec)) / 1000;
}

/* As little as a listener can do, since it shares the machine: the time of arrival, and the sending's time.
 */
static void hear(struct bare *b, int i, const int64_t *sent_ns, struct heard *heard)
{
    uint8_t packet[DATAGRAM_MAX];
    char control[256];
    for (;;) {
        struct iovec piece = {packet, sizeof packet};
        struct msghdr m = {
            .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        if (recvmsg(b->listener_fd[i], &m, MSG_DONTWAIT) < RTP_HEADER_BYTES)
            return;
        uint16_t seq = (uint16_t)(packet[2] << 8 | packet[3]);
        heard->packets++;
        load_delays_add(&heard->delays, clock_ns(CLOCK_MONOTONIC) / 1000 - age_us(&m) - sent_ns[seq] / 1000);
    }
}

static void hear_for_a_tick(struct bare *b, int epoll, int timer, const int64_t *sent_ns, struct heard *heard)
{
    struct epoll_event events[EVENTS_MAX];
    uint64_t times;
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS_MAX, -1);
        for (int i = 0; i < n; i++)
            if (events[i].data.fd >= 0)
                hear(b, events[i].data.fd, sent_ns, heard);
        if (read(timer, &times, sizeof times) > 0)
            return;
    }
}

static void watch(int epoll, int fd, int as)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = as};
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "bare: epoll");
}

/* One tick of a talker: encoded where the relay will decode it, else anything of that size. */
static size_t make_payload(struct bare *b, int talker, uint8_t *payload)
{
    float pcm[TICK_SAMPLES];
    size_t len = PAYLOAD_BYTES;
    if (b->talkers == 1)
        return len;
    load_voice_tick(&b->voice[talker], pcm);
    must(opus_sender_encode(b->encoder[talker], pcm, TICK_SAMPLES, payload, PAYLOAD_MAX, &len) == ERR_NONE,
         "bare: voice");
    return len;
}

static void talk(struct bare *b, struct srtp_sender **seals, uint64_t index)
{
    for (int t = 0; t < b->talkers; t++) {
        uint8_t packet[DATAGRAM_MAX] = {0};
        size_t len = write_header(packet, index, (uint32_t)t);
        len += make_payload(b, t, packet + RTP_HEADER_BYTES);
        must(srtp_seal_rtp(seals[t], packet, &len, index) == ERR_NONE, "bare: seal");
        sendto(b->listener_fd[t], packet, len, 0, (struct sockaddr *)&b->relay, sizeof b->relay);
    }
}

static void load(struct bare *b, struct heard *heard)
{
    static const uint8_t salt[SRTP_SALT_MAX] = {2};
    static int64_t sent_ns[65536];
    struct srtp_sender *seals[TALKERS_MAX];
    const struct itimerspec each_tick = {{0, TICK_NS}, {0, TICK_NS}};
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), epoll = epoll_create1(0);
    pin(b->load_core);
    for (int t = 0; t < b->talkers; t++) {
        const uint8_t key[SRTP_KEY_MAX] = {3, (uint8_t)t};
        must(srtp_sender_create(SRTP_PROFILE_GCM_128, key, salt, &seals[t]) == ERR_NONE, "bare: keys");
    }
    for (int i = 0; i < b->listeners; i++)
        watch(epoll, b->listener_fd[i], i);
    watch(epoll, timer, -1);
    timerfd_settime(timer, 0, &each_tick, NULL);
    for (int tick = 1; tick <= 50 * b->seconds; tick++) {
        sent_ns[tick & 0xFFFF] = clock_ns(CLOCK_MONOTONIC);
        talk(b, seals, (uint64_t)tick);
        hear_for_a_tick(b, epoll, timer, sent_ns, heard);
    }
    sendto(b->listener_fd[0], "", 1, 0, (struct sockaddr *)&b->relay, sizeof b->relay);
}

/* ---- beginning and end ---- */

static void prepare(struct bare *b)
{
    static const uint8_t salt[SRTP_SALT_MAX] = {2};
    const struct opus_settings settings = {.bitrate_bps = 32000, .complexity = 9, .loss_percent = 5};
    b->relay_fd = open_socket(&b->relay);
    must(fcntl(b->relay_fd, F_SETFL, 0) == 0, "bare: blocking");
    for (int i = 0; i < b->listeners; i++) {
        const uint8_t key[SRTP_KEY_MAX] = {1, (uint8_t)i, (uint8_t)(i >> 8)};
        b->listener_fd[i] = open_socket(&b->listener[i]);
        must(srtp_sender_create(SRTP_PROFILE_GCM_128, key, salt, &b->seal[i]) == ERR_NONE, "bare: keys");
    }
    for (int t = 0; t < b->talkers; t++) {
        const uint8_t key[SRTP_KEY_MAX] = {3, (uint8_t)t};
        must(srtp_receiver_create(SRTP_PROFILE_GCM_128, key, salt, &b->unseal[t]) == ERR_NONE, "bare: keys");
        must(load_voice_open(&b->voice[t], b->plays > 0 ? b->play[t % b->plays] : NULL, (uint32_t)t + 1),
             "bare: voice");
        must(opus_receiver_create(&b->decoder[t]) == ERR_NONE, "bare: decoder");
    }
    for (int t = 0; t <= b->talkers; t++)
        must(opus_sender_create(&settings, &b->encoder[t]) == ERR_NONE, "bare: encoder");
}

static void print(const struct bare *b, const struct heard *heard, int64_t cpu_ns)
{
    double wanted = 50.0 * b->seconds * b->listeners;
    printf("{\"listeners\":%d,\"talkers\":%d,\"delivered\":%llu,\"share\":%.5f,\"cpu_us_a_packet\":%.3f,"
           "\"core\":%.5f,\"pass_us\":{\"p50\":%llu,\"p99\":%llu,\"max\":%llu}}\n",
           b->listeners, b->talkers, (unsigned long long)heard->packets, (double)heard->packets / wanted,
           (double)cpu_ns / 1000 / (double)heard->packets, (double)cpu_ns / 1e9 / b->seconds,
           (unsigned long long)load_delays_percentile(&heard->delays, 0.5),
           (unsigned long long)load_delays_percentile(&heard->delays, 0.99),
           (unsigned long long)heard->delays.most_us);
}

static void run(struct bare *b)
{
    static struct heard heard;
    int result[2];
    must(pipe(result) == 0, "bare: pipe");
    prepare(b);
    pid_t child = fork();
    must(child >= 0, "bare: fork");
    if (child == 0) {
        load(b, &heard);
        must(write(result[1], &heard, sizeof heard) == (ssize_t)sizeof heard, "bare: result");
        _exit(0);
    }
    close(result[1]);
    pin(b->relay_core);
    int64_t began_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    relay(b);
    int64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - began_ns;
    for (size_t got = 0; got < sizeof heard;) {
        ssize_t n = read(result[0], (char *)&heard + got, sizeof heard - got);
        must(n > 0, "bare: result");
        got += (size_t)n;
    }
    waitpid(child, NULL, 0);
    print(b, &heard, cpu_ns);
}

static bool options(struct bare *b, int argc, char **argv)
{
    static const struct option names[] = {{"listeners", required_argument, NULL, 'l'},
                                          {"talkers", required_argument, NULL, 't'},
                                          {"for", required_argument, NULL, 'f'},
                                          {"play", required_argument, NULL, 'p'},
                                          {"relay-core", required_argument, NULL, 'r'},
                                          {"load-core", required_argument, NULL, 'c'},
                                          {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == 'p' && b->plays < TALKERS_MAX) {
            b->play[b->plays++] = optarg;
            continue;
        }
        int *value = option == 'l'   ? &b->listeners
                     : option == 't' ? &b->talkers
                     : option == 'f' ? &b->seconds
                     : option == 'r' ? &b->relay_core
                     : option == 'c' ? &b->load_core
                                     : NULL;
        if (value == NULL)
            return false;
        *value = atoi(optarg);
    }
    return optind == argc && b->talkers >= 1 && b->talkers <= TALKERS_MAX && b->listeners > b->talkers &&
           b->listeners <= LISTENERS_MAX && b->seconds >= 1 && b->seconds <= 600;
}

int main(int argc, char **argv)
{
    static struct bare b = {.listeners = 100, .talkers = 1, .seconds = 5, .relay_core = -1, .load_core = -1};
    if (help_wanted(argc, argv) || !options(&b, argc, argv))
        return say_usage(help_wanted(argc, argv),
                         "usage: bare [--listeners N] [--talkers K] [--for S] [--play FILE]...\n"
                         "            [--relay-core C] [--load-core C]\n"
                         "The least that any relay must do, with a load of its own; prints JSON.\n"
                         "Example: bare --listeners 400 --talkers 3 --for 5\n");
    run(&b);
    return 0;
}
