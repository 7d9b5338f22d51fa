/* manifests/policies/ray.yaml, so that the program needs no file: a test compares the two. */
#include "server/config/policy.h"

static const char TEXT[] =
	"# The policy of manifests/charts/ray: a pod of Ray without resources gets "
	"1 CPU and 512Mi, and the\n"
	"# namespace \"ray\" has a quota of 4 CPU and 2.5Gi. Every other "
	"namespace is without limit.\n"
	"apiVersion: raygate.dev/v1\n"
	"kind: Policy\n"
	"enforcement: deny\n"
	"charge: maximum\n"
	"defaults:\n"
	"  head:\n"
	"    requests: {cpu: \"1\", memory: 512Mi}\n"
	"    limits: {cpu: \"1\", memory: 512Mi}\n"
	"  worker:\n"
	"    requests: {cpu: \"1\", memory: 512Mi}\n"
	"    limits: {cpu: \"1\", memory: 512Mi}\n"
	"quotas:\n"
	"  ray:\n"
	"    requests.cpu: \"4\"\n"
	"    requests.memory: 2.5Gi\n";

struct str policy_builtin(void)
{
	return (struct str){TEXT, sizeof(TEXT) - 1};
}
