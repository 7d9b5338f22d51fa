/* Certificates of clients, good and bad, which the program itself never mints. */
#pragma once

#include <stdint.h>

#include "certs/mint.h"

struct client_cert {
	const struct mint_pair *ca;
	int64_t from, until;
	bool for_servers; /* its purpose is a server's, not a client's */
};

/* mint_pair_done() it. */
struct mint_pair client_cert_mint(const struct client_cert *wanted);
