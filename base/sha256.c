#include "base/sha256.h"

#include <openssl/sha.h>

_Static_assert(SHA256_BYTES == SHA256_DIGEST_LENGTH, "one digest");

void sha256(struct str text, uint8_t out[SHA256_BYTES])
{
	SHA256((const unsigned char *)text.at, text.len, out);
}
