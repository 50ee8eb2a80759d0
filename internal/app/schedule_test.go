package app

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/register"
)

// noon is a Sunday in winter, 12:00 in Flanders.
var noon = time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)

func every(d time.Duration) bron {
	return bron{Clean: "https://gent.example/", Source: config.Source{Every: config.Duration(d), Sooner: true}}
}

func clocks(list ...config.Clock) bron {
	return bron{Clean: "https://gent.example/", Source: config.Source{Clocks: list, Sooner: true}}
}

// TestFollowing tells when the next round of a lonely source begins.
func TestFollowing(t *testing.T) {
	for _, c := range []struct {
		name string
		b    bron
		p    past
		want time.Duration // after the last round began, at noon
	}{
		{"interval", every(6 * time.Hour), past{}, 6 * time.Hour},
		{"failed", every(6 * time.Hour), past{failed: true}, 36 * time.Minute},
		{"failed, often", every(time.Hour), past{failed: true}, 10 * time.Minute},
		{"failed, very often", every(5 * time.Minute), past{failed: true}, 5 * time.Minute},
		{"sitting", every(6 * time.Hour), past{sitting: true}, 90 * time.Minute},
		{"sitting, often", every(time.Hour), past{sitting: true}, 30 * time.Minute},
		{"sitting, very often", every(20 * time.Minute), past{sitting: true}, 20 * time.Minute},
		{"failed about a sitting", every(6 * time.Hour), past{failed: true, sitting: true}, 36 * time.Minute},
		{"not sooner", bron{Source: config.Source{Every: config.Duration(6 * time.Hour)}}, past{sitting: true}, 6 * time.Hour},
		{"later today", clocks(6*60+30, 18*60), past{}, 6 * time.Hour},
		{"tomorrow", clocks(6*60 + 30), past{}, 18*time.Hour + 30*time.Minute},
		{"the same time", clocks(12 * 60), past{}, 24 * time.Hour},
		{"times, about a sitting", clocks(18 * 60), past{sitting: true}, 6 * time.Hour},
		{"times, failed", clocks(18 * 60), past{failed: true}, 144 * time.Minute},
	} {
		c.p.began = noon
		if got := c.b.following(c.p, 1).Sub(noon); got != c.want {
			t.Errorf("%s: after %v, want %v", c.name, got, c.want)
		}
	}
}

// TestSummerTime: a time of the day is that on the clocks of Flanders, also when
// they change.
func TestSummerTime(t *testing.T) {
	for _, c := range []struct{ after, want string }{
		{"2026-03-28T12:00:00Z", "2026-03-29T04:30:00Z"}, // 06:30 in summer
		{"2026-10-24T12:00:00Z", "2026-10-25T05:30:00Z"}, // 06:30 in winter
	} {
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextClock([]config.Clock{6*60 + 30}, after).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("06:30 after %s is %s, want %s", c.after, got, c.want)
		}
	}
	// A time that does not exist on the day: an hour later, and once.
	before := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	first := nextClock([]config.Clock{2*60 + 30}, before)
	if got := first.UTC().Format(time.RFC3339); got != "2026-03-29T01:30:00Z" {
		t.Errorf("02:30 in the hour that is skipped is %s", got)
	}
	if got := nextClock([]config.Clock{2*60 + 30}, first).UTC().Format(time.RFC3339); got != "2026-03-30T00:30:00Z" {
		t.Errorf("the next is %s", got)
	}
}

// evidence is what a timetable knows of the past, in memory.
type evidence struct {
	visits map[string]harvester.Visit
	rounds map[string]harvester.Round
	soon   map[string]bool
	asked  int
}

func newEvidence() *evidence {
	return &evidence{visits: map[string]harvester.Visit{}, rounds: map[string]harvester.Round{}, soon: map[string]bool{}}
}

func (e *evidence) timetable(now *time.Time, list []bron) *timetable {
	t := &timetable{
		now: func() time.Time { return *now },
		last: func(_ context.Context, url string) (harvester.Visit, bool, error) {
			v, ok := e.visits[url]
			return v, ok, nil
		},
		rounds: func(_ context.Context, source string, _ int) ([]harvester.Round, error) {
			if r, ok := e.rounds[source]; ok {
				return []harvester.Round{r}, nil
			}
			return nil, nil
		},
		sitting: func(_ context.Context, b bron, _, _ time.Time) (bool, error) {
			e.asked++
			return e.soon[b.Clean], nil
		},
	}
	t.set(list)
	return t
}

// harvested is a round that began and ended well.
func (e *evidence) harvested(url string, began, ended time.Time) {
	e.visits[url] = harvester.Visit{URL: url, Seed: url, Time: began}
	e.rounds[url] = harvester.Round{Source: url, Began: began, Ended: ended, Totals: harvester.Totals{Pages: 1}}
}

func flemish(n int) []bron {
	list := make([]bron, n)
	for i := range list {
		list[i] = every(6 * time.Hour)
		list[i].Clean = fmt.Sprintf("https://gemeente-%d.example/", i)
	}
	return list
}

// TestThreeHundred serves three hundred governments for a day: every one is
// harvested about every six hours, never twice at once, and never all together.
func TestThreeHundred(t *testing.T) {
	const sources, look = 300, time.Minute
	now := noon
	e := newEvidence()
	tt := e.timetable(&now, flemish(sources))
	began := map[string][]time.Time{}
	var running []bron
	most := 0
	for now.Before(noon.Add(24 * time.Hour)) {
		for _, b := range running { // each takes less than a look
			last := began[b.Clean][len(began[b.Clean])-1]
			e.harvested(b.Clean, last, now)
			tt.ended(b.Clean)
		}
		list, err := tt.due(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		running, most = list, max(most, len(list))
		for _, b := range list {
			began[b.Clean] = append(began[b.Clean], now)
		}
		now = now.Add(look)
	}
	if most > wave(sources) {
		t.Errorf("%d began at once", most)
	}
	for url, list := range began {
		if len(list) < 4 || len(list) > 5 {
			t.Errorf("%s was harvested %d times", url, len(list))
		}
		for i := range list[1:] {
			if d := list[i+1].Sub(list[i]); d < 5*time.Hour+40*time.Minute || d > 6*time.Hour+look {
				t.Errorf("%s waited %v", url, d)
			}
		}
	}
	if len(began) != sources {
		t.Errorf("%d sources were harvested", len(began))
	}
}

// TestDue shows what the evidence says of one source.
func TestDue(t *testing.T) {
	const url = "https://gemeente-0.example/"
	for _, c := range []struct {
		name string
		set  func(*evidence)
		want bool
	}{
		{"never harvested", func(*evidence) {}, true},
		{"a while ago", func(e *evidence) { e.harvested(url, noon.Add(-6*time.Hour), noon.Add(-5*time.Hour)) }, true},
		{"just now", func(e *evidence) { e.harvested(url, noon.Add(-time.Hour), noon) }, false},
		{"just now, about a sitting", func(e *evidence) {
			e.harvested(url, noon.Add(-95*time.Minute), noon.Add(-time.Hour))
			e.soon[url] = true
		}, true},
		{"cut off", func(e *evidence) {
			e.harvested(url, noon.Add(-2*time.Hour), noon.Add(-90*time.Minute))
			e.visits[url] = harvester.Visit{URL: url, Seed: url, Time: noon.Add(-time.Minute)}
		}, true},
		{"visited from another source", func(e *evidence) {
			e.harvested(url, noon.Add(-2*time.Hour), noon.Add(-90*time.Minute))
			e.visits[url] = harvester.Visit{URL: url, Seed: "https://elders.example/", Time: noon.Add(-time.Minute)}
		}, false},
		{"failed a moment ago", func(e *evidence) {
			e.visits[url] = harvester.Visit{URL: url, Seed: url, Time: noon.Add(-5 * time.Minute), Error: "no answer"}
			e.rounds[url] = harvester.Round{Source: url, Began: noon.Add(-6 * time.Minute), Ended: noon.Add(-5 * time.Minute), Totals: harvester.Totals{Failed: 1}}
		}, false},
		{"failed", func(e *evidence) {
			e.visits[url] = harvester.Visit{URL: url, Seed: url, Time: noon.Add(-40 * time.Minute), Error: "no answer"}
			e.rounds[url] = harvester.Round{Source: url, Began: noon.Add(-41 * time.Minute), Ended: noon.Add(-40 * time.Minute), Totals: harvester.Totals{Failed: 1}}
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			now, e := noon, newEvidence()
			c.set(e)
			tt := e.timetable(&now, flemish(1))
			list, err := tt.due(t.Context())
			if err != nil || (len(list) == 1) != c.want {
				t.Fatalf("due: %v, %v; want %v", list, err, c.want)
			}
			// What the harvester has is not given again, until its round ended.
			if list, _ = tt.due(t.Context()); c.want && len(list) > 0 {
				t.Error("given twice")
			}
		})
	}
}

// TestSittingsAreAskedSeldom: the calendar is asked only where its answer
// matters, and not at every look.
func TestSittingsAreAskedSeldom(t *testing.T) {
	now, e := noon, newEvidence()
	tt := e.timetable(&now, flemish(1))
	e.harvested("https://gemeente-0.example/", noon, noon.Add(time.Minute))
	for now.Before(noon.Add(5*time.Hour + 30*time.Minute)) {
		now = now.Add(20 * time.Second)
		if list, err := tt.due(t.Context()); err != nil || len(list) > 0 {
			t.Fatal(list, err)
		}
		if now.Sub(noon) < 90*time.Minute && e.asked > 0 {
			t.Fatalf("asked after %v", now.Sub(noon))
		}
	}
	if e.asked > 17 {
		t.Errorf("asked %d times in four hours", e.asked)
	}
}

// TestSetStops stops what is taken out of the file, and tells what changed.
func TestSetStops(t *testing.T) {
	now, e := noon, newEvidence()
	list := flemish(3)
	tt := e.timetable(&now, list)
	if due, err := tt.due(t.Context()); err != nil || len(due) != 3 {
		t.Fatal(due, err)
	}
	changed := list[1]
	changed.Limits.Delay = time.Second
	tt.ended(list[2].Clean)
	e.harvested(list[2].Clean, noon, noon)
	tt.set([]bron{changed})
	due, err := tt.due(t.Context())
	if err != nil || len(due) != 2 {
		t.Fatal(due, err)
	}
	if due[0].Clean != list[0].Clean || due[0].Limits.MaxPages != 1 || due[1].Limits.Delay != time.Second {
		t.Errorf("got %+v", due)
	}
	if due, _ = tt.due(t.Context()); len(due) > 0 {
		t.Errorf("told twice: %v", due)
	}
}

// TestServeSources serves a file of sources: a slow host holds nobody up, the file is
// read again when it changes, and one that is wrong changes nothing.
func TestServeSources(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	release := make(chan struct{})
	page := func(name string, slow bool) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			mu.Lock()
			asked[name]++
			mu.Unlock()
			if slow {
				select {
				case <-release:
				case <-r.Context().Done():
				}
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<!DOCTYPE html><body prefix="besluit: http://data.vlaanderen.be/ns/besluit# dct: http://purl.org/dc/terms/">
				<div resource="http://x.example/%s" typeof="besluit:Zitting"><span property="besluit:behandelt" resource="http://x.example/a%s" typeof="besluit:Agendapunt"><b property="dct:title">Punt</b></span></div>`, name, name)
		}))
		t.Cleanup(s.Close)
		return s
	}
	slow, quick, later := page("slow", true), page("quick", false), page("later", false)
	name := filepath.Join(t.TempDir(), "bronnen.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := func(servers ...*httptest.Server) string {
		var b strings.Builder
		b.WriteString("defaults: {limits: {delay: 0s}}\nbesturen:\n  - bestuur: gent\n    bronnen:\n")
		for _, s := range servers {
			fmt.Fprintf(&b, "      - {kind: page, url: %q}\n", s.URL)
		}
		return b.String()
	}
	write(file(slow, quick))
	h := openHouse(t, true)
	// Every wait is over at once: the test goes as fast as the work.
	h.clock.After = func(time.Duration) <-chan time.Time {
		c := make(chan time.Time, 1)
		time.AfterFunc(time.Millisecond, func() { c <- time.Now() })
		return c
	}
	f := &sourcesFile{name: name, catalogue: newCatalogue(register.Embedded()), private: true, logins: h.logins}
	b, err := f.read()
	if err != nil {
		t.Fatal(err)
	}
	h.sources.Store(b)
	lines := &logLines{t: t, told: make(chan string, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.schedule(ctx, slog.New(slog.NewTextHandler(lines, nil)), f)
	}()
	lines.wait(`msg="round ended" source=` + quick.URL + "/ bestuur=Gent took=")
	write("besturen: [\n")
	lines.wait("those from before stay")
	f.asked.Store(true) // SIGHUP
	lines.wait("those from before stay")
	write(file(slow, later))
	lines.wait("sources read again")
	lines.wait(`msg="round ended" source=` + later.URL + "/ bestuur=Gent")
	close(release)
	lines.wait(`msg="round ended" source=` + slow.URL + "/ bestuur=Gent")
	cancel()
	<-done
	mu.Lock()
	defer mu.Unlock()
	// The slow one is asked for once, though its round went on under a new file.
	if asked["slow"] != 1 || asked["quick"] != 1 || asked["later"] != 1 {
		t.Errorf("asked %v", asked)
	}
	declared := h.declared()
	if len(declared) != 2 || !strings.HasPrefix(declared[0].Bestuurseenheid, "http://data.lblod.info/") || declared[0].Every != config.DefaultEvery {
		t.Errorf("declared: %+v", declared)
	}
}

// logLines tells its lines to who waits for one.
type logLines struct {
	t    *testing.T
	told chan string
	past []string
}

func (l *logLines) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		l.told <- string(line)
	}
	return len(p), nil
}

// wait waits for a line that was not waited for yet.
func (l *logLines) wait(part string) {
	l.t.Helper()
	if i := slices.IndexFunc(l.past, func(s string) bool { return strings.Contains(s, part) }); i >= 0 {
		l.past = slices.Delete(l.past, i, i+1)
		return
	}
	for {
		select {
		case line := <-l.told:
			if strings.Contains(line, part) {
				return
			}
			l.past = append(l.past, line)
		case <-time.After(time.Minute):
			l.t.Fatalf("nobody says %q; %v", part, l.past)
		}
	}
}

// TestDocumented reads the file of sources that docs/bronnen.md shows.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/bronnen.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	text, _, ok := strings.Cut(rest, "```")
	name := filepath.Join(t.TempDir(), "bronnen.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil || !ok {
		t.Fatal(err, ok)
	}
	b, err := readBronnen(name, newCatalogue(register.Embedded()), false)
	if err != nil || len(b.besturen) != 3 || len(b.list) != 3 {
		t.Errorf("%d governments, %d sources: %v", len(b.besturen), len(b.list), err)
	}
}
