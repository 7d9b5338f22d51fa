// What Argo CD makes of an object that is in the cluster and the manifest that it was applied from.
//
//	argo WAY MANIFEST: `in sync`, or `out of sync` with the paths that differ. The ways are `plain`,
//	its default; `server`, for ServerSideDiff=true; `webhook`, for IncludeMutationWebhook=true as well.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	openapi_v2 "github.com/google/gnostic-models/openapiv2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/util/proto"
)

const manager = "argocd-controller"

// Asks the API server as Argo CD does, by kubectl.
type dryRunner struct{ manifest string }

func (d dryRunner) Run(context.Context, *unstructured.Unstructured, string) (string, error) {
	return kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server",
		"--field-manager", manager, "-o", "json", "--show-managed-fields", "-f", d.manifest)
}

func kubectl(args ...string) (string, error) {
	command := exec.Command("kubectl", args...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	return string(out), err
}

func object(args ...string) (*unstructured.Unstructured, error) {
	text, err := kubectl(args...)
	if err != nil {
		return nil, fmt.Errorf("kubectl %s: %w", args[0], err)
	}
	u := &unstructured.Unstructured{}
	return u, u.UnmarshalJSON([]byte(text))
}

func compare(way, manifest string) (*diff.DiffResult, error) {
	desired, err := object("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", manifest)
	if err != nil {
		return nil, err
	}
	live, err := object("get", "-o", "json", "--show-managed-fields", "-f", manifest)
	if err != nil {
		return nil, err
	}
	options := []diff.Option{diff.WithManager(manager)}
	if way != "plain" {
		schemas, err := schemas()
		if err != nil {
			return nil, err
		}
		options = append(options, diff.WithServerSideDiff(true), diff.WithGVKParser(schemas),
			diff.WithIgnoreMutationWebhook(way == "server"),
			diff.WithServerSideDryRunner(dryRunner{manifest}))
	}
	return diff.Diff(desired, live, options...)
}

// What the API server says of its types, by which owners of fields are read.
func schemas() (*managedfields.GvkParser, error) {
	text, err := kubectl("get", "--raw", "/openapi/v2")
	if err != nil {
		return nil, err
	}
	document, err := openapi_v2.ParseDocument([]byte(text))
	if err != nil {
		return nil, err
	}
	models, err := proto.NewOpenAPIData(document)
	if err != nil {
		return nil, err
	}
	return managedfields.NewGVKParser(models, false)
}

// Where two trees differ; lists are compared whole, as it does.
func differences(path string, a, b any, found *[]string) {
	x, isMap := a.(map[string]any)
	y, alsoMap := b.(map[string]any)
	if !isMap || !alsoMap {
		if !reflect.DeepEqual(a, b) {
			*found = append(*found, path)
		}
		return
	}
	for key := range x {
		differences(path+"."+key, x[key], y[key], found)
	}
	for key := range y {
		if _, both := x[key]; !both {
			differences(path+"."+key, nil, y[key], found)
		}
	}
}

func run(way, manifest string) error {
	result, err := compare(way, manifest)
	if err != nil {
		return err
	}
	var live, wanted any
	if err := json.Unmarshal(result.NormalizedLive, &live); err != nil {
		return err
	}
	if err := json.Unmarshal(result.PredictedLive, &wanted); err != nil {
		return err
	}
	var found []string
	differences("", live, wanted, &found)
	slices.Sort(found)
	if result.Modified != (len(found) != 0) {
		return fmt.Errorf("it says %t, and %d paths differ", result.Modified, len(found))
	}
	if !result.Modified {
		fmt.Println("in sync")
	}
	for _, path := range found {
		fmt.Println("out of sync:", path)
	}
	return nil
}

func main() {
	if len(os.Args) != 3 || !slices.Contains([]string{"plain", "server", "webhook"}, os.Args[1]) {
		fmt.Fprintln(os.Stderr, "usage: argo plain|server|webhook MANIFEST")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "argo:", err)
		os.Exit(2)
	}
}
