/* aula: a participant without a browser, on nothing but libaula. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "player.h"
#include "sound.h"
#include "wav.h"

#define FIRST_CONNECT_MS 5000  /* `join` gives up when nobody answered for so long */
#define RECONNECT_MS     60000 /* and after a lost connection */
#define FEED_MS          20
#define IDLE_MS          1000

struct tool {
    const struct options *options;
    struct aula_host *host;
    struct aula_participant *participant;
    struct lines events, payloads;
    struct wav *record;
    struct player player;
    struct sound sound;
    struct commands commands;
    int64_t began_us;
    int exit; /* -1 = goes on */
};

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
    (void)number;
    told_to_end = 1;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int say(int exit, const char *what, const char *why)
{
    fprintf(stderr, "aula: %s%s%s\n", what, why[0] != 0 ? ": " : "", why);
    return exit;
}

/* ---- what happens ---- */

static int over(const struct aula_event *e, bool joined)
{
    switch (e->over) {
    case AULA_OVER_LEFT:
        return EXIT_DONE;
    case AULA_OVER_ENDED:
        if (joined)
            return EXIT_DONE;
        return say(EXIT_REFUSED, "the relay refused", e->why);
    case AULA_OVER_REFUSED:
        return say(EXIT_REFUSED, "the relay refused", e->why);
    case AULA_OVER_UNTRUSTED:
        return say(EXIT_REFUSED, "the relay's certificate is not trusted; give --ca FILE or --insecure",
                   e->why);
    case AULA_OVER_NOBODY:
        break;
    }
    return say(EXIT_NOBODY, "no relay answers at this URL", e->why);
}

static void happened(struct tool *t, const struct aula_event *e)
{
    if (e->kind == AULA_PAYLOAD) {
        lines_payload(&t->payloads, e);
        return;
    }
    t->events.joined_us = t->payloads.joined_us = aula_joined_us(t->participant);
    lines_event(&t->events, e);
    if (e->kind == AULA_LOST)
        say(0, "connection lost, trying again", e->why);
    else if (e->kind == AULA_REFUSED)
        say(0, "refused", e->why);
    else if (e->kind == AULA_OVER)
        t->exit = over(e, aula_joined_us(t->participant) != 0);
}

static void take_sound(struct tool *t)
{
    float pcm[AULA_TICK];
    size_t n;
    while ((n = aula_receive(t->participant, pcm, AULA_TICK)) > 0) {
        if (t->record != NULL && !wav_write(t->record, pcm, n))
            t->exit = say(EXIT_REFUSED, "the recording cannot be written", strerror(errno));
        if (n == AULA_TICK) /* it comes in whole ticks */
            sound_tick(&t->sound, t->participant, pcm);
    }
}

static void check_end(struct tool *t)
{
    int64_t joined_us = aula_joined_us(t->participant);
    int64_t since_us = now_us() - (joined_us != 0 ? joined_us : t->began_us);
    if (told_to_end)
        t->exit = EXIT_DONE;
    else if (t->options->for_s > 0 && (double)since_us >= t->options->for_s * 1e6)
        t->exit = joined_us != 0 ? EXIT_DONE : say(EXIT_NOBODY, "no relay answers at this URL", "");
}

static void turn(struct tool *t)
{
    struct aula_event e;
    bool listens = !t->commands.ended && aula_joined_us(t->participant) != 0; /* commands wait for the join */
    struct pollfd fds[2] = {{.fd = aula_host_fd(t->host), .events = POLLIN},
                            {.fd = listens ? STDIN_FILENO : -1, .events = POLLIN}};
    int wait_ms = player_busy(&t->player) ? FEED_MS : IDLE_MS, host_ms = aula_host_timeout(t->host);
    poll(fds, 2, host_ms >= 0 && host_ms < wait_ms ? host_ms : wait_ms);
    aula_host_run(t->host, 0);
    if (fds[1].revents != 0)
        commands_read(&t->commands, t->participant);
    while (t->exit < 0 && aula_next_event(t->participant, &e))
        happened(t, &e);
    take_sound(t);
    sound_tell(&t->sound, t->participant, &t->events, now_us());
    if (!player_feed(&t->player, t->participant, &t->events, now_us()))
        t->exit = say(EXIT_REFUSED, t->player.why, "");
    if (t->exit < 0)
        check_end(t);
}

/* ---- beginning and end ---- */

static bool open_files(struct tool *t, const struct options *o)
{
    const char *path = NULL;
    if (!player_init(&t->player, o->play, o->play_count)) {
        say(0, t->player.why, "");
        return false;
    }
    if (o->events != NULL && !lines_open(&t->events, o->events))
        path = o->events;
    else if (o->payloads != NULL && !lines_open(&t->payloads, o->payloads))
        path = o->payloads;
    else if (o->record != NULL && (t->record = wav_open(o->record)) == NULL)
        path = o->record;
    if (path != NULL)
        fprintf(stderr, "aula: %s cannot be written: %s\n", path, strerror(errno));
    return path == NULL;
}

static bool begin(struct tool *t, const struct options *o)
{
    char why[AULA_WHY_MAX] = "out of memory";
    const struct aula_host_config config = {.ca_file = o->ca, .insecure = o->insecure};
    const struct aula_join join = {.url = o->url,
                                   .agent = "aula/" AULA_VERSION,
                                   .no_sound = o->no_audio,
                                   .tell_payloads = o->payloads != NULL,
                                   .first_connect_ms = o->room ? 0 : FIRST_CONNECT_MS,
                                   .reconnect_ms = o->room ? 0 : RECONNECT_MS};
    if (aula_host_create(&config, &t->host, why) == AULA_OK &&
        aula_join(t->host, &join, &t->participant, why) == AULA_OK)
        return true;
    say(0, why, "");
    return false;
}

static bool open_sound(struct tool *t, const struct options *o)
{
    if (sound_init(&t->sound, o))
        return true;
    say(0, "no sound devices can be used", "out of memory");
    return false;
}

static int end(struct tool *t)
{
    if (t->participant != NULL)
        take_sound(t);
    sound_finish(&t->sound);
    aula_host_destroy(t->host);
    player_finish(&t->player);
    bool written = wav_close(t->record);
    written = lines_close(&t->events) && written;
    written = lines_close(&t->payloads) && written;
    return written ? t->exit : say(EXIT_REFUSED, "a file could not be written whole", strerror(errno));
}

int main(int argc, char **argv)
{
    struct options options;
    struct tool t = {.options = &options, .exit = -1, .began_us = now_us()};
    struct sigaction action = {.sa_handler = on_signal};
    int exit;
    if (!options_parse(argc, argv, &options, &exit))
        return exit;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    commands_init(&t.commands);
    if (options.devices) {
        sound_list();
        return EXIT_DONE;
    }
    if (!open_files(&t, &options) || !begin(&t, &options) || !open_sound(&t, &options)) {
        t.exit = EXIT_USAGE;
        return end(&t);
    }
    while (t.exit < 0)
        turn(&t);
    return end(&t);
}
