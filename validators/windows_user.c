#include "validators/windows_user.h"

#include <ctype.h>
#include <string.h>

enum {
	USER_MAX = 104,   /* bytes */
	DOMAIN_MAX = 255, /* bytes */
	NETBIOS_MAX = 15, /* characters */
	LABEL_MAX = 63,
};

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7F)
			return true;
	}
	return false;
}

/* NUL, which ends the list, is a control character, and looked for before. */
static bool has_any(struct str text, const char *marks)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr(marks, text.at[i]))
			return true;
	}
	return false;
}

static size_t characters(struct str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
	return count;
}

static bool is_netbios(struct str domain)
{
	return domain.len && domain.at[0] != '.' && characters(domain) <= NETBIOS_MAX &&
	       !has_any(domain, "/:*?\"<>|");
}

static bool is_dns_label(struct str label)
{
	if (label.len == 0 || label.len > LABEL_MAX || label.at[0] == '-' ||
		label.at[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		const unsigned char c = (unsigned char)label.at[i];

		if (c >= 0x80 || (!isalnum(c) && c != '-'))
			return false;
	}
	return true;
}

static bool is_dns(struct str domain)
{
	if (domain.len == 0 || domain.at[domain.len - 1] == '.')
		return false;
	while (domain.len) {
		if (!is_dns_label(str_cut(&domain, '.')))
			return false;
	}
	return true;
}

static bool is_dots_and_blanks(struct str user)
{
	for (size_t i = 0; i < user.len; i++) {
		if (user.at[i] != '.' && user.at[i] != ' ')
			return false;
	}
	return true;
}

static const char *domain_fault(struct str domain)
{
	if (domain.len > DOMAIN_MAX)
		return "must have a domain of no more than 255 bytes";
	if (!is_netbios(domain) && !is_dns(domain))
		return "must have the name of a domain, as NetBIOS or DNS has it, in front of the "
		       "backslash";
	return NULL;
}

static const char *user_fault(struct str user)
{
	if (user.len == 0)
		return "must have a user behind the backslash";
	if (user.len > USER_MAX)
		return "must have a user of no more than 104 bytes";
	if (is_dots_and_blanks(user))
		return "must have a user of more than dots and blanks";
	if (has_any(user, "\"/:;|=,+*?<>@[]"))
		return "must have a user without any of \" / : ; | = , + * ? < > @ [ ]";
	return NULL;
}

const char *windows_user_fault(struct str name)
{
	const size_t at = str_find(name, '\\');

	if (has_control(name))
		return "must have no control characters";
	if (at == name.len)
		return user_fault(name);
	const struct str user = str_from_offset(name, at + 1);

	if (str_find(user, '\\') < user.len)
		return "must have one backslash at most, behind the domain";
	const char *const fault = domain_fault((struct str){name.at, at});

	return fault ? fault : user_fault(user);
}
