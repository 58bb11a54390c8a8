#include "wire/refusal.h"

#include <string.h>

static const struct {
    const char *code, *why;
} refusals[REFUSAL_COUNT] = {
#define REFUSAL_ROW(name, code, why) [REFUSAL_##name] = {code, why},
    REFUSALS(REFUSAL_ROW)
#undef REFUSAL_ROW
};

const char *refusal_why(enum refusal refusal)
{
    return refusals[refusal].why;
}

const char *refusal_code(const char *why)
{
    for (int i = 0; i < REFUSAL_COUNT; i++) {
        if (why == refusals[i].why || strcmp(why, refusals[i].why) == 0)
            return refusals[i].code;
    }
    return "malformed";
}
