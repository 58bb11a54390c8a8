#include "sound.h"

#include <stdio.h>
#include <string.h>

#define WAITING_MAX (3 * AULA_TICK) /* samples on their way to be sent; what would come later is left out */

static const char *const called[] = {[DEVICE_INPUT] = "microphone", [DEVICE_OUTPUT] = "loudspeaker"};
static const char *const meanwhile[] = {
    [DEVICE_INPUT] = "nothing is sent", [DEVICE_OUTPUT] = "nothing is played"};

bool sound_init(struct sound *s, const struct options *o)
{
    const struct devices_config config = {.names = {[DEVICE_INPUT] = o->input, [DEVICE_OUTPUT] = o->output}};
    *s = (struct sound){.input = o->input != NULL, .output = o->output != NULL};
    meter_init(&s->meter, s->input || s->output);
    s->meter.input.used = s->input;
    s->meter.output.used = s->output;
    if (!s->input && !s->output)
        return true;
    /* An echo needs both; noise and level are a hall's microphone's in any case. */
    if (o->room && s->input && echo_create(&s->echo) != ERR_NONE)
        return false;
    return devices_create(&config, &s->devices) == ERR_NONE;
}

void sound_finish(struct sound *s)
{
    meter_finish(&s->meter);
    devices_destroy(s->devices);
    echo_destroy(s->echo);
    s->devices = NULL;
    s->echo = NULL;
}

void sound_tick(struct sound *s, struct aula_participant *p, const float *pcm)
{
    float near[AULA_TICK];
    if (s->output) {
        devices_play(s->devices, pcm, AULA_TICK);
        meter_heard(&s->meter.output, pcm, AULA_TICK);
    }
    if (!s->input)
        return;
    devices_record(s->devices, near, AULA_TICK);
    if (s->echo != NULL)
        echo_tick(s->echo, near, pcm, devices_slip(s->devices), near);
    meter_heard(&s->meter.input, near, AULA_TICK);
    if (s->there[DEVICE_INPUT] && aula_send_waiting(p) <= WAITING_MAX)
        aula_send(p, near, AULA_TICK);
}

/* ---- what became of them ---- */

static void say(const struct sound *s, const struct device_event *e)
{
    const char *which = called[e->side], *why = e->why, *between = why[0] != 0 ? ": " : "";
    switch (e->kind) {
    case DEVICE_OPENED:
        fprintf(stderr, "aula: the %s is%s \"%s\"\n", which, s->opened[e->side] ? " there again:" : "",
                e->name);
        break;
    case DEVICE_MISSING:
        fprintf(stderr, "aula: the %s \"%s\" is not there%s%s; %s until it comes\n", which, e->name, between,
                why, meanwhile[e->side]);
        break;
    case DEVICE_LOST:
        fprintf(stderr, "aula: the %s \"%s\" has gone; %s until it comes back\n", which, e->name,
                meanwhile[e->side]);
        break;
    }
}

void sound_tell(struct sound *s, struct aula_participant *p, struct lines *events, int64_t now_us)
{
    static const char *const states[] = {
        [DEVICE_OPENED] = "opened", [DEVICE_MISSING] = "missing", [DEVICE_LOST] = "lost"};
    struct device_event e;
    while (s->devices != NULL && devices_event(s->devices, &e)) {
        say(s, &e);
        s->there[e.side] = e.kind == DEVICE_OPENED;
        s->opened[e.side] = s->opened[e.side] || e.kind == DEVICE_OPENED;
        lines_device(events, called[e.side], states[e.kind], e.name, now_us);
    }
    meter_draw(&s->meter, aula_may_send(p), now_us);
}

/* ---- what there is ---- */

static void list_side(const struct device_list *list, enum device_side side, const char *title)
{
    puts(title);
    for (unsigned i = 0; i < list->count[side]; i++) {
        const char *name = list->names[side][i];
        printf("  %s%s\n", name, strcmp(name, list->standard[side]) == 0 ? "   (default)" : "");
    }
    if (list->count[side] == 0)
        puts("  none");
}

void sound_list(void)
{
    struct device_list list;
    devices_list(&list);
    if (list.system[0] == 0)
        puts("There is no sound system on this machine: neither PipeWire nor PulseAudio runs, and ALSA has "
             "no card.");
    else
        printf("Sound devices, by %s. A name or a part of it goes after --input or --output.\n", list.system);
    list_side(&list, DEVICE_INPUT, "Microphones:");
    list_side(&list, DEVICE_OUTPUT, "Loudspeakers:");
}
