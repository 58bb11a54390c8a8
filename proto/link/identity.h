/* A process's certificate and the OpenSSL context made of it. Private to link/dtls; the public face is in
 * link.h. */
#ifndef AULA_LINK_IDENTITY_H
#define AULA_LINK_IDENTITY_H

#include "link/link.h"
#include "link/openssl.h"

struct link_identity {
    SSL_CTX *ssl;   /* for both roles; read only once made, so any number of threads may use it */
    BIO_METHOD *io; /* datagrams to and from a struct dtls: see dtls_io_method */
    uint8_t fingerprint[LINK_FINGERPRINT_LEN];
};

/* How OpenSSL gets at a struct dtls: made once for each identity. NULL when memory is out. */
BIO_METHOD *dtls_io_method(void);
/* OpenSSL asks whether the peer's certificate is the described one; the dtls is the SSL's app data. */
int dtls_verify(X509_STORE_CTX *store, void *unused);

#endif
