#include "server/http/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/str.h"

static bool can_connect(int family, int port)
{
	const struct sockaddr_in six_four = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct sockaddr_in6 six = {.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT};
	const int fd = socket(family, SOCK_STREAM, 0);
	const bool ok =
		fd >= 0 &&
		(family == AF_INET6 ? connect(fd, (const struct sockaddr *)&six, sizeof(six))
				    : connect(fd, (const struct sockaddr *)&six_four,
					      sizeof(six_four))) == 0;

	close(fd);
	return ok;
}

static bool has_ipv6(void)
{
	struct err err;
	int fd;

	if (!socket_listen("[::1]:0", 1, &fd, &err))
		return false;
	close(fd);
	return true;
}

Test(socket, an_address_without_host_takes_both_families)
{
	struct err err;
	int fd;

	cr_assert(socket_listen(":0", 16, &fd, &err), "%s", err.text);
	const int port = socket_port(fd);

	cr_assert_gt(port, 0);
	cr_assert(can_connect(AF_INET, port));
	cr_assert(!has_ipv6() || can_connect(AF_INET6, port));
	cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	cr_assert(fcntl(fd, F_GETFL) & O_NONBLOCK);
	close(fd);
}

/* On the port of the other family somebody else may listen, but not each time. */
static bool takes_alone(const char *address, int family, int other)
{
	bool alone = false;

	for (int i = 0; i < 5 && !alone; i++) {
		struct err err;
		int fd;

		cr_assert(socket_listen(address, 16, &fd, &err), "%s", err.text);
		cr_assert(can_connect(family, socket_port(fd)));
		alone = !can_connect(other, socket_port(fd));
		close(fd);
	}
	return alone;
}

Test(socket, an_address_with_host_takes_that_family_alone)
{
	cr_assert(takes_alone("127.0.0.1:0", AF_INET, AF_INET6));
	if (has_ipv6())
		cr_assert(takes_alone("[::1]:0", AF_INET6, AF_INET));
}

Test(socket, what_is_no_address_is_refused_with_examples)
{
	static const char *const CASES[] = {"", "9443", ":", ":x", ":-1", ":+1", ":65536", ": 1",
		"localhost:1", "127.0.0.1", "127.0.0.1:", "::1:1", "[::1]", "[]:1", "[127.0.0.1]:1",
		"256.0.0.1:1", ":99999999999999999999", "127.0.0.1:1 "};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct err err;
		int fd;

		cr_assert_not(socket_listen(CASES[i], 16, &fd, &err), "'%s'", CASES[i]);
		cr_assert_eq(err.code, ERR_INVALID, "'%s': %s", CASES[i], err.text);
		cr_assert(str_contains(str_from(err.text), ":9443"), "%s", err.text);
	}
}

Test(socket, a_port_in_use_is_named)
{
	struct err err;
	char address[32];
	int first, second;

	cr_assert(socket_listen("127.0.0.1:0", 16, &first, &err), "%s", err.text);
	snprintf(address, sizeof(address), "127.0.0.1:%d", socket_port(first));
	cr_assert_not(socket_listen(address, 16, &second, &err));
	cr_assert(str_contains(str_from(err.text), address), "%s", err.text);
	cr_assert(str_contains(str_from(err.text), "in use"), "%s", err.text);
	close(first);
}

/* The last packet of a handshake may still be on its way when connect() is done. */
static void expect_waiting(int fd, size_t count)
{
	while (socket_waiting(fd) != count)
		sched_yield();
}

Test(socket, those_who_wait_to_be_accepted_are_counted, .timeout = 60)
{
	struct err err;
	int fd;

	cr_assert(socket_listen("127.0.0.1:0", 16, &fd, &err), "%s", err.text);
	cr_assert_eq(socket_waiting(fd), 0);
	for (size_t n = 1; n <= 3; n++) {
		cr_assert(can_connect(AF_INET, socket_port(fd)));
		expect_waiting(fd, n);
	}
	close(accept(fd, NULL, NULL));
	expect_waiting(fd, 2);
	close(fd);
}
