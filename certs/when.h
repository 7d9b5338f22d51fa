/* Times for people. */
#pragma once

#include <stdint.h>

enum { WHEN_SIZE = 48 };

/* "2027-11-24 17:52:10 UTC". */
void when_date(int64_t at, char out[WHEN_SIZE]);
/* "2027-11-24T17:52:10Z", as Kubernetes writes times. */
void when_rfc3339(int64_t at, char out[WHEN_SIZE]);
/* "in 300 days", "5 minutes ago", "now": the largest unit that fits twice, rounded down. */
void when_relative(int64_t at, int64_t now, char out[WHEN_SIZE]);
