#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_ENV                                                                                   \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  historyServerOptions: {collectorOptions: {image: c, env: [%s]}}\n"                      \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"

#define E(name, value) "{name: " name ", value: '" value "'}, "
#define REF(name)      "{name: " name ", valueFrom: {secretKeyRef: {name: s, key: k}}}, "
#define URL            "AZURE_STORAGE_ACCOUNT_URL"
#define TEXT           "AZURE_STORAGE_CONNECTION_STRING"
#define MODE           "AZURE_STORAGE_AUTH_MODE"

Test(history, each_backend_needs_its_settings)
{
	static const struct {
		const char *env;
		enum field_severity grade;
	} CASES[] = {
		{E("STORAGE_BACKEND", "gcs"), FIELD_SEVERITY_ERROR},
		{E("STORAGE_BACKEND", "gcs") E("GCS_BUCKET", ""), FIELD_SEVERITY_ERROR},
		{E("STORAGE_BACKEND", "gcs") E("GCS_BUCKET", "b"), FIELD_SEVERITY_OFF},
		{E("STORAGE_BACKEND", "gcs") REF("GCS_BUCKET"), FIELD_SEVERITY_OFF},
		{E("STORAGE_BACKEND", "S3") E("S3_REGION", "r"), FIELD_SEVERITY_OFF},
		{E("STORAGE_BACKEND", "AliyunOSS") E("OSS_BUCKET", "b") E("OSS_ENDPOINT", "e"),
			FIELD_SEVERITY_ERROR},
		{E("STORAGE_BACKEND", "AliyunOSS") E("OSS_BUCKET", "b") E("OSS_ENDPOINT", "e")
				E("OSS_REGION", "r"),
			FIELD_SEVERITY_OFF},
		{E("STORAGE_BACKEND", "AzureBlob"), FIELD_SEVERITY_ERROR},
		{E("STORAGE_BACKEND", "AzureBlob") E(URL, "u"), FIELD_SEVERITY_OFF},
		{E("STORAGE_BACKEND", "AzureBlob") REF(TEXT), FIELD_SEVERITY_OFF},
		{E("STORAGE_BACKEND", "AzureBlob") E(MODE, " Default ") REF(TEXT),
			FIELD_SEVERITY_ERROR},
		{E("STORAGE_BACKEND", "AzureBlob") E(MODE, "Workload_Identity") E(URL, "u"),
			FIELD_SEVERITY_OFF},
		{E("STORAGE_BACKEND", "AzureBlob") E(MODE, "connection_string") E(URL, "u"),
			FIELD_SEVERITY_ERROR},
		{E("STORAGE_BACKEND", "something else"), FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade("RG0945", WITH_ENV, CASES[i].env), CASES[i].grade,
			"[%s]", CASES[i].env);
}
