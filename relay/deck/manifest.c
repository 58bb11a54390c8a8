#include "deck/manifest.h"

#include <stdio.h>
#include <string.h>

#include "link/crypto.h"
#include "wire/json_out.h"

static void write_image(struct json_out *o, const char *member, const struct deck_image *image)
{
    char url[DECK_URL_MAX];
    snprintf(url, sizeof url, "/d/%s", image->name);
    json_open_object(o, member);
    json_put_string(o, "url", url);
    json_put_integer(o, "width", image->width);
    json_put_integer(o, "height", image->height);
    json_put_integer(o, "bytes", (int64_t)image->bytes);
    json_close_object(o);
}

enum err manifest_write(const char *title, const struct deck_page *pages, int count, char **ret_text,
                        size_t *ret_len)
{
    struct json_out o;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "title", title);
    json_open_array(&o, "pages");
    for (int i = 0; i < count; i++) {
        json_open_object(&o, NULL);
        write_image(&o, "full", &pages[i].full);
        write_image(&o, "small", &pages[i].small);
        json_put_string(&o, "text", pages[i].text != NULL ? pages[i].text : "");
        json_close_object(&o);
    }
    json_close_array(&o);
    json_close_object(&o);
    enum err e = json_out_take(&o, ret_text, ret_len);
    json_out_finish(&o);
    return e;
}

void manifest_deck_id(const char *manifest_name, const struct entropy *entropy,
                      char ret_id[DECK_NAME_MAX + 1])
{
    static const char letters[] = "0123456789bcdfghjklmnpqrstvwxyz"; /* 31 */
    uint8_t bytes[SHELF_NAME_MAX + 8] = {0}, sum[CRYPTO_SHA256_LEN];
    size_t len = strlen(manifest_name);
    memcpy(bytes, manifest_name, len);
    entropy_fill(entropy, bytes + len, 8);
    if (crypto_sha256(bytes, len + 8, sum) != ERR_NONE)
        entropy_fill(entropy, sum, sizeof sum);
    for (size_t i = 0; i < DECK_NAME_MAX; i++)
        ret_id[i] = letters[sum[i] % (sizeof letters - 1)];
    ret_id[DECK_NAME_MAX] = '\0';
}
