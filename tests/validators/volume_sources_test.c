#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_VOLUME                                                                                \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {volumes: [{name: v, %s}], containers: [{name: h, image: ray}]}}}}}"

Test(volume_sources, each_says_what_the_api_server_asks_of_it)
{
	static const struct {
		const char *source;
		bool refused;
	} CASES[] = {
		{"nfs: {server: s, path: /a}", false},
		{"nfs: {server: s, path: a}", true},
		{"nfs: {server: s, path: ''}", true},
		{"nfs: {server: '', path: /a}", true},
		{"csi: {driver: secrets-store.csi.k8s.io}", false},
		{"csi: {driver: Disk.CSI.example.com}", false},
		{"csi: {driver: ''}", true},
		{"csi: {driver: my_driver}", true},
		{"csi: {driver: "
		 "a123456789.a123456789.a123456789.a123456789.a123456789.a123456789.a}",
			true},
		{"image: {reference: example.com/model:1}", false},
		{"image: {pullPolicy: Always}", true},
		{"image: {reference: ''}", true},
		{"cephfs: {monitors: [a]}", false},
		{"cephfs: {monitors: []}", true},
		{"azureFile: {secretName: a, shareName: ''}", true},
		{"fc: {targetWWNs: [a], lun: 1}", false},
		{"fc: {wwids: [a]}", false},
		{"fc: {}", true},
		{"fc: {targetWWNs: []}", true},
		{"fc: {targetWWNs: [], wwids: [a]}", false},
		{"flocker: {datasetName: '', datasetUUID: b}", false},
		{"fc: {targetWWNs: [a], lun: 1, wwids: [b]}", true},
		{"flocker: {datasetName: a}", false},
		{"flocker: {datasetName: a, datasetUUID: b}", true},
		{"azureDisk: {diskName: a, diskURI: 'https://a.blob.core.windows.net/b/c.vhd'}",
			false},
		{"azureDisk: {diskName: a, diskURI: /subscriptions/a}", true},
		{"azureDisk: {diskName: a, diskURI: /subscriptions/a, kind: Managed}", false},
		{"azureDisk: {diskName: a, diskURI: 'https://a', kind: Managed}", true},
		{"storageos: {}", true},
		{"emptyDir: {}", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0677", WITH_VOLUME, CASES[i].source),
			CASES[i].refused ? FIELD_SEVERITY_ERROR : FIELD_SEVERITY_OFF, "%s",
			CASES[i].source);
}

/* That it must be there at all, the CRD's schema says: it is not told twice. */
Test(volume_sources, what_the_schema_asks_for_is_told_once)
{
	cr_expect_eq(verdict_grade("RG0677", WITH_VOLUME, "nfs: {server: s}"), FIELD_SEVERITY_OFF);
	cr_expect_eq(
		verdict_grade("RG0103", WITH_VOLUME, "nfs: {server: s}"), FIELD_SEVERITY_ERROR);
}
