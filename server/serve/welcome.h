/* What `serve --offline` shows a newcomer: lines to paste that work. */
#pragma once

struct welcome {
	int webhook_port;
	int ops_port;
	const char *cert_dir;
};

/* To standard output. */
void welcome_print(const struct welcome *welcome);
