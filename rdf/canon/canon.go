// Package canon gives a dataset its canonical form: W3C RDF Dataset
// Canonicalization 1.0 (RDFC-1.0). Two datasets are the same but for their
// blank node labels exactly when their canonical forms are the same bytes, so
// that a hash of the form says whether a page has changed.
//
// It signs nothing and stores nothing.
package canon

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strconv"

	"github.com/belfort-lod/belfort/rdf"
)

// Hash names the hash function that orders blank nodes. It changes the labels,
// so that both sides of a comparison must use the same.
type Hash uint8

// The hash functions of RDFC-1.0 (section 4.3 and the test suite).
const (
	SHA256 Hash = iota
	SHA384
)

// DefaultMaxWork is the bound on the work for one dataset where
// Options.MaxWork is 0. It is about a second on one core and far above what
// honest data needs.
const DefaultMaxWork = 1 << 20

// Options says how to canonicalise. The zero value is RDFC-1.0 with SHA-256
// and the default bound.
type Options struct {
	Hash Hash
	// MaxWork bounds what is done to tell alike blank nodes apart: the
	// neighbours that are hashed, the orders of them that are tried, and the
	// labels that are copied for each; 0 means DefaultMaxWork.
	MaxWork int
}

// WorkError says that a dataset needs more work than the bound: its blank nodes
// are too much alike. Such datasets are nearly always made to harm
// (RDFC-1.0, section 7.1).
type WorkError struct {
	MaxWork int
}

// Error tells the bound.
func (e *WorkError) Error() string {
	return fmt.Sprintf("canonicalise: blank nodes can not be told apart within %d steps", e.MaxWork)
}

// Canonical is a dataset in canonical form.
type Canonical struct {
	// Quads are the quads with canonical labels, each once, in the code point
	// order of their N-Quads lines.
	Quads []rdf.Quad
	// NQuads is the canonical N-Quads document of Quads.
	NQuads []byte
	// Labels maps the blank node labels of the input to the canonical ones,
	// c14n0 and on.
	Labels map[string]string
}

// Canonicalize brings quads in canonical form. Quads that stand twice count
// once. The only error is a *WorkError.
func Canonicalize(quads []rdf.Quad, o Options) (Canonical, error) {
	if o.MaxWork <= 0 {
		o.MaxWork = DefaultMaxWork
	}
	c := &canonicalizer{
		nodes:     map[rdf.Term]*node{},
		canonical: newIssuer("c14n"),
		digest:    sha256.New(),
		left:      o.MaxWork,
	}
	if o.Hash == SHA384 {
		c.digest = sha512.New384()
	}
	quads = c.index(quads)
	if !c.label() {
		return Canonical{}, &WorkError{MaxWork: o.MaxWork}
	}
	return c.write(quads), nil
}

// Isomorphic reports whether a and b are the same dataset but for blank node
// labels. It is meant for tests: datasets that exceed the default work bound
// are called different.
func Isomorphic(a, b []rdf.Quad) bool {
	ca, errA := Canonicalize(a, Options{})
	cb, errB := Canonicalize(b, Options{})
	return errA == nil && errB == nil && bytes.Equal(ca.NQuads, cb.NQuads)
}

// node is a blank node of the dataset.
type node struct {
	term  rdf.Term
	quads []rdf.Quad // that mention it
	first string     // first degree hash
}

// canonicalizer is the canonicalization state (RDFC-1.0, section 4.2).
type canonicalizer struct {
	nodes     map[rdf.Term]*node
	canonical *issuer
	digest    hash.Hash
	left      int // work that may still be done
	scratch   []byte
}

// index notes which quads mention which blank nodes, and returns each quad
// once.
func (c *canonicalizer) index(quads []rdf.Quad) []rdf.Quad {
	seen := make(map[rdf.Quad]struct{}, len(quads))
	unique := make([]rdf.Quad, 0, len(quads))
	for _, q := range quads {
		if _, ok := seen[q]; ok {
			continue
		}
		seen[q] = struct{}{}
		unique = append(unique, q)
		parts := [...]rdf.Term{q.Subject, q.Object, q.Graph}
		for i, t := range parts {
			if t.IsBlank() && !slices.Contains(parts[:i], t) {
				n := c.nodes[t]
				if n == nil {
					n = &node{term: t}
					c.nodes[t] = n
				}
				n.quads = append(n.quads, q)
			}
		}
	}
	return unique
}

// label issues all canonical labels (section 4.4.3). It reports false when the
// work runs out.
func (c *canonicalizer) label() bool {
	alike := map[string][]*node{}
	for _, n := range c.nodes {
		n.first = c.firstDegree(n)
		alike[n.first] = append(alike[n.first], n)
	}
	hashes := make([]string, 0, len(alike))
	for h := range alike {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	for _, h := range hashes {
		if len(alike[h]) == 1 {
			c.canonical.issue(alike[h][0].term)
		}
	}
	for _, h := range hashes {
		if len(alike[h]) > 1 && !c.labelAlike(alike[h]) {
			return false
		}
	}
	return true
}

// labelAlike issues labels to nodes with one and the same first degree hash.
func (c *canonicalizer) labelAlike(nodes []*node) bool {
	type result struct {
		hash   string
		issued *issuer
	}
	var results []result
	for _, n := range nodes {
		if c.canonical.has(n.term) {
			continue
		}
		temporary := newIssuer("b")
		temporary.issue(n.term)
		h, issued, ok := c.nDegree(n, temporary)
		if !ok {
			return false
		}
		results = append(results, result{h, issued})
	}
	slices.SortStableFunc(results, func(a, b result) int { return cmp.Compare(a.hash, b.hash) })
	for _, r := range results {
		for _, t := range r.issued.order {
			c.canonical.issue(t)
		}
	}
	return true
}

// firstDegree is Hash First Degree Quads (section 4.6).
func (c *canonicalizer) firstDegree(n *node) string {
	stand := func(t rdf.Term) rdf.Term {
		switch {
		case t == n.term:
			return rdf.Blank("a")
		case t.IsBlank():
			return rdf.Blank("z")
		}
		return t
	}
	b := c.scratch[:0]
	ends := make([]int, 0, len(n.quads))
	for _, q := range n.quads {
		q.Subject, q.Object, q.Graph = stand(q.Subject), stand(q.Object), stand(q.Graph)
		b = append(q.AppendNQuads(b), '\n')
		ends = append(ends, len(b))
	}
	c.scratch = b
	lines := make([][]byte, len(ends))
	start := 0
	for i, end := range ends {
		lines[i], start = b[start:end], end
	}
	slices.SortFunc(lines, bytes.Compare)
	c.digest.Reset()
	for _, line := range lines {
		c.digest.Write(line)
	}
	return c.sum()
}

func (c *canonicalizer) sum() string {
	var b [sha512.Size384]byte
	return hex.EncodeToString(c.digest.Sum(b[:0]))
}

// related is Hash Related Blank Node (section 4.7).
func (c *canonicalizer) related(t rdf.Term, predicate string, issued *issuer, position byte) string {
	b := append(c.scratch[:0], position)
	if position != 'g' {
		b = append(b, '<')
		b = append(b, predicate...)
		b = append(b, '>')
	}
	switch {
	case c.canonical.has(t):
		b = c.canonical.appendLabel(b, t)
	case issued.has(t):
		b = issued.appendLabel(b, t)
	default:
		b = append(b, c.nodes[t].first...)
	}
	c.scratch = b
	c.digest.Reset()
	c.digest.Write(b)
	return c.sum()
}

// work takes steps from what is left.
func (c *canonicalizer) work(steps int) bool {
	c.left -= steps
	return c.left >= 0
}

// nDegree is Hash N-Degree Quads (section 4.8). It may change issued, and
// returns the issuer that stands afterwards.
func (c *canonicalizer) nDegree(n *node, issued *issuer) (string, *issuer, bool) {
	neighbours := map[string][]rdf.Term{}
	for _, q := range n.quads {
		for i, t := range [...]rdf.Term{q.Subject, q.Object, q.Graph} {
			if !t.IsBlank() || t == n.term {
				continue
			}
			if !c.work(1) {
				return "", nil, false
			}
			h := c.related(t, q.Predicate.Value(), issued, "sog"[i])
			neighbours[h] = append(neighbours[h], t)
		}
	}
	hashes := make([]string, 0, len(neighbours))
	for h := range neighbours {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	var data []byte
	for _, h := range hashes {
		data = append(data, h...)
		path, chosen, ok := c.shortestPath(neighbours[h], issued)
		if !ok {
			return "", nil, false
		}
		data = append(data, path...)
		issued = chosen
	}
	c.digest.Reset()
	c.digest.Write(data)
	return c.sum(), issued, true
}

// shortestPath tries all orders of the neighbours and returns the least path,
// with the issuer that made it (section 4.8.3, step 5).
func (c *canonicalizer) shortestPath(neighbours []rdf.Term, issued *issuer) ([]byte, *issuer, bool) {
	var chosen []byte
	var chosenIssuer *issuer
	hopeless := func(path []byte) bool {
		return chosenIssuer != nil && len(path) >= len(chosen) && bytes.Compare(path, chosen) > 0
	}
	order := make([]int, len(neighbours))
	for i := range order {
		order[i] = i
	}
	for more := true; more; more = nextPermutation(order) {
		if !c.work(1 + len(issued.order)) { // the copy costs as much, in time and in memory
			return nil, nil, false
		}
		attempt := issued.clone()
		var path []byte
		var recurse []rdf.Term
		for _, i := range order {
			t := neighbours[i]
			if c.canonical.has(t) {
				path = c.canonical.appendLabel(path, t)
				continue
			}
			if !attempt.has(t) {
				recurse = append(recurse, t)
				attempt.issue(t)
			}
			path = attempt.appendLabel(path, t)
			if hopeless(path) {
				break
			}
		}
		for _, t := range recurse {
			if hopeless(path) {
				break
			}
			h, after, ok := c.nDegree(c.nodes[t], attempt)
			if !ok {
				return nil, nil, false
			}
			attempt = after
			path = attempt.appendLabel(path, t)
			path = append(path, '<')
			path = append(path, h...)
			path = append(path, '>')
		}
		if !hopeless(path) && (chosenIssuer == nil || bytes.Compare(path, chosen) < 0) {
			chosen, chosenIssuer = path, attempt
		}
	}
	return chosen, chosenIssuer, true
}

// nextPermutation brings order into the lexically next order and reports
// whether there was one.
func nextPermutation(order []int) bool {
	i := len(order) - 2
	for i >= 0 && order[i] >= order[i+1] {
		i--
	}
	if i < 0 {
		return false
	}
	j := len(order) - 1
	for order[j] <= order[i] {
		j--
	}
	order[i], order[j] = order[j], order[i]
	slices.Reverse(order[i+1:])
	return true
}

// write serialises the dataset under its canonical labels.
func (c *canonicalizer) write(quads []rdf.Quad) Canonical {
	result := Canonical{Labels: make(map[string]string, len(c.canonical.order))}
	renamed := make(map[rdf.Term]rdf.Term, len(c.canonical.order))
	for i, t := range c.canonical.order {
		label := c.canonical.prefix + strconv.Itoa(i)
		result.Labels[t.Value()] = label
		renamed[t] = rdf.Blank(label)
	}
	rename := func(t rdf.Term) rdf.Term {
		if t.IsBlank() {
			return renamed[t]
		}
		return t
	}
	type line struct {
		quad       rdf.Quad
		start, end int
	}
	lines := make([]line, len(quads))
	var text []byte
	for i, q := range quads {
		q.Subject, q.Object, q.Graph = rename(q.Subject), rename(q.Object), rename(q.Graph)
		start := len(text)
		text = append(q.AppendNQuads(text), '\n')
		lines[i] = line{q, start, len(text)}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return bytes.Compare(text[a.start:a.end], text[b.start:b.end])
	})
	result.Quads = make([]rdf.Quad, len(lines))
	result.NQuads = make([]byte, 0, len(text))
	for i, l := range lines {
		result.Quads[i] = l.quad
		result.NQuads = append(result.NQuads, text[l.start:l.end]...)
	}
	return result
}

// issuer gives blank nodes labels in the order in which they ask (section
// 4.5).
type issuer struct {
	prefix string
	issued map[rdf.Term]int
	order  []rdf.Term
}

func newIssuer(prefix string) *issuer {
	return &issuer{prefix: prefix, issued: map[rdf.Term]int{}}
}

func (s *issuer) has(t rdf.Term) bool {
	_, ok := s.issued[t]
	return ok
}

// issue gives t a label unless it has one.
func (s *issuer) issue(t rdf.Term) {
	if !s.has(t) {
		s.issued[t] = len(s.order)
		s.order = append(s.order, t)
	}
}

// appendLabel appends the label of t, with "_:", to b.
func (s *issuer) appendLabel(b []byte, t rdf.Term) []byte {
	b = append(append(b, "_:"...), s.prefix...)
	return strconv.AppendInt(b, int64(s.issued[t]), 10)
}

func (s *issuer) clone() *issuer {
	c := &issuer{prefix: s.prefix, issued: make(map[rdf.Term]int, len(s.issued)+1), order: slices.Clone(s.order)}
	for i, t := range s.order {
		c.issued[t] = i
	}
	return c
}
