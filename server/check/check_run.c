#include "server/check/check_run.h"

#include <string.h>

#include "base/file.h"

enum {
	ARENA_BLOCK = 256 * 1024,
	CLUSTERS_MAX = 1000 * 1000, /* of one run, that count against quotas */
};

void check_run_init(
	struct check_run *c, const struct policy *policy, const struct report_format *format)
{
	*c = (struct check_run){.report = {.format = format}};
	arena_init(&c->arena, ARENA_BLOCK);
	arena_init(&c->judge.arena, ARENA_BLOCK);
	c->judge.policy = policy;
	c->judge.ledger = ledger_new(CLUSTERS_MAX);
}

void check_run_done(struct check_run *c)
{
	ledger_free(&c->judge.ledger);
	arena_done(&c->judge.arena);
	arena_done(&c->arena);
	report_done(&c->report);
}

struct position {
	struct check_run *check;
	const struct documents *documents;
	const struct document *document;
};

static void flush(struct check_run *c)
{
	if (c->flush && !c->failed)
		c->failed = !c->flush(&c->report);
}

static void judge(void *context, const struct manifest *manifest)
{
	const struct position *const p = context;
	struct judged judged;

	judge_object(&p->check->judge, p->documents, p->document, manifest, &judged);
	report_object(&p->check->report, &judged);
	judge_reset(&p->check->judge);
	flush(p->check);
}

/* An object of another kind is no business of ours, unless it is called as one of ours is. */
static void pass(void *context, const struct json_node *object)
{
	const struct position *const p = context;
	const struct json_node *const version = json_get(object, "apiVersion");
	const char *const kind = ray_kind_namesake(object);
	struct report_remark note = {
		.file = p->documents->source->name, .source = p->documents->source};

	if (kind == NULL)
		return;
	documents_place(
		p->documents, p->document, version ? version : object, &note.line, &note.column);
	note.text = arena_printf(&p->check->arena,
		"this %s is not judged: KubeRay's has apiVersion \"ray.io/v1\"", kind);
	report_note(&p->check->report, &note);
}

static void tell_fault(
	struct check_run *c, struct source *source, const struct document_fault *fault)
{
	report_unreadable(&c->report, &(struct report_remark){
					      .file = source->name,
					      .source = source,
					      .line = fault->line,
					      .column = fault->column,
					      .text = fault->text,
				      });
}

void check_run_text(struct check_run *c, const char *name, struct str text)
{
	struct source source;
	struct documents documents;
	struct document document;
	struct document_fault fault;
	struct position position = {c, &documents, &document};
	const struct manifest_visitor visitor = {judge, pass, &position};

	source_init(&source, name, text);
	documents_open(&documents, &source);
	do {
		arena_reset(&c->arena);
		if (!documents_next(&documents, &c->arena, &document, &fault))
			tell_fault(c, &source, &fault);
		else if (document.root)
			c->report.counts.others +=
				manifest_each(&c->arena, document.root, &visitor);
		else
			break;
	} while (!c->failed);
	documents_close(&documents);
	flush(c);
}

void check_run_file(struct check_run *c, const char *path)
{
	const char *const name = strcmp(path, "-") == 0 ? "<stdin>" : path;
	CLEANUP(buf_done) struct buf text = {0};
	struct err err;

	if (file_load(path, DOCUMENTS_BYTES_MAX, &text, &err))
		check_run_text(c, name, buf_str(&text));
	else
		report_unreadable(&c->report,
			&(struct report_remark){.file = name, .text = str_from(err.text)});
	flush(c);
}
