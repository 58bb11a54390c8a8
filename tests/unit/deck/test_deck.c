/* Real PDFs through the real converter: pages come out, or a sentence does. */
#include "bench_deck.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deck/page.h"
#include "link/crypto.h"
#include "wire/json_in.h"

static const char *own_path;

static void image_is_named_by_its_hash(const struct bench *b, struct json_in image, int width)
{
    char folder[128];
    snprintf(folder, sizeof folder, "%s/decks", b->dir);
    const char *url = json_in_string(image, "url", JSON_TEXT_LINE, 100);
    assert_memory_equal(url, "/d/", 3);
    size_t len = 0;
    uint8_t *bytes = read_whole(folder, url + 3, &len);
    assert_non_null(bytes);
    uint8_t sum[CRYPTO_SHA256_LEN];
    char name[80] = "";
    assert_int_equal(crypto_sha256(bytes, len, sum), ERR_NONE);
    for (size_t i = 0; i < sizeof sum; i++)
        snprintf(name + 2 * i, 3, "%02x", sum[i]);
    strcat(name, ".webp");
    assert_string_equal(url + 3, name);
    int w = 0, h = 0;
    assert_int_equal(webp_size(bytes, len, &w, &h), ERR_NONE);
    assert_int_equal(w, width);
    assert_int_equal(json_in_integer(image, "width", 0, 10000), w);
    assert_int_equal(json_in_integer(image, "height", 0, 10000), h);
    assert_int_equal(h, width * 540 / 960);
    assert_int_equal(json_in_integer(image, "bytes", 0, 10000000), len);
    free(bytes);
}

static void a_folder_may_be_named_from_here(void **state)
{
    (void)state;
    struct bench b;
    bench_open_as(&b, true);
    struct told t = {0};
    char why[DECK_WHY_MAX] = "";
    struct deck_job *job;
    assert_int_equal(upload(&b, "good.pdf", "", &t, why, &job), ERR_NONE);
    run_until(&b, &t.finished, 60);
    if (!t.result.ok)
        fail_msg("refused: %s", t.result.why);
    assert_int_equal(count_files(&b, "decks"), 7);
    bench_close(&b);
}

static void a_deck_becomes_pages(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct told t = {0};
    char why[DECK_WHY_MAX] = "", folder[128];
    struct deck_job *job;
    assert_int_equal(upload(&b, "good.pdf", "", &t, why, &job), ERR_NONE);
    assert_int_equal(t.finished, 0);
    run_until(&b, &t.finished, 60);
    if (!t.result.ok)
        fail_msg("refused: %s", t.result.why);
    assert_int_equal(t.progress, 3);
    assert_int_equal(t.result.pages, 3);
    assert_string_equal(t.result.title, "Sound in a hall"); /* the PDF's own */
    assert_int_equal(strlen(t.result.deck), DECK_NAME_MAX);
    assert_int_equal(count_files(&b, "decks"), 7);
    assert_int_equal(count_files(&b, "decks/.work"), 0);

    snprintf(folder, sizeof folder, "%s/decks", b.dir);
    size_t len = 0;
    char *manifest = (char *)read_whole(folder, t.result.manifest_url + 3, &len);
    assert_non_null(manifest);
    struct json_doc *doc;
    char json_why[JSON_WHY_MAX];
    assert_int_equal(json_doc_read(manifest, len, 1 << 20, &doc, json_why), ERR_NONE);
    struct json_in root = json_doc_root(doc);
    assert_string_equal(json_in_string(root, "title", JSON_TEXT_LINE, 100), "Sound in a hall");
    assert_int_equal(json_in_array(root, "pages", 300), 3);
    for (size_t i = 0; i < 3; i++) {
        struct json_in page = json_in_array_object(root, "pages", i);
        image_is_named_by_its_hash(&b, json_in_object(page, "full"), 1920);
        image_is_named_by_its_hash(&b, json_in_object(page, "small"), 640);
        char text[64];
        snprintf(text, sizeof text, "Sound in a hall, page %zu", i + 1);
        assert_string_equal(json_in_string(page, "text", JSON_TEXT_BLOCK, 1000), text);
    }
    assert_int_equal(json_doc_error(doc), ERR_NONE);
    json_doc_destroy(doc);
    free(manifest);

    /* The same again: another deck, no new file. */
    struct told again = {0};
    assert_int_equal(upload(&b, "good.pdf", "Sound in a hall", &again, why, &job), ERR_NONE);
    run_until(&b, &again.finished, 60);
    assert_true(again.result.ok);
    assert_string_equal(again.result.manifest_url, t.result.manifest_url);
    assert_string_not_equal(again.result.deck, t.result.deck);
    assert_int_equal(count_files(&b, "decks"), 7);
    bench_close(&b);
}

static void each_file_gets_its_answer(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum err at_upload;
        bool ok;
        const char *says; /* part of the sentence, or the title */
        int seconds;
    } rows[] = {
        /* 0 */ {"untitled.pdf", ERR_NONE, true, "Slides", 120},
        /* 1 */ {"huge-box.pdf", ERR_NONE, true, "Slides", 120},
        /* 2 */ {"broken-page.pdf", ERR_NONE, true, "Slides", 120},
        /* 3 */ {"not.pdf", ERR_MALFORMED, false, "not a PDF", 0},
        /* 4 */ {"short.pdf", ERR_NONE, false, "not a PDF", 120},
        /* 5 */ {"encrypted.pdf", ERR_NONE, false, "password", 120},
        /* 6 */ {"ten-thousand.pdf", ERR_NONE, false, "has 10000 pages; a deck may have 300", 120},
        /* 7 */ {"wide.pdf", ERR_NONE, false, "Page 2 is too long", 120},
        /* 8 */ {"no-pages.pdf", ERR_NONE, false, "damaged", 120},
        /* 9 */ {"truncated.pdf", ERR_NONE, false, "damaged", 120},
        /* 10 */ {"headless.pdf", ERR_NONE, false, "damaged", 120},
        /* 11 */ {"memory.pdf", ERR_NONE, false, "Page 1 needs too much memory", 120},
        /* 12 */ {"nested.pdf", ERR_NONE, false, "Page 1 takes too long", 300},
    };
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct told t = {0};
        char why[DECK_WHY_MAX] = "";
        struct deck_job *job;
        enum err e = upload(&b, rows[i].file, NULL, &t, why, &job);
        if (e != rows[i].at_upload)
            fail_msg("row %zu: upload says %s (%s)", i, err_text(e), why);
        if (e != ERR_NONE) {
            if (strstr(why, rows[i].says) == NULL)
                fail_msg("row %zu says: %s", i, why);
            continue;
        }
        run_until(&b, &t.finished, rows[i].seconds);
        const char *said = t.result.ok ? t.result.title : t.result.why;
        if (t.finished != 1 || t.result.ok != rows[i].ok || strstr(said, rows[i].says) == NULL)
            fail_msg("row %zu: finished %d, ok %d, says: %s", i, t.finished, t.result.ok, said);
        assert_int_equal(count_files(&b, "decks/.work"), 0);
    }
    bench_close(&b);
}

static void too_large_a_file_is_refused(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct told t = {0};
    struct deck_listener l = listener_of(&t);
    char why[DECK_WHY_MAX] = "";
    struct deck_job *job;
    assert_int_equal(deck_begin(b.decks, "x", &l, why, &job), ERR_NONE);
    size_t len = 1024 * 1024;
    char *bytes = calloc(1, len);
    memcpy(bytes, "%PDF-1.7", 8);
    enum err e = ERR_NONE;
    int i = 0;
    for (; i < 60 && e == ERR_NONE; i++)
        e = deck_bytes(job, bytes, len, why);
    assert_int_equal(e, ERR_LONG);
    assert_int_equal(i, 51);
    assert_non_null(strstr(why, "50 MB"));
    deck_cancel(job);
    free(bytes);
    assert_int_equal(count_files(&b, "decks/.work"), 0);
    bench_close(&b);
}

/* In a process of its own, bubblewrap's program is covered by a file that is none. */
static int convert_without_bubblewrap(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("/dev/null", "/usr/bin/bwrap", NULL, MS_BIND, NULL) != 0)
        return 77;
    struct bench b;
    bench_open(&b);
    struct told t = {0};
    char why[DECK_WHY_MAX] = "";
    struct deck_job *job;
    if (upload(&b, "good.pdf", "x", &t, why, &job) != ERR_NONE)
        return 1;
    run_until(&b, &t.finished, 120);
    bool right = t.finished == 1 && !t.result.ok && strstr(t.result.why, "install bubblewrap") != NULL;
    bench_close(&b);
    return right ? 0 : 2;
}

static void without_confinement_nothing_is_converted(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) { /* a program of its own: this one has threads by now */
        execl(own_path, own_path, pdf_folder, "--without-bubblewrap", (char *)NULL);
        _exit(1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip(); /* only root may cover a program */
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deck_becomes_pages),
        cmocka_unit_test(a_folder_may_be_named_from_here),
        cmocka_unit_test(each_file_gets_its_answer),
        cmocka_unit_test(too_large_a_file_is_refused),
        cmocka_unit_test(without_confinement_nothing_is_converted),
    };
    if (argc < 2)
        return 2;
    own_path = argv[0];
    pdf_folder = argv[1];
    if (argc == 3 && strcmp(argv[2], "--without-bubblewrap") == 0)
        return convert_without_bubblewrap();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
