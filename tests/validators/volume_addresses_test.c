#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_VOLUME                                                                                \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {volumes: [{name: v, %s}], containers: [{name: h, image: ray}]}}}}}"
#define ISCSI(more) "iscsi: {targetPortal: '1.2.3.4:3260', lun: 0, " more "}"
#define WITH_LONG_NAME                                                                             \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {volumes: [{name: v, " ISCSI(                                           \
		"iqn: '%.*s'") "}], containers: "                                                  \
			       "[{name: h, image: ray}]}}}}}"
#define IQN         "iqn: 'iqn.2001-04.com.example:a'"
#define CHARS_16    "0123456789abcdef"
#define CHARS_64    CHARS_16 CHARS_16 CHARS_16 CHARS_16
#define QUOBYTE(at) "quobyte: {volume: v, registry: '" at "'}"

struct source {
	const char *text;
	bool refused;
};

/* As a v1.35 API server answered. */
static const struct source ADDRESSES[] = {
	{ISCSI(IQN), false},
	{ISCSI("iqn: 'iqn.2001-04.a:x:y'"), false},
	{ISCSI("iqn: 'iqn.2001-99.com.example:ä'"), false},
	{ISCSI("iqn: 'iqnx iqn.2001-04.a:x'"), false},
	{ISCSI("iqn: 'iqn.2001-04.:iqn.2001-04.a:x'"), false},
	{ISCSI("iqn: 'iqn.2001-04.iqn.2001-04.:x'"), false},
	{ISCSI("iqn: 'iqn.2001-04.a_iqn.2001-04.a:x'"), false},
	{ISCSI("iqn: 'iqn,iqn.2001-04.a:x'"), false},
	{ISCSI("iqn: 'iqn.2001-04.a:x,y:z'"), true},
	{ISCSI("iqn: 'iqn.2001-04.:iqn.2001-04.a_:x'"), true},
	{ISCSI("iqn: eui." CHARS_16), false},
	{ISCSI("iqn: euiä" CHARS_16), false},
	{ISCSI("iqn: \"eui\\n" CHARS_16 "\""), true},
	{ISCSI("iqn: naa." CHARS_16 CHARS_16), false},
	{ISCSI("iqn: naa." CHARS_16), true},
	{ISCSI("iqn: eui." CHARS_16 "0"), true},
	{ISCSI("iqn: eui." CHARS_16 "\\n"), true},
	{ISCSI("iqn: eui"), true},
	{ISCSI("iqn: eui.0123456789abcde_"), true},
	{ISCSI("iqn: iqn"), true},
	{ISCSI("iqn: x"), true},
	{ISCSI("iqn: 'IQN.2001-04.a:x'"), true},
	{ISCSI("iqn: iqn.2001-04.com.example"), true},
	{ISCSI("iqn: 'iqn.2001-4.com:x'"), true},
	{ISCSI("iqn: 'iqn.2001-04.com:a b'"), true},
	{ISCSI("iqn: 'iqn.2001-04.com:a,b'"), true},
	{ISCSI("iqn: 'iqn.2001-04.ex_a:x'"), true},
	{ISCSI("iqn: 'iqn.2001-04.a:'"), true},
	{ISCSI("iqn: 'iqn.2001-04.:x'"), true},
	{ISCSI(IQN ", initiatorName: x"), true},
	{ISCSI(IQN ", initiatorName: ''"), true},
	{ISCSI(IQN ", initiatorName: null"), false},
	{ISCSI(IQN ", initiatorName: eui." CHARS_16), false},
	{ISCSI(IQN ", chapAuthSession: true"), true},
	{ISCSI(IQN ", chapAuthDiscovery: true"), true},
	{ISCSI(IQN ", chapAuthDiscovery: false"), false},
	{ISCSI(IQN ", chapAuthSession: true, secretRef: {name: s}"), false},
	{ISCSI(IQN ", chapAuthSession: true, secretRef: {}"), false},
	{QUOBYTE("a:1"), false},
	{QUOBYTE("a:1,b:"), false},
	{QUOBYTE(":1"), false},
	{QUOBYTE("a:b"), false},
	{QUOBYTE("[::1]:1"), false},
	{QUOBYTE("a:1, b:2"), false},
	{QUOBYTE("a"), true},
	{QUOBYTE("a:1,"), true},
	{QUOBYTE("a:1,b"), true},
	{QUOBYTE("::1:1"), true},
	{QUOBYTE("a:1:2"), true},
	{QUOBYTE("[::1]"), true},
	{QUOBYTE("a]:1"), true},
	{QUOBYTE("[a:1"), true},
	{QUOBYTE("[a]b:1"), true},
	{QUOBYTE("["), true},
	{"quobyte: {volume: v, registry: 'a:1', tenant: " CHARS_64 "}", false},
	{"quobyte: {volume: v, registry: 'a:1', tenant: " CHARS_64 "0}", true},
	{"fc: {targetWWNs: [a], lun: 255}", false},
	{"fc: {targetWWNs: [a], lun: 256}", true},
	{"fc: {targetWWNs: [a], lun: -1}", true},
	{"fc: {targetWWNs: [a]}", true},
	{"fc: {wwids: [a], lun: 256}", false},
	{"fc: {wwids: [a]}", false},
};

Test(volume_addresses, names_and_addresses_are_such_as_the_api_server_takes)
{
	for (size_t i = 0; i < ARRAY_LEN(ADDRESSES); i++)
		cr_expect_eq(verdict_grade("RG0678", WITH_VOLUME, ADDRESSES[i].text) ==
				     FIELD_SEVERITY_ERROR,
			ADDRESSES[i].refused, "%s", ADDRESSES[i].text);
}

/* Were each part of it looked at to its end, this would take minutes. */
Test(volume_addresses, a_long_name_is_read_once, .timeout = 20)
{
	static const char *const PARTS[] = {"iqn.2001-04.a:", "iqn.2001-04."};
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
		CLEANUP(buf_done) struct buf name = {0};

		while (name.len < (1u << 20))
			buf_add_cstr(&name, PARTS[i]);
		buf_add_char(&name, ',');
		cr_expect_eq(
			verdict_grade_by("{apiVersion: raygate.dev/v1, kind: Policy}", "RG0678",
				arena_printf(&arena, WITH_LONG_NAME, STR_ARG(buf_str(&name))).at),
			FIELD_SEVERITY_ERROR, "%s", PARTS[i]);
	}
	arena_done(&arena);
}

Test(volume_addresses, numbers_of_disks_and_partitions_fit_a_byte)
{
	static const struct source NUMBERS[] = {
		{"iscsi: {targetPortal: 'a:1', " IQN ", lun: 255}", false},
		{"iscsi: {targetPortal: 'a:1', " IQN ", lun: 256}", true},
		{"iscsi: {targetPortal: 'a:1', " IQN ", lun: -1}", true},
		{"awsElasticBlockStore: {volumeID: v, partition: 0}", false},
		{"awsElasticBlockStore: {volumeID: v, partition: 255}", false},
		{"awsElasticBlockStore: {volumeID: v, partition: 256}", true},
		{"gcePersistentDisk: {pdName: v, partition: 255}", false},
		{"gcePersistentDisk: {pdName: v, partition: -1}", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(NUMBERS); i++)
		cr_expect_eq(verdict_grade("RG0109", WITH_VOLUME, NUMBERS[i].text) ==
				     FIELD_SEVERITY_ERROR,
			NUMBERS[i].refused, "%s", NUMBERS[i].text);
}
