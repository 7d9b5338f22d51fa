/* An image that does not come: which, and by whose fault. */
#include "server/explain/bunch.h"

/* By the words of the container runtime; the first that fits, the last fits all. */
static const struct {
	const char *words, *headline, *advice;
} FAULTS[] = {
	{"InvalidImageName", "is spelt wrong", "mend image: registry/name:tag, in lower case"},
	{"couldn't parse image", "is spelt wrong", "mend image: registry/name:tag, in lower case"},
	{"ErrImageNeverPull", "is not on the node, and may not be pulled",
		"load it onto the nodes, or let imagePullPolicy be IfNotPresent"},
	{"no match for platform", "is not there for the nodes' CPU architecture",
		"use an image for it, or a nodeSelector for kubernetes.io/arch"},
	{"no matching manifest", "is not there for the nodes' CPU architecture",
		"use an image for it, or a nodeSelector for kubernetes.io/arch"},
	{"toomanyrequests", "is not given out now: the registry limits how often one pulls",
		"wait, or pull with an account (imagePullSecrets), or from a mirror"},
	{"429 Too Many", "is not given out now: the registry limits how often one pulls",
		"wait, or pull with an account (imagePullSecrets), or from a mirror"},
	{"authorization failed", "is denied by the registry, or is not there",
		"name a Secret for this registry in imagePullSecrets; see whether the name is "
		"right"},
	{"unauthorized", "is denied by the registry",
		"name a Secret for this registry in imagePullSecrets, with an account that may "
		"read"},
	{"authentication required", "is denied by the registry",
		"name a Secret for this registry in imagePullSecrets, with an account that may "
		"read"},
	{"denied", "is denied by the registry, or is not there",
		"name a Secret for this registry in imagePullSecrets; see whether the name is "
		"right"},
	{"403 Forbidden", "is denied by the registry",
		"name a Secret for this registry in imagePullSecrets, with an account that may "
		"read"},
	{"manifest unknown", "is not there: the registry has no such tag",
		"mend the tag: Ray's are like 2.52.0, 2.52.0-py311, 2.52.0-gpu"},
	{"x509:", "cannot be pulled: the node does not trust the registry",
		"give the nodes the registry's CA"},
	{"no such host", "cannot be pulled: the node does not find the registry",
		"mend the registry's name, or the nodes' DNS"},
	{"i/o timeout", "cannot be pulled: the registry does not answer the node",
		"see whether nodes may reach it; a mirror may be wanted"},
	{"connection refused", "cannot be pulled: the registry does not answer the node",
		"see whether the registry runs"},
	{"no space left", "cannot be pulled: the node's disk is full",
		"free the node's disk, or use a smaller image"},
	{"not found", "is not there: no such name or tag",
		"mend name or tag: Ray's are like 2.52.0, 2.52.0-py311, 2.52.0-gpu"},
	{"", "cannot be pulled", "see the node's own words: kubectl describe pod"},
};

static size_t fault_of(const struct explain_trouble *t)
{
	size_t i = 0;

	while (!str_contains(t->message, FAULTS[i].words) && !str_is(t->reason, FAULTS[i].words))
		i++;
	return i;
}

void bunch_tell_image(struct look *l, const struct bunch *b)
{
	const struct explain_trouble *const t = &b->first;
	const size_t fault = fault_of(t);
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"image %.*s of %.*s %s", STR_ARG(t->container->image),
		STR_ARG(bunch_name(l->arena, b)), FAULTS[fault].headline);

	explain_shows(l->found, f, "%.*s: %.*s", STR_ARG(t->reason), STR_ARG(t->message));
	bunch_show_pods(l, f, b);
	explain_advises(l->found, f, "%s", FAULTS[fault].advice);
}
