package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"
)

// Events that are kept of a kind: whoever asks for older ones has to list again.
const eventsKept = 16384

// One version of an object, never changed.
type object struct {
	namespace, name string
	version         int64
	labels          map[string]any
	whole           []byte
}

// The object, or its metadata alone.
func (o *object) text(partial bool) []byte {
	if !partial {
		return o.whole
	}
	var of struct{ Metadata json.RawMessage }
	json.Unmarshal(o.whole, &of)
	return []byte(`{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":` +
		string(of.Metadata) + "}")
}

type event struct {
	what   string
	object *object
}

type kind struct {
	objects map[string]*object // by namespace/name
	events  []event
	first   int // the number of the first of them since the beginning
}

type store struct {
	mutex   sync.Mutex
	changed *sync.Cond
	version int64
	kinds   map[string]*kind
	kubelet chan place
	pace    time.Duration
	turn    sync.Mutex // held by the write that is at it
}

func newStore(pace time.Duration) *store {
	s := &store{pace: pace, kinds: map[string]*kind{}, kubelet: make(chan place, 1<<20)}
	s.changed = sync.NewCond(&s.mutex)
	go s.runPods()
	return s
}

func (s *store) of(p place) *kind {
	k := s.kinds[p.kind]
	if k == nil {
		k = &kind{objects: map[string]*object{}}
		s.kinds[p.kind] = k
	}
	return k
}

func (s *store) get(p place) *object {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.of(p).objects[p.namespace+"/"+p.name]
}

// Whether it is of that namespace and name, where these are named, and has all labels of `a,b=c`.
func matches(o *object, p place, selector string) bool {
	if (p.namespace != "" && p.namespace != o.namespace) || (p.name != "" && p.name != o.name) {
		return false
	}
	if selector == "" {
		return true
	}
	for _, term := range strings.Split(selector, ",") {
		key, value, exact := strings.Cut(term, "=")
		if is, has := o.labels[key]; !has || (exact && is != value) {
			return false
		}
	}
	return true
}

func (s *store) list(p place, selector, after string, limit int) ([]*object, string, int64) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var keys []string
	for key, o := range s.of(p).objects {
		if key > after && matches(o, p, selector) {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	more := ""
	if limit > 0 && len(keys) > limit {
		keys = keys[:limit]
		more = keys[limit-1]
	}
	items := make([]*object, len(keys))
	for i, key := range keys {
		items[i] = s.of(p).objects[key]
	}
	return items, more, s.version
}

func (s *store) wait() {
	if s.pace > 0 {
		s.turn.Lock()
		time.Sleep(s.pace)
		s.turn.Unlock()
	}
}

func metaOf(body map[string]any) map[string]any {
	meta, _ := body["metadata"].(map[string]any)
	if meta == nil {
		meta = map[string]any{}
		body["metadata"] = meta
	}
	return meta
}

// With what a real one says of who owns which field, which is a third of an object.
func fieldsOf(value any) map[string]any {
	fields := map[string]any{}
	if object, is := value.(map[string]any); is {
		for key, member := range object {
			fields["f:"+key] = fieldsOf(member)
		}
	}
	return fields
}

// Under the mutex.
func (s *store) put(p place, body map[string]any, what string) *object {
	k := s.of(p)
	meta := metaOf(body)
	s.version++
	meta["resourceVersion"] = fmt.Sprint(s.version)
	delete(meta, "managedFields")
	meta["managedFields"] = []any{map[string]any{"apiVersion": body["apiVersion"], "fieldsType": "FieldsV1",
		"fieldsV1": fieldsOf(body), "manager": "memory", "operation": "Update", "time": meta["creationTimestamp"]}}
	whole, _ := json.Marshal(body)
	labels, _ := meta["labels"].(map[string]any)
	o := &object{p.namespace, p.name, s.version, labels, whole}
	if what == "DELETED" {
		delete(k.objects, p.namespace+"/"+p.name)
	} else {
		k.objects[p.namespace+"/"+p.name] = o
	}
	k.events = append(k.events, event{what, o})
	if over := len(k.events) - eventsKept; over > eventsKept {
		k.events = append([]event(nil), k.events[over:]...)
		k.first += over
	}
	s.changed.Broadcast()
	return o
}

func (s *store) create(p place, body map[string]any) (*object, int, string) {
	meta := metaOf(body)
	p.name, _ = meta["name"].(string)
	s.wait()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.of(p).objects[p.namespace+"/"+p.name] != nil {
		return nil, http.StatusConflict, "AlreadyExists"
	}
	if p.namespace != "" {
		meta["namespace"] = p.namespace
	}
	meta["uid"] = fmt.Sprintf("00000000-0000-4000-8000-%012x", s.version+1)
	meta["generation"] = 1
	meta["creationTimestamp"] = time.Now().UTC().Format(time.RFC3339)
	if strings.HasSuffix(p.kind, "/services") {
		spec, _ := body["spec"].(map[string]any)
		if spec != nil && spec["clusterIP"] == nil {
			spec["clusterIP"] = fmt.Sprintf("10.96.%d.%d", s.version/250%250, s.version%250)
		}
	}
	o := s.put(p, body, "ADDED")
	if p.kind == "/api/v1/pods" {
		s.kubelet <- p
	}
	return o, http.StatusCreated, ""
}

func (o *object) read() map[string]any {
	var body map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(o.whole)))
	decoder.UseNumber()
	decoder.Decode(&body)
	return body
}

func merge(into, patch map[string]any) {
	for key, value := range patch {
		was, isObject := into[key].(map[string]any)
		change, alike := value.(map[string]any)
		switch {
		case value == nil:
			delete(into, key)
		case isObject && alike:
			merge(was, change)
		default:
			into[key] = value
		}
	}
}

func isSame(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// By a merge patch, or by a new one in its place.
func (s *store) change(p place, body map[string]any, patch bool) (*object, int, string) {
	s.wait()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	old := s.of(p).objects[p.namespace+"/"+p.name]
	if old == nil {
		return nil, http.StatusNotFound, "NotFound"
	}
	if version := metaOf(body)["resourceVersion"]; version != nil && version != fmt.Sprint(old.version) {
		return nil, http.StatusConflict, "Conflict"
	}
	next := old.read()
	spec := next["spec"]
	if p.part == "status" {
		body = map[string]any{"status": body["status"]}
	}
	if patch {
		merge(next, body)
	} else {
		for key, value := range body {
			next[key] = value
		}
	}
	if p.part == "" && patch && !isSame(spec, old.read()["spec"]) {
		metaOf(next)["generation"] = old.version
	}
	return s.put(p, next, "MODIFIED"), http.StatusOK, ""
}

func (s *store) remove(p place) (*object, int, string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	old := s.of(p).objects[p.namespace+"/"+p.name]
	if old == nil {
		return nil, http.StatusNotFound, "NotFound"
	}
	return s.put(p, old.read(), "DELETED"), http.StatusOK, ""
}

// Whoever watches.
type follower struct {
	store    *store
	place    place
	selector string
	at       int // of the next event
	begin    []event
	ended    bool
}

func (s *store) follow(p place, selector string, version int64) *follower {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	k := s.of(p)
	f := &follower{store: s, place: p, selector: selector}
	if version <= 0 {
		f.at = k.first + len(k.events)
		for _, o := range k.objects { // next() takes those that are asked for
			f.begin = append(f.begin, event{"ADDED", o})
		}
		return f
	}
	f.at = k.first + sort.Search(len(k.events), func(i int) bool { return k.events[i].object.version > version })
	if f.at == k.first && k.first > 0 {
		f.at = -1
	}
	return f
}

// The events since the last call, of which there is one at least; true at the end.
func (f *follower) next() ([]event, bool) {
	f.store.mutex.Lock()
	defer f.store.mutex.Unlock()
	k := f.store.of(f.place)
	for {
		events := f.begin
		f.begin = nil
		if f.ended {
			return nil, true
		}
		if f.at < k.first {
			f.ended = true
			return []event{{"ERROR", &object{whole: []byte(`{"kind":"Status","code":410,"reason":"Expired"}`)}}}, false
		}
		events = append(events, k.events[f.at-k.first:]...)
		f.at = k.first + len(k.events)
		if own := f.mine(events); len(own) > 0 {
			return own, false
		}
		f.store.changed.Wait()
	}
}

func (f *follower) mine(events []event) []event {
	var mine []event
	for _, e := range events {
		if matches(e.object, f.place, f.selector) {
			mine = append(mine, e)
		}
	}
	return mine
}

func (f *follower) end() {
	f.store.mutex.Lock()
	defer f.store.mutex.Unlock()
	f.ended = true
	f.store.changed.Broadcast()
}

// Each pod is bound to a node, and then runs.
func (s *store) runPods() {
	for p := range s.kubelet {
		number := s.get(p)
		if number == nil {
			continue
		}
		address := fmt.Sprintf("10.%d.%d.%d", number.version/62500%250, number.version/250%250, number.version%250)
		s.change(p, podBound(), true)
		s.change(p, podRuns(number.read(), address), true)
	}
}

func condition(kind string) map[string]any {
	return map[string]any{"type": kind, "status": "True", "lastProbeTime": nil, "observedGeneration": 1,
		"lastTransitionTime": time.Now().UTC().Format(time.RFC3339)}
}

func podBound() map[string]any {
	return map[string]any{"spec": map[string]any{"nodeName": "bench-0"},
		"status": map[string]any{"phase": "Pending", "conditions": []any{condition("PodScheduled")}}}
}

func podRuns(pod map[string]any, address string) map[string]any {
	now := time.Now().UTC().Format(time.RFC3339)
	spec, _ := pod["spec"].(map[string]any)
	containers, _ := spec["containers"].([]any)
	var statuses []any
	for _, c := range containers {
		container, _ := c.(map[string]any)
		statuses = append(statuses, map[string]any{"name": container["name"], "image": container["image"],
			"imageID": "", "containerID": "", "ready": true, "started": true, "restartCount": 0,
			"lastState": map[string]any{}, "state": map[string]any{"running": map[string]any{"startedAt": now}}})
	}
	var conditions []any
	for _, kind := range []string{"PodScheduled", "Initialized", "Ready", "ContainersReady", "PodReadyToStartContainers"} {
		conditions = append(conditions, condition(kind))
	}
	return map[string]any{"status": map[string]any{"phase": "Running", "podIP": address, "hostIP": "10.0.0.1",
		"podIPs": []any{map[string]any{"ip": address}}, "startTime": now, "qosClass": "Burstable",
		"conditions": conditions, "containerStatuses": statuses}}
}
