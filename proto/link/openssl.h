/* OpenSSL's headers, beside which base/errors.h can stand: OpenSSL has a type called ERR_STATE, which is here
 * renamed while its headers are read. Include this first wherever OpenSSL's headers come in, also by way of
 * others'. */
#ifndef AULA_LINK_OPENSSL_H
#define AULA_LINK_OPENSSL_H

#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#undef ERR_STATE

#endif
