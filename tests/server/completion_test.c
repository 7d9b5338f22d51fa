#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "server/commands.h"
#include "server/completion.h"
#include "tests/support/certs_kit.h"

/* What bash offers for the last of the words. */
static const struct {
	const char *words, *expected;
} CASES[] = {
	{"raygate che", "check"},
	{"raygate c", "check certs completion"},
	{"raygate help ver", "version"},
	{"raygate check --col", "--color"},
	{"raygate check --color a", "auto always"},
	{"raygate check --color = n", "never"},
	{"raygate check -o ''", "text json sarif junit github"},
	{"raygate plan -o y", "yaml"},
	{"raygate certs -o ''", "text json"},
	{"raygate explain -o ''", "text json"},
	{"raygate explain --kub", "--kubeconfig"},
	{"raygate explain d", ""},
	{"raygate certs v", "verify"},
	{"raygate completion z", "zsh"},
	{"raygate check here/on", "here/one.yaml"},
	{"raygate serve --cert-dir her", "here"},
	{"raygate check --namespace o", ""},
	{"raygate rules ''", ""},
	{"raygate nothing ''", ""},
};

static void ask(const char *folder, const char *words, char *reply, int size)
{
	char command[512];

	snprintf(command, sizeof(command),
		"cd '%s' && bash -c '. ./completion; set -- %s; COMP_WORDS=(\"$@\"); "
		"COMP_CWORD=$(($#-1)); _raygate; echo \"${COMPREPLY[*]}\"'",
		folder, words);
	for (char *quote; (quote = strstr(command, "''")) != NULL;)
		memcpy(quote, "\"\"", 2);
	FILE *const shell = popen(command, "r");

	cr_assert_not_null(shell);
	cr_assert_not_null(fgets(reply, size, shell), "%s", command);
	cr_assert_eq(pclose(shell), 0, "%s", command);
	reply[strcspn(reply, "\n")] = '\0';
}

Test(completion, bash_offers_what_the_tables_hold)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	CLEANUP(buf_done) struct buf text = {0};
	char reply[512];

	cr_assert(completion_print(STR("bash"), &text));
	buf_add_char(&text, '\0');
	kit_write(folder, "completion", text.at);
	kit_run("mkdir '%s/here' && touch '%s/here/one.yaml'", folder, folder);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		ask(folder, CASES[i].words, reply, (int)sizeof(reply));
		cr_expect_str_eq(reply, CASES[i].expected, "%s: '%s'", CASES[i].words, reply);
	}
}

Test(completion, every_shell_knows_every_command_and_option)
{
	static const char *const SHELLS[] = {"bash", "zsh", "fish"};
	const struct command_row *command;
	struct settings_option option;

	for (size_t s = 0; s < ARRAY_LEN(SHELLS); s++) {
		CLEANUP(buf_done) struct buf text = {0};

		cr_assert(completion_print(str_from(SHELLS[s]), &text));
		for (size_t i = 0; (command = commands_at(i)) != NULL; i++)
			cr_expect(str_contains(buf_str(&text), command->name), "%s: %s", SHELLS[s],
				command->name);
		for (size_t i = 0; settings_option(i, &option); i++)
			cr_expect(str_contains(buf_str(&text), option.name), "%s: %s", SHELLS[s],
				option.name);
	}
}

Test(completion, other_shells_are_refused)
{
	CLEANUP(buf_done) struct buf text = {0};

	cr_expect_not(completion_print(STR("tcsh"), &text));
	cr_expect_eq(text.len, 0);
}
