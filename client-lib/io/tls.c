#include "tls.h"

#include <openssl/x509v3.h> /* after link/openssl.h, which tls.h begins with */

SSL_CTX *tls_create(const char *ca_file, bool insecure)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (tls == NULL)
        return NULL;
    int ok = (int)SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    if (ok == 1 && !insecure)
        ok = ca_file != NULL ? SSL_CTX_load_verify_locations(tls, ca_file, NULL)
                             : SSL_CTX_set_default_verify_paths(tls);
    if (ok != 1) {
        SSL_CTX_free(tls);
        return NULL;
    }
    SSL_CTX_set_verify(tls, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    return tls;
}

void tls_destroy(SSL_CTX *tls)
{
    SSL_CTX_free(tls);
}

bool tls_names(SSL *ssl, const char *host)
{
    X509 *certificate = ssl != NULL ? SSL_get1_peer_certificate(ssl) : NULL;
    if (certificate == NULL)
        return false;
    bool named =
        X509_check_ip_asc(certificate, host, 0) == 1 || X509_check_host(certificate, host, 0, 0, NULL) == 1;
    X509_free(certificate);
    return named;
}

const char *tls_refusal(SSL *ssl)
{
    long result = ssl != NULL ? SSL_get_verify_result(ssl) : X509_V_OK;
    return result != X509_V_OK ? X509_verify_cert_error_string(result) : NULL;
}
