#include "lines.h"

#include <stdlib.h>
#include <string.h>

#include "link/crypto.h"
#include "wire/json_out.h"

bool lines_open(struct lines *l, const char *path)
{
    *l = (struct lines){0};
    l->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    return l->file != NULL;
}

bool lines_close(struct lines *l)
{
    if (l->file == NULL)
        return true;
    bool good = fflush(l->file) == 0 && !ferror(l->file);
    if (l->file != stdout)
        good = fclose(l->file) == 0 && good;
    l->file = NULL;
    return good;
}

/* Seconds since the join; 0 for what was before it. */
static double seconds(const struct lines *l, int64_t at_us)
{
    return l->joined_us == 0 || at_us < l->joined_us ? 0 : (double)(at_us - l->joined_us) / 1e6;
}

static void finish(struct lines *l, struct json_out *o)
{
    char *text;
    size_t len;
    json_close_object(o);
    if (json_out_take(o, &text, &len) == ERR_NONE) {
        fwrite(text, 1, len, l->file);
        fputc('\n', l->file);
        fflush(l->file);
        free(text);
    }
    json_out_finish(o);
}

/* What the relay told has n and kind in it; its members follow ours. */
static void splice(struct lines *l, const struct aula_event *e)
{
    fprintf(l->file, "{\"t\":%.6f", seconds(l, e->at_us));
    if (e->kind == AULA_PAGE)
        fprintf(l->file, ",\"shown_t\":%.6f", seconds(l, e->shown_us));
    fprintf(l->file, ",%s\n", e->text + 1);
    fflush(l->file);
}

static void begin(struct lines *l, struct json_out *o, int64_t at_us, const char *kind)
{
    json_out_init(o);
    json_open_object(o, NULL);
    json_put_fraction(o, "t", seconds(l, at_us));
    json_put_string(o, "kind", kind);
}

void lines_event(struct lines *l, const struct aula_event *e)
{
    struct json_out o;
    if (l->file == NULL)
        return;
    if (strlen(e->text) > 2) {
        splice(l, e);
        return;
    }
    begin(l, &o, e->at_us, e->name);
    if (e->kind == AULA_DONE)
        json_put_integer(&o, "n", (int64_t)e->n);
    if (e->command != 0)
        json_put_integer(&o, "command", e->command);
    if (e->why[0] != 0)
        json_put_string(&o, "why", e->why);
    finish(l, &o);
}

static void put_hash(struct json_out *o, const struct aula_payload *p)
{
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    if (crypto_sha256(p->opus, p->length, sha256) != ERR_NONE)
        return; /* no hash rather than a wrong one */
    for (unsigned i = 0; i < sizeof sha256; i++)
        snprintf(hex + 2 * i, 3, "%02x", sha256[i]);
    json_put_string(o, "sha256", hex);
}

void lines_payload(struct lines *l, const struct aula_event *e)
{
    const struct aula_payload *p = &e->payload;
    struct json_out o;
    if (l->file == NULL)
        return;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_fraction(&o, "t", seconds(l, e->at_us));
    json_put_string(&o, "dir", p->sent ? "out" : "in");
    json_put_integer(&o, "seq", p->seq);
    json_put_integer(&o, "rtp", p->rtp_time);
    if (!p->sent) {
        json_put_integer(&o, "media", (uint32_t)(p->rtp_time - p->offset));
        json_open_array(&o, "csrc");
        for (unsigned i = 0; i < p->csrc_count; i++)
            json_put_integer(&o, NULL, p->csrc[i]);
        json_close_array(&o);
    }
    json_put_integer(&o, "len", (int64_t)p->length);
    put_hash(&o, p);
    finish(l, &o);
}

void lines_playing(struct lines *l, const char *kind, const char *file, int64_t at_us)
{
    struct json_out o;
    if (l->file == NULL)
        return;
    begin(l, &o, at_us, kind);
    json_put_string(&o, "file", file);
    finish(l, &o);
}

void lines_device(struct lines *l, const char *which, const char *state, const char *name, int64_t at_us)
{
    struct json_out o;
    if (l->file == NULL)
        return;
    begin(l, &o, at_us, "device");
    json_put_string(&o, "device", which);
    json_put_string(&o, "state", state);
    json_put_string(&o, "name", name);
    finish(l, &o);
}
