#include "server/kube/endpoint.h"

#include <string.h>

static const char HTTPS[] = "https://";

/* The ":port" of "host:port" or "[v6]:port"; empty when there is none. */
static struct str port_of(struct str host)
{
	const char *const colon = memrchr(host.at, ':', host.len);

	if (colon == NULL)
		return (struct str){"", 0};
	const struct str port = str_from_offset(host, (size_t)(colon - host.at));

	return str_find(port, ']') < port.len ? (struct str){"", 0} : port;
}

struct kube_endpoint kube_endpoint_of(const struct kube_config *config, struct arena *arena)
{
	const struct str server = str_from(config->server);

	if (config->tls_server_name == NULL || !str_starts(server, HTTPS))
		return (struct kube_endpoint){.url = config->server};
	const struct str rest = str_from_offset(server, strlen(HTTPS));
	const struct str host = {rest.at, str_find(rest, '/')};
	const struct str prefix = str_from_offset(rest, host.len);
	const struct str port = port_of(host);

	return (struct kube_endpoint){
		.url = arena_printf(arena, "%s%s%.*s%.*s", HTTPS, config->tls_server_name,
			STR_ARG(port), STR_ARG(prefix))
			       .at,
		.connect_to =
			arena_printf(arena, "%.*s%s", STR_ARG(host), port.len ? "" : ":443").at,
	};
}
