// schemas SWAGGER DIR CRD…: JSON schemas for kubeconform, where no object takes a field it does not
// know. Kubernetes' own are from its OpenAPI document: one file a kind, which points into
// definitions.json. Those of others are from files of their CRDs.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"
)

type schema = map[string]any

// Kubernetes describes these two as strings, and takes numbers as well.
var loose = map[string]schema{
	"io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": []string{"string", "integer"}},
	"io.k8s.apimachinery.pkg.api.resource.Quantity":   {"type": []string{"string", "number"}},
}

// A field may be null, which is to leave it out.
func tighten(definition schema) {
	properties, ok := definition["properties"].(schema)
	if ok && definition["additionalProperties"] == nil {
		definition["additionalProperties"] = false
	}
	for name, property := range properties {
		properties[name] = schema{"anyOf": []any{property, schema{"type": "null"}}}
	}
}

// As kubeconform looks for it.
func fileOf(kind, group, version string) string {
	file := fmt.Sprintf("%s-%s-%s.json", kind, strings.Split(group, ".")[0], version)
	return strings.ToLower(strings.Replace(file, "--", "-", 1))
}

// The references of a Swagger document are the same as those of a file beside the kinds' own.
func writeKinds(dir string, definitions schema) error {
	for name, definition := range definitions {
		kinds, _ := definition.(schema)["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 {
			continue
		}
		kind := kinds[0].(schema)
		file := fileOf(kind["kind"].(string), kind["group"].(string), kind["version"].(string))
		reference := schema{"$ref": "definitions.json#/definitions/" + name}
		if err := write(filepath.Join(dir, file), reference); err != nil {
			return err
		}
	}
	return write(filepath.Join(dir, "definitions.json"), schema{"definitions": definitions})
}

func write(path string, what any) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// Structural schemas are closed at each level but where they say that all may stand there.
func tightenStructural(node schema) {
	if node["x-kubernetes-int-or-string"] == true {
		node["type"] = []string{"string", "integer"}
	}
	properties, ok := node["properties"].(schema)
	if ok && node["x-kubernetes-preserve-unknown-fields"] != true {
		node["additionalProperties"] = false
	}
	for _, property := range properties {
		tightenStructural(property.(schema))
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner, ok := node[key].(schema); ok {
			tightenStructural(inner)
		}
	}
}

type definition struct {
	Spec struct {
		Group    string
		Names    struct{ Kind string }
		Versions []struct {
			Name   string
			Schema struct{ OpenAPIV3Schema schema }
		}
	}
}

func writeCRD(path, dir string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var crd definition
	if err := yaml.Unmarshal(text, &crd); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, version := range crd.Spec.Versions {
		whole := version.Schema.OpenAPIV3Schema
		tightenStructural(whole)
		properties := whole["properties"].(schema)
		properties["metadata"] = schema{
			"$ref": "definitions.json#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
		file := fileOf(crd.Spec.Names.Kind, crd.Spec.Group, version.Name)
		if err := write(filepath.Join(dir, file), whole); err != nil {
			return err
		}
	}
	return nil
}

func run(swagger, dir string, crds []string) error {
	text, err := os.ReadFile(swagger)
	if err != nil {
		return err
	}
	var document struct{ Definitions schema }
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	for name, definition := range document.Definitions {
		if replacement, ok := loose[name]; ok {
			document.Definitions[name] = replacement
			continue
		}
		tighten(definition.(schema))
	}
	for _, crd := range crds {
		if err := writeCRD(crd, dir); err != nil {
			return err
		}
	}
	return writeKinds(dir, document.Definitions)
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "schemas:", err)
		os.Exit(1)
	}
}
