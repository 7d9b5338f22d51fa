/* The volumes of a pod (core/v1 Volume and its sources): checked here, read by the rules as nodes.
 */
#include "api/pod.h"

#include "api/pod_parts.h"
#include "base/attr.h"

/* Kubernetes asks for no more than the number of a disk or partition. */
#define POD_BYTE .bounded = true, .min = 0, .max = 255, .judge = SCHEMA_JUDGE_POD

static const struct schema_field AWS_ELASTIC_BLOCK_STORE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_INT32, "partition", POD_BYTE),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeID", .required = true),
};
static const struct schema AWS_ELASTIC_BLOCK_STORE =
	SCHEMA_OF("an aws elastic block store volume", AWS_ELASTIC_BLOCK_STORE_ROWS, NULL);

static const struct schema_field AZURE_DISK_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "cachingMode",
		.words = SCHEMA_WORDS("None", "ReadOnly", "ReadWrite"),
		.judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_STRING, "diskName", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "diskURI", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "fsType", .fallback = "\"ext4\""),
	SCHEMA_CHECK(SCHEMA_STRING, "kind", .words = SCHEMA_WORDS("Shared", "Dedicated", "Managed"),
		.judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly", .fallback = "false"),
};
static const struct schema AZURE_DISK = SCHEMA_OF("an azure disk volume", AZURE_DISK_ROWS, NULL);

static const struct schema_field AZURE_FILE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRING, "secretName", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "shareName", .required = true),
};
static const struct schema AZURE_FILE = SCHEMA_OF("an azure file volume", AZURE_FILE_ROWS, NULL);

static const struct schema_field CEPHFS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRINGS, "monitors", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "path"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRING, "secretFile"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LOCAL_REFERENCE, "secretRef"),
	SCHEMA_CHECK(SCHEMA_STRING, "user"),
};
static const struct schema CEPHFS = SCHEMA_OF("a cephfs volume", CEPHFS_ROWS, NULL);

static const struct schema_field CINDER_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LOCAL_REFERENCE, "secretRef"),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeID", .required = true),
};
static const struct schema CINDER = SCHEMA_OF("a cinder volume", CINDER_ROWS, NULL);

static const struct schema_field ITEM_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "key", .required = true),
	SCHEMA_CHECK(SCHEMA_INT32, "mode"),
	SCHEMA_CHECK(SCHEMA_STRING, "path", .required = true),
};
static const struct schema ITEM = SCHEMA_OF("an item of items", ITEM_ROWS, NULL);

static const struct schema_field CONFIG_MAP_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT32, "defaultMode"),
	SCHEMA_CHECK_LIST(&ITEM, "items"),
	SCHEMA_CHECK(SCHEMA_STRING, "name", .fallback = "\"\""),
	SCHEMA_CHECK(SCHEMA_BOOL, "optional"),
};
static const struct schema CONFIG_MAP = SCHEMA_OF("a config map volume", CONFIG_MAP_ROWS, NULL);

static const struct schema_field CSI_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "driver", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LOCAL_REFERENCE, "nodePublishSecretRef"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRING_MAP, "volumeAttributes"),
};
static const struct schema CSI = SCHEMA_OF("a csi volume", CSI_ROWS, NULL);

static const struct schema_field DOWNWARD_API_ITEM_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&SCHEMA_FIELD_REF, "fieldRef"),
	SCHEMA_CHECK(SCHEMA_INT32, "mode"),
	SCHEMA_CHECK(SCHEMA_STRING, "path", .required = true),
	SCHEMA_CHECK_OBJECT(&SCHEMA_RESOURCE_FIELD_REF, "resourceFieldRef"),
};
static const struct schema DOWNWARD_API_ITEM =
	SCHEMA_OF("an item of items", DOWNWARD_API_ITEM_ROWS, NULL);

static const struct schema_field DOWNWARD_API_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT32, "defaultMode"),
	SCHEMA_CHECK_LIST(&DOWNWARD_API_ITEM, "items"),
};
static const struct schema DOWNWARD_API =
	SCHEMA_OF("a downward api volume", DOWNWARD_API_ROWS, NULL);

static const struct schema_field EMPTY_DIR_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "medium"),
	SCHEMA_CHECK(SCHEMA_QUANTITY, "sizeLimit"),
};
static const struct schema EMPTY_DIR = SCHEMA_OF("an empty dir volume", EMPTY_DIR_ROWS, NULL);

static const struct schema_field DATA_SOURCE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "apiGroup"),
	SCHEMA_CHECK(SCHEMA_STRING, "kind", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "name", .required = true),
};
static const struct schema DATA_SOURCE = SCHEMA_OF("a data source", DATA_SOURCE_ROWS, NULL);

static const struct schema_field DATA_SOURCE_REF_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "apiGroup"),
	SCHEMA_CHECK(SCHEMA_STRING, "kind", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "name", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "namespace"),
};
static const struct schema DATA_SOURCE_REF =
	SCHEMA_OF("a data source ref", DATA_SOURCE_REF_ROWS, NULL);

static const struct schema_field RESOURCES_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_QUANTITY_MAP, "limits"),
	SCHEMA_CHECK(SCHEMA_QUANTITY_MAP, "requests"),
};
static const struct schema RESOURCES = SCHEMA_OF("a resources", RESOURCES_ROWS, NULL);

static const struct schema_field SPEC_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRINGS, "accessModes"),
	SCHEMA_CHECK_OBJECT(&DATA_SOURCE, "dataSource"),
	SCHEMA_CHECK_OBJECT(&DATA_SOURCE_REF, "dataSourceRef"),
	SCHEMA_CHECK_OBJECT(&RESOURCES, "resources"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LABEL_SELECTOR, "selector"),
	SCHEMA_CHECK(SCHEMA_STRING, "storageClassName"),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeAttributesClassName"),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeMode", .words = SCHEMA_WORDS("Filesystem", "Block"),
		.judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeName"),
};
static const struct schema SPEC = SCHEMA_OF("a spec", SPEC_ROWS, NULL);

static const struct schema_field VOLUME_CLAIM_TEMPLATE_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&SCHEMA_TEMPLATE_METADATA, "metadata"),
	SCHEMA_CHECK_OBJECT(&SPEC, "spec", .required = true),
};
static const struct schema VOLUME_CLAIM_TEMPLATE =
	SCHEMA_OF("a volume claim template", VOLUME_CLAIM_TEMPLATE_ROWS, NULL);

static const struct schema_field EPHEMERAL_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&VOLUME_CLAIM_TEMPLATE, "volumeClaimTemplate"),
};
static const struct schema EPHEMERAL = SCHEMA_OF("an ephemeral volume", EPHEMERAL_ROWS, NULL);

static const struct schema_field FC_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_INT32, "lun"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "targetWWNs"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "wwids"),
};
static const struct schema FC = SCHEMA_OF("a fc volume", FC_ROWS, NULL);

static const struct schema_field FLEX_VOLUME_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "driver", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_STRING_MAP, "options"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LOCAL_REFERENCE, "secretRef"),
};
static const struct schema FLEX_VOLUME = SCHEMA_OF("a flex volume volume", FLEX_VOLUME_ROWS, NULL);

static const struct schema_field FLOCKER_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "datasetName"),
	SCHEMA_CHECK(SCHEMA_STRING, "datasetUUID"),
};
static const struct schema FLOCKER = SCHEMA_OF("a flocker volume", FLOCKER_ROWS, NULL);

static const struct schema_field GCE_PERSISTENT_DISK_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_INT32, "partition", POD_BYTE),
	SCHEMA_CHECK(SCHEMA_STRING, "pdName", .required = true),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
};
static const struct schema GCE_PERSISTENT_DISK =
	SCHEMA_OF("a gce persistent disk volume", GCE_PERSISTENT_DISK_ROWS, NULL);

static const struct schema_field GIT_REPO_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "directory"),
	SCHEMA_CHECK(SCHEMA_STRING, "repository", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "revision"),
};
static const struct schema GIT_REPO = SCHEMA_OF("a git repo volume", GIT_REPO_ROWS, NULL);

static const struct schema_field GLUSTERFS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "endpoints", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "path", .required = true),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
};
static const struct schema GLUSTERFS = SCHEMA_OF("a glusterfs volume", GLUSTERFS_ROWS, NULL);

static const struct schema_field HOST_PATH_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "path", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "type",
		.words = SCHEMA_WORDS("DirectoryOrCreate", "Directory", "FileOrCreate", "File",
			"Socket", "CharDevice", "BlockDevice"),
		.judge = SCHEMA_JUDGE_POD),
};
static const struct schema HOST_PATH = SCHEMA_OF("a host path volume", HOST_PATH_ROWS, NULL);

static const struct schema_field IMAGE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "pullPolicy",
		.words = SCHEMA_WORDS("Always", "IfNotPresent", "Never"),
		.judge = SCHEMA_JUDGE_POD),
	SCHEMA_CHECK(SCHEMA_STRING, "reference"),
};
static const struct schema IMAGE = SCHEMA_OF("an image volume", IMAGE_ROWS, NULL);

static const struct schema_field ISCSI_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_BOOL, "chapAuthDiscovery"),
	SCHEMA_CHECK(SCHEMA_BOOL, "chapAuthSession"),
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_STRING, "initiatorName"),
	SCHEMA_CHECK(SCHEMA_STRING, "iqn", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "iscsiInterface", .fallback = "\"default\""),
	SCHEMA_CHECK(SCHEMA_INT32, "lun", .required = true, POD_BYTE),
	SCHEMA_CHECK(SCHEMA_STRINGS, "portals"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LOCAL_REFERENCE, "secretRef"),
	SCHEMA_CHECK(SCHEMA_STRING, "targetPortal", .required = true),
};
static const struct schema ISCSI = SCHEMA_OF("an iscsi volume", ISCSI_ROWS, NULL);

static const struct schema_field NFS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "path", .required = true),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRING, "server", .required = true),
};
static const struct schema NFS = SCHEMA_OF("a nfs volume", NFS_ROWS, NULL);

static const struct schema_field PERSISTENT_VOLUME_CLAIM_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "claimName", .required = true),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
};
static const struct schema PERSISTENT_VOLUME_CLAIM =
	SCHEMA_OF("a persistent volume claim volume", PERSISTENT_VOLUME_CLAIM_ROWS, NULL);

static const struct schema_field PHOTON_PERSISTENT_DISK_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_STRING, "pdID", .required = true),
};
static const struct schema PHOTON_PERSISTENT_DISK =
	SCHEMA_OF("a photon persistent disk volume", PHOTON_PERSISTENT_DISK_ROWS, NULL);

static const struct schema_field PORTWORX_VOLUME_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeID", .required = true),
};
static const struct schema PORTWORX_VOLUME =
	SCHEMA_OF("a portworx volume volume", PORTWORX_VOLUME_ROWS, NULL);

static const struct schema_field CLUSTER_TRUST_BUNDLE_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&SCHEMA_LABEL_SELECTOR, "labelSelector"),
	SCHEMA_CHECK(SCHEMA_STRING, "name"),
	SCHEMA_CHECK(SCHEMA_BOOL, "optional"),
	SCHEMA_CHECK(SCHEMA_STRING, "path", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "signerName"),
};
static const struct schema CLUSTER_TRUST_BUNDLE =
	SCHEMA_OF("a cluster trust bundle", CLUSTER_TRUST_BUNDLE_ROWS, NULL);

static const struct schema_field SOURCE_CONFIG_MAP_ROWS[] = {
	SCHEMA_CHECK_LIST(&ITEM, "items"),
	SCHEMA_CHECK(SCHEMA_STRING, "name", .fallback = "\"\""),
	SCHEMA_CHECK(SCHEMA_BOOL, "optional"),
};
static const struct schema SOURCE_CONFIG_MAP =
	SCHEMA_OF("a config map", SOURCE_CONFIG_MAP_ROWS, NULL);

static const struct schema_field SOURCE_DOWNWARD_API_ROWS[] = {
	SCHEMA_CHECK_LIST(&DOWNWARD_API_ITEM, "items"),
};
static const struct schema SOURCE_DOWNWARD_API =
	SCHEMA_OF("a downward api", SOURCE_DOWNWARD_API_ROWS, NULL);

static const struct schema_field POD_CERTIFICATE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "certificateChainPath"),
	SCHEMA_CHECK(SCHEMA_STRING, "credentialBundlePath"),
	SCHEMA_CHECK(SCHEMA_STRING, "keyPath"),
	SCHEMA_CHECK(SCHEMA_STRING, "keyType", .required = true),
	SCHEMA_CHECK(SCHEMA_INT32, "maxExpirationSeconds"),
	SCHEMA_CHECK(SCHEMA_STRING, "signerName", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING_MAP, "userAnnotations"),
};
static const struct schema POD_CERTIFICATE =
	SCHEMA_OF("a pod certificate", POD_CERTIFICATE_ROWS, NULL);

static const struct schema_field SERVICE_ACCOUNT_TOKEN_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "audience"),
	SCHEMA_CHECK(SCHEMA_INT64, "expirationSeconds"),
	SCHEMA_CHECK(SCHEMA_STRING, "path", .required = true),
};
static const struct schema SERVICE_ACCOUNT_TOKEN =
	SCHEMA_OF("a service account token", SERVICE_ACCOUNT_TOKEN_ROWS, NULL);

static const struct schema_field SOURCE_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&CLUSTER_TRUST_BUNDLE, "clusterTrustBundle"),
	SCHEMA_CHECK_OBJECT(&SOURCE_CONFIG_MAP, "configMap"),
	SCHEMA_CHECK_OBJECT(&SOURCE_DOWNWARD_API, "downwardAPI"),
	SCHEMA_CHECK_OBJECT(&POD_CERTIFICATE, "podCertificate"),
	SCHEMA_CHECK_OBJECT(&SOURCE_CONFIG_MAP, "secret"),
	SCHEMA_CHECK_OBJECT(&SERVICE_ACCOUNT_TOKEN, "serviceAccountToken"),
};
static const struct schema SOURCE = SCHEMA_OF("an item of sources", SOURCE_ROWS, NULL);

static const struct schema_field PROJECTED_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT32, "defaultMode"),
	SCHEMA_CHECK_LIST(&SOURCE, "sources"),
};
static const struct schema PROJECTED = SCHEMA_OF("a projected volume", PROJECTED_ROWS, NULL);

static const struct schema_field QUOBYTE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "group"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRING, "registry", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "tenant"),
	SCHEMA_CHECK(SCHEMA_STRING, "user"),
	SCHEMA_CHECK(SCHEMA_STRING, "volume", .required = true),
};
static const struct schema QUOBYTE = SCHEMA_OF("a quobyte volume", QUOBYTE_ROWS, NULL);

static const struct schema_field RBD_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_STRING, "image", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "keyring", .fallback = "\"/etc/ceph/keyring\""),
	SCHEMA_CHECK(SCHEMA_STRINGS, "monitors", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "pool", .fallback = "\"rbd\""),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LOCAL_REFERENCE, "secretRef"),
	SCHEMA_CHECK(SCHEMA_STRING, "user", .fallback = "\"admin\""),
};
static const struct schema RBD = SCHEMA_OF("a rbd volume", RBD_ROWS, NULL);

static const struct schema_field SCALE_IO_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType", .fallback = "\"xfs\""),
	SCHEMA_CHECK(SCHEMA_STRING, "gateway", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "protectionDomain"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LOCAL_REFERENCE, "secretRef", .required = true),
	SCHEMA_CHECK(SCHEMA_BOOL, "sslEnabled"),
	SCHEMA_CHECK(SCHEMA_STRING, "storageMode", .fallback = "\"ThinProvisioned\""),
	SCHEMA_CHECK(SCHEMA_STRING, "storagePool"),
	SCHEMA_CHECK(SCHEMA_STRING, "system", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeName"),
};
static const struct schema SCALE_IO = SCHEMA_OF("a scale io volume", SCALE_IO_ROWS, NULL);

static const struct schema_field SECRET_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT32, "defaultMode"),
	SCHEMA_CHECK_LIST(&ITEM, "items"),
	SCHEMA_CHECK(SCHEMA_BOOL, "optional"),
	SCHEMA_CHECK(SCHEMA_STRING, "secretName"),
};
static const struct schema SECRET = SCHEMA_OF("a secret volume", SECRET_ROWS, NULL);

static const struct schema_field STORAGEOS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LOCAL_REFERENCE, "secretRef"),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeName"),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeNamespace"),
};
static const struct schema STORAGEOS = SCHEMA_OF("a storageos volume", STORAGEOS_ROWS, NULL);

static const struct schema_field VSPHERE_VOLUME_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "fsType"),
	SCHEMA_CHECK(SCHEMA_STRING, "storagePolicyID"),
	SCHEMA_CHECK(SCHEMA_STRING, "storagePolicyName"),
	SCHEMA_CHECK(SCHEMA_STRING, "volumePath", .required = true),
};
static const struct schema VSPHERE_VOLUME =
	SCHEMA_OF("a vsphere volume volume", VSPHERE_VOLUME_ROWS, NULL);

static const struct schema_field VOLUME_ROWS[] = {
	SCHEMA_CHECK_OBJECT(
		&AWS_ELASTIC_BLOCK_STORE, "awsElasticBlockStore", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&AZURE_DISK, "azureDisk", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&AZURE_FILE, "azureFile", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&CEPHFS, "cephfs", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&CINDER, "cinder", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&CONFIG_MAP, "configMap", .part = PART_VOLUME_REFERENCE),
	SCHEMA_CHECK_OBJECT(&CSI, "csi", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&DOWNWARD_API, "downwardAPI", .part = PART_VOLUME_REFERENCE),
	SCHEMA_CHECK_OBJECT(&EMPTY_DIR, "emptyDir"),
	SCHEMA_CHECK_OBJECT(&EPHEMERAL, "ephemeral", .part = PART_VOLUME_EPHEMERAL),
	SCHEMA_CHECK_OBJECT(&FC, "fc", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&FLEX_VOLUME, "flexVolume", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&FLOCKER, "flocker", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&GCE_PERSISTENT_DISK, "gcePersistentDisk", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&GIT_REPO, "gitRepo", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&GLUSTERFS, "glusterfs", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&HOST_PATH, "hostPath", .part = PART_VOLUME_HOST_PATH),
	SCHEMA_CHECK_OBJECT(&IMAGE, "image", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&ISCSI, "iscsi", .part = PART_VOLUME_OTHER),
	SCHEMA_KEEP(struct pod_volume, name, "name", .required = true),
	SCHEMA_CHECK_OBJECT(&NFS, "nfs", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(
		&PERSISTENT_VOLUME_CLAIM, "persistentVolumeClaim", .part = PART_VOLUME_REFERENCE),
	SCHEMA_CHECK_OBJECT(
		&PHOTON_PERSISTENT_DISK, "photonPersistentDisk", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&PORTWORX_VOLUME, "portworxVolume", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&PROJECTED, "projected", .part = PART_VOLUME_PROJECTED),
	SCHEMA_CHECK_OBJECT(&QUOBYTE, "quobyte", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&RBD, "rbd", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&SCALE_IO, "scaleIO", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&SECRET, "secret", .part = PART_VOLUME_REFERENCE),
	SCHEMA_CHECK_OBJECT(&STORAGEOS, "storageos", .part = PART_VOLUME_OTHER),
	SCHEMA_CHECK_OBJECT(&VSPHERE_VOLUME, "vsphereVolume", .part = PART_VOLUME_OTHER),
};
const struct schema SCHEMA_VOLUME =
	SCHEMA_OF_STRUCT("a volume", VOLUME_ROWS, struct pod_volume, "name");
