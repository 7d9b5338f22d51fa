package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const retryAfter = time.Second // as a person or a controller would

// From when an apply was sent until it had failed.
type span struct{ from, to time.Time }

type tally struct {
	sync.Mutex
	sent, failed, lost int
	slowest            time.Duration
	failures           []span
	words              map[string]int // how often each failure was told
}

// Applies RayClusters until SIGTERM, each worker its own object: server-side apply of MANIFEST, in
// which NAME is the object's and COUNT a number that changes. What fails is tried once more.
// Prints `sent N failed N lost N slowest T`, each kind of failure, and `failures at` FROM-TO…, the
// milliseconds since 1970 at which each that failed was sent and had failed.
func storm(args []string) error {
	if len(args) != 5 {
		return fmt.Errorf("DIR SERVER NAMESPACE MANIFEST WORKERS are needed")
	}
	client, err := adminClient(args[0])
	if err != nil {
		return err
	}
	manifest, err := os.ReadFile(args[3])
	if err != nil {
		return err
	}
	workers, err := strconv.Atoi(args[4])
	if err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	done := make(chan struct{})
	t := &tally{words: map[string]int{}}
	var all sync.WaitGroup
	for i := 0; i < workers; i++ {
		name := fmt.Sprintf("storm-%d", i)
		url := fmt.Sprintf("%s/apis/ray.io/v1/namespaces/%s/rayclusters/%s?fieldManager=storm",
			args[1], args[2], name)
		text := strings.ReplaceAll(string(manifest), "NAME", name)
		all.Add(1)
		go func() {
			defer all.Done()
			t.applyUntil(done, client, url, text)
		}()
	}
	<-stop
	close(done)
	all.Wait()
	t.print()
	return nil
}

func (t *tally) applyUntil(done chan struct{}, client *http.Client, url, text string) {
	for n := 0; ; n++ {
		select {
		case <-done:
			return
		default:
		}
		body := strings.ReplaceAll(text, "COUNT", strconv.Itoa(n%100))
		start := time.Now()
		err := apply(client, url, body)
		took := time.Since(start)
		var again error
		if err != nil {
			time.Sleep(retryAfter)
			again = apply(client, url, body)
		}
		t.add(start, took, err, again)
	}
}

func apply(client *http.Client, url, body string) error {
	request, err := http.NewRequest("PATCH", url, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/apply-patch+yaml")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%d %s", answer.StatusCode, text)
	}
	return nil
}

func (t *tally) add(start time.Time, took time.Duration, err, again error) {
	t.Lock()
	defer t.Unlock()
	t.sent++
	t.slowest = max(t.slowest, took)
	if err != nil {
		t.failed++
		t.failures = append(t.failures, span{start, start.Add(took)})
		t.words[err.Error()]++
	}
	if again != nil {
		t.lost++
		t.words["again: "+again.Error()]++
	}
}

func (t *tally) print() {
	fmt.Printf("sent %d failed %d lost %d slowest %s\n", t.sent, t.failed, t.lost,
		t.slowest.Round(time.Millisecond))
	for words, times := range t.words {
		fmt.Printf("%d times: %s\n", times, strings.TrimSpace(words))
	}
	fmt.Print("failures at")
	for _, at := range t.failures {
		fmt.Printf(" %d-%d", at.from.UnixMilli(), at.to.UnixMilli())
	}
	fmt.Println()
}

func adminClient(dir string) (*http.Client, error) {
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "admin.crt"), filepath.Join(dir, "admin.key"))
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &http.Client{
		Timeout: 40 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{cert}},
			ForceAttemptHTTP2: true,
		},
	}, nil
}
