/* Whom a client trusts: OpenSSL's context for the WebSocket, and the check that a certificate names the host.
 */
#ifndef AULA_CLIENT_IO_TLS_H
#define AULA_CLIENT_IO_TLS_H

#include "link/openssl.h"
#include <stdbool.h>

/* TLS 1.2 and later, with the system's authorities or those of a PEM file; `insecure` trusts anyone. NULL
 * where the file cannot be read or memory is out. */
SSL_CTX *tls_create(const char *ca_file, bool insecure);
void tls_destroy(SSL_CTX *tls);
/* True where the peer's certificate names this host, a name or an IP literal (RFC 6125, RFC 5280 §4.2.1.6).
 */
bool tls_names(SSL *ssl, const char *host);
/* Why the peer's certificate was not believed in the handshake; NULL where it was. Static. */
const char *tls_refusal(SSL *ssl);

#endif
