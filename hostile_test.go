package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// memoryLimit is what the server under attack may use: the operator's GOMEMLIMIT,
// and a fifth for what the runtime does not count, such as pages of mapped files.
const memoryLimit = 1000 // MB

// TestHostile lets sixteen clients send the nastiest queries that we can think of,
// while others go on asking what visitors ask. The server keeps within its memory,
// visitors wait at most ten times as long as when it is quiet (the 99th percentile),
// and each nasty query ends: quickly, or by a limit that the answer names, or by a
// broken connection when part of the answer is out.
//
// BELFORT_HOSTILE says how long it goes on, such as "10m"; 10 seconds if it does not.
// Every query is sent once before one is sent again. From 4 minutes on, which is time
// enough for all of them, each must have ended, and from 8 minutes on each twice; what
// is under way then may end. BELFORT_SEED says in which order they are sent.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: it takes half a minute of both processors")
	}
	lasting := 10 * time.Second
	if d, err := time.ParseDuration(os.Getenv("BELFORT_HOSTILE")); err == nil {
		lasting = d
	}
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("BELFORT_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("seed %d, for %v", seed, lasting)
	data := filepath.Join(t.TempDir(), "data")
	file := filepath.Join(t.TempDir(), "besluiten.nq")
	if err := os.WriteFile(file, []byte(decisions(20_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	belfort(t, "load", file, "--data", data)
	t.Setenv("GOMEMLIMIT", fmt.Sprintf("%dMiB", memoryLimit*4/5))
	s := startServe(t, "--data", data)
	defer s.stop(t)

	quiet := visit(t, s.address, 3*time.Second)
	ctx, cancel := context.WithTimeout(context.Background(), lasting)
	defer cancel()
	list := nasty()
	attack := newAttack(s.address+"/sparql", list)
	deck := &deck{random: rand.New(rand.NewPCG(seed, 0)), cards: len(list)}
	sending := ctx
	if lasting >= time.Minute {
		// What is sent in time may take its time.
		var stop context.CancelFunc
		sending, stop = context.WithTimeout(context.Background(), lasting+longest+5*time.Second)
		defer stop()
	}
	var attackers sync.WaitGroup
	for range 16 {
		attackers.Go(func() {
			for ctx.Err() == nil {
				attack.send(sending, list[deck.next()])
			}
		})
	}
	peak := make(chan float64)
	go func() { peak <- watch(ctx, t, s.cmd.Process.Pid) }()
	besieged := visit(t, s.address, lasting-time.Second)
	attackers.Wait()
	most := <-peak

	t.Logf("quiet: %v", quiet)
	t.Logf("under attack: %v; at most %.0f MB resident", besieged, most)
	attack.report(t, lasting)
	if most > memoryLimit {
		t.Errorf("%.0f MB resident, the limit is %d MB", most, memoryLimit)
	}
	if len(besieged.failures) > 0 {
		t.Errorf("%d of %d visits failed, such as: %v", len(besieged.failures), len(besieged.times), besieged.failures[0])
	}
	if q, b := quiet.at(99), besieged.at(99); b > 10*q {
		t.Errorf("the 99th percentile of visits is %v under attack, %v when it is quiet", b, q)
	}
}

// decisions writes N-Quads about n decisions, four statements each, in graphs of
// fifty; each decision cites two others, so that all are connected.
func decisions(n int) string {
	var b strings.Builder
	for i := range n {
		id := func(i int) string { return fmt.Sprintf("<http://gemeente.example/besluit/%d>", i%n) }
		graph := fmt.Sprintf(" <http://gemeente.example/zitting/%d> .\n", i/50)
		b.WriteString(id(i) + " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://data.vlaanderen.be/ns/besluit#Besluit>" + graph)
		fmt.Fprintf(&b, "%s <http://data.europa.eu/eli/ontology#title> \"Besluit %d over de %s aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"@nl%s",
			id(i), i, []string{"markt", "belasting", "rooilijn", "subsidie"}[i%4], graph)
		b.WriteString(id(i) + " <http://data.europa.eu/eli/ontology#cites> " + id(i+1) + graph)
		b.WriteString(id(i) + " <http://data.europa.eu/eli/ontology#cites> " + id(i*7+3) + graph)
	}
	return b.String()
}

// visits are how long visits took, and the errors of those that failed.
type visits struct {
	times    []time.Duration // sorted
	failures []error
}

func (v visits) at(percent int) time.Duration { return v.times[(len(v.times)-1)*percent/100] }

func (v visits) String() string {
	return fmt.Sprintf("%d visits, half within %v, 99%% within %v, at most %v", len(v.times), v.at(50), v.at(99), v.times[len(v.times)-1])
}

// visit asks what visitors ask, two at a time.
func visit(t *testing.T, address string, lasting time.Duration) visits {
	t.Helper()
	const prefixes = "PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX b: <http://gemeente.example/besluit/> "
	paths := []string{"/", "/zoeken?q=markt"}
	for _, query := range []string{
		"SELECT ?p ?o { b:77 ?p ?o }",
		"SELECT ?t { b:1234 eli:cites/eli:title ?t }",
		"SELECT ?b ?t { GRAPH <http://gemeente.example/zitting/7> { ?b eli:title ?t } } ORDER BY ?t LIMIT 20",
		"SELECT (COUNT(*) AS ?n) { GRAPH <http://gemeente.example/zitting/9> { ?s ?p ?o } }",
		"CONSTRUCT WHERE { b:4321 ?p ?o }",
		"ASK { ?b eli:cites b:99 }",
	} {
		paths = append(paths, "/sparql?query="+url.QueryEscape(prefixes+query))
	}
	var all visits
	var lock sync.Mutex
	var done sync.WaitGroup
	begun := time.Now()
	for visitor := range 2 {
		done.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
			for i := visitor; time.Since(begun) < lasting; i++ {
				at := time.Now()
				res, err := client.Get(address + paths[i%len(paths)])
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
					if res.StatusCode != http.StatusOK {
						err = errors.Join(err, fmt.Errorf("%s: %s", paths[i%len(paths)], res.Status))
					}
				}
				lock.Lock()
				all.times = append(all.times, time.Since(at))
				if err != nil {
					all.failures = append(all.failures, err)
				}
				lock.Unlock()
			}
		})
	}
	done.Wait()
	slices.Sort(all.times)
	if len(all.times) < 20 {
		t.Fatalf("only %d visits: %v", len(all.times), all.failures)
	}
	return all
}

// watch returns the most memory that a process had until the context ended, in MB.
func watch(ctx context.Context, t *testing.T, pid int) (most float64) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return most
		case <-tick.C:
			all, _ := resident(t, pid)
			most = max(most, all)
		}
	}
}

// nastyQuery is one query.
type nastyQuery struct{ name, text string }

// longest is what a nasty query may take: waiting for a turn, running and writing may
// each take what they may.
const longest = 75 * time.Second

// deck deals the numbers of cards: each once, in a random order, then again.
type deck struct {
	lock   sync.Mutex
	random *rand.Rand
	cards  int
	left   []int
}

func (d *deck) next() int {
	d.lock.Lock()
	defer d.lock.Unlock()
	if len(d.left) == 0 {
		d.left = d.random.Perm(d.cards)
	}
	n := d.left[0]
	d.left = d.left[1:]
	return n
}

// attack gathers how the queries ended.
type attack struct {
	address string
	queries []nastyQuery
	lock    sync.Mutex
	sent    map[string]int
	ended   map[string]int
	// outcomes counts by query, then by outcome: "answered", "refused", "limit: " and
	// which, "broken off: " and by which limit.
	outcomes map[string]map[string]int
	slowest  map[string]time.Duration
}

func newAttack(address string, queries []nastyQuery) *attack {
	a := &attack{address: address, queries: queries, sent: map[string]int{}, ended: map[string]int{}, outcomes: map[string]map[string]int{}, slowest: map[string]time.Duration{}}
	for _, q := range queries {
		a.outcomes[q.name] = map[string]int{}
	}
	return a
}

// send sends a query, and notes how it ended if that was before the context did.
func (a *attack) send(ctx context.Context, q nastyQuery) {
	a.lock.Lock()
	a.sent[q.name]++
	a.lock.Unlock()
	begun := time.Now()
	outcome := a.outcome(ctx, q)
	took := time.Since(begun)
	if ctx.Err() != nil {
		return
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	a.ended[q.name]++
	a.outcomes[q.name][outcome]++
	a.slowest[q.name] = max(a.slowest[q.name], took)
}

// limitName finds the name of a limit in what the server says.
var limitName = regexp.MustCompile(`limit reached \(([a-z ]+)\)`)

func (a *attack) outcome(ctx context.Context, q nastyQuery) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.address, strings.NewReader(q.text))
	if err != nil {
		return err.Error()
	}
	req.Header.Set("Content-Type", "application/sparql-query")
	// Formats with comments: there a broken answer says why.
	req.Header.Set("Accept", "application/sparql-results+xml, text/turtle")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "refused while it was sent"
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK {
		var end tail
		_, err := io.Copy(&end, res.Body)
		name := limitName.FindStringSubmatch(string(end))
		switch {
		case err == nil:
			return "answered"
		case name != nil:
			return "broken off: " + name[1]
		}
		return "broken off"
	}
	said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	text := strings.ToLower(string(said))
	name := limitName.FindStringSubmatch(text)
	switch {
	case name != nil:
		return "limit: " + name[1]
	case strings.Contains(text, "limit reached"):
		return "limit: turns"
	case res.StatusCode/100 == 4 && (strings.Contains(text, "more than") || strings.Contains(text, "too ")):
		return "limit: text of the query"
	case res.StatusCode/100 == 4:
		return "refused"
	}
	return fmt.Sprintf("%s: %.200s", res.Status, said)
}

// tail keeps the end of what is written to it.
type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	if len(*t) > 4096 {
		*t = slices.Clone((*t)[len(*t)-2048:])
	}
	return len(p), nil
}

// report checks and logs the outcomes of an attack.
func (a *attack) report(t *testing.T, lasting time.Duration) {
	least := 0
	switch {
	case lasting >= 8*time.Minute:
		least = 2
	case lasting >= 4*time.Minute:
		least = 1
	}
	total, fewest := map[string]int{}, math.MaxInt
	for _, q := range a.queries {
		for outcome, n := range a.outcomes[q.name] {
			total[outcome] += n
			kind, _, _ := strings.Cut(outcome, ":")
			if !slices.Contains([]string{"answered", "limit", "refused", "broken off", "refused while it was sent"}, kind) {
				t.Errorf("%s ends with %s (%d times)", q.name, outcome, n)
			}
			if kind == "broken off" && strings.Contains(q.text, "SELECT (COUNT(*) AS ?n) {") {
				t.Errorf("%s is broken off, though no row was out: the limit can be told", q.name)
			}
		}
		if a.slowest[q.name] > longest {
			t.Errorf("%s took %v", q.name, a.slowest[q.name])
		}
		if a.ended[q.name] < least {
			t.Errorf("%s was sent %d times and ended %d times, not %d", q.name, a.sent[q.name], a.ended[q.name], least)
		}
		if lasting >= time.Minute && a.ended[q.name] < a.sent[q.name] {
			t.Errorf("%s was sent %d times, and had not ended %d times when the attack was over for %v", q.name, a.sent[q.name], a.sent[q.name]-a.ended[q.name], longest)
		}
		fewest = min(fewest, a.ended[q.name])
	}
	list := slices.Clone(a.queries)
	slices.SortStableFunc(list, func(x, y nastyQuery) int { return cmp.Compare(a.slowest[y.name], a.slowest[x.name]) })
	for _, q := range list {
		t.Logf("%-46s ended %3d of %3d, within %8v %v", q.name, a.ended[q.name], a.sent[q.name], a.slowest[q.name].Round(time.Millisecond), a.outcomes[q.name])
	}
	t.Logf("%d nasty queries, each ended %d times at least: %v", len(a.queries), fewest, total)
}

// nasty are sixty queries that no visitor means.
func nasty() []nastyQuery {
	const prefixes = "PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX b: <http://gemeente.example/besluit/> PREFIX besluit: <http://data.vlaanderen.be/ns/besluit#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
	long := func(n int, text string) string { return strings.Repeat(text, n) }
	joined := func(n int, separator string, part func(int) string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString(separator)
			}
			b.WriteString(part(i))
		}
		return b.String()
	}
	triples := func(n int) string {
		return joined(n, " . ", func(i int) string { return fmt.Sprintf("?s%d ?p%d ?o%d", i, i, i) })
	}
	chain := func(n int, predicate string) string {
		return joined(n, " . ", func(i int) string { return fmt.Sprintf("?x%d %s ?x%d", i, predicate, i+1) })
	}
	doubled := func(n int, text string) string { // a string of length 2^n times
		return joined(n, " ", func(i int) string {
			if i == 0 {
				return "BIND(" + text + " AS ?d0)"
			}
			return fmt.Sprintf("BIND(CONCAT(?d%d, ?d%d) AS ?d%d)", i-1, i-1, i)
		})
	}
	list := []nastyQuery{
		{"cross product of two", "SELECT * { " + triples(2) + " }"},
		{"cross product of three, counted", "SELECT (COUNT(*) AS ?n) { " + triples(3) + " }"},
		{"cross product of six, sorted", "SELECT * { " + triples(6) + " } ORDER BY ?o5 ?o4"},
		{"cross product, distinct", "SELECT DISTINCT ?o0 ?o1 { " + triples(2) + " }"},
		{"cross product, grouped", "SELECT ?o0 ?o1 (COUNT(*) AS ?n) { " + triples(2) + " } GROUP BY ?o0 ?o1"},
		{"cross product, last row", "SELECT * { " + triples(2) + " } OFFSET 4000000000 LIMIT 1"},
		{"cross product with a filter that never holds", "SELECT * { " + triples(3) + " FILTER(CONCAT(STR(?o0), STR(?o1)) = STR(?o2)) }"},
		{"cross product, asked", "ASK { " + triples(3) + " FILTER(?o0 = 1 && ?o1 = 2) }"},
		{"cross product, constructed", "CONSTRUCT { ?s0 ?p1 ?o1 } WHERE { " + triples(2) + " }"},
		{"cross product, described", "DESCRIBE ?s0 ?s1 { " + triples(2) + " }"},
		{"everything, sorted by text", "SELECT * { ?s ?p ?o } ORDER BY STR(?o) STR(?s)"},
		{"everything, sorted by a hash", "SELECT * { ?s ?p ?o } ORDER BY SHA512(CONCAT(STR(?s), STR(?p), STR(?o)))"},
		{"everything, in each graph", "SELECT * { GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?a ?b ?c } }"},
		{"chain of ten unknown", "SELECT (COUNT(*) AS ?n) { " + chain(10, "?p") + " }"},
		{"chain of forty", "SELECT (COUNT(*) AS ?n) { " + chain(40, "eli:cites") + " }"},
		{"chain of two hundred, sorted", "SELECT * { " + chain(200, "eli:cites") + " } ORDER BY ?x100 ?x0"},
		{"closure of everything", "SELECT (COUNT(*) AS ?n) { ?a eli:cites* ?b }"},
		{"closure, one or more", "SELECT * { ?a eli:cites+ ?b }"},
		{"closure of all but one", "SELECT (COUNT(*) AS ?n) { ?a (!eli:title)* ?b }"},
		{"closure both ways", "SELECT (COUNT(*) AS ?n) { ?a (eli:cites|^eli:cites)+ ?b }"},
		{"closure of a closure", "SELECT (COUNT(*) AS ?n) { ?a ((eli:cites+)*/(^eli:cites)*)+ ?b }"},
		{"closure of anything", "SELECT (COUNT(*) AS ?n) { ?a (<x:a>|!<x:a>)* ?b }"},
		{"closures joined", "SELECT (COUNT(*) AS ?n) { ?a eli:cites+ ?b . ?b eli:cites+ ?c . ?c eli:cites+ ?a }"},
		{"path of a hundred steps", "SELECT (COUNT(*) AS ?n) { ?a " + joined(100, "/", func(int) string { return "(eli:cites|^eli:cites)" }) + " ?b }"},
		{"path nested deeply", "SELECT * { b:1 " + long(200, "(") + "eli:cites" + long(200, ")*") + " ?b }"},
		{"path with a thousand ways", "SELECT (COUNT(*) AS ?n) { ?a (" + joined(1000, "|", func(i int) string { return fmt.Sprintf("eli:cites/eli:p%d?", i) }) + ") ?b }"},
		{"regular expression with nested stars", `SELECT * { ?s eli:title ?t FILTER REGEX(?t, "((a+)+)+$$b") }`},
		{"regular expression with counts", `SELECT * { ?s eli:title ?t FILTER REGEX(?t, "((a{1,30}){1,30}){1,30}z") }`},
		{"regular expression with alternatives", `SELECT * { ?s eli:title ?t FILTER REGEX(?t, "` + joined(500, "|", func(i int) string { return fmt.Sprintf("(a|b)*%d", i) }) + `") }`},
		{"regular expression of the data", "SELECT * { ?s eli:title ?t . ?x eli:title ?u FILTER REGEX(?t, STR(?u)) }"},
		{"regular expression of 1 MB", `SELECT * { ?s eli:title ?t FILTER REGEX(?t, "` + long(500_000, "a?") + `") }`},
		{"regular expression of large counts", `SELECT * { ?s eli:title ?t FILTER REGEX(?t, "` + joined(60, "|", func(i int) string { return fmt.Sprintf("[^%c]{900}", 'a'+i%26) }) + `") }`},
		{"regular expression on long text", `SELECT * { ?s eli:title ?t ` + doubled(14, "?t") + ` FILTER REGEX(?d13, "` + joined(30, "|", func(i int) string { return fmt.Sprintf("[^%c]{300}%d", 'a'+i%26, i) }) + `") }`},
		{"replace that is quadratic", `SELECT * { ?s eli:title ?t ` + doubled(12, "?t") + ` BIND(REPLACE(?d11, "a.*0b|a", "") AS ?x) }`},
		{"replace that grows", `SELECT * { ?s eli:title ?t BIND(REPLACE(REPLACE(REPLACE(?t, "", "$0aaaaaaaaaa"), "a", "bbbbbbbbbbbbbbbbbbbb"), "b", "cccccccccccccccccccc") AS ?x) } ORDER BY ?x`},
		{"values of 50,000", "SELECT (COUNT(*) AS ?n) { VALUES ?x { " + joined(50_000, " ", func(i int) string { return fmt.Sprintf("b:%d", i) }) + " } ?x eli:cites ?y . ?z eli:cites ?y . ?z eli:cites ?w }"},
		{"values by values by values", "SELECT * { " + joined(4, " ", func(k int) string {
			return fmt.Sprintf("VALUES ?v%d { %s }", k, joined(2000, " ", func(i int) string { return fmt.Sprint(i) }))
		}) + " } ORDER BY ?v3"},
		{"values of undef", "SELECT * { VALUES (?a ?b ?c) { " + joined(3000, " ", func(int) string { return "(UNDEF UNDEF UNDEF)" }) + " } ?a ?b ?c . ?d ?e ?f }"},
		{"in with 20,000", "SELECT * { ?s ?p ?o FILTER(?o IN (" + joined(20_000, ", ", func(i int) string { return fmt.Sprintf("\"x%d\"", i) }) + ")) }"},
		{"exists in exists in exists", "SELECT * { ?a ?p ?b FILTER EXISTS { ?b ?q ?c FILTER NOT EXISTS { ?c ?r ?d FILTER EXISTS { ?d ?s ?e FILTER(STR(?e) = STR(?a)) } } } }"},
		{"exists without a link", "SELECT * { ?a ?p ?b FILTER NOT EXISTS { ?c ?q ?d . ?e ?r ?f FILTER(?f = CONCAT(STR(?b), STR(?d))) } }"},
		{"exists nested a hundred deep", "SELECT * { ?a eli:cites ?b " + long(100, "FILTER EXISTS { ?a eli:cites ?b ") + long(101, "}")},
		{"optional after optional", "SELECT * { ?x0 eli:cites ?y " + joined(12, " ", func(i int) string { return fmt.Sprintf("OPTIONAL { ?x%d eli:cites|^eli:cites ?x%d }", i, i+1) }) + " }"},
		{"optional without a link", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f } OPTIONAL { ?g ?h ?i } }"},
		{"minus of a cross product", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c MINUS { ?a ?x ?y . ?d ?e ?f . ?g ?h ?i } }"},
		{"union of five hundred", "SELECT * { " + joined(500, " UNION ", func(i int) string { return "{ ?a ?b ?c }" }) + " } ORDER BY ?c"},
		{"subquery in subquery", "SELECT * { " + long(60, "{ SELECT * { ?a ?b ?c . ") + long(60, "} } ") + "}"},
		{"groups nested 100,000 deep", "SELECT * " + long(100_000, "{") + "?a ?b ?c" + long(100_000, "}")},
		{"brackets nested 100,000 deep", "SELECT * { ?a ?b ?c FILTER(" + long(100_000, "(") + "1" + long(100_000, ")") + ") }"},
		{"not nested 100,000 deep", "SELECT * { ?a ?b ?c FILTER(" + long(100_000, "!") + "true) }"},
		{"sum of 100,000", "SELECT (" + joined(100_000, "+", func(i int) string { return "1" }) + " AS ?x) {}"},
		{"blank nodes nested deeply", "SELECT * { " + long(20_000, "[ eli:cites ") + "?x" + long(20_000, " ]") + " . }"},
		{"group_concat of everything", `SELECT (GROUP_CONCAT(CONCAT(STR(?s), STR(?p), STR(?o), STR(?t)); SEPARATOR="` + long(1000, "-") + `") AS ?x) { ?s ?p ?o . ?u eli:title ?t }`},
		{"group_concat of doubles", "SELECT ?p (GROUP_CONCAT(DISTINCT CONCAT(STR(?o), STR(?o2))) AS ?x) { ?s ?p ?o . ?s2 ?p ?o2 } GROUP BY ?p"},
		{"text that doubles", "SELECT (STRLEN(?d40) AS ?n) { " + doubled(41, `"0123456789"`) + " }"},
		{"text that doubles, for each row", "SELECT * { ?s eli:title ?t " + doubled(14, "?t") + " } ORDER BY ?d13"},
		{"query of 10 MB", "SELECT * { ?s ?p \"" + long(10<<20, "a") + "\" }"},
		{"query of 10 MB of spaces", "SELECT * {" + long(10<<20, " ") + "?s ?p ?o }"},
		{"address of 900 KB", "SELECT * { ?s ?p <http://a/" + long(900_000, "b") + "> . ?s ?q ?o }"},
		{"name of 500 KB", "SELECT * { ?" + long(500_000, "v") + " ?p ?o . ?s ?q ?r }"},
		{"aggregates of a cross product", "SELECT (COUNT(DISTINCT ?o1) AS ?a) (AVG(STRLEN(STR(?o0))) AS ?b) (MAX(CONCAT(STR(?o0), STR(?o1))) AS ?c) { " + triples(2) + " }"},
		{"random order of a join", "SELECT * { ?a eli:cites ?b . ?c eli:cites ?b } ORDER BY RAND()"},
		{"text search beside a cross product", `SELECT * { ?s <urn:belfort:search> "markt" . ?a ?b ?c . ?d ?e ?f }`},
		{"service to the inside", "SELECT * { SERVICE <http://127.0.0.1:1/sparql> { ?a ?b ?c } " + triples(2) + " }"},
		{"graphs of everything, joined on text", "SELECT * { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } FILTER(STRLEN(STR(?c)) = STRLEN(STR(?f))) } ORDER BY ?c"},
	}
	for i := range list {
		list[i].text = prefixes + list[i].text
	}
	return list
}
