package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/app"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/internal/vlaanderen"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/search"
	"github.com/belfort-lod/belfort/search/bleve"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

// clockVariable tells the processes of a test which time it is: a moment, the moment of this machine
// at which it was, and how fast time goes. Only this test binary looks at it.
const clockVariable = "BELFORT_TEST_CLOCK"

// simulated is a time that goes on from a moment, faster than that of this machine.
type simulated struct {
	from, since time.Time
	speed       int64
}

func (s simulated) now() time.Time {
	return s.from.Add(time.Since(s.since) * time.Duration(s.speed))
}

func (s simulated) String() string {
	return fmt.Sprint(s.from.UnixNano(), " ", s.since.UnixNano(), " ", s.speed)
}

// testClock is the clock that the environment tells, or that of this machine.
func testClock() app.Clock {
	var from, since int64
	var s simulated
	if _, err := fmt.Sscan(os.Getenv(clockVariable), &from, &since, &s.speed); err != nil {
		return app.Clock{}
	}
	s.from, s.since = time.Unix(0, from).UTC(), time.Unix(0, since)
	return app.Clock{Now: s.now, After: func(d time.Duration) <-chan time.Time { return time.After(d / time.Duration(s.speed)) }}
}

// flanders is a simulated Flanders with a harvester in other processes.
type flanders struct {
	*testing.T
	world  *vlaanderen.Vlaanderen
	days   int
	data   string
	file   string // of sources
	clock  atomic.Pointer[simulated]
	speed  int64           // how fast time goes while the harvester works
	titles map[string]bool // parts of titles that were ever published
	// died is how often the harvester was killed.
	died int
	// took is how long a round took, to know when to kill.
	took time.Duration
}

func newFlanders(t *testing.T, o vlaanderen.Options) *flanders {
	t.Helper()
	// A round of all of Flanders must not take longer than the world has for it.
	speed := int64(60)
	if o.Besturen > 50 {
		speed = 15
	}
	f := &flanders{T: t, speed: speed, days: o.Dagen, titles: map[string]bool{}, data: filepath.Join(t.TempDir(), "data"), file: filepath.Join(t.TempDir(), "bronnen.yaml"), took: 3 * time.Second}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, o.Port, _ = net.SplitHostPort(l.Addr().String())
	o.Now = func() time.Time { return f.clock.Load().now() }
	f.world = vlaanderen.New(o)
	server := &http.Server{Handler: f.world, ErrorLog: nil}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	f.writeSources()
	return f
}

// day makes it noon on a day.
func (f *flanders) day(n int) {
	f.clock.Store(&simulated{f.world.Ronde(n), time.Now(), f.speed})
}

// writeSources writes the file of sources.
func (f *flanders) writeSources() {
	var s strings.Builder
	s.WriteString("parallel: 6\ntimeout: 1s\nbesturen:\n")
	for _, b := range f.world.Bronnen() {
		fmt.Fprintf(&s, "  - bestuur: %s\n    bronnen:\n      - url: %q\n        kind: %s\n        limits:\n          delay: 20ms\n", b.Bestuurseenheid, b.URL, b.Soort)
		if b.MaxPages > 0 {
			fmt.Fprintf(&s, "          maxPages: %d\n", b.MaxPages)
		}
		if len(b.Hosts) > 0 {
			fmt.Fprintf(&s, "        hosts: [%s]\n", strings.Join(b.Hosts, ", "))
		}
	}
	if err := os.WriteFile(f.file, []byte(s.String()), 0o600); err != nil {
		f.Fatal(err)
	}
}

// round harvests every source until the round of the day is over, killing the harvester up to so
// many times.
func (f *flanders) round(kills int, random *rand.Rand) harvester.Totals {
	f.Helper()
	for {
		f.world.NieuwLeven()
		cmd := exec.Command("belfort", f.args()...)
		cmd.Env = append(os.Environ(), clockVariable+"="+f.clock.Load().String())
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		begun := time.Now()
		if err := cmd.Start(); err != nil {
			f.Fatal(err)
		}
		var kill *time.Timer
		if kills > 0 {
			kill = time.AfterFunc(f.took/10+time.Duration(random.Int64N(int64(f.took))), func() { _ = cmd.Process.Kill() })
		}
		err := cmd.Wait()
		if kill != nil {
			kill.Stop()
		}
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			kills--
			f.died++
			continue
		}
		f.took = (f.took + time.Since(begun)) / 2
		lines := bytes.Split(bytes.TrimSpace(stdout.Bytes()), []byte("\n"))
		var totals harvester.Totals
		if code := cmd.ProcessState.ExitCode(); json.Unmarshal(lines[len(lines)-1], &totals) != nil || code != 0 && code != 1 && code != 3 {
			f.Fatalf("harvest: exit code %d, %v\n%s\n%s", code, err, stdout.String(), stderr.String())
		}
		return totals
	}
}

func (f *flanders) args() []string {
	return []string{"harvest", "--data", f.data, "web", "--sources", f.file, "--allow-private", "--delay", "20ms", "--json"}
}

// titleCode is in the title of every item and decision, and in no other.
var titleCode = regexp.MustCompile(`titel=[^;]* \(([0-9A-F]{6})\)`)

// database is what the harvester wrote.
type database struct {
	facts    map[string][]vlaanderen.Feit
	standing map[string]publisher.Entry // the newest by page
	visits   map[string]harvester.Visit
	history  map[string][]string // of visits, by address, for people
	head     uint64
	titles   map[string]bool // what was looked for in the index, and whether it was found
}

// read reads the data directory, which nobody has open.
func (f *flanders) read() database {
	f.Helper()
	ctx := context.Background()
	db := database{facts: map[string][]vlaanderen.Feit{}, standing: map[string]publisher.Entry{}, visits: map[string]harvester.Visit{}, history: map[string][]string{}}
	state, err := pebble.Open(filepath.Join(f.data, "state"), nil)
	if err != nil {
		f.Fatal(err)
	}
	defer state.Close()
	if db.head, err = state.Ledger().Head(ctx); err != nil {
		f.Fatal(err)
	}
	for n := uint64(1); n <= db.head; n++ {
		e, _, _, err := state.Ledger().Entry(ctx, n)
		if err != nil {
			f.Fatal(err)
		}
		db.standing[e.Pagina] = e
	}
	for v, err := range state.Visits().All(ctx) {
		if err != nil {
			f.Fatal(err)
		}
		db.visits[v.URL] = v
	}
	for v, err := range state.Visits().History(ctx, "") {
		if err != nil {
			f.Fatal(err)
		}
		db.history[v.URL] = append(db.history[v.URL], fmt.Sprintf("%s: %d %s, from %s %s %s", v.Time.Format(time.DateTime), v.Status, v.MediaType, v.From, v.Failure, v.Error))
	}
	store, err := quadstore.Open(filepath.Join(f.data, "quads"), quadstore.Options{})
	if err != nil {
		f.Fatal(err)
	}
	defer store.Close()
	snapshot := store.Snapshot()
	defer snapshot.Close()
	terms := map[eval.ID]rdf.Term{}
	term := func(id eval.ID) rdf.Term {
		t, ok := terms[id]
		if !ok {
			if t, err = snapshot.Term(id); err != nil {
				f.Fatal(err)
			}
			terms[id] = t
		}
		return t
	}
	graphs := map[eval.ID]*rdf.Graph{}
	for q, err := range snapshot.Match(eval.QuadID{}, eval.Named) {
		if err != nil {
			f.Fatal(err)
		}
		if graphs[q.Graph] == nil {
			graphs[q.Graph] = rdf.NewGraph()
		}
		graphs[q.Graph].Add(rdf.Quad{Subject: term(q.Subject), Predicate: term(q.Predicate), Object: term(q.Object)})
	}
	for id, g := range graphs {
		if name := term(id).Value(); strings.HasPrefix(name, "http") { // others are not of pages
			db.facts[name] = vlaanderen.Lees(g)
		}
	}
	index, _, err := bleve.Open(filepath.Join(f.data, "index"))
	if err != nil {
		f.Fatal(err)
	}
	defer index.Close()
	for _, p := range f.world.Waarheid(f.clock.Load().from) {
		for _, fact := range p.Feiten {
			if m := titleCode.FindStringSubmatch(fact.Zegt); m != nil {
				f.titles[m[1]] = true
			}
		}
	}
	db.titles = map[string]bool{}
	for code := range f.titles {
		found, err := index.Search(ctx, search.Request{Text: code, Size: 1})
		if err != nil {
			f.Fatal(err)
		}
		db.titles[code] = found.Total > 0
	}
	return db
}

// compare holds the database against what a patient crawler must know after the round of a day.
func (f *flanders) compare(day int, want []vlaanderen.Pagina, db database) {
	f.Helper()
	list := vlaanderen.Verschil(want, db.facts)
	titles := map[string]bool{}
	for _, p := range want {
		e, known := db.standing[p.URL]
		switch v := db.visits[p.URL]; {
		case p.Stand == vlaanderen.Ingetrokken && e.Kind != publisher.Withdrawn:
			list = append(list, fmt.Sprintf("%s: withdrawn since %s, and in the ledger %q of %s", p.URL, p.Sinds, e.Kind, e.Time))
		case p.Stand == vlaanderen.Ingetrokken && e.Time.Before(p.Sinds):
			list = append(list, fmt.Sprintf("%s: withdrawn since %s, in the ledger before that, %s", p.URL, p.Sinds, e.Time))
		case p.Stand == vlaanderen.Gepubliceerd && (!known || e.Kind != publisher.Published):
			list = append(list, fmt.Sprintf("%s: published, and in the ledger %q", p.URL, e.Kind))
		case p.Stand == vlaanderen.Gepubliceerd && p.Onvermeld.IsZero() != v.Unlisted.IsZero():
			list = append(list, fmt.Sprintf("%s: dropped from its overview %v, by the last visit %v", p.URL, p.Onvermeld, v.Unlisted))
		}
		for _, fact := range p.Feiten {
			if m := titleCode.FindStringSubmatch(fact.Zegt); m != nil {
				titles[m[1]] = true
			}
		}
	}
	for url, e := range db.standing {
		if e.Kind != publisher.Withdrawn && !slices.ContainsFunc(want, func(p vlaanderen.Pagina) bool { return p.URL == url }) {
			list = append(list, fmt.Sprintf("%s: %s in the ledger, and no page of this world", url, e.Kind))
		}
	}
	for code, found := range db.titles {
		if found != titles[code] {
			list = append(list, fmt.Sprintf("a title with %s is found: %v, published: %v", code, found, titles[code]))
		}
	}
	if len(list) > 0 {
		f.Errorf("day %d: %d differences:\n%s", day, len(list), strings.Join(list[:min(len(list), 40)], "\n"))
		for _, line := range list[:min(len(list), 5)] {
			url, _, _ := strings.Cut(line, ": ")
			f.Logf("the visits of %s:\n%s", url, strings.Join(db.history[url], "\n"))
		}
		for url, history := range db.history {
			if v := db.visits[url]; v.Error != "" || v.Overview {
				f.Logf("last visit of %s: %s, %d links", url, history[len(history)-1], len(v.Links))
			}
		}
	}
}

// behaved holds the harvester to its manners.
func (f *flanders) behaved() {
	f.Helper()
	m := f.world.Metingen()
	f.Logf("%d requests, %d conditional, %d answered 304, %d for robots.txt; at most %d at once at a host; answers %v", m.Verzoeken, m.Voorwaardelijk, m.Ongewijzigd, m.Robots, m.Samen, m.Antwoorden)
	if len(m.Klachten) > 0 {
		f.Errorf("the world complains: %d requests against robots.txt, %d sooner than asked, %d hosts too fast, %d at once:\n%s",
			m.TegenRobots, m.TeVroeg, m.TeSnel, m.Samen, strings.Join(m.Klachten, "\n"))
	}
}

// fromEnvironment returns a number from the environment.
func fromEnvironment(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestFlanders lives through some simulated days of a Flanders whose websites misbehave, with a
// harvester that is killed now and then. After each day the database holds what a patient crawler
// must know, and after the last the truth: every page, sitting, item, decision, article and vote,
// and none else; with no request against robots.txt, and never more than one at once at a host.
// Then, with nothing new in the world, a round makes at most one request for each page, conditional
// where the host knows what that is, and nothing is processed again.
//
// BELFORT_FLANDERS and BELFORT_DAYS say how many governments and days, BELFORT_SEED which world.
func TestFlanders(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: simulated days take a minute")
	}
	o := vlaanderen.Options{
		Seed: uint64(fromEnvironment("BELFORT_SEED", 1)), Besturen: fromEnvironment("BELFORT_FLANDERS", 12), Dagen: fromEnvironment("BELFORT_DAYS", 6), Traag: time.Millisecond,
	}
	f := newFlanders(t, o)
	random := rand.New(rand.NewPCG(o.Seed, 1))
	kills := map[int]int{}
	for range max(2, o.Dagen/2) {
		kills[random.IntN(o.Dagen)]++
	}
	for day := range o.Dagen {
		f.day(day)
		begun := time.Now()
		totals := f.round(kills[day], random)
		totals.Failures = nil
		took := time.Since(begun)
		db := f.read()
		f.compare(day, f.world.Verwacht(day), db)
		t.Logf("day %d: %d kills, %.1f s, %d pages in the database, %d entries: %+v", day, kills[day], took.Seconds(), len(db.facts), db.head, totals)
		if t.Failed() {
			f.behaved()
			return
		}
	}
	before := f.read()
	truth := f.world.Waarheid(f.world.Ronde(o.Dagen - 1))
	// Of pages that came and went before anybody could read them nobody can know.
	known := map[string]bool{}
	for _, p := range f.world.Verwacht(o.Dagen - 1) {
		known[p.URL] = true
	}
	truth = slices.DeleteFunc(truth, func(p vlaanderen.Pagina) bool {
		return !known[p.URL] && (p.Stand == vlaanderen.Ingetrokken || !p.Onvermeld.IsZero())
	})
	f.compare(o.Dagen, truth, before)
	belfort(t, "ledger", "verify", "--data", f.data)
	f.unchanged(before)
	f.behaved()
}

// unchanged makes a round in a world in which nothing is new.
func (f *flanders) unchanged(before database) {
	f.Helper()
	f.day(f.days)
	totals := f.round(0, nil)
	after := f.read()
	if after.head != before.head || totals.New+totals.Changed+totals.Withdrawn+totals.Held > 0 {
		f.Errorf("nothing is new, and there are %d new entries in the ledger; %+v", after.head-before.head, totals)
	}
	if !maps.Equal(before.sequences(), after.sequences()) {
		f.Error("nothing is new, and pages stand otherwise")
	}
	plain := 0
	for _, q := range f.world.Verzoeken(f.days) {
		if q.Keren > 1 {
			f.Errorf("nothing is new, and %s was asked for %d times: %v", q.URL, q.Keren, q.Antwoorden)
		}
		if q.Voorwaardelijk == 0 {
			plain++
			if f.world.Voorwaardelijk(q.URL) {
				f.Errorf("nothing is new, and %s was asked for without a condition", q.URL)
			}
		}
	}
	f.Logf("nothing new: %d requests, %d answered 304, %d unconditional", totals.Requests, totals.NotModified, plain)
}

// sequences is the newest entry of every page by its number.
func (db database) sequences() map[string]uint64 {
	m := map[string]uint64{}
	for page, e := range db.standing {
		m[page] = e.Sequence
	}
	return m
}
