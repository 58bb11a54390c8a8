/* A message that parses is written, closed and parsed again to the same facts. */
#include <string.h>

#include "fuzz.h"
#include "wire/stun.h"

static void same_again(const struct stun_message *m)
{
    static const uint8_t tag[STUN_TAG_BYTES];
    uint8_t out[2048];
    size_t len;
    struct stun_message again;
    struct stun_text name;
    PROMISE(stun_write(m, m->tag != NULL, out, sizeof out, &len) == ERR_NONE);
    PROMISE(stun_close(out, sizeof out, &len, m->tag ? tag : NULL) == ERR_NONE);
    PROMISE(stun_parse(out, len, &again) == ERR_NONE && again.has_fingerprint);
    PROMISE(again.kind == m->kind && memcmp(again.id, m->id, sizeof m->id) == 0);
    PROMISE(again.username.len == m->username.len && again.error_code == m->error_code);
    PROMISE(again.has_priority == m->has_priority && again.priority == m->priority);
    PROMISE(again.controlled == m->controlled && again.controlling == m->controlling);
    PROMISE(again.has_mapped == m->has_mapped && address_equal(&again.mapped, &m->mapped));
    PROMISE((stun_peek_username(out, len, &name) == ERR_NONE) == (m->username.len > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct stun_message m;
    struct stun_text name;
    struct stun_covered covered;
    if (stun_peek_username(bytes, len, &name) == ERR_NONE)
        PROMISE((const uint8_t *)name.at >= bytes && (const uint8_t *)name.at + name.len <= bytes + len);
    if (stun_parse(bytes, len, &m))
        return 0;
    if (stun_covered(bytes, &m, &covered) == ERR_NONE)
        PROMISE(covered.attributes + covered.attributes_len + 4 == m.tag &&
                m.tag + STUN_TAG_BYTES <= bytes + len);
    same_again(&m);
    return 0;
}
