package harvester

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// BenchmarkFetch fetches 5,000 generated pages of 120 KB from a server on this
// machine, by one connection without latency and by 16 with 20 ms of it. One
// operation is one page.
func BenchmarkFetch(b *testing.B) {
	const pages = 5000
	text := make([]byte, 128<<10)
	words := strings.Fields("de gemeenteraad beslist het besluit van de zitting goed te keuren artikel 1 stemming agendapunt")
	random := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < len(text); {
		i += copy(text[i:], words[random.IntN(len(words))]+" ")
	}
	for _, c := range []struct {
		name    string
		latency time.Duration
		atOnce  int
		length  bool // the server says it
	}{
		{"one connection", 0, 1, true},
		{"one connection, chunked", 0, 1, false},
		{"16 connections, 20 ms", 20 * time.Millisecond, 16, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				time.Sleep(c.latency)
				n, _ := strconv.Atoi(r.URL.Path[1:])
				body := text[n%pages : n%pages+120_000]
				rw.Header().Set("Content-Type", "text/html; charset=utf-8")
				rw.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
				if c.length {
					rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
				}
				_, _ = rw.Write(body)
			}))
			defer server.Close()
			client := plainClient()
			transport := &http.Transport{MaxIdleConnsPerHost: c.atOnce, ReadBufferSize: 16 << 10}
			defer transport.CloseIdleConnections()
			client.Transport = transport
			h := fetcher(client)
			var next atomic.Int64
			var group errgroup.Group
			b.SetBytes(120_000)
			b.ReportAllocs()
			b.ResetTimer()
			for range c.atOnce {
				group.Go(func() error {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						p, err := h.get(b.Context(), Source{}, server.URL+"/"+strconv.FormatInt(n%pages, 10), Visit{}, 20<<20)
						if err != nil || len(p.body) != 120_000 {
							return fmt.Errorf("page %d: %d bytes, %w", n, len(p.body), err)
						}
					}
					return nil
				})
			}
			if err := group.Wait(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}
