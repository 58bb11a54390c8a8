#include "base/errors.h"

static const char *const texts[ERR_COUNT] = {
    [ERR_NONE] = "no error",
    [ERR_SHORT] = "ends too early",
    [ERR_LONG] = "longer than allowed",
    [ERR_MALFORMED] = "malformed",
    [ERR_UNSUPPORTED] = "not supported",
    [ERR_AUTH] = "authentication failed",
    [ERR_REPLAY] = "seen before",
    [ERR_STALE] = "too late",
    [ERR_UNKNOWN] = "nothing of that name here",
    [ERR_FORBIDDEN] = "not allowed",
    [ERR_RATE] = "too many, too fast",
    [ERR_HANDSHAKE] = "DTLS handshake failed",
    [ERR_FINGERPRINT] = "certificate does not match its fingerprint",
    [ERR_TIMEOUT] = "silent for too long",
    [ERR_CLOSED] = "closed by the other side",
    [ERR_FULL] = "at its maximum",
    [ERR_MEMORY] = "out of memory",
    [ERR_SPACE] = "buffer too small",
    [ERR_STATE] = "not in a state for that",
    [ERR_SYSTEM] = "the system refused",
};

enum err_class err_class(enum err e)
{
    if (e == ERR_NONE)
        return ERR_CLASS_NONE;
    if (e < ERR_HANDSHAKE)
        return ERR_CLASS_DROP;
    return e < ERR_FULL ? ERR_CLASS_LINK_DEAD : ERR_CLASS_BUG;
}

const char *err_text(enum err e)
{
    return (unsigned)e < ERR_COUNT ? texts[e] : "unknown error";
}
