// schemas SWAGGER DIR: JSON schemas for kubeconform from the OpenAPI document of Kubernetes: one
// file a kind, which points into definitions.json, where no object takes a field it does not know.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// The references of a Swagger document are the same as those of a file beside the kinds' own.
func writeKinds(dir string, definitions schema) error {
	for name, definition := range definitions {
		kinds, _ := definition.(schema)["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 {
			continue
		}
		kind := kinds[0].(schema)
		group := strings.Split(kind["group"].(string), ".")[0]
		file := fmt.Sprintf("%s-%s-%s.json", kind["kind"], group, kind["version"])
		file = strings.ToLower(strings.Replace(file, "--", "-", 1))
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

func run(swagger, dir string) error {
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
	return writeKinds(dir, document.Definitions)
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "schemas:", err)
		os.Exit(1)
	}
}
