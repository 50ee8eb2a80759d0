package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/belfort-lod/belfort/internal/config"
)

// TestKillWrites kills a server while people write graphs of their own, and
// starts it again: every write that was acknowledged is there, and whole; of an
// update of two graphs both are there or neither.
func TestKillWrites(t *testing.T) {
	dir := t.TempDir()
	secret, hash := config.NewSecret()
	settings := filepath.Join(dir, "serve.json")
	if err := os.WriteFile(settings, []byte(`{"base": "https://besluiten.example", "tokens": [{"name": "a", "sha256": "`+hash+`"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]bool{}
	n := 0
	for range 3 {
		s := startServe(t, "--config", settings, "--data", filepath.Join(dir, "data"))
		var mu sync.Mutex
		var group sync.WaitGroup
		enough := make(chan struct{}, 100)
		for range 3 {
			group.Go(func() {
				for {
					mu.Lock()
					n++
					name := fmt.Sprint(n)
					mu.Unlock()
					text := fmt.Sprintf(`PREFIX g: <https://besluiten.example/graphs/eigen/> INSERT DATA { GRAPH g:a%s { g:s g:p "%s" } GRAPH g:b%s { g:s g:p "%s" } }`, name, name, name, name)
					r, err := http.NewRequest(http.MethodPost, s.address+"/sparql", strings.NewReader(text))
					if err != nil {
						t.Error(err)
						return
					}
					r.Header.Set("Content-Type", "application/sparql-update")
					r.Header.Set("Authorization", "Bearer "+secret)
					res, err := http.DefaultClient.Do(r)
					if err != nil {
						return // the server is gone
					}
					_ = res.Body.Close()
					switch res.StatusCode {
					case http.StatusNoContent, http.StatusAccepted:
						mu.Lock()
						acknowledged[name] = true
						mu.Unlock()
						select {
						case enough <- struct{}{}:
						default:
						}
					case http.StatusTooManyRequests:
						return
					default:
						t.Errorf("update %s: %s", name, res.Status)
						return
					}
				}
			})
		}
		for range 10 {
			<-enough
		}
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		group.Wait()
		<-s.drained
		_ = s.cmd.Wait()
	}
	s := startServe(t, "--config", settings, "--data", filepath.Join(dir, "data"))
	// A write waits until every earlier one is seen.
	r, err := http.NewRequest(http.MethodDelete, s.address+"/graphs/eigen/nergens", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _ = res.Body.Close(); res.StatusCode != http.StatusNotFound {
		t.Fatalf("DELETE of what is not there: %s", res.Status)
	}
	has := func(name string) bool {
		res, err := http.Get(s.address + "/graphs/eigen/" + name)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusNotFound {
			return false
		}
		if !strings.Contains(string(body), `"`+name[1:]+`"`) {
			t.Errorf("graph %s is %s: %s", name, res.Status, body)
		}
		return true
	}
	for i := range n {
		name := fmt.Sprint(i + 1)
		a, b := has("a"+name), has("b"+name)
		if a != b {
			t.Errorf("update %s was done by half", name)
		}
		if acknowledged[name] && !a {
			t.Errorf("update %s was acknowledged, and is not there", name)
		}
	}
	if len(acknowledged) < 30 {
		t.Errorf("only %d updates were acknowledged", len(acknowledged))
	}
	s.stop(t)
	if out := belfort(t, "ledger", "verify", "--data", filepath.Join(dir, "data")); !strings.Contains(string(out), "entries, sound") {
		t.Errorf("ledger after all that: %s", out)
	}
}
