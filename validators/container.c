/* Names, images and ports of containers. */
#include "api/name_shape.h"
#include "validators/check.h"
#include "validators/rules.h"

static void name_is_a_label(const struct rule_context *c, const struct container *container)
{
	check_name(c, FIELD_CHILD(container->self.at, "name"), container->name.node,
		NAME_DNS1123_LABEL);
}

/* Within one list the decoder sees twins; here those of a container and an init container. */
static void names_differ(const struct rule_context *c, const struct rule_pod *pod)
{
	const container_list *const containers = &pod->template->spec.containers;
	const container_list *const inits = &pod->template->spec.init_containers;
	const size_t count = containers->count + inits->count;
	struct str *const names = arena_array(c->arena, count + 1, sizeof(*names));

	if (!inits->count)
		return;
	for (size_t i = 0; i < count; i++)
		names[i] = i < containers->count ? containers->items[i].name.v
						 : inits->items[i - containers->count].name.v;
	const size_t *const firsts = check_twin_texts(c->arena, names, count);

	for (size_t i = containers->count; i < count; i++) {
		const struct container *const init = &inits->items[i - containers->count];

		if (firsts[i] >= containers->count || !init->name.v.len)
			continue;
		rule_found(c, FIELD_CHILD(init->self.at, "name"), FIELD_DUPLICATE,
			FIELD_READS(init->name.node, containers->items[firsts[i]].name.node),
			"a container of this pod has the same name: rename one of them");
	}
}

static void image_is_given(const struct rule_context *c, const struct container *container)
{
	const struct str image = container->image.v;

	if (!image.len)
		rule_found(c, FIELD_CHILD(container->self.at, "image"), FIELD_REQUIRED,
			FIELD_READS(container->image.node),
			"must name an image, such as rayproject/ray:2.52.0");
	else if (str_trim(image).len != image.len)
		rule_found(c, FIELD_CHILD(container->self.at, "image"), FIELD_INVALID,
			FIELD_READS(container->image.node),
			"must not begin or end with white space");
}

#define LABEL (NAME_LOWER | NAME_DIGIT)
#define TAG   (LABEL | NAME_UPPER | NAME_UNDERSCORE | NAME_DOT | NAME_DASH)

/* Of what stands between slashes, and behind the colon. */
static const struct name_shape PATH_PART = {
	.first = LABEL, .inner = LABEL | NAME_UNDERSCORE | NAME_DOT | NAME_DASH, .last = LABEL};
static const struct name_shape IMAGE_TAG = {
	.max = 128, .first = TAG & ~(NAME_DOT | NAME_DASH), .inner = TAG, .last = TAG};

static bool has_upper(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (name_class(text.at[i]) == NAME_UPPER)
			return true;
	}
	return false;
}

static const char *tag_fault(struct str tag)
{
	return tag.len <= IMAGE_TAG.max && name_fits_shape(&IMAGE_TAG, tag)
		       ? NULL
		       : "must have a tag of at most 128 letters, digits, '_', '.' and '-' behind "
			 "the ':'";
}

static const char *part_fault(struct str part)
{
	if (name_fits_shape(&PATH_PART, part))
		return NULL;
	if (has_upper(part))
		return "must be lower case: no registry has a repository with capitals";
	if (!part.len || !(name_class(part.at[0]) & LABEL) ||
		!(name_class(part.at[part.len - 1]) & LABEL))
		return "must be like registry/name:tag, each part of the name beginning and "
		       "ending with a letter or digit";
	return "must be like registry/name:tag, in letters, digits, '.', '_' and '-'";
}

static const char *path_fault(struct str path)
{
	while (true) {
		const size_t end = str_find(path, '/');
		const char *const fault = part_fault((struct str){path.at, end});

		if (fault || end == path.len)
			return fault;
		path = str_from_offset(path, end + 1);
	}
}

/* A registry in front, as container engines tell it from a path; not `sure` for capitals alone. */
static bool is_registry(struct str first, bool *sure)
{
	*sure = true;
	for (size_t i = 0; i < first.len; i++) {
		const char ch = first.at[i];

		if (ch == '.' || ch == ':')
			return true;
	}
	*sure = str_is(first, "localhost");
	return *sure || has_upper(first);
}

/*
 * As nearly every image is written: the parts of a path, and behind the last perhaps a tag. What is
 * written in another way may be right as well.
 */
static bool is_plain(struct str image)
{
	while (true) {
		const size_t len = name_span(image, PATH_PART.inner);

		if (!len || !(name_class(image.at[0]) & PATH_PART.first) ||
			!(name_class(image.at[len - 1]) & PATH_PART.last))
			return false;
		if (len == image.len)
			return true;
		const char behind = image.at[len];

		image = str_from_offset(image, len + 1);
		if (behind != '/')
			return behind == ':' && tag_fault(image) == NULL;
	}
}

static const char *image_fault(struct str image)
{
	struct str name = {image.at, str_find(image, '@')};
	const size_t start = str_behind_last(name, '/');
	const struct str last = str_from_offset(name, start);
	const size_t colon = str_find(last, ':');
	const char *fault = NULL;

	if (colon < last.len) {
		fault = tag_fault(str_from_offset(last, colon + 1));
		name.len = start + colon;
	}
	const size_t first = str_find(name, '/');
	bool sure = true;

	if (first < name.len && is_registry((struct str){name.at, first}, &sure)) {
		if (!sure && !fault)
			fault = "has capitals in front of its first '/', which make a registry's "
				"host of it: write it in lower case";
		name = str_from_offset(name, first + 1);
	}
	return fault ? fault : path_fault(name);
}

static void image_can_be_pulled(const struct rule_context *c, const struct container *container)
{
	const struct str image = container->image.v;
	const char *const fault =
		image.len && !is_plain(image) ? image_fault(str_trim(image)) : NULL;

	if (fault)
		rule_found(c, FIELD_CHILD(container->self.at, "image"), FIELD_INVALID,
			FIELD_READS(container->image.node), "%s", fault);
}

static void port_names_fit(const struct rule_context *c, const struct container *container)
{
	const size_t count = container->ports.count;

	if (count == 0)
		return;
	struct str *const names = arena_array(c->arena, count, sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = container->ports.items[i].name.v;
	const size_t *const firsts = check_twin_texts(c->arena, names, count);

	for (size_t i = 0; i < count; i++) {
		const struct container_port *const port = &container->ports.items[i];

		if (!port->self.node || !port->name.v.len)
			continue;
		check_name(c, FIELD_CHILD(port->self.at, "name"), port->name.node, NAME_PORT);
		if (firsts[i] != i)
			rule_found(c, FIELD_CHILD(port->self.at, "name"), FIELD_DUPLICATE,
				FIELD_READS(port->name.node),
				"each port of a container needs a name of its own");
	}
}

struct used_port {
	const struct container_port *port;
	const struct json_node *node; /* that says the number on the host */
	const char *key;
};

/* A port's number on the host; NULL where it has none. */
static bool host_port_of(
	const struct pod_spec *spec, const struct container_port *port, struct used_port *out)
{
	const bool said = port->host_port.node && port->host_port.v != 0;

	*out = (struct used_port){port, said ? port->host_port.node : port->port.node,
		said ? "hostPort" : "containerPort"};
	return port->self.node && (said || (spec->host_network.v && port->port.node));
}

/* Number, protocol and address: what two ports of one host cannot have in common. */
static struct str host_port_key(const struct rule_context *c, const struct used_port *used)
{
	const struct container_port *const port = used->port;
	const struct str ip = check_text(c, port->self.node, "hostIP");
	const int32_t number = port->host_port.v ? port->host_port.v : port->port.v;
	const struct str protocol = port->protocol.v.len ? port->protocol.v : STR("TCP");

	return arena_printf(c->arena, "%d/%.*s/%.*s", (int)number, STR_ARG(protocol), STR_ARG(ip));
}

static size_t count_host_ports(
	const struct pod_spec *spec, const struct container *containers, size_t count)
{
	struct used_port used;
	size_t taken = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t p = 0; p < containers[i].ports.count; p++)
			taken += host_port_of(spec, &containers[i].ports.items[p], &used);
	}
	return taken;
}

static size_t add_host_ports(const struct rule_context *c, const struct pod_spec *spec,
	const struct container *container, struct used_port *used)
{
	size_t count = 0;

	for (size_t i = 0; i < container->ports.count; i++) {
		const struct container_port *const port = &container->ports.items[i];

		if (!host_port_of(spec, port, &used[count]))
			continue;
		count++;
		if (spec->host_network.v && port->host_port.v && port->host_port.v != port->port.v)
			rule_found(c, FIELD_CHILD(port->self.at, "hostPort"), FIELD_INVALID,
				FIELD_READS(port->host_port.node, port->port.node,
					spec->host_network.node),
				"must equal containerPort (%d), since hostNetwork is true: remove "
				"it",
				(int)port->port.v);
	}
	return count;
}

/* Of containers that run at the same time. */
static void check_host_ports(const struct rule_context *c, const struct pod_spec *spec,
	const struct container *containers, size_t container_count)
{
	const size_t count = count_host_ports(spec, containers, container_count);
	size_t at = 0;

	if (count == 0)
		return;
	/* One more: what takes no port of the host is written there before it is known. */
	struct used_port *const used = arena_array(c->arena, count + 1, sizeof(*used));
	struct str *const keys = arena_array(c->arena, count, sizeof(*keys));

	for (size_t i = 0; i < container_count; i++)
		at += add_host_ports(c, spec, &containers[i], used + at);
	for (size_t i = 0; i < count; i++)
		keys[i] = host_port_key(c, &used[i]);
	const size_t *const firsts = check_twin_texts(c->arena, keys, count);

	for (size_t i = 0; i < count; i++) {
		if (firsts[i] != i)
			rule_found(c, FIELD_CHILD(used[i].port->self.at, used[i].key),
				FIELD_DUPLICATE, FIELD_READS(used[i].node, used[firsts[i]].node),
				"another port of this pod takes the same port of the host: change "
				"one");
	}
}

/* Init containers run one by one: each is looked at by itself, as the API server does. */
static void host_ports_differ(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	check_host_ports(c, spec, spec->containers.items, spec->containers.count);
	for (size_t i = 0; i < spec->init_containers.count; i++)
		check_host_ports(c, spec, &spec->init_containers.items[i], 1);
}

static const struct rule RULES[] = {
	RULE("RG0630", "container-name-syntax", ERROR, BOTH, "0.1", NULL,
		"A container's name is a DNS label.", RULE_CHECKS_CONTAINER(name_is_a_label)),
	RULE("RG0631", "container-names-differ", ERROR, BOTH, "0.1", NULL,
		"No container and init container of a pod have the same name.",
		RULE_CHECKS_POD(names_differ), .needs = PART(INIT_CONTAINERS)),
	RULE("RG0632", "image-given", ERROR, BOTH, "0.1", NULL,
		"A container names its image, without white space around it.",
		RULE_CHECKS_CONTAINER(image_is_given)),
	RULE("RG0633", "image-can-be-pulled", WARN, BOTH, "0.1", NULL,
		"An image is a reference that a container engine can read.",
		RULE_CHECKS_CONTAINER(image_can_be_pulled)),
	RULE("RG0634", "port-names-fit", ERROR, BOTH, "0.1", NULL,
		"Names of a container's ports differ and have at most 15 characters.",
		RULE_CHECKS_CONTAINER(port_names_fit), .needs = PART(PORTS)),
	RULE("RG0635", "host-ports-differ", ERROR, BOTH, "0.1", NULL,
		"Two ports of a pod do not take the same port of the host.",
		RULE_CHECKS_POD(host_ports_differ), .needs = PART(PORTS)),
};

const struct rule_table RULES_CONTAINER = RULE_TABLE(RULES);
