/* What `serve --offline` shows a newcomer: lines to paste that work. */
#pragma once

#include "base/buf.h"

struct welcome {
	int webhook_port;
	int ops_port;
	const char *cert_dir;
	const char *policy; /* "" where it is the one that ships */
};

void welcome_print(const struct welcome *welcome, struct buf *out);
