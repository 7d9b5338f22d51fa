package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	fleetPatience = 30 * time.Minute
	fleetSilence  = 5 * time.Second // after which a watch is no longer believed
)

// Creates each object of LIST (JSON, as `kubectl -o json` has several) COUNT times, NAME in it being
// another name each time, over CONNECTIONS connections at once; then waits until PODS pods of the
// namespace are Ready and, for every RayCluster in LIST, its status says so. Prints the seconds.
func fleet(args []string) error {
	if len(args) != 7 {
		return fmt.Errorf("DIR SERVER NAMESPACE LIST COUNT CONNECTIONS PODS are needed")
	}
	f := &fleetRun{dir: args[0], base: args[1], namespace: args[2]}
	var numbers [3]int
	for i := range numbers {
		n, err := strconv.Atoi(args[4+i])
		if err != nil {
			return err
		}
		numbers[i] = n
	}
	if err := f.read(args[3]); err != nil {
		return err
	}
	watches, err := f.watch(numbers[2], numbers[0])
	if err != nil {
		return err
	}
	start := time.Now()
	if err := f.createAll(numbers[0], numbers[1]); err != nil {
		return err
	}
	for range watches {
		select {
		case err := <-f.ready:
			if err != nil {
				return err
			}
		case <-time.After(fleetPatience):
			return fmt.Errorf("not all are ready after %v", fleetPatience)
		}
	}
	fmt.Printf("%.3f\n", time.Since(start).Seconds())
	return nil
}

type fleetObject struct {
	collection string // its path in the API
	text       string
}

type fleetRun struct {
	dir, base, namespace string
	objects              []fleetObject
	clusters             bool
	ready                chan error
}

func (f *fleetRun) read(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	for _, item := range list.Items {
		var is struct{ ApiVersion, Kind string }
		if err := json.Unmarshal(item, &is); err != nil {
			return err
		}
		f.objects = append(f.objects, fleetObject{f.collection(is.ApiVersion, is.Kind), string(item)})
		f.clusters = f.clusters || is.Kind == "RayCluster"
	}
	return nil
}

func (f *fleetRun) collection(version, kind string) string {
	root := "/apis/"
	if !strings.Contains(version, "/") {
		root = "/api/"
	}
	return root + version + "/namespaces/" + f.namespace + "/" + strings.ToLower(kind) + "s"
}

func (f *fleetRun) createAll(count, connections int) error {
	next := make(chan int)
	failed := make(chan error, connections)
	var all sync.WaitGroup
	for i := 0; i < connections; i++ {
		client, err := adminClient(f.dir)
		if err != nil {
			return err
		}
		all.Add(1)
		go func() {
			defer all.Done()
			for n := range next {
				if err := f.create(client, fmt.Sprintf("fleet-%d", n)); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		}()
	}
	for n := 0; n < count; n++ {
		next <- n
	}
	close(next)
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func (f *fleetRun) create(client *http.Client, name string) error {
	for _, object := range f.objects {
		body := strings.ReplaceAll(object.text, "NAME", name)
		answer, err := client.Post(f.base+object.collection, "application/json",
			bytes.NewReader([]byte(body)))
		if err != nil {
			return err
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return err
		}
		if answer.StatusCode >= 300 {
			return fmt.Errorf("%d %s", answer.StatusCode, text)
		}
	}
	return nil
}

// What both kinds of object say of being ready.
type fleetEvent struct {
	Type   string
	Object struct {
		Metadata struct{ Name string }
		Status   struct {
			State      string
			Conditions []struct{ Type, Status string }
		}
	}
}

func podIsReady(e *fleetEvent) bool {
	for _, condition := range e.Object.Status.Conditions {
		if condition.Type == "Ready" {
			return condition.Status == "True"
		}
	}
	return false
}

func clusterIsReady(e *fleetEvent) bool {
	return e.Object.Status.State == "ready"
}

// Begins before anything is created. Returns how many answers will come.
func (f *fleetRun) watch(pods, clusters int) (int, error) {
	f.ready = make(chan error, 2)
	count := 1
	if err := f.await(f.collection("v1", "Pod"), pods, podIsReady); err != nil {
		return 0, err
	}
	if f.clusters {
		count++
		if err := f.await(f.collection("ray.io/v1", "RayCluster"), clusters, clusterIsReady); err != nil {
			return 0, err
		}
	}
	return count, nil
}

// A watch that the server ends, as it does with a slow reader, begins anew with all there is.
func (f *fleetRun) await(collection string, wanted int, is func(*fleetEvent) bool) error {
	client, err := adminClient(f.dir)
	if err != nil {
		return err
	}
	client.Timeout = 0
	answer, err := f.open(client, collection)
	if err != nil {
		return err
	}
	go func() {
		for !readUntil(answer.Body, wanted, is) {
			if answer, err = f.open(client, collection); err != nil {
				f.ready <- err
				return
			}
		}
		f.ready <- nil
	}()
	return nil
}

func (f *fleetRun) open(client *http.Client, collection string) (*http.Response, error) {
	answer, err := client.Get(f.base + collection + "?watch=true&timeoutSeconds=3600")
	if err == nil && answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("watch %s: %s", collection, answer.Status)
	}
	return answer, err
}

// False when the stream ends, or has nothing to say, before so many are ready.
func readUntil(stream io.ReadCloser, wanted int, is func(*fleetEvent) bool) bool {
	defer stream.Close()
	silence := time.AfterFunc(fleetSilence, func() { stream.Close() })
	defer silence.Stop()
	decoder := json.NewDecoder(stream)
	ready := map[string]bool{}
	for len(ready) < wanted {
		var event fleetEvent
		if err := decoder.Decode(&event); err != nil {
			return false
		}
		silence.Reset(fleetSilence)
		if event.Type != "DELETED" && is(&event) {
			ready[event.Object.Metadata.Name] = true
		} else {
			delete(ready, event.Object.Metadata.Name)
		}
	}
	return true
}
