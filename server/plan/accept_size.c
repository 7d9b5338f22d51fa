/* The size of what was accepted, and how the status keeps it for the next process. */
#include "base/utf8.h"
#include "server/children/child.h"
#include "server/plan/accept.h"
#include "server/plan/status_modern.h"

/* Behind this, at the end of the condition's message: "headgroup=1, workers=3". */
#define MARK "is kept: "
/* Between what a group has and what it is charged for. */
#define OF " of "
/* Behind all groups: "requests.cpu=4500m, requests.memory=9Gi". */
#define CHARGED "; charged: "
/* Behind all of that: a digest of what its pods are made of. */
#define MADE_OF "; made of: "

/* Bytes of why it is not accepted: half of a message, so that the size behind them is whole. */
enum { WORDS_MAX = 16 * 1024 };

static int64_t pods_of(const struct raycluster *cluster, const struct ray_group *group)
{
	const int64_t replicas = group_replicas(cluster, group);
	const int64_t hosts = group->is_head ? 1 : group_hosts(group);

	if (group->suspend.v || replicas <= 0 || hosts <= 0)
		return 0;
	return replicas > INT32_MAX / hosts ? INT32_MAX : replicas * hosts;
}

/* What may come without asking anybody, `left` of all the workers of a legacy cluster at most. */
static int64_t most_of(
	const struct raycluster *cluster, const struct ray_group *group, int64_t *left)
{
	const int64_t max = group_max(cluster, group);
	const int64_t hosts = group_hosts(group);
	const int64_t replicas = max < *left ? max : *left;

	if (group->is_head || max == INT32_MAX || replicas <= 0 || hosts <= 0)
		return 0;
	if (cluster->dialect == DIALECT_LEGACY)
		*left -= replicas;
	return replicas > INT32_MAX / hosts ? INT32_MAX : replicas * hosts;
}

size_t accept_sizes(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct observed_size **out)
{
	struct observed_size *const sizes =
		arena_array(arena, cluster->group_count + 1, sizeof(*sizes));
	const bool grows =
		policy && policy->charge == POLICY_CHARGE_MAXIMUM && raycluster_autoscales(cluster);
	int64_t left =
		cluster->dialect == DIALECT_LEGACY ? raycluster_max_workers(cluster) : INT32_MAX;
	size_t count = 0;

	*out = sizes;
	for (size_t i = 0; i < cluster->group_count && !cluster->suspend.v; i++) {
		const struct ray_group *const group = cluster->groups[i];
		const int64_t pods = pods_of(cluster, group);
		const int64_t most = grows ? most_of(cluster, group, &left) : 0;
		const struct str name = child_group_name(group);

		if (pods > 0 || (most > 0 && !group->suspend.v))
			sizes[count++] = (struct observed_size){
				name, (int32_t)pods, most > pods ? (int32_t)most : 0};
	}
	return count;
}

static void put_size(struct buf *out, const struct observed_size *size)
{
	buf_printf(out, "%s%.*s=%d", out->len ? ", " : "", STR_ARG(size->group), size->pods);
	if (size->most)
		buf_printf(out, OF "%d", size->most);
}

/* Without it a later process would have to guess: of the spec it knows only what it is by then. */
static void put_charge(
	struct buf *out, const struct observed_verdict *verdict, const struct policy_quota *quota)
{
	const char *before = CHARGED;

	for (size_t i = 0; quota && i < verdict->charge_count; i++) {
		const struct ledger_amount *const amount = &verdict->charge[i];

		for (size_t k = 0; k < quota->hard.count; k++) {
			if (!str_eq(amount->name, quota->hard.items[k].name) ||
				quantity_is_unbounded(amount->value))
				continue;
			buf_printf(out, "%s%.*s=%s", before, STR_ARG(amount->name),
				quantity_print(amount->value).at);
			before = ", ";
		}
	}
}

struct str accept_message(struct arena *arena, const struct observed_verdict *verdict,
	const struct policy_quota *quota, const struct observed_size *sizes, size_t count)
{
	CLEANUP(buf_done) struct buf size = {0};

	for (size_t i = 0; i < count; i++)
		put_size(&size, &sizes[i]);
	if (count == 0)
		buf_add_cstr(&size, "none");
	put_charge(&size, verdict, quota);
	if (accept_is_known(verdict->made_of)) {
		buf_add_cstr(&size, MADE_OF);
		accept_digest_print(verdict->made_of, &size);
	}
	if (verdict->accepted && count)
		return arena_printf(arena, "of this size it " MARK "%.*s", STR_ARG(buf_str(&size)));
	const bool is_nothing = count == 0 && verdict->generation == 0;

	/* The words may quote the user's, and those have a mark in them: ours is always the last.
	 */
	if (verdict->accepted || (is_nothing && !str_contains(verdict->message, MARK)))
		return arena_printf(arena, "%.*s", STR_ARG(verdict->message));
	return arena_printf(arena, "%.*s. Of this size it " MARK "%.*s",
		(int)utf8_cut(verdict->message, WORDS_MAX), verdict->message.at,
		STR_ARG(buf_str(&size)));
}

static const struct json_node *find_condition(const struct json_node *root)
{
	const struct json_node *const conditions = json_get(json_get(root, "status"), "conditions");

	for (struct json_iter it = json_iter(conditions); json_next_item(&it);) {
		if (json_str_is(json_get(it.value, "type"), STR(STATUS_ACCEPTED)))
			return it.value;
	}
	return NULL;
}

/* At the last mark: the user's own words may have it in them, and ours are behind those. */
static void split(struct str text, struct str mark, struct str *before, struct str *behind)
{
	for (size_t at = text.len; at >= mark.len; at--) {
		if (memcmp(text.at + at - mark.len, mark.at, mark.len) != 0)
			continue;
		*before = (struct str){text.at, at - mark.len};
		*behind = str_from_offset(text, at);
		return;
	}
	*before = text;
	*behind = STR("");
}

struct str accept_message_told(struct str message)
{
	struct str told, digest;

	split(message, STR(MADE_OF), &told, &digest);
	return told;
}

static bool read_pods(struct str text, int32_t *out)
{
	int64_t pods;

	if (!str_to_i64(text, &pods) || pods < 0 || pods > INT32_MAX)
		return false;
	*out = (int32_t)pods;
	return true;
}

/* Takes what stands before the next comma, as "key=value"; false where it is not of that form. */
static bool next_pair(struct str *text, struct str *key, struct str *value)
{
	const size_t len = str_find(*text, ',');
	const struct str one = str_trim((struct str){text->at, len});
	const size_t equal = str_find(one, '=');

	*text = str_from_offset(*text, len < text->len ? len + 1 : len);
	*key = (struct str){one.at, equal};
	*value = str_from_offset(one, equal < one.len ? equal + 1 : equal);
	return equal < one.len;
}

/* False at the end, and at what nobody of us wrote. */
static bool next_size(struct str *text, struct observed_size *out)
{
	struct str numbers;

	*out = (struct observed_size){0};
	if (!next_pair(text, &out->group, &numbers))
		return false;
	const size_t pods = str_find(numbers, ' ');
	const struct str most = str_from_offset(numbers, pods);

	if (!read_pods((struct str){numbers.at, pods}, &out->pods))
		return false;
	return most.len == 0 ||
	       (str_starts(most, OF) && read_pods(str_from_offset(most, strlen(OF)), &out->most));
}

static bool next_amount(struct str *text, struct ledger_amount *out)
{
	struct str value;
	struct err ignored;

	return next_pair(text, &out->name, &value) &&
	       quantity_parse(value, &out->value, &ignored) && !quantity_is_negative(out->value);
}

static void recall_sizes(struct arena *arena, struct str text, struct observed_verdict *out)
{
	/* Each size takes two bytes at least, and one between them. */
	struct observed_size *const sizes = arena_array(arena, text.len / 3 + 2, sizeof(*sizes));

	out->sizes = sizes;
	out->size_count = 0;
	while (next_size(&text, &sizes[out->size_count]))
		out->size_count++;
}

static void recall_charge(struct arena *arena, struct str text, struct observed_verdict *out)
{
	struct ledger_amount *const charge = arena_array(arena, text.len / 3 + 2, sizeof(*charge));

	out->charge = charge;
	out->charge_count = 0;
	while (next_amount(&text, &charge[out->charge_count]))
		out->charge_count++;
}

bool accept_recall(struct arena *arena, const struct json_node *root, struct observed_verdict *out)
{
	const struct json_node *const condition = find_condition(root);
	struct str words, size, charge, made_of;

	/* Of what was taken over and refused since there is a size alone. */
	if (!json_i64(json_get(condition, "observedGeneration"), &out->generation) ||
		out->generation < 0)
		out->generation = 0;
	split(json_str(arena, json_get(condition, "message")), STR(MARK), &words, &size);
	split(size, STR(MADE_OF), &size, &made_of);
	accept_digest_read(made_of, &out->made_of);
	split(size, STR(CHARGED), &size, &charge);
	recall_sizes(arena, size, out);
	recall_charge(arena, charge, out);
	return out->generation > 0 || out->size_count > 0;
}

bool accept_was_over_quota(const struct json_node *root, int64_t generation)
{
	return json_str_is(json_get(find_condition(root), "reason"), STR("QuotaExceeded")) &&
	       status_generation(root) == generation;
}
