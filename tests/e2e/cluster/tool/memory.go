package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

// An API server of objects in memory, for measures in which a real one with etcd would be most of what
// is measured. It knows no schema and admits everything; whoever can speak TLS to it may do all. Pods
// that are created in it are soon Running and Ready. Each write takes PACE, one after the other. DIR has
// what `tool pki` made.
func memory(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("DIR ADDRESS PACE are needed")
	}
	pace, err := time.ParseDuration(args[2])
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr:      args[1],
		Handler:   &memoryAPI{store: newStore(pace)},
		ErrorLog:  log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
	return server.ListenAndServeTLS(filepath.Join(args[0], "apiserver.crt"), filepath.Join(args[0], "apiserver.key"))
}

type memoryAPI struct {
	store *store
}

// What a path names: a kind, by the path of all its objects; perhaps one of them, or a part of it.
type place struct {
	kind, namespace, name, part string
}

func placeOf(path string) (place, bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	root := 2 // api/v1
	if parts[0] == "apis" {
		root = 3 // apis/GROUP/VERSION
	}
	if len(parts) <= root {
		return place{}, false
	}
	prefix, rest := "/"+strings.Join(parts[:root], "/")+"/", parts[root:]
	var p place
	if rest[0] == "namespaces" && len(rest) > 2 {
		p.namespace, rest = rest[1], rest[2:]
	}
	p.kind = prefix + rest[0]
	if len(rest) > 1 {
		p.name = rest[1]
	}
	if len(rest) > 2 {
		p.part = rest[2]
	}
	return p, true
}

func (m *memoryAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, ok := placeOf(r.URL.Path)
	if !ok {
		fail(w, http.StatusNotFound, "NotFound")
		return
	}
	partial := strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadata")
	if r.Method == http.MethodGet && p.name == "" {
		// Of the selectors of fields there is the one that is asked for.
		p.name = strings.TrimPrefix(r.URL.Query().Get("fieldSelector"), "metadata.name=")
		if r.URL.Query().Get("watch") != "" {
			m.watch(w, r, p, partial)
		} else {
			m.list(w, r, p, partial)
		}
		return
	}
	o, code, reason := m.one(r, p)
	if o == nil {
		fail(w, code, reason)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	w.Write(o.text(partial))
}

// An object that is read or written; nil with a code and its reason.
func (m *memoryAPI) one(r *http.Request, p place) (*object, int, string) {
	if r.Method == http.MethodGet {
		if o := m.store.get(p); o != nil {
			return o, http.StatusOK, ""
		}
		return nil, http.StatusNotFound, "NotFound"
	}
	if r.Method == http.MethodDelete {
		return m.store.remove(p)
	}
	decoder := json.NewDecoder(r.Body)
	decoder.UseNumber()
	var body map[string]any
	if err := decoder.Decode(&body); err != nil {
		return nil, http.StatusBadRequest, "BadRequest"
	}
	switch {
	case r.Method == http.MethodPost:
		return m.store.create(p, body)
	case r.Method == http.MethodPut:
		return m.store.change(p, body, false)
	case r.Header.Get("Content-Type") == "application/merge-patch+json":
		return m.store.change(p, body, true)
	}
	return nil, http.StatusUnsupportedMediaType, "UnsupportedMediaType"
}

func fail(w http.ResponseWriter, code int, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":%q,"reason":%q,"code":%d}`,
		reason, reason, code)
}

func (m *memoryAPI) list(w http.ResponseWriter, r *http.Request, p place, partial bool) {
	query := r.URL.Query()
	limit, after := 0, query.Get("continue")
	fmt.Sscan(query.Get("limit"), &limit)
	items, more, version := m.store.list(p, query.Get("labelSelector"), after, limit)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"%d","continue":%q},"items":[`,
		version, more)
	for i, o := range items {
		if i > 0 {
			io.WriteString(w, ",")
		}
		w.Write(o.text(partial))
	}
	io.WriteString(w, "]}")
}

func (m *memoryAPI) watch(w http.ResponseWriter, r *http.Request, p place, partial bool) {
	query := r.URL.Query()
	version := int64(-1) // whoever names none is told of all that is there
	fmt.Sscan(query.Get("resourceVersion"), &version)
	w.Header().Set("Content-Type", "application/json")
	flusher := w.(http.Flusher)
	flusher.Flush()
	follower := m.store.follow(p, query.Get("labelSelector"), version)
	defer endWith(r, follower)()
	for {
		events, gone := follower.next()
		if gone {
			return
		}
		for _, e := range events {
			fmt.Fprintf(w, `{"type":%q,"object":`, e.what)
			w.Write(e.object.text(partial))
			if _, err := io.WriteString(w, "}\n"); err != nil {
				return
			}
		}
		flusher.Flush()
	}
}

// Wakes the follower when its client has gone.
func endWith(r *http.Request, f *follower) func() {
	done := make(chan struct{})
	go func() {
		select {
		case <-r.Context().Done():
			f.end()
		case <-done:
		}
	}()
	return func() { close(done) }
}
