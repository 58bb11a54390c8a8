#include "signal/alarms.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct list {
    struct alarm *at;
    size_t count;
};

static void __attribute__((format(printf, 4, 5)))
say(struct list *l, enum alarm_severity severity, const char *kind, const char *format, ...)
{
    va_list arguments;
    struct alarm *a = &l->at[l->count++];
    a->severity = severity;
    a->kind = kind;
    va_start(arguments, format);
    (void)vsnprintf(a->text, sizeof a->text, format, arguments);
    va_end(arguments);
}

static unsigned percent_of(uint32_t fraction)
{
    return (unsigned)((fraction * 100u + 32768) / 65536);
}

/* --- one person --- */

static void microphone(struct list *l, const struct alarm_person *p)
{
    const struct peer_counters *c = p->counters;
    span_us least_us = ALARM_STILL_MS * (span_us)US_PER_MS;
    if (!p->may_send || !p->up || p->since < least_us)
        return;
    if (c->still_ms >= ALARM_STILL_MS)
        say(l, ALARM_BAD, "nothing-sent",
            "%s sends nothing for %" PRIu32
            " s: microphone switched off in the browser, or its program stopped?",
            p->name, c->still_ms / 1000);
    else if (c->quiet_ms >= ALARM_STILL_MS)
        say(l, ALARM_BAD, "silent",
            "%s sends only silence for %" PRIu32 " s: microphone muted at the device, or its cable out?",
            p->name, c->quiet_ms / 1000);
}

static void losses(struct list *l, const struct alarm_person *p)
{
    unsigned out = percent_of(p->counters->lost_out), in = percent_of(p->counters->lost_in);
    if (out >= ALARM_LOST_PERCENT)
        say(l, out >= ALARM_LOST_BAD ? ALARM_BAD : ALARM_WARN, "lost-out",
            "%s loses %u %% of what is sent there: weak Wi-Fi? A cable, or a seat nearer to the access "
            "point, "
            "helps.",
            p->name, out);
    if (in >= ALARM_LOST_PERCENT)
        say(l, in >= ALARM_LOST_BAD ? ALARM_BAD : ALARM_WARN, "lost-in",
            "Of what %s sends %u %% is lost on the way here: weak Wi-Fi, or a full uplink? Others hear gaps; "
            "a cable "
            "helps.",
            p->name, in);
}

static void lateness(struct list *l, const struct alarm_person *p)
{
    const struct peer_counters *c = p->counters;
    uint32_t jitter_us = c->jitter_in_us > c->jitter_out_us ? c->jitter_in_us : c->jitter_out_us;
    if (c->round_trip_us >= ALARM_ROUND_TRIP_US)
        say(l, ALARM_WARN, "delay",
            "%s is %" PRIu32
            " ms away, there and back: people will talk into each other. Is there a VPN that can be left "
            "out?",
            p->name, c->round_trip_us / 1000);
    if (jitter_us >= ALARM_JITTER_US)
        say(l, ALARM_WARN, "jitter",
            "Packets of %s come %" PRIu32 " ms early or late: is something else filling that line?", p->name,
            jitter_us / 1000);
}

size_t alarms_of_person(const struct alarm_person *p, struct alarm ret[ALARMS_OF_PERSON_MAX])
{
    struct list l = {ret, 0};
    if (!p->here || !p->has_link)
        return 0;
    if (!p->up && p->since >= ALARM_NO_MEDIA_MS * (span_us)US_PER_MS)
        say(&l, ALARM_BAD, "no-media",
            "%s has joined, but no sound gets through for %" PRId64 " s: is UDP blocked by a firewall there?",
            p->name, p->since / US_PER_S);
    if (!p->up)
        return l.count;
    microphone(&l, p);
    losses(&l, p);
    lateness(&l, p);
    return l.count;
}

/* --- one session --- */

size_t alarms_of_session(const struct alarm_session *s, struct alarm ret[ALARMS_OF_SESSION_MAX])
{
    struct list l = {ret, 0};
    if (s->record_why)
        say(&l, ALARM_BAD, "recording", "The recording has stopped: %s", s->record_why);
    uint64_t mixes = s->before && s->now->mixes >= s->before->mixes ? s->now->mixes - s->before->mixes : 0;
    uint64_t late =
        mixes && s->now->late_mixes >= s->before->late_mixes ? s->now->late_mixes - s->before->late_mixes : 0;
    if (mixes >= ALARM_LATE_LEAST && late * 100 >= mixes * ALARM_LATE_PERCENT)
        say(&l, ALARM_WARN, "late-mixes",
            "%" PRIu64
            " %% of the mix waited for a speaker's packets: look for the speaker with loss or jitter.",
            late * 100 / mixes);
    return l.count;
}

/* --- the relay --- */

static void disk(struct list *l, const struct shell_figures *f)
{
    if (f->not_saved)
        say(l, ALARM_BAD, "not-saved",
            "Nothing is saved for %" PRId64
            " s: the disk refuses the event log. Free space on it; sessions go on meanwhile.",
            f->not_saved_us / US_PER_S);
    if (f->damaged)
        say(l, ALARM_BAD, "damaged",
            "The event log is damaged: \"aulactl log verify\" says how much of it can be read.");
    if (f->has_disk && f->disk_free_bytes < ALARM_DISK_BYTES)
        say(l, ALARM_BAD, "disk",
            "%" PRIu64 " MB are left on the disk for recordings and the log: free some.",
            f->disk_free_bytes / 1000000);
}

static void slow_disk(struct list *l, const struct shell_figures *before, const struct shell_figures *now)
{
    uint64_t commits = before && now->commits > before->commits ? now->commits - before->commits : 0;
    uint64_t each_us = commits ? (now->commits_us - before->commits_us) / commits : 0;
    if (each_us >= ALARM_COMMIT_US)
        say(l, ALARM_WARN, "slow-disk",
            "An event takes %" PRIu64
            " ms to be on disk: hands, pages and words come so much later. Look what else "
            "uses this disk.",
            each_us / 1000);
}

static void certificate(struct list *l, const struct shell_figures *f)
{
    if (!f->has_certificate || f->certificate_days > ALARM_CERTIFICATE_DAYS)
        return;
    if (f->certificate_days < 0)
        say(l, ALARM_BAD, "certificate",
            "The certificate has ended: browsers refuse to join. Renew it and send aulad SIGHUP.");
    else
        say(l, ALARM_WARN, "certificate",
            "The certificate ends in %" PRId64 " days: renew it and send aulad SIGHUP.", f->certificate_days);
}

/* Percent of a core; 0 where the looks lie too close. */
static unsigned cpu_percent(uint64_t before_us, uint64_t now_us, span_us span)
{
    if (span < ALARM_LOOK_LEAST_US || now_us < before_us)
        return 0;
    return (unsigned)((now_us - before_us) * 100 / (uint64_t)span);
}

static void threads(struct list *l, const struct shell_figures *before, const struct shell_figures *now)
{
    span_us span = before ? now->at_us - before->at_us : 0;
    unsigned control = before ? cpu_percent(before->control_cpu_us, now->control_cpu_us, span) : 0;
    if (control >= ALARM_CPU_PERCENT)
        say(l, ALARM_BAD, "cpu",
            "The control loop takes %u %% of a core: joining and slides become slow. Open no more sessions "
            "here.",
            control);
    for (int i = 0; i < now->workers; i++) {
        const struct shell_worker *w = &now->worker[i];
        unsigned percent = before ? cpu_percent(before->worker[i].cpu_us, w->cpu_us, span) : 0;
        if (percent >= ALARM_CPU_PERCENT)
            say(l, ALARM_BAD, "cpu",
                "Worker %d takes %u %% of a core: sound will come late. Open no more sessions here, or give "
                "aulad "
                "more --workers.",
                i, percent);
        uint64_t waiting = w->orders_waiting > w->facts_waiting ? w->orders_waiting : w->facts_waiting;
        if (waiting >= ALARM_QUEUE)
            say(l, ALARM_BAD, "queue",
                "%" PRIu64
                " messages wait between worker %d and the control loop: the machine is too slow now.",
                waiting, i);
    }
}

size_t alarms_of_relay(const struct shell_figures *before, const struct shell_figures *now,
                       struct alarm ret[ALARMS_OF_RELAY_MAX])
{
    struct list l = {ret, 0};
    disk(&l, now);
    slow_disk(&l, before, now);
    threads(&l, before, now);
    certificate(&l, now);
    if (now->webhook_failing_us >= ALARM_WEBHOOK_US)
        say(&l, ALARM_WARN, "webhook",
            "The webhook's receiver has taken nothing for %" PRId64 " s, %" PRIu64
            " events wait: is it there, and does it know the secret? The log has its answer.",
            now->webhook_failing_us / US_PER_S, now->webhook_waiting);
    if (now->draining)
        say(&l, ALARM_WARN, "draining", "The relay is draining: it ends with its last session.");
    return l.count;
}
