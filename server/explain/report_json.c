#include "server/explain/report.h"

static void put_lines(struct json_edit *object, const char *key, const struct explain_lines *lines)
{
	struct json_edit *const list = json_edit_put_array(object, key);

	for (size_t i = 0; i < lines->count; i++)
		json_edit_add(list, json_edit_str(lines->items[i].text));
}

static struct json_edit *finding_value(const struct explain_finding *f)
{
	struct json_edit *const value = json_edit_object();

	json_edit_put_cstr(value, "grade", f->grade == EXPLAIN_WRONG ? "wrong" : "note");
	json_edit_put_str(value, "headline", f->headline);
	put_lines(value, "evidence", &f->evidence);
	put_lines(value, "advice", &f->advice);
	return value;
}

static struct json_edit *cluster_value(const struct explain_verdict *v)
{
	const struct explain_subject *const s = &v->subject;
	struct json_edit *const value = json_edit_object();

	json_edit_put_cstr(value, "kind", "RayCluster");
	json_edit_put(value, "apiVersion",
		json_edit_str(json_str(s->in->arena, json_get(s->root, "apiVersion"))));
	json_edit_put_str(value, "namespace", s->namespace);
	json_edit_put_str(value, "name", s->name);
	json_edit_put_bool(value, "asAsked", v->wrong == 0);
	json_edit_put_str(value, "state", v->state);
	struct json_edit *const list = json_edit_put_array(value, "findings");

	for (size_t i = 0; i < v->findings.count; i++)
		json_edit_add(list, finding_value(&v->findings.items[i]));
	return value;
}

struct json_edit *explain_report_json(
	const struct explain_input *in, const struct explain_verdict *const *verdicts, size_t count)
{
	struct json_edit *const whole = json_edit_object();
	struct json_edit *const clusters = json_edit_put_array(whole, "clusters");
	struct json_edit *const unread = json_edit_put_array(whole, "unread");

	for (size_t i = 0; i < count; i++)
		json_edit_add(clusters, cluster_value(verdicts[i]));
	for (size_t i = 0; i < in->gap_count; i++) {
		struct json_edit *const gap = json_edit_object();

		json_edit_put_str(gap, "what", in->gaps[i].what);
		json_edit_put_str(gap, "why", in->gaps[i].why);
		json_edit_add(unread, gap);
	}
	return whole;
}
