/* Whatever a relay says, a line a sentence: the client goes on, says only sentences that the relay can read,
 * and its deadlines lie in no past that never ends. */
#include <string.h>

#include "client.h"
#include "fuzz.h"

static uint64_t seed;

static void fill(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    for (size_t i = 0; i < len; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(seed >> 56);
    }
}

static const struct entropy entropy = {.fill = fill};

static void drain(struct client *c, point_us now_us)
{
    struct client_output out;
    struct aula_event event;
    struct address to;
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
    while (client_output(c, &out)) {
        struct client_sentence s;
        struct sentence_refusal refusal;
        if (out.kind == CLIENT_OUT_CONNECT) {
            client_connected(c, now_us);
        } else if (out.kind == CLIENT_OUT_SENTENCE) {
            PROMISE(client_sentence_read(out.text, out.len, &s, &refusal) == ERR_NONE);
            client_sentence_finish(&s);
        }
    }
    while (client_datagram_out(c, &to, bytes, &len, now_us))
        PROMISE(len <= sizeof bytes);
    while (client_event(c, &event))
        PROMISE(event.text != NULL && event.text[0] == '{' && event.why != NULL && event.name != NULL);
}

static void pass_time(struct client *c, point_us now_us)
{
    float pcm[TICK_SAMPLES] = {0};
    for (int i = 0; i < 4 && client_deadline(c) <= now_us; i++)
        client_expire(c, now_us);
    drain(c, now_us);
    client_hear(c, pcm, now_us);
    client_speak(c, pcm, now_us);
    drain(c, now_us);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct link_identity *identity;
    struct client *c = NULL;
    point_us now_us = US_PER_S;
    seed = 1;
    if (identity == NULL)
        PROMISE(link_identity_create(&identity) == ERR_NONE);
    const struct client_config config = {.token = "tok",
                                         .agent = "fuzz",
                                         .identity = identity,
                                         .entropy = &entropy,
                                         .sound = true,
                                         .decode = true,
                                         .tell_payloads = true};
    PROMISE(client_create(&config, now_us, &c) == ERR_NONE);
    drain(c, now_us);
    while (len > 0) {
        const uint8_t *end = memchr(bytes, '\n', len);
        size_t line = end != NULL ? (size_t)(end - bytes) : len;
        client_sentence(c, (const char *)bytes, line, now_us);
        drain(c, now_us);
        now_us += line % 7 == 0 ? 1200 * US_PER_MS : TICK_US;
        pass_time(c, now_us);
        size_t step = line + (end != NULL);
        bytes += step;
        len -= step;
    }
    client_destroy(c);
    return 0;
}
