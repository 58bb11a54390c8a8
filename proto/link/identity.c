#include "link/identity.h"

#include <stdlib.h>

#define VALID_BEFORE_S (-24L * 3600)     /* the peer's clock may be behind ours */
#define VALID_AFTER_S  (30L * 24 * 3600) /* a process lives shorter; peers look at the fingerprint alone */

/* Ours wins: OpenSSL's server takes the first of its own list that the client offers. */
#define PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"
#define CIPHERS                                                                                              \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"                                           \
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA"

static bool fill_in(X509 *cert, EVP_PKEY *key)
{
    uint64_t serial = 0;
    X509_NAME *name = X509_get_subject_name(cert);
    return RAND_bytes((uint8_t *)&serial, sizeof serial) == 1 && X509_set_version(cert, X509_VERSION_3) &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) &&
           X509_gmtime_adj(X509_getm_notBefore(cert), VALID_BEFORE_S) &&
           X509_gmtime_adj(X509_getm_notAfter(cert), VALID_AFTER_S) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"aula", -1, -1, 0) &&
           X509_set_issuer_name(cert, name) && X509_set_pubkey(cert, key) &&
           X509_sign(cert, key, EVP_sha256());
}

static X509 *self_signed(EVP_PKEY *key)
{
    X509 *cert = X509_new();
    if (cert && !fill_in(cert, key)) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

static bool set_up(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, dtls_verify, NULL);
    /* set_tlsext_use_srtp says 0 when all is well. */
    return SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) && SSL_CTX_set_cipher_list(ctx, CIPHERS) &&
           SSL_CTX_set_tlsext_use_srtp(ctx, PROFILES) == 0;
}

static bool open_identity(struct link_identity *id)
{
    unsigned int len = 0;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = key ? self_signed(key) : NULL;
    id->ssl = SSL_CTX_new(DTLS_method());
    id->io = dtls_io_method();
    bool good = cert && id->ssl && id->io && set_up(id->ssl) && SSL_CTX_use_certificate(id->ssl, cert) == 1 &&
                SSL_CTX_use_PrivateKey(id->ssl, key) == 1 &&
                X509_digest(cert, EVP_sha256(), id->fingerprint, &len);
    X509_free(cert);
    EVP_PKEY_free(key);
    return good;
}

enum err link_identity_create(struct link_identity **ret_identity)
{
    struct link_identity *id = calloc(1, sizeof *id);
    if (!id)
        return ERR_MEMORY;
    ERR_clear_error();
    if (!open_identity(id)) {
        link_identity_destroy(id);
        return ERR_SYSTEM;
    }
    *ret_identity = id;
    return ERR_NONE;
}

void link_identity_destroy(struct link_identity *identity)
{
    if (!identity)
        return;
    SSL_CTX_free(identity->ssl);
    BIO_meth_free(identity->io);
    free(identity);
}

void link_identity_fingerprint(const struct link_identity *identity, uint8_t ret_sha256[LINK_FINGERPRINT_LEN])
{
    for (size_t i = 0; i < LINK_FINGERPRINT_LEN; i++)
        ret_sha256[i] = identity->fingerprint[i];
}
