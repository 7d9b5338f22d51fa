// What KubeRay's own controller creates of manifests, written down for kuberay_test.c. make.sh lays this
// file into the package of a checkout of KubeRay, since what it asks is in no other.
package ray

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/yaml"

	configv1 "github.com/ray-project/kuberay/ray-operator/apis/config/v1alpha1"
	rayv1 "github.com/ray-project/kuberay/ray-operator/apis/ray/v1"
	"github.com/ray-project/kuberay/ray-operator/controllers/ray/batchscheduler"
	"github.com/ray-project/kuberay/ray-operator/controllers/ray/expectations"
	"github.com/ray-project/kuberay/ray-operator/controllers/ray/utils"
)

// Its controller takes several rounds: the head's Service has to be there first, for one.
const rounds = 6

// What the CRD's schema would have filled in.
func fillIn(cluster *rayv1.RayCluster) {
	number := func(p **int32, value int32) {
		if *p == nil {
			*p = &value
		}
	}
	for i := range cluster.Spec.WorkerGroupSpecs {
		group := &cluster.Spec.WorkerGroupSpecs[i]
		number(&group.Replicas, 0)
		number(&group.MinReplicas, 0)
		number(&group.MaxReplicas, 2147483647)
		if group.NumOfHosts == 0 {
			group.NumOfHosts = 1
		}
	}
}

// An autoscaler's pod waits for the account that the user names.
func accounts(cluster *rayv1.RayCluster) []client.Object {
	name := cluster.Spec.HeadGroupSpec.Template.Spec.ServiceAccountName
	if name == "" {
		return nil
	}
	return []client.Object{&corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Name: utils.CheckName(name), Namespace: cluster.Namespace}}}
}

// create runs the controller over an API that remembers what was created, as it was asked for.
func create(t *testing.T, cluster *rayv1.RayCluster) (made []client.Object, refused string) {
	scheme := runtime.NewScheme()
	_ = clientgoscheme.AddToScheme(scheme)
	_ = rayv1.AddToScheme(scheme)
	record := func(ctx context.Context, to client.WithWatch, object client.Object, options ...client.CreateOption) error {
		asked := object.DeepCopyObject().(client.Object)
		if object.GetName() == "" {
			object.SetName(fmt.Sprintf("%s%05d", object.GetGenerateName(), len(made)))
		}
		err := to.Create(ctx, object, options...)
		if err == nil {
			made = append(made, asked)
		}
		return err
	}
	api := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&rayv1.RayCluster{}).
		WithObjects(cluster).WithObjects(accounts(cluster)...).
		WithInterceptorFuncs(interceptor.Funcs{Create: record}).Build()
	manager, err := batchscheduler.NewSchedulerManager(t.Context(), configv1.Configuration{}, nil, api)
	if err != nil {
		t.Fatal(err)
	}
	recorder := events.NewFakeRecorder(1000)
	reconciler := &RayClusterReconciler{Client: api, Scheme: scheme, Recorder: recorder,
		rayClusterScaleExpectation: expectations.NewRayClusterScaleExpectation(api),
		options:                    RayClusterReconcilerOptions{BatchSchedulerManager: manager}}
	request := ctrl.Request{NamespacedName: types.NamespacedName{Namespace: cluster.Namespace, Name: cluster.Name}}
	for range rounds {
		_, err = reconciler.Reconcile(t.Context(), request)
		// Nobody gives a Service its address here.
		if err != nil && !strings.Contains(err.Error(), "service IP is empty") {
			refused = err.Error()
		}
	}
	for len(recorder.Events) > 0 {
		if event := <-recorder.Events; strings.Contains(event, "Invalid") || strings.Contains(event, "Failed") {
			refused = event
		}
	}
	return made, refused
}

var drawn = regexp.MustCompile(`-[a-z0-9]{5}$`)

// plain takes away what says nothing, and what is another one each time.
func plain(object map[string]any) {
	meta := object["metadata"].(map[string]any)
	delete(object, "status")
	delete(meta, "creationTimestamp")
	if labels, ok := meta["labels"].(map[string]any); ok {
		if name, ok := labels[utils.RayWorkerReplicaNameKey].(string); ok {
			labels[utils.RayWorkerReplicaNameKey] = drawn.ReplaceAllString(name, "-xxxxx")
		}
	}
	switch object["kind"] {
	case "Pod": // whose script is KubeRay's, and not for us to keep
		containers, _ := object["spec"].(map[string]any)["initContainers"].([]any)
		for _, container := range containers {
			if container := container.(map[string]any); container["name"] == "wait-gcs-ready" {
				container["args"] = []any{"its script"}
			}
		}
	case "Secret": // a token
		delete(object, "data")
		delete(object, "stringData")
	case "Service": // of a map
		ports, _ := object["spec"].(map[string]any)["ports"].([]any)
		for _, port := range ports { // 0 is what an absent one is written as
			if port.(map[string]any)["targetPort"] == int64(0) {
				delete(port.(map[string]any), "targetPort")
			}
		}
		sort.Slice(ports, func(i, k int) bool {
			return fmt.Sprint(ports[i].(map[string]any)["name"]) < fmt.Sprint(ports[k].(map[string]any)["name"])
		})
	}
}

// One object a line; those of one kind and name in the order in which they were made.
func lines(t *testing.T, made []client.Object) []string {
	var out []string
	order := map[string]string{}
	for _, object := range made {
		kind, err := apiutil.GVKForObject(object, clientgoscheme.Scheme)
		if err != nil {
			t.Fatal(err)
		}
		object.GetObjectKind().SetGroupVersionKind(kind)
		value, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			t.Fatal(err)
		}
		plain(value)
		var line bytes.Buffer
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			t.Fatal(err)
		}
		text := strings.TrimSpace(line.String())
		order[text] = kind.Kind + " " + object.GetName() + object.GetGenerateName()
		out = append(out, text)
	}
	sort.SliceStable(out, func(i, k int) bool { return order[out[i]] < order[out[k]] })
	return out
}

func facts(t *testing.T, manifest, out string) {
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	cluster := &rayv1.RayCluster{}
	if err := yaml.Unmarshal(text, cluster); err != nil {
		t.Fatalf("%s: %v", manifest, err)
	}
	if cluster.Namespace == "" {
		cluster.Namespace = "default"
	}
	cluster.UID = "u"
	fillIn(cluster)
	made, refused := create(t, cluster)
	if refused != "" {
		t.Logf("%s: %s", filepath.Base(manifest), refused)
	}
	if refused != "" && len(made) == 0 {
		return
	}
	whole := "[\n" + strings.Join(lines(t, made), ",\n") + "\n]\n"
	if err := os.WriteFile(out, []byte(whole), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFacts(t *testing.T) {
	if err := utilfeature.DefaultMutableFeatureGate.Set(os.Getenv("FACTS_GATES")); err != nil {
		t.Fatal(err)
	}
	for _, manifest := range strings.Fields(os.Getenv("FACTS_OF")) {
		name := strings.TrimSuffix(filepath.Base(manifest), ".yaml")
		facts(t, manifest, filepath.Join(os.Getenv("FACTS_TO"), name+".json"))
	}
}
