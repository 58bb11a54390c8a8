/* The certificate of the HTTPS side. Where the operator gives none, a self-signed one lies in DIR: tls.crt
 * and tls.key, ECDSA P-256, named for localhost and the relay's addresses, made again when it is about to run
 * out or the addresses changed. */
#ifndef AULA_RELAY_IO_CERTIFICATE_H
#define AULA_RELAY_IO_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

#define CERTIFICATE_DAYS       825 /* browsers take no server certificate that lives longer */
#define CERTIFICATE_RENEW_DAYS 30

/* Makes DIR/tls.crt and DIR/tls.key unless a good pair of ours lies there. `addresses` go into it
 * (unspecified ones are left out); `host` is one more DNS name, or NULL. *ret_made tells whether one was
 * made. ERR_SYSTEM with a sentence in `why`. */
enum err certificate_ensure(const char *cert_file, const char *key_file, const struct address *addresses,
                            size_t count, const char *host, bool *ret_made, char *why,
                            size_t why_size) MUST_USE;

/* Whether the two files are readable and belong together; else ERR_SYSTEM and a sentence that names the file.
 */
enum err certificate_check(const char *cert_file, const char *key_file, char *why, size_t why_size) MUST_USE;

/* When the certificate in the file ends, as Unix time; 0 where it cannot be read. */
int64_t certificate_ends_s(const char *cert_file);

#endif
