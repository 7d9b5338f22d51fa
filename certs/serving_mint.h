/*
 * Makes serving pairs where there are none, and new ones where ours grow old.
 *
 * Files of somebody else are never replaced unasked. Processes that mint into the same directory
 * wait for each other.
 */
#pragma once

#include "certs/serving.h"

/*
 * serving_load(), and with options->mint: a directory without tls.crt and tls.key gets them, and
 * with them ca.crt and ca.key unless these are there. A pair that is ours is minted again when two
 * thirds of its life are over or when it lacks one of the hosts asked for.
 */
MUST_CHECK bool serving_load_or_mint(
	const struct serving_options *options, struct serving_pair **out, struct err *err);

enum serving_ca { SERVING_KEEP_CA, SERVING_NEW_CA };
/*
 * Mints a pair in any case. With SERVING_KEEP_CA the directory's own CA signs it, if two thirds of
 * that one's life are not yet over, and files of somebody else are an ERR_CONFLICT; with
 * SERVING_NEW_CA everything is replaced. No hosts: localhost, 127.0.0.1, ::1 and, where it is a DNS
 * name, this machine's name.
 */
MUST_CHECK bool serving_mint(const struct serving_options *options, enum serving_ca ca,
	struct serving_pair **out, struct err *err);

/* Whether it is ours, and two thirds of its life are over. */
bool serving_needs_renewal(const struct serving_pair *pair, int64_t now);
/*
 * The pair that follows `old`: the same CA while that is young, its hosts and those of the options.
 * Where another process has renewed the directory already, that pair.
 */
MUST_CHECK bool serving_renew(const struct serving_options *options, const struct serving_pair *old,
	struct serving_pair **out, struct err *err);
