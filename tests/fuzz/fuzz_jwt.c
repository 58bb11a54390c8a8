/* A JWT. The signature is made right where the input ends in ".", so that what lies behind it is reached too.
 */
#include <string.h>

#include "fuzz.h"

#include "link/crypto.h"
#include "signal/jwt.h"

static const char secret[] = "a secret of thirty-two bytes, or so";

static void sign(char *token, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t sum[CRYPTO_SHA256_LEN + 1] = {0};
    PROMISE(crypto_hmac_sha256(secret, sizeof secret - 1, token, len - 1, sum) == ERR_NONE);
    char *at = token + len;
    for (int bit = 0; bit < 8 * CRYPTO_SHA256_LEN; bit += 6)
        *at++ = digits[((unsigned)(sum[bit / 8] << 8 | sum[bit / 8 + 1]) >> (10 - bit % 8)) & 63];
    *at = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char token[2048];
    struct json_doc *claims = NULL;
    if (size > 1900)
        return 0;
    memcpy(token, data, size);
    token[size] = 0;
    size_t len = strlen(token);
    if (len > 0 && token[len - 1] == '.')
        sign(token, len);
    if (jwt_open(token, secret, sizeof secret - 1, 1000, &claims) == ERR_NONE) {
        PROMISE(strlen(token) <= JWT_MAX);
        PROMISE(json_in_number(json_doc_root(claims), "exp", 0, 1e12) > 1000 - JWT_LEEWAY_S - 1);
        json_doc_destroy(claims);
    } else {
        PROMISE(claims == NULL);
    }
    return 0;
}
