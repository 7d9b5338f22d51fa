#include "server/serve/welcome.h"

/* Reviews that manifests/samples/reviews holds, and what each shows. */
static const struct {
	const char *title;
	const char *by_any; /* what is true under any policy */
	const char *path;
	const char *review;
} TRIES[] = {
	{"admitted, and given the policy's defaults",
		"one without resources: what your policy adds", "mutate", "defaulted.json"},
	{"refused, with every mistake told", "one with several mistakes", "validate",
		"refused.json"},
	{"over the quota of its namespace", "5 CPUs in the namespace ray: what your policy allows",
		"validate", "over-quota.json"},
};

#define SAMPLES "manifests/samples/reviews/"

static void print_try(const struct welcome *w, size_t i, struct buf *out)
{
	buf_printf(out,
		"\n# %s\n"
		"curl -sS --cacert %s/ca.crt -H 'Content-Type: application/json' \\\n"
		"  --data-binary @" SAMPLES "%s https://localhost:%d/%s\n",
		w->policy[0] ? TRIES[i].by_any : TRIES[i].title, w->cert_dir, TRIES[i].review,
		w->webhook_port, TRIES[i].path);
}

void welcome_print(const struct welcome *w, struct buf *out)
{
	buf_printf(out,
		"Raygate answers admission reviews on https://localhost:%d (/mutate, /validate);\n"
		"health and metrics on http://localhost:%d. Try, from the top of the checkout:\n",
		w->webhook_port, w->ops_port);
	for (size_t i = 0; i < ARRAY_LEN(TRIES); i++)
		print_try(w, i, out);
	buf_printf(out,
		"\n# the same verdict for a file, without a server\n"
		"build/raygate check %s%s%smanifests/samples/*.yaml\n"
		"\nCtrl-C ends it.\n",
		w->policy[0] ? "--policy " : "", w->policy, w->policy[0] ? " " : "");
}
