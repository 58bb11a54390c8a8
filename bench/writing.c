/* What recording costs: an hour of 20 ms packets at 32 kbit/s through record/ to a folder, then the same
 * folder cut in the midst of a page and opened again. Prints one JSON object. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "record/recording.h"
#include "usage.h"

#define PACKETS       180000 /* of 20 ms: an hour */
#define PACKET_BYTES  81
#define TALK_PACKETS  400 /* eight seconds, */
#define PAUSE_PACKETS 50  /* then one without a packet */
#define CUT_BYTES     1000

static const char usage[] =
    "usage: writing FOLDER\n"
    "Records an hour into FOLDER/S (as fast as it goes), cuts it and mends it; says what each took.\n"
    "Example: writing /tmp/hour\n";

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double wall_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fill(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    memset(bytes, 0xa5, len);
}

static struct recording *open_it(const char *folder)
{
    static const struct entropy entropy = {fill, NULL};
    struct recording *r;
    if (recording_create(folder, "S", 7, &entropy, &r) != ERR_NONE)
        exit(1);
    recording_begin(r, 0);
    return r;
}

/* Returns the bytes of all packets that were said. */
static size_t talk(struct recording *r)
{
    uint8_t packet[PACKET_BYTES] = {0x78};
    size_t said = 0;
    for (int i = 0; i < PACKETS; i++) {
        point_us now_us = i * (point_us)TICK_US;
        if (i % (TALK_PACKETS + PAUSE_PACKETS) >= TALK_PACKETS)
            continue;
        memcpy(packet + 1, &i, sizeof i);
        recording_packet(r, (session_samples)i * TICK_SAMPLES, packet, sizeof packet, now_us);
        said += sizeof packet;
        if (recording_deadline(r) <= now_us)
            recording_expire(r, now_us);
    }
    return said;
}

static off_t size_of(const char *folder, const char *name, char path[1000])
{
    struct stat st;
    snprintf(path, 1000, "%s/S/%s", folder, name);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

int main(int argc, char **argv)
{
    char path[1000];
    if (argc != 2 || help_wanted(argc, argv))
        return say_usage(help_wanted(argc, argv), usage);
    struct recording *r = open_it(argv[1]);
    double begun = cpu_s();
    size_t said = talk(r);
    double took = cpu_s() - begun;
    recording_destroy(r, PACKETS * (point_us)TICK_US);
    off_t mp4 = size_of(argv[1], RECORDING_MP4, path), ogg = size_of(argv[1], RECORDING_OPUS, path);
    if (truncate(path, ogg - CUT_BYTES) != 0)
        return 1;
    double mended = wall_s();
    r = open_it(argv[1]);
    mended = wall_s() - mended;
    recording_destroy(r, 0);
    printf("{\"said_bytes\":%zu,\"ogg_bytes\":%lld,\"mp4_bytes\":%lld,\"packet_us\":%.2f,\"mend_ms\":%.2f}\n",
           said, (long long)ogg, (long long)mp4, took * 1e6 / (double)(said / PACKET_BYTES), mended * 1e3);
    return 0;
}
