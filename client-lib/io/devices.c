#include "devices.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "clock.h"
#include "sdl.h"

#define WATCH_NS     ((uint64_t)200 * 1000000)  /* how often a device is looked at */
#define RETRY_ROUNDS 5                          /* of these between two tries to open it: a second */
#define ANEW_TRIES   2                          /* with nothing open: then the sound system is asked anew */
#define GIVE_UP_NS   ((uint64_t)5000 * 1000000) /* at the end, for a sound system that is slow or hangs */
#define EVENTS_MAX   16

/* Owned by the keeper's thread, but for the pace. */
struct side {
    enum device_side which;
    char wanted[DEVICES_NAME_MAX]; /* "" = not used */
    char name[DEVICES_NAME_MAX];   /* as the system calls it */
    uint32_t open;                 /* 0 = not */
    unsigned wait, tries;          /* rounds until the next try; tries in vain */
    bool told;                     /* that it is not there */
    uv_mutex_t lock;               /* guards the pace: held for a resampling at most */
    struct pace *pace;
};

struct devices {
    struct side sides[DEVICE_SIDES];
    uv_thread_t keeper;
    bool started; /* the sound system, by the keeper */
    /* Between the keeper and the program, under `lock`. */
    uv_mutex_t lock;
    uv_cond_t wake;
    bool stop, ended;
    struct device_event events[EVENTS_MAX];
    unsigned first_event, event_count;
};

/* ---- what there is ---- */

void devices_list(struct device_list *ret_list)
{
    const char *why, *name;
    memset(ret_list, 0, sizeof *ret_list);
    if (!sdl_start(&why))
        return;
    snprintf(ret_list->system, sizeof ret_list->system, "%s", sdl_system());
    for (int side = 0; side < DEVICE_SIDES; side++) {
        unsigned *n = &ret_list->count[side];
        while (*n < DEVICES_LIST_MAX && (name = sdl_device((enum device_side)side, (int)*n)) != NULL)
            snprintf(ret_list->names[side][(*n)++], DEVICES_NAME_MAX, "%s", name);
        sdl_default((enum device_side)side, ret_list->standard[side]);
    }
    sdl_stop();
}

/* ---- which one is meant ---- */

static bool holds(const char *name, const char *part)
{
    for (; *name != 0; name++) {
        size_t i = 0;
        while (part[i] != 0 && tolower((unsigned char)name[i]) == tolower((unsigned char)part[i]))
            i++;
        if (part[i] == 0)
            return true;
    }
    return false;
}

static size_t append(char *text, size_t len, const char *more)
{
    int n = snprintf(text + len, DEVICES_WHY_MAX - len, "%s", more);
    len += n > 0 ? (size_t)n : 0;
    return len < DEVICES_WHY_MAX ? len : DEVICES_WHY_MAX - 1;
}

static void say_which(const struct side *s, unsigned fit, char *why)
{
    size_t len = append(why, 0, fit > 1 ? "several have that in their name; there are: " : "there are: ");
    const char *name;
    for (int i = 0; (name = sdl_device(s->which, i)) != NULL; i++) {
        len = append(why, len, i > 0 ? ", \"" : "\"");
        len = append(why, len, name);
        len = append(why, len, "\"");
    }
    if (sdl_device(s->which, 0) == NULL)
        append(why, 0, "there is none at all");
}

/* By the whole name, else by a part that only one has. */
static bool find(struct side *s, char *why)
{
    unsigned fit = 0;
    const char *name;
    for (int i = 0; (name = sdl_device(s->which, i)) != NULL; i++) {
        bool whole = strcmp(name, s->wanted) == 0;
        if (whole || holds(name, s->wanted)) {
            snprintf(s->name, sizeof s->name, "%s", name);
            fit++;
        }
        if (whole)
            return true;
    }
    if (fit == 1)
        return true;
    s->name[0] = 0;
    say_which(s, fit, why);
    return false;
}

/* ---- the keeper ---- */

static void tell(struct devices *d, const struct side *s, enum device_event_kind kind, const char *why)
{
    struct device_event e = {.side = s->which, .kind = kind};
    snprintf(e.name, sizeof e.name, "%s", s->name[0] != 0 ? s->name : s->wanted);
    snprintf(e.why, sizeof e.why, "%s", why);
    uv_mutex_lock(&d->lock);
    if (d->event_count == EVENTS_MAX) { /* nobody asks: the newest count */
        d->first_event = (d->first_event + 1) % EVENTS_MAX;
        d->event_count--;
    }
    d->events[(d->first_event + d->event_count++) % EVENTS_MAX] = e;
    uv_mutex_unlock(&d->lock);
}

static void sound(void *self, float *pcm, size_t samples)
{
    struct side *s = self;
    uv_mutex_lock(&s->lock);
    if (s->which == DEVICE_OUTPUT)
        pace_take(s->pace, pcm, samples, clock_us());
    else
        pace_put(s->pace, pcm, samples, clock_us());
    uv_mutex_unlock(&s->lock);
}

static void clear(struct side *s)
{
    uv_mutex_lock(&s->lock);
    pace_clear(s->pace);
    uv_mutex_unlock(&s->lock);
}

static bool try_open(struct side *s, char *why)
{
    bool standard = strcmp(s->wanted, DEVICES_DEFAULT) == 0;
    const char *sentence = "";
    if (!standard && !find(s, why))
        return false;
    clear(s);
    s->open = sdl_open(s->which, standard ? NULL : s->name, sound, s, &sentence);
    if (s->open == 0)
        snprintf(why, DEVICES_WHY_MAX, "%s", sentence);
    else if (standard && !sdl_default(s->which, s->name))
        snprintf(s->name, sizeof s->name, "%s", s->wanted);
    return s->open != 0;
}

static void look_for(struct devices *d, struct side *s)
{
    char why[DEVICES_WHY_MAX] = "";
    const char *sentence = "";
    if (s->wait > 0) {
        s->wait--;
        return;
    }
    if (!d->started && !(d->started = sdl_start(&sentence)))
        snprintf(why, sizeof why, "%s", sentence);
    if (d->started && try_open(s, why)) {
        s->told = false;
        s->tries = 0;
        tell(d, s, DEVICE_OPENED, "");
        return;
    }
    s->wait = RETRY_ROUNDS;
    s->tries++;
    if (!s->told)
        tell(d, s, DEVICE_MISSING, why);
    s->told = true;
}

static void keep(struct devices *d, struct side *s)
{
    if (s->wanted[0] == 0)
        return;
    if (s->open == 0) {
        look_for(d, s);
    } else if (!sdl_alive(s->open)) {
        sdl_close(s->open);
        s->open = 0;
        clear(s);
        tell(d, s, DEVICE_LOST, "");
        s->told = true;
    }
}

/* A sound server that was restarted does not know us any more: connect to it anew. */
static void stop_when_deaf(struct devices *d)
{
    unsigned tries = 0;
    for (int i = 0; i < DEVICE_SIDES; i++) {
        if (d->sides[i].open != 0)
            return;
        tries += d->sides[i].tries;
    }
    if (!d->started || tries < ANEW_TRIES)
        return;
    sdl_stop();
    d->started = false;
    for (int i = 0; i < DEVICE_SIDES; i++)
        d->sides[i].tries = 0;
}

static bool rest(struct devices *d)
{
    uv_mutex_lock(&d->lock);
    if (!d->stop)
        uv_cond_timedwait(&d->wake, &d->lock, WATCH_NS);
    bool stop = d->stop;
    uv_mutex_unlock(&d->lock);
    return stop;
}

static void run_keeper(void *self)
{
    struct devices *d = self;
    do {
        for (int i = 0; i < DEVICE_SIDES; i++)
            keep(d, &d->sides[i]);
        stop_when_deaf(d);
    } while (!rest(d));
    for (int i = 0; i < DEVICE_SIDES; i++)
        if (d->sides[i].open != 0)
            sdl_close(d->sides[i].open);
    if (d->started)
        sdl_stop();
    sdl_leave();
    uv_mutex_lock(&d->lock);
    d->ended = true;
    uv_cond_signal(&d->wake);
    uv_mutex_unlock(&d->lock);
}

/* ---- the program's side ---- */

static void free_all(struct devices *d)
{
    for (int i = 0; i < DEVICE_SIDES; i++) {
        pace_destroy(d->sides[i].pace);
        uv_mutex_destroy(&d->sides[i].lock);
    }
    uv_mutex_destroy(&d->lock);
    uv_cond_destroy(&d->wake);
    free(d);
}

enum err devices_create(const struct devices_config *config, struct devices **ret_devices)
{
    struct devices *d = calloc(1, sizeof *d);
    enum err e = ERR_NONE;
    if (d == NULL)
        return ERR_MEMORY;
    if (uv_mutex_init(&d->lock) != 0 || uv_cond_init(&d->wake) != 0)
        abort(); /* only where a process may have no locks at all */
    for (int i = 0; i < DEVICE_SIDES; i++) {
        struct side *s = &d->sides[i];
        s->which = (enum device_side)i;
        if (config->names[i] != NULL)
            snprintf(s->wanted, sizeof s->wanted, "%s", config->names[i]);
        if (uv_mutex_init(&s->lock) != 0)
            abort();
        if (e == ERR_NONE)
            e = pace_create(&s->pace);
    }
    if (e == ERR_NONE && uv_thread_create(&d->keeper, run_keeper, d) != 0)
        e = ERR_SYSTEM;
    if (e != ERR_NONE)
        free_all(d);
    else
        *ret_devices = d;
    return e;
}

void devices_destroy(struct devices *d)
{
    if (d == NULL)
        return;
    uv_mutex_lock(&d->lock);
    d->stop = true;
    uv_cond_signal(&d->wake);
    int waited = 0;
    while (!d->ended && waited == 0)
        waited = uv_cond_timedwait(&d->wake, &d->lock, GIVE_UP_NS);
    bool ended = d->ended;
    uv_mutex_unlock(&d->lock);
    if (!ended) /* the thread hangs in the sound system with our memory: leave both to the process's end */
        return;
    uv_thread_join(&d->keeper);
    free_all(d);
}

void devices_play(struct devices *d, const float *pcm, size_t samples)
{
    struct side *s = &d->sides[DEVICE_OUTPUT];
    uv_mutex_lock(&s->lock);
    pace_put(s->pace, pcm, samples, clock_us());
    uv_mutex_unlock(&s->lock);
}

bool devices_record(struct devices *d, float *pcm, size_t samples)
{
    struct side *s = &d->sides[DEVICE_INPUT];
    uv_mutex_lock(&s->lock);
    bool whole = pace_take(s->pace, pcm, samples, clock_us());
    uv_mutex_unlock(&s->lock);
    return whole;
}

bool devices_event(struct devices *d, struct device_event *ret_event)
{
    uv_mutex_lock(&d->lock);
    bool any = d->event_count > 0;
    if (any) {
        *ret_event = d->events[d->first_event];
        d->first_event = (d->first_event + 1) % EVENTS_MAX;
        d->event_count--;
    }
    uv_mutex_unlock(&d->lock);
    return any;
}

struct pace_counters devices_counters(struct devices *d, enum device_side side)
{
    struct side *s = &d->sides[side];
    uv_mutex_lock(&s->lock);
    struct pace_counters counters = pace_counters(s->pace);
    uv_mutex_unlock(&s->lock);
    return counters;
}

double devices_slip(struct devices *d)
{
    double slip = 0;
    for (int i = 0; i < DEVICE_SIDES; i++) {
        uv_mutex_lock(&d->sides[i].lock);
        slip += pace_slip(d->sides[i].pace);
        uv_mutex_unlock(&d->sides[i].lock);
    }
    return slip;
}
