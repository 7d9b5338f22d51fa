#include "server/cmd_plan.h"

#include <stdio.h>

#include "base/file.h"
#include "server/commands.h"
#include "server/config/policy.h"
#include "server/plan_report.h"

enum { ARENA_BLOCK = 64 * 1024, CLUSTERS_MAX = 1000 * 1000 };

struct planner;

/* A way to print: what of each object, and what at the end. */
struct format {
	const char *name;
	void (*add)(struct planner *p, const struct plan *plan);
	void (*end)(struct planner *p); /* or NULL */
};

/* A run over one file. */
struct planner {
	struct judge judge;
	struct arena arena; /* of one document */
	const struct format *format;
	struct buf out;
	struct json_edit *list;    /* what JSON is printed of at the end */
	struct json_edit *refused; /* of -o json: which objects are not admitted */
	size_t objects;
};

struct position {
	struct planner *planner;
	const struct documents *documents;
	const struct document *document;
};

static void add_text(struct planner *p, const struct plan *plan)
{
	if (p->objects)
		buf_add_char(&p->out, '\n');
	plan_report_text(plan, &p->out);
}

static void add_yaml(struct planner *p, const struct plan *plan)
{
	plan_report_yaml(plan, p->objects == 0, &p->out);
}

/* Nothing of it is made where the gate is, whatever the list holds. */
static void note_refusal(struct planner *p, const struct plan *plan)
{
	const struct judged *const judged = plan->judged;

	if (judged->errors == 0)
		return;
	struct json_edit *const value = json_edit_object();

	json_edit_put_cstr(value, "kind", ray_kind_name(judged->manifest->kind));
	json_edit_put_str(value, "apiVersion", judged->api_version);
	json_edit_put_str(value, "namespace", judged->namespace);
	json_edit_put_str(value, "name", judged->name);
	json_edit_put_i64(value, "errors", (int64_t)judged->errors);
	json_edit_add(p->refused, value);
}

/* JSON has no comments: what there is to say beside the objects goes to standard error. */
static void add_json(struct planner *p, const struct plan *plan)
{
	CLEANUP(buf_done) struct buf notes = {0};
	struct json_edit *objects = plan_report_objects(plan, &notes);
	struct json_edit *v;

	if (notes.len)
		fprintf(stderr, "%.*s", STR_ARG(buf_str(&notes)));
	note_refusal(p, plan);
	while ((v = json_edit_first(objects)) != NULL)
		json_edit_add(p->list, json_edit_take(objects, v));
	json_edit_free(&objects);
}

/* As `kubectl get -o json` has more than one object. */
static void end_json(struct planner *p)
{
	struct json_edit *whole = json_edit_object();

	json_edit_put_cstr(whole, "apiVersion", "v1");
	json_edit_put_cstr(whole, "kind", "List");
	if (json_edit_first(p->refused)) {
		json_edit_put(whole, "refused", p->refused);
		p->refused = NULL;
	}
	json_edit_put(whole, "items", p->list);
	p->list = NULL;
	json_edit_print_indented(whole, &p->out);
	json_edit_free(&whole);
}

static void add_report(struct planner *p, const struct plan *plan)
{
	json_edit_add(p->list, plan_report_value(plan));
}

static void end_report(struct planner *p)
{
	struct json_edit *whole = json_edit_object();

	json_edit_put(whole, "plans", p->list);
	p->list = NULL;
	json_edit_print_indented(whole, &p->out);
	json_edit_free(&whole);
}

/* The first is what is printed where nothing is said. */
static const struct format FORMATS[] = {
	{"yaml", add_yaml, NULL},
	{"json", add_json, end_json},
	{"text", add_text, NULL},
	{"report", add_report, end_report},
};

static void plan_object(void *context, const struct manifest *manifest)
{
	const struct position *const position = context;
	struct planner *const p = position->planner;
	struct judged judged;
	const struct plan input = {&p->judge.arena, p->judge.policy, &judged};

	judge_object(&p->judge, position->documents, position->document, manifest, &judged);
	p->format->add(p, &input);
	judge_reset(&p->judge);
	p->objects++;
}

/* False at the first document that cannot be read, and says why. */
static bool plan_documents(struct planner *p, struct source *source)
{
	struct documents documents;
	struct document document;
	struct document_fault fault;
	struct position position = {p, &documents, &document};
	const struct manifest_visitor visitor = {.judge = plan_object, .context = &position};
	bool good;

	documents_open(&documents, source);
	while ((good = documents_next(&documents, &p->arena, &document, &fault)) && document.root) {
		manifest_each(&p->arena, document.root, &visitor);
		arena_reset(&p->arena);
	}
	documents_close(&documents);
	if (!good)
		fprintf(stderr, "%s plan: %s:%u:%u: %.*s\n", commands_program(), source->name,
			fault.line, fault.column, STR_ARG(fault.text));
	return good;
}

static int finish(struct planner *p)
{
	if (p->format->end)
		p->format->end(p);
	if (p->objects == 0)
		fprintf(stderr, "%s plan: there is no object in it that is judged\n",
			commands_program());
	return commands_print("plan", buf_str(&p->out), EXIT_FINE);
}

static int plan_text(struct planner *p, const char *name, struct str text)
{
	struct source source;

	source_init(&source, name, text);
	return plan_documents(p, &source) ? finish(p) : EXIT_UNREADABLE;
}

static int plan_file(struct planner *p, const char *path)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct err err;

	if (file_load(path, DOCUMENTS_BYTES_MAX, &text, &err))
		return plan_text(p, str_is(str_from(path), "-") ? "<stdin>" : path, buf_str(&text));
	fprintf(stderr, "%s plan: %s\n", commands_program(), err.text);
	return EXIT_UNREADABLE;
}

static int run(const struct settings *s, const struct format *format, const struct policy *policy)
{
	struct planner p = {.format = format};

	arena_init(&p.arena, ARENA_BLOCK);
	arena_init(&p.judge.arena, ARENA_BLOCK);
	p.judge.policy = policy;
	p.judge.defaults = true;
	p.judge.ledger = ledger_new(CLUSTERS_MAX);
	p.judge.namespace = settings_str(s, SETTING_NAMESPACE);
	p.list = json_edit_array();
	p.refused = json_edit_array();
	const int code = plan_file(&p, s->arguments[0].at);

	json_edit_free(&p.list);
	json_edit_free(&p.refused);
	ledger_free(&p.judge.ledger);
	arena_done(&p.judge.arena);
	arena_done(&p.arena);
	buf_done(&p.out);
	return code;
}

static void tell_mistake(const char *source, struct str mistake)
{
	fprintf(stderr, "%s plan: policy '%s': %.*s\n", commands_program(), source,
		STR_ARG(mistake));
}

static int with_policy(const struct settings *s, const struct format *format)
{
	static const struct policy_hooks HOOKS = {.tell = tell_mistake};
	const struct str path = settings_str(s, SETTING_POLICY);
	struct err err;
	struct policy_store *store =
		policy_store_new_tried(path.len ? path.at : NULL, &HOOKS, &err);

	if (store == NULL) {
		fprintf(stderr, "%s plan: %s\n", commands_program(), err.text);
		return EXIT_UNREADABLE;
	}
	const struct policy *const policy = policy_store_acquire(store);
	const int code = run(s, format, policy);

	policy_store_release(store, policy);
	policy_store_free(&store);
	return code;
}

static const struct format *find_format(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++) {
		if (str_is(name, FORMATS[i].name))
			return &FORMATS[i];
	}
	return &FORMATS[0];
}

int cmd_plan(struct settings *s)
{
	if (s->argument_count != 1)
		return commands_usage_error(
			"plan", "needs one file, or - for standard input; --help says more");
	return with_policy(s, find_format(settings_str(s, SETTING_OUTPUT)));
}
