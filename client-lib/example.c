/* libaula in a page: join, say what happens, show how loud it is, and hum into the session while we have the
 * floor.
 *
 *     cc example.c -o example $(pkg-config --cflags --libs aula) -lm
 *     ./example https://127.0.0.1:8443/j/TOKEN [CA-FILE]
 */
#include <aula/aula.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TONE_HZ 220.0
#define TONE    0.05 /* of full scale: a hum, not an alarm */

/* One tick of a sine; `phase` runs on between calls. */
static void hum(float *pcm, double *phase)
{
    for (int i = 0; i < AULA_TICK; i++) {
        pcm[i] = (float)(TONE * sin(*phase));
        *phase = fmod(*phase + 2 * 3.141592653589793 * TONE_HZ / AULA_RATE, 2 * 3.141592653589793);
    }
}

/* The loudest sample of what was heard since the last call. */
static float listen(struct aula_participant *p)
{
    float pcm[AULA_TICK], peak = 0;
    size_t n;
    while ((n = aula_receive(p, pcm, AULA_TICK)) > 0)
        for (size_t i = 0; i < n; i++)
            peak = fmaxf(peak, fabsf(pcm[i]));
    return peak;
}

/* False when it is over. */
static int happened(struct aula_participant *p, const struct aula_event *e)
{
    switch (e->kind) {
    case AULA_JOINED:
        printf("we are number %u%s\n", aula_number(p), aula_has_floor(p) ? " and have the floor" : "");
        if (!aula_has_floor(p))
            aula_hand(p, true, NULL);
        break;
    case AULA_TOLD:
    case AULA_SIGNAL:
        printf("%s: %s\n", e->name, e->text);
        break;
    case AULA_PAGE:
        printf("the page to show now: %s\n", e->text);
        break;
    case AULA_REFUSED:
    case AULA_LOST:
    case AULA_SOUND_LOST:
        printf("%s: %s\n", e->name, e->why);
        break;
    case AULA_OVER:
        printf("over: %s\n", e->why);
        return 0;
    default:
        break;
    }
    return 1;
}

static void take_part(struct aula_host *host, struct aula_participant *p)
{
    struct aula_event event;
    float pcm[AULA_TICK], peak = 0;
    double phase = 0;
    int64_t told_s = 0;
    for (;;) {
        aula_host_run(host, 20);
        while (aula_next_event(p, &event))
            if (!happened(p, &event))
                return;
        peak = fmaxf(peak, listen(p));
        while (aula_may_send(p) && aula_send_waiting(p) < 3 * AULA_TICK) {
            hum(pcm, &phase);
            aula_send(p, pcm, AULA_TICK);
        }
        if (aula_playing(p) / AULA_RATE != told_s) {
            told_s = aula_playing(p) / AULA_RATE;
            printf("session time %lld s, peak %.3f\n", (long long)told_s, (double)peak);
            fflush(stdout);
            peak = 0;
        }
    }
}

int main(int argc, char **argv)
{
    char why[AULA_WHY_MAX];
    struct aula_host *host;
    struct aula_participant *participant;
    if (argc < 2) {
        fprintf(stderr, "usage: %s JOIN-URL [CA-FILE]\n", argv[0]);
        return 2;
    }
    const struct aula_host_config config = {.ca_file = argc > 2 ? argv[2] : NULL};
    const struct aula_join join = {.url = argv[1], .agent = "example/1", .first_connect_ms = 5000};
    if (aula_host_create(&config, &host, why) != AULA_OK) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    if (aula_join(host, &join, &participant, why) == AULA_OK)
        take_part(host, participant);
    else
        fprintf(stderr, "%s\n", why);
    aula_host_destroy(host);
    return 0;
}
