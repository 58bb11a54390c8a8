#include "io/recorder.h"

#include <stdlib.h>
#include <string.h>

#include "io/clock.h"
#include "io/entropy.h"
#include "io/log.h"
#include "io/mailbox.h"
#include "record/recording.h"

/* What the desk says, on its way. The text is owned by whoever holds the note. */
struct note {
    struct desk_record record;
    char *text;
    size_t len;
};

struct waiting_note {
    struct waiting_note *next;
    struct note note;
};

/* What the recorder tells. */
struct word {
    char session[SESSION_ID_MAX + 1];
    bool stopped;
    char why[RECORDING_WHY_MAX];
    char key[RECORDING_KEY_CHARACTERS + 1];
};

/* One recording, and where its sound comes from. */
struct take {
    struct take *next;
    char session[SESSION_ID_MAX + 1];
    int worker;
    uint32_t handle; /* 0: from nowhere */
    bool stopped;
    struct recording *recording;
};

struct recorder {
    char *folder;
    struct recorder_listener listener;
    int workers;
    uv_thread_t thread;
    struct mailbox notes;                     /* control → recorder */
    struct mailbox packets[DESK_WORKERS_MAX]; /* worker → recorder */
    struct mailbox words;                     /* recorder → control */
    atomic_bool stop;
    _Atomic uint64_t recordings, stopped, packets_in, lost;
    /* the control loop's */
    struct waiting_note *waiting, **waiting_last;
    /* the recorder's thread alone */
    uv_loop_t loop;
    uv_timer_t timer;
    struct take *takes;
    struct media_record packet; /* being taken out of a mailbox */
};

/* --- the thread --- */

static struct take *find_take(const struct recorder *r, const char *session)
{
    struct take *t = r->takes;
    while (t && strcmp(t->session, session) != 0)
        t = t->next;
    return t;
}

static struct take *add_take(struct recorder *r, const char *session)
{
    struct take *t = calloc(1, sizeof *t);
    uint32_t serial = (uint32_t)entropy_u64(entropy_of_system());
    if (t == NULL ||
        recording_create(r->folder, session, serial, entropy_of_system(), &t->recording) != ERR_NONE) {
        log_error("Session %s is not recorded: there is not enough memory.", session);
        free(t);
        return NULL;
    }
    memcpy(t->session, session, strlen(session) + 1);
    t->next = r->takes;
    r->takes = t;
    return t;
}

static void drop_take(struct recorder *r, struct take *t, point_us now_us)
{
    struct take **at = &r->takes;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    recording_destroy(t->recording, now_us);
    free(t);
}

static void tell(struct recorder *r, struct take *t)
{
    struct recording_notice notice;
    while (recording_notice(t->recording, &notice)) {
        struct word w = {.stopped = notice.stopped};
        if (notice.stopped)
            log_error("Session %s: %s", t->session, notice.why);
        else if (notice.why[0] != 0)
            log_warning("Session %s: %s", t->session, notice.why);
        memcpy(w.session, t->session, sizeof w.session);
        memcpy(w.why, notice.why, sizeof w.why);
        snprintf(w.key, sizeof w.key, "%s", recording_key(t->recording));
        t->stopped = notice.stopped;
        if (mailbox_put(&r->words, &w) != ERR_NONE)
            log_warning("Session %s: the chairs were not told of that.", t->session);
    }
}

/* After whatever was done: what is to be told, and when to look again. */
static void settle(struct recorder *r, point_us now_us)
{
    point_us next = NEVER_US;
    uint64_t count = 0, stopped = 0;
    for (struct take *t = r->takes; t; t = t->next) {
        tell(r, t);
        next = earlier_us(next, recording_deadline(t->recording));
        count++;
        stopped += t->stopped;
    }
    atomic_store(&r->recordings, count);
    atomic_store(&r->stopped, stopped);
    if (next == NEVER_US) {
        uv_timer_stop(&r->timer);
        return;
    }
    span_us left_us = next > now_us ? next - now_us : 0;
    uv_update_time(&r->loop);
    uv_timer_start(&r->timer, r->timer.timer_cb, (uint64_t)((left_us + US_PER_MS - 1) / US_PER_MS), 0);
}

static void rang(uv_timer_t *timer)
{
    struct recorder *r = timer->data;
    point_us now_us = clock_monotonic_us();
    for (struct take *t = r->takes; t; t = t->next)
        if (recording_deadline(t->recording) <= now_us)
            recording_expire(t->recording, now_us);
    settle(r, now_us);
}

static void obey(struct recorder *r, const struct note *note, point_us now_us)
{
    const struct desk_record *record = &note->record;
    struct take *t = find_take(r, record->session);
    if (t == NULL && (record->kind == RECORD_BEGIN || record->kind == RECORD_MEDIA))
        t = add_take(r, record->session);
    if (t == NULL)
        return;
    switch (record->kind) {
    case RECORD_BEGIN:
        recording_begin(t->recording, now_us);
        break;
    case RECORD_PAUSE:
        recording_pause(t->recording, now_us);
        break;
    case RECORD_MEDIA:
        t->worker = record->worker;
        t->handle = record->handle;
        break;
    case RECORD_LINE:
        recording_line(t->recording, record->key, note->text, note->len, now_us);
        break;
    case RECORD_END:
        recording_end(t->recording, now_us);
        tell(r, t);
        drop_take(r, t, now_us);
        break;
    }
}

static void take_packets(struct recorder *r, int worker, point_us now_us)
{
    while (mailbox_take(&r->packets[worker], &r->packet)) {
        const struct media_record *p = &r->packet;
        struct take *t = r->takes;
        atomic_fetch_add_explicit(&r->packets_in, 1, memory_order_relaxed);
        while (t && (t->handle != p->session || t->worker != worker))
            t = t->next;
        if (t)
            recording_packet(t->recording, p->at, p->payload, p->len, now_us);
    }
}

static void close_all(struct recorder *r, point_us now_us)
{
    while (r->takes)
        drop_take(r, r->takes, now_us);
    uv_close((uv_handle_t *)&r->timer, NULL);
    mailbox_close(&r->notes);
    for (int i = 0; i < r->workers; i++)
        mailbox_close(&r->packets[i]);
}

/* Whatever came: sound first, so that what was said before a note of its end is in. */
static void arrived(void *self)
{
    struct recorder *r = self;
    struct note note;
    if (uv_is_closing((uv_handle_t *)&r->timer))
        return;
    bool stop = atomic_load(&r->stop); /* read first: all that was said before it is here */
    point_us now_us = clock_monotonic_us();
    for (int i = 0; i < r->workers; i++)
        take_packets(r, i, now_us);
    while (mailbox_take(&r->notes, &note)) {
        obey(r, &note, now_us);
        free(note.text);
    }
    if (stop) {
        close_all(r, now_us);
        return;
    }
    settle(r, now_us);
}

static void run(void *argument)
{
    struct recorder *r = argument;
    uv_run(&r->loop, UV_RUN_DEFAULT);
    uv_loop_close(&r->loop);
}

/* --- the control loop --- */

static void words_arrived(void *self)
{
    struct recorder *r = self;
    struct word w;
    while (mailbox_take(&r->words, &w))
        r->listener.told(r->listener.self, w.session, w.stopped ? w.why : NULL, w.key);
}

void recorder_turn(struct recorder *r)
{
    while (r->waiting && mailbox_put(&r->notes, &r->waiting->note) == ERR_NONE) {
        struct waiting_note *first = r->waiting;
        r->waiting = first->next;
        if (r->waiting == NULL)
            r->waiting_last = &r->waiting;
        free(first);
    }
}

/* Begin, pause, end and place must come in time order, sooner or later; a line may be lost. */
static void wait_for_room(struct recorder *r, const struct note *note)
{
    struct waiting_note *w = note->record.kind == RECORD_LINE ? NULL : calloc(1, sizeof *w);
    if (w == NULL) {
        free(note->text);
        recorder_lost(r);
        return;
    }
    w->note = *note;
    *r->waiting_last = w;
    r->waiting_last = &w->next;
}

void recorder_note(struct recorder *r, const struct desk_record *record, const char *text, size_t len)
{
    struct note note = {.record = *record, .len = len};
    if (text != NULL && (note.text = malloc(len ? len : 1)) == NULL) {
        recorder_lost(r);
        return;
    }
    if (text != NULL)
        memcpy(note.text, text, len);
    recorder_turn(r);
    if (r->waiting != NULL || mailbox_put(&r->notes, &note) != ERR_NONE)
        wait_for_room(r, &note);
}

struct mailbox *recorder_inbox(struct recorder *r, int worker)
{
    return &r->packets[worker];
}

void recorder_lost(struct recorder *r)
{
    atomic_fetch_add_explicit(&r->lost, 1, memory_order_relaxed);
}

struct recorder_figures recorder_figures(const struct recorder *r)
{
    return (struct recorder_figures){atomic_load(&r->recordings), atomic_load(&r->stopped),
                                     atomic_load(&r->packets_in), atomic_load(&r->lost)};
}

/* --- life --- */

static enum err open_mailboxes(struct recorder *r, uv_loop_t *loop)
{
    enum err e = mailbox_open(&r->notes, &r->loop, sizeof(struct note), RECORDER_NOTES, arrived, r);
    for (int i = 0; i < r->workers && e == ERR_NONE; i++)
        e = mailbox_open(&r->packets[i], &r->loop, sizeof(struct media_record), RECORDER_PACKETS, arrived, r);
    if (e == ERR_NONE)
        e = mailbox_open(&r->words, loop, sizeof(struct word), 256, words_arrived, r);
    return e;
}

enum err recorder_create(uv_loop_t *loop, const char *folder, int workers,
                         const struct recorder_listener *listener, struct recorder **ret_recorder)
{
    struct recorder *r = calloc(1, sizeof *r);
    if (r != NULL)
        r->folder = strdup(folder);
    if (r == NULL || r->folder == NULL || uv_loop_init(&r->loop) != 0)
        return ERR_MEMORY; /* a relay that cannot start its recorder ends: what is half made ends with it */
    r->workers = workers;
    r->listener = *listener;
    r->waiting_last = &r->waiting;
    uv_timer_init(&r->loop, &r->timer);
    r->timer.data = r;
    r->timer.timer_cb = rang;
    enum err e = open_mailboxes(r, loop);
    if (e == ERR_NONE && uv_thread_create(&r->thread, run, r) != 0)
        e = ERR_SYSTEM;
    if (e == ERR_NONE)
        *ret_recorder = r;
    return e;
}

static void words_closed(uv_handle_t *handle)
{
    struct mailbox *words = handle->data;
    struct recorder *r = words->self;
    struct note note;
    while (mailbox_take(&r->notes, &note))
        free(note.text);
    mailbox_finish(&r->notes);
    for (int i = 0; i < r->workers; i++)
        mailbox_finish(&r->packets[i]);
    mailbox_finish(&r->words);
    while (r->waiting) {
        struct waiting_note *next = r->waiting->next;
        free(r->waiting->note.text);
        free(r->waiting);
        r->waiting = next;
    }
    free(r->folder);
    free(r);
}

void recorder_destroy(struct recorder *r)
{
    if (r == NULL)
        return;
    recorder_turn(r);
    atomic_store(&r->stop, true);
    mailbox_wake(&r->notes);
    uv_thread_join(&r->thread);
    uv_close((uv_handle_t *)&r->words.wake, words_closed);
}
