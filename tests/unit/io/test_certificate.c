#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../rows.h"
#include "io/certificate.h"

static char folder[] = "/tmp/aula-certificate-XXXXXX";
static char cert[64], key[64], other[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(cert, sizeof cert, "%s/tls.crt", folder);
    snprintf(key, sizeof key, "%s/tls.key", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(cert);
    unlink(key);
    unlink(other);
    return rmdir(folder);
}

static bool ensure(const char *ip, const char *host)
{
    char why[300];
    struct address address;
    bool made = false;
    assert_int_equal(address_parse_ip(ip, 0, &address), ERR_NONE);
    assert_int_equal(certificate_ensure(cert, key, &address, 1, host, &made, why, sizeof why), ERR_NONE);
    assert_int_equal(certificate_check(cert, key, why, sizeof why), ERR_NONE);
    return made;
}

static void is_made_once_and_again_for_new_names(void **state)
{
    (void)state;
    struct stat st;
    assert_true(ensure("192.0.2.1", NULL));
    assert_int_equal(stat(key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_false(ensure("192.0.2.1", NULL));
    assert_false(ensure("0.0.0.0", NULL));
    assert_false(ensure("127.0.0.1", "localhost"));
    assert_true(ensure("192.0.2.2", NULL));
    assert_true(ensure("2001:db8::1", "hall.example.org"));
    assert_false(ensure("2001:db8::1", "hall.example.org"));
}

static void write_file(const char *file, const char *text)
{
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    char why[300];
    unlink(other);
    assert_int_equal(certificate_check(other, key, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "/other: cannot be read: No such file"));
    write_file(other, "nonsense");
    assert_int_equal(certificate_check(other, key, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "is no certificate"));
    assert_int_equal(certificate_check(cert, other, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "is no private key"));
    assert_int_equal(rename(key, other), 0);
    unlink(cert);
    assert_true(ensure("192.0.2.1", NULL));
    assert_int_equal(certificate_check(cert, other, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "does not belong to the certificate"));
}

static void its_end_is_known(void **state)
{
    (void)state;
    int64_t now = (int64_t)time(NULL), day = 24 * 60 * 60;
    ensure("192.0.2.1", NULL);
    int64_t ends = certificate_ends_s(cert);
    assert_true(ends > now + (CERTIFICATE_DAYS - 2) * day && ends < now + CERTIFICATE_DAYS * day);
    assert_int_equal(certificate_ends_s(key), 0);
    assert_int_equal(certificate_ends_s("/nowhere"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_made_once_and_again_for_new_names),
                                       cmocka_unit_test(what_is_wrong_is_told),
                                       cmocka_unit_test(its_end_is_known)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
