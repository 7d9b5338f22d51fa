#include "server/serve/welcome.h"

#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"

/* Reviews that manifests/samples/reviews holds, and what each shows. */
static const struct {
	const char *title;
	const char *path;
	const char *review;
} TRIES[] = {
	{"admitted, and given the policy's defaults", "mutate", "defaulted.json"},
	{"refused, with every mistake told", "validate", "refused.json"},
	{"over the quota of its namespace", "validate", "over-quota.json"},
};

#define SAMPLES "manifests/samples/reviews/"

static void print_try(const struct welcome *w, size_t i)
{
	printf("\n# %s\n"
	       "curl -sS --cacert %s/ca.crt -H 'Content-Type: application/json' \\\n"
	       "  --data-binary @" SAMPLES "%s https://localhost:%d/%s\n",
		TRIES[i].title, w->cert_dir, TRIES[i].review, w->webhook_port, TRIES[i].path);
}

void welcome_print(const struct welcome *w)
{
	printf("Raygate answers admission reviews on https://localhost:%d (/mutate, /validate);\n"
	       "health and metrics on http://localhost:%d. Try, from the top of the checkout:\n",
		w->webhook_port, w->ops_port);
	for (size_t i = 0; i < ARRAY_LEN(TRIES); i++)
		print_try(w, i);
	printf("\n# the same verdict for a file, without a server\n"
	       "build/raygate check manifests/samples/*.yaml\n"
	       "\nCtrl-C ends it.\n");
	fflush(stdout);
}
