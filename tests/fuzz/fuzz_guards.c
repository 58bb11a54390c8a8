/* The checks on requests' text: what they pass must keep what they promise. */
#include <string.h>

#include "fuzz.h"

#include "io/guards.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[4096];
    uint64_t length;
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    if (guard_content_length(text, &length))
        PROMISE(length < 1000000000000000);
    if (guard_path(text))
        PROMISE(text[0] == '/' && strstr(text, "/.") == NULL);
    if (guard_deck_name(text))
        PROMISE(strlen(text) == 69 && strchr(text, '/') == NULL);
    if (guard_token(text))
        PROMISE(strpbrk(text, "/\\\r\n %") == NULL);
    if (guard_origin(text, "a:1") && text[0] != 0)
        PROMISE(strlen(text) == strlen("https://a:1"));
    guard_list_holds(text, "aula.v1");
    guard_name_is_hashed(text);
    guard_media_type(text);
    if (guard_text_line(text))
        PROMISE(strpbrk(text, "\r\n\t\x7f") == NULL);
    size_t before = strlen(text);
    if (guard_percent_decode(text))
        PROMISE(strlen(text) <= before);
    return 0;
}
