#include "server/kube/known.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { NAMES = 500 };

static struct kube_known known;
static unsigned gone[NAMES];

static void stop(void)
{
	kube_known_done(&known);
}

TestSuite(kube_known, .fini = stop);

/* Two namespaces have the same names, and cluster-scoped objects have none. */
static struct str namespace_of(unsigned i)
{
	return str_from(((const char *const[]){"a", "b", ""})[i % 3]);
}

static struct str name_of(unsigned i, char text[16])
{
	snprintf(text, 16, "n-%u", i / 3);
	return str_from(text);
}

static void note_gone(void *context, struct str namespace, struct str name)
{
	char text[16];

	(void)context;
	for (unsigned i = 0; i < NAMES; i++)
		gone[i] += str_eq(namespace_of(i), namespace) && str_eq(name_of(i, text), name);
}

static void see_each(unsigned step)
{
	char text[16];

	for (unsigned i = 0; i < NAMES; i += step)
		kube_known_see(&known, namespace_of(i), name_of(i, text));
}

Test(kube_known, a_list_tells_once_of_each_that_it_does_not_have)
{
	char text[16];

	kube_known_begin(&known);
	see_each(1);
	kube_known_sweep(&known, note_gone, NULL);
	for (unsigned i = 0; i < NAMES; i++)
		cr_assert_eq(gone[i], 0u, "%u", i);
	cr_expect(kube_known_forget(&known, namespace_of(1), name_of(1, text)));
	cr_expect_not(kube_known_forget(&known, namespace_of(1), name_of(1, text)));
	kube_known_begin(&known);
	see_each(1);
	/* The list begins anew. */
	kube_known_begin(&known);
	see_each(7);
	for (int i = 0; i < 2; i++)
		kube_known_sweep(&known, note_gone, NULL);
	for (unsigned i = 0; i < NAMES; i++)
		cr_expect_eq(gone[i], i % 7 != 0, "%u", i);
	cr_expect_eq(known.names.count, (NAMES + 6u) / 7);
}
