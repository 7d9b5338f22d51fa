/*
 * The offline verdict on one object, with the place in its file of every finding: what `raygate
 * check` and `raygate plan` are made of.
 */
#pragma once

#include "server/admission/mutation.h"
#include "server/check/documents.h"
#include "server/check/manifest.h"
#include "server/quota/ledger.h"

struct judge {
	struct arena arena; /* of one object: judge_reset() between objects */
	const struct policy *policy;
	bool defaults;         /* the policy's are applied, too */
	struct ledger *ledger; /* shared over the run, so that the clusters of a namespace add up */
	struct str namespace;  /* of objects that name none */
	size_t objects;        /* judged so far */
};

/* A finding and what of the source it is about; line and column are 0 when that is not known. */
struct judged_finding {
	const struct finding *finding;
	uint32_t line, column;
	uint32_t length; /* characters, at least 1 */
};

/* Lives until the next judge_reset(), and no longer than the document. */
struct judged {
	struct source *source;
	const struct manifest *manifest;
	const struct mutation *mutation;
	struct str api_version, namespace, name;
	uint32_t line;                   /* where the object begins */
	struct judged_finding *findings; /* in the order of their places */
	size_t count;
	size_t errors, warnings; /* with those that are no findings, as there are too many */
};

void judge_object(struct judge *judge, const struct documents *documents,
	const struct document *document, const struct manifest *manifest, struct judged *out);
void judge_reset(struct judge *judge);
