/* Standard base64 (RFC 4648 section 4) read back; buf_add_base64() writes it. */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

/*
 * Appends the bytes to `out`. Line ends between the letters are passed over, as Go does; the
 * padding must be there. False for anything else, and then `out` holds what it held before.
 */
MUST_CHECK bool base64_read(struct str text, struct buf *out);
