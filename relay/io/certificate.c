#include "io/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "link/openssl.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define COMMON_NAME "aula relay (self-signed)"
#define DAY_S       (24L * 60 * 60)

static bool is_unspecified(const struct address *a)
{
    static const uint8_t v6[16], v4[16] = {[10] = 0xff, 0xff};
    return memcmp(a->ip, v6, 16) == 0 || memcmp(a->ip, v4, 16) == 0;
}

static X509 *load_certificate(const char *file)
{
    FILE *f = fopen(file, "re");
    X509 *certificate = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (f != NULL)
        fclose(f);
    return certificate;
}

static EVP_PKEY *load_key(const char *file)
{
    FILE *f = fopen(file, "re");
    char none[] = "";
    EVP_PKEY *key = f != NULL ? PEM_read_PrivateKey(f, NULL, NULL, none) : NULL;
    if (f != NULL)
        fclose(f);
    return key;
}

enum err certificate_check(const char *cert_file, const char *key_file, char *why, size_t why_size)
{
    const char *files[] = {cert_file, key_file};
    for (int i = 0; i < 2; i++)
        if (access(files[i], R_OK) != 0) {
            snprintf(why, why_size, "%s: cannot be read: %s", files[i], strerror(errno));
            return ERR_SYSTEM;
        }
    X509 *certificate = load_certificate(cert_file);
    EVP_PKEY *key = load_key(key_file);
    bool good = false;
    if (certificate == NULL)
        snprintf(why, why_size, "%s: is no certificate in PEM form", cert_file);
    else if (key == NULL)
        snprintf(why, why_size, "%s: is no private key in PEM form without a passphrase", key_file);
    else if (X509_check_private_key(certificate, key) != 1)
        snprintf(why, why_size, "%s: does not belong to the certificate in %s", key_file, cert_file);
    else
        good = true;
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return good ? ERR_NONE : ERR_SYSTEM;
}

int64_t certificate_ends_s(const char *cert_file)
{
    X509 *certificate = load_certificate(cert_file);
    struct tm when;
    bool known = certificate != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &when) == 1;
    X509_free(certificate);
    ERR_clear_error();
    return known ? (int64_t)timegm(&when) : 0;
}

/* Whether the pair that lies there will do: somebody else's always, ours while it is fresh and names all
 * addresses. */
static bool will_do(const char *cert_file, const char *key_file, const struct address *addresses,
                    size_t count, const char *host)
{
    char why[1200], name[64] = "";
    if (certificate_check(cert_file, key_file, why, sizeof why) != ERR_NONE)
        return false;
    X509 *certificate = load_certificate(cert_file);
    if (certificate == NULL)
        return false;
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    bool good = true;
    if (strcmp(name, COMMON_NAME) == 0) {
        time_t then = time(NULL) + CERTIFICATE_RENEW_DAYS * DAY_S;
        good = X509_cmp_time(X509_get0_notAfter(certificate), &then) > 0;
        for (size_t i = 0; i < count && good; i++) {
            char ip[ADDRESS_TEXT_MAX];
            address_print_ip(&addresses[i], ip);
            good = is_unspecified(&addresses[i]) || X509_check_ip_asc(certificate, ip, 0) == 1;
        }
        good = good && (host == NULL || X509_check_host(certificate, host, 0, 0, NULL) == 1);
    }
    X509_free(certificate);
    return good;
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool good = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static bool add_names(X509 *certificate, const struct address *addresses, size_t count, const char *host)
{
    char names[1024] = "DNS:localhost,IP:127.0.0.1,IP:::1";
    size_t len = strlen(names);
    for (size_t i = 0; i < count; i++) {
        char ip[ADDRESS_TEXT_MAX];
        address_print_ip(&addresses[i], ip);
        if (!is_unspecified(&addresses[i]) && len < sizeof names - 80)
            len += (size_t)snprintf(names + len, sizeof names - len, ",IP:%s", ip);
    }
    if (host != NULL && len + strlen(host) + 6 < sizeof names)
        snprintf(names + len, sizeof names - len, ",DNS:%s", host);
    return add_extension(certificate, NID_subject_alt_name, names);
}

static bool fill_in(X509 *certificate, EVP_PKEY *key, const struct address *addresses, size_t count,
                    const char *host)
{
    BIGNUM *serial = BN_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    bool good = serial != NULL && BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) != NULL &&
                X509_set_version(certificate, X509_VERSION_3) == 1 &&
                X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S) != NULL &&
                X509_gmtime_adj(X509_getm_notAfter(certificate), (CERTIFICATE_DAYS - 1) * DAY_S) != NULL &&
                X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)COMMON_NAME, -1,
                                           -1, 0) == 1 &&
                X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
                add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
                add_names(certificate, addresses, count, host) &&
                X509_sign(certificate, key, EVP_sha256()) > 0;
    BN_free(serial);
    return good;
}

/* Writes one of the two beside its place and moves it there: never half a file. */
static bool write_pem(const char *file, mode_t mode, X509 *certificate, EVP_PKEY *key, char *why,
                      size_t why_size)
{
    char beside[1100];
    snprintf(beside, sizeof beside, "%s.new", file);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool good =
        f != NULL && (certificate != NULL ? PEM_write_X509(f, certificate) == 1
                                          : PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1);
    if (f != NULL)
        good = fclose(f) == 0 && good;
    else if (fd >= 0)
        close(fd);
    good = good && rename(beside, file) == 0;
    if (!good)
        snprintf(why, why_size, "%s: cannot be written: %s", file, strerror(errno));
    return good;
}

enum err certificate_ensure(const char *cert_file, const char *key_file, const struct address *addresses,
                            size_t count, const char *host, bool *ret_made, char *why, size_t why_size)
{
    if (will_do(cert_file, key_file, addresses, count, host)) {
        *ret_made = false;
        return ERR_NONE;
    }
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    snprintf(why, why_size, "a certificate could not be made");
    bool good = key != NULL && certificate != NULL && fill_in(certificate, key, addresses, count, host) &&
                write_pem(key_file, 0600, NULL, key, why, why_size) &&
                write_pem(cert_file, 0644, certificate, NULL, why, why_size);
    EVP_PKEY_free(key);
    X509_free(certificate);
    ERR_clear_error();
    if (!good)
        return ERR_SYSTEM;
    *ret_made = true;
    return ERR_NONE;
}
