#include "load_journal.h"

#include <inttypes.h>

#include "load.h"

void load_journal_mark(FILE *journal, int64_t at_us, const char *kind, int value)
{
    if (journal != NULL)
        fprintf(journal, "%" PRId64 " %s %d\n", at_us, kind, value);
}

static const char *word(enum aula_event_kind kind)
{
    switch (kind) {
    case AULA_JOINED:
        return "joined";
    case AULA_SOUND_UP:
        return "up";
    case AULA_LOST:
        return "lost";
    case AULA_SOUND_LOST:
        return "sound-lost";
    case AULA_OVER:
        return "over";
    default:
        return NULL;
    }
}

static void payload(FILE *journal, size_t person, const struct aula_event *e)
{
    const struct aula_payload *p = &e->payload;
    uint64_t hash = load_hash(p->opus, p->length);
    if (p->sent)
        fprintf(journal, "%" PRId64 " sent %zu %" PRIu32 " %016" PRIx64 "\n", e->at_us, person, p->rtp_time,
                hash);
    else
        fprintf(journal, "%" PRId64 " got %zu %" PRIu32 " %u %u %016" PRIx64 " %zu\n", e->at_us, person,
                p->rtp_time - p->offset, p->seq, p->csrc_count, hash, p->length);
}

void load_journal_event(FILE *journal, size_t person, const struct aula_event *e)
{
    const char *kind = word(e->kind);
    if (journal == NULL)
        return;
    if (e->kind == AULA_PAYLOAD)
        payload(journal, person, e);
    else if (e->kind == AULA_PAGE)
        fprintf(journal, "%" PRId64 " page %zu %" PRId64 " %" PRIu64 "\n", e->at_us, person, e->shown_us,
                e->n);
    else if (kind != NULL)
        fprintf(journal, "%" PRId64 " %s %zu\n", e->at_us, kind, person);
}
