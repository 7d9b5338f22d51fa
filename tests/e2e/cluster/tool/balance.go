package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// How often a backend's readiness is asked, as a kubelet and an EndpointSlice together are no faster.
const askEvery = 500 * time.Millisecond

type backend struct {
	address string
	health  string
	asking  sync.Mutex
	ready   atomic.Bool
}

// A Service in small: TCP connections go in turn to the backends that say they are ready. One that
// fails all at once gets connections until it is next asked, and nothing is tried twice.
//
// What it knows is told at STATUS: GET /BACKEND is 200 if it is ready, else 503; for POST it is asked
// first.
func balance(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("an address, one for the status, and backends are needed")
	}
	backends := make([]*backend, 0, len(args)-2)
	for _, a := range args[2:] {
		address, health, ok := strings.Cut(a, "=")
		if !ok {
			return fmt.Errorf("%q is not BACKEND=READYURL", a)
		}
		b := &backend{address: address, health: health}
		backends = append(backends, b)
		go b.watch()
	}
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	status, err := net.Listen("tcp", args[1])
	if err != nil {
		return err
	}
	go func() {
		_ = http.Serve(status, tellOf(backends))
	}()
	for turn := 0; ; turn++ {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		if b := pick(backends, turn); b != nil {
			go join(c.(*net.TCPConn), b.address)
		} else {
			refuse(c.(*net.TCPConn))
		}
	}
}

// Whoever is gone refuses at once. One that is slow is not gone.
var asker = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func (b *backend) watch() {
	for ; ; time.Sleep(askEvery) {
		b.ask()
	}
}

// One after the other, so that no old answer stands for a new one.
func (b *backend) ask() {
	b.asking.Lock()
	defer b.asking.Unlock()
	answer, err := asker.Get(b.health)
	b.ready.Store(err == nil && answer.StatusCode == http.StatusOK)
	if err == nil {
		answer.Body.Close()
	}
}

func tellOf(backends []*backend) http.HandlerFunc {
	return func(answer http.ResponseWriter, request *http.Request) {
		for _, b := range backends {
			if request.URL.Path != "/"+b.address {
				continue
			}
			if request.Method == http.MethodPost {
				b.ask()
			}
			if !b.ready.Load() {
				answer.WriteHeader(http.StatusServiceUnavailable)
			}
			return
		}
		answer.WriteHeader(http.StatusNotFound)
	}
}

func pick(backends []*backend, turn int) *backend {
	for i := range backends {
		if b := backends[(turn+i)%len(backends)]; b.ready.Load() {
			return b
		}
	}
	return nil
}

// A reset, as a Service without endpoints gives.
func refuse(c *net.TCPConn) {
	_ = c.SetLinger(0)
	c.Close()
}

func join(c *net.TCPConn, address string) {
	other, err := net.Dial("tcp", address)
	if err != nil {
		refuse(c)
		return
	}
	b := other.(*net.TCPConn)
	var both sync.WaitGroup
	both.Add(2)
	go carry(&both, b, c)
	go carry(&both, c, b)
	both.Wait()
	c.Close()
	b.Close()
}

// The end of one direction is passed on and leaves the other open; a reset is passed on as one.
func carry(both *sync.WaitGroup, to, from *net.TCPConn) {
	defer both.Done()
	if _, err := io.Copy(to, from); err != nil {
		_ = to.SetLinger(0)
		to.Close()
		return
	}
	_ = to.CloseWrite()
}
