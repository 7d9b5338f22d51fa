/*
 * Is this pair fit to serve? A table of checks, each of which always says something, so that a
 * person sees what was looked at and not only what was wrong.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct x509_chain;
struct x509_key;

enum verify_level {
	VERIFY_FINE,
	VERIFY_SKIPPED, /* there is nothing to compare with */
	VERIFY_WARNING, /* it serves, but somebody should act */
	VERIFY_ERROR,   /* clients will refuse it, or it cannot be served at all */
};

struct verify_finding {
	const char *id; /* "key", "time", …: stable */
	enum verify_level level;
	char text[320];
	const char *remedy; /* NULL when nothing is to be done */
};

struct verify_input {
	const struct x509_chain *chain;
	const struct x509_key *key;
	const struct x509_chain *roots; /* what clients trust; NULL when not known */
	const char *const *hosts;       /* names that clients call it by; may be none */
	size_t host_count;
	int64_t now;
};

enum { VERIFY_CHECKS = 7 };

/* Fills one finding per check, in a fixed order, and returns the worst level. */
enum verify_level verify_pair(
	const struct verify_input *input, struct verify_finding findings[VERIFY_CHECKS]);
/* "ok", "skipped", "warning", "error". */
const char *verify_level_name(enum verify_level level);
