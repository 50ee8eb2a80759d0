package eval_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"maps"
	"math/big"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/rdfxml"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
	"github.com/belfort-lod/belfort/sparql/results"
)

// TestConformance runs the evaluation tests of the W3C suites for SPARQL 1.0 and
// 1.1, without entailment.
func TestConformance(t *testing.T) {
	handlers := map[string]suite.Handler{
		suite.MF + "QueryEvaluationTest":  queryTest,
		suite.MF + "CSVResultFormatTest":  queryTest,
		suite.MF + "UpdateEvaluationTest": updateTest,
	}
	for name, manifest := range map[string]string{
		"SPARQL10": "w3c-sparql10/manifest.ttl",
		"SPARQL11": "w3c-sparql11/manifest-all.ttl",
	} {
		t.Run(name, func(t *testing.T) {
			var entries []suite.Entry
			for _, e := range suite.Manifest(t, manifest) {
				if handlers[e.Type] == nil || strings.Contains(e.Manifest, "/entailment/") {
					continue
				}
				entries = append(entries, e)
			}
			suite.Run(t, entries, suite.Options{Handlers: handlers, Report: "testdata/earl-" + name + ".ttl"})
		})
	}
}

func updateTest(t *testing.T, e suite.Entry) {
	request := e.Get(e.Action, suite.UT+"request")
	text := string(e.Read(t, request))
	u, err := parser.Update(text, parser.Options{Base: request.Value()})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	state := func(node rdf.Term) map[rdf.Quad]bool {
		set := map[rdf.Quad]bool{}
		for d := range e.Graph.Objects(node, rdf.IRI(suite.UT+"data")) {
			for _, q := range read(t, e, d, rdf.Term{}) {
				set[q] = true
			}
		}
		for d := range e.Graph.Objects(node, rdf.IRI(suite.UT+"graphData")) {
			for _, q := range read(t, e, e.Get(d, suite.UT+"graph"), rdf.IRI(e.Get(d, vocab.RDFSLabel).Value())) {
				set[q] = true
			}
		}
		return set
	}
	have := state(e.Action)
	change, err := eval.Update(t.Context(), eval.NewMemory(maps.Keys(have)), u, eval.Options{Scope: eval.Default}, nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for _, q := range change.Delete {
		if !have[q] {
			t.Errorf("deletes %v, which is not there", q)
		}
		delete(have, q)
	}
	for _, q := range change.Insert {
		if have[q] {
			t.Errorf("inserts %v, which is there", q)
		}
		have[q] = true
	}
	got, want := slices.Collect(maps.Keys(have)), slices.Collect(maps.Keys(state(e.Result)))
	if !canon.Isomorphic(got, want) {
		t.Errorf("update\n%s\nalgebra %v\ngot  %v\nwant %v", text, u, got, want)
	}
}

func queryTest(t *testing.T, e suite.Entry) {
	queryIRI := e.Get(e.Action, suite.QT+"query")
	text := string(e.Read(t, queryIRI))
	q, err := parser.Query(text, parser.Options{Base: queryIRI.Value()})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var data []rdf.Quad
	for d := range e.Graph.Objects(e.Action, rdf.IRI(suite.QT+"data")) {
		data = append(data, read(t, e, d, rdf.Term{})...)
	}
	for d := range e.Graph.Objects(e.Action, rdf.IRI(suite.QT+"graphData")) {
		data = append(data, read(t, e, d, d)...)
	}
	if q.Dataset != nil {
		for _, d := range append(slices.Clone(q.Dataset.Default), q.Dataset.Named...) {
			data = append(data, read(t, e, d, d)...)
		}
	}
	services := map[string]eval.Dataset{}
	for s := range e.Graph.Objects(e.Action, rdf.IRI(suite.QT+"serviceData")) {
		services[e.Get(s, suite.QT+"endpoint").Value()] = eval.NewMemory(slices.Values(read(t, e, e.Get(s, suite.QT+"data"), rdf.Term{})))
	}
	opts := eval.Options{Scope: eval.Default}
	opts.Service = func(ctx context.Context, endpoint, query string) (*results.Result, error) {
		ds, ok := services[endpoint]
		if !ok {
			return nil, fmt.Errorf("no endpoint %s", endpoint)
		}
		q, err := parser.Query(query, parser.Options{})
		if err != nil {
			return nil, err
		}
		return eval.Query(ctx, ds, q, opts)
	}
	r, err := eval.Query(t.Context(), eval.NewMemory(slices.Values(data)), q, opts)
	if err != nil {
		t.Fatalf("%v in\n%s\n%v", err, text, q)
	}
	defer r.Close()
	got := tableOf(t, r)
	want := expected(t, e)
	if path.Ext(e.Result.Value()) == ".csv" {
		got.untyped()
	}
	if strings.Contains(text, "REDUCED") {
		got.once()
		want.once()
	}
	if !same(got, want) {
		t.Errorf("query\n%s\nalgebra %v\ngot  %v\nwant %v", text, q, got, want)
	}
}

// read reads a Turtle or RDF/XML document of the suite into a graph. It is tried without a
// base first: resolving takes the dots out of absolute IRIs too (RFC 3986,
// section 5.2.2), which normalization-2 of SPARQL 1.0 does not want.
func read(t *testing.T, e suite.Entry, doc, graph rdf.Term) []rdf.Quad {
	t.Helper()
	body := e.Read(t, doc)
	parse := turtle.Parse
	if path.Ext(doc.Value()) == ".rdf" {
		parse = rdfxml.Parse
	}
	quads, err := parse(body, "")
	if err != nil {
		quads, err = parse(body, doc.Value())
	}
	if err != nil {
		t.Fatalf("read %v: %v", doc, err)
	}
	// Every document has blank nodes of its own.
	scope := func(t rdf.Term) rdf.Term {
		if t.IsBlank() {
			return rdf.Blank(fmt.Sprintf("%x.%s", md5.Sum([]byte(doc.Value())), t.Value()))
		}
		return t
	}
	for i := range quads {
		quads[i] = rdf.Quad{Subject: scope(quads[i].Subject), Predicate: quads[i].Predicate, Object: scope(quads[i].Object), Graph: graph}
	}
	return quads
}

// table is an answer, read whole.
type table struct {
	kind    results.Kind
	vars    []string
	rows    [][]rdf.Term
	ordered bool
	boolean bool
	quads   []rdf.Quad
}

func (tb table) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, tb.vars, tb.boolean, len(tb.rows), "rows")
	for _, row := range tb.rows {
		fmt.Fprintln(&b, "  ", row)
	}
	for _, q := range tb.quads {
		fmt.Fprintln(&b, "  ", q)
	}
	return b.String()
}

// untyped makes every value plain text, as CSV has it.
func (tb *table) untyped() {
	for _, row := range tb.rows {
		for i, c := range row {
			if !c.IsZero() && !c.IsBlank() {
				row[i] = rdf.String(c.Value())
				if c.Value() == "" {
					row[i] = rdf.Term{}
				}
			}
		}
	}
}

func tableOf(t *testing.T, r *results.Result) table {
	t.Helper()
	tb := table{kind: r.Kind, vars: r.Vars, boolean: r.Boolean}
	if r.Rows != nil {
		for row, err := range r.Rows {
			if err != nil {
				t.Fatal(err)
			}
			tb.rows = append(tb.rows, slices.Clone(row))
		}
	}
	if r.Quads != nil {
		for q, err := range r.Quads {
			if err != nil {
				t.Fatal(err)
			}
			tb.quads = append(tb.quads, q)
		}
	}
	return tb
}

// once keeps each row once: REDUCED says nothing of how often it comes.
func (tb *table) once() {
	slices.SortFunc(tb.rows, func(a, b []rdf.Term) int { return slices.CompareFunc(a, b, rdf.Compare) })
	tb.rows = slices.CompactFunc(tb.rows, slices.Equal)
}

const resultSet = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

func expected(t *testing.T, e suite.Entry) table {
	t.Helper()
	body := e.Read(t, e.Result)
	if ext := path.Ext(e.Result.Value()); ext != ".ttl" && ext != ".rdf" {
		f, ok := results.FormatByName(ext)
		if !ok {
			t.Fatalf("no reader of %s", ext)
		}
		r, err := results.Read(bytes.NewReader(body), f)
		if err != nil {
			t.Fatal(err)
		}
		return tableOf(t, r)
	}
	quads := read(t, e, e.Result, rdf.Term{})
	g := rdf.NewGraph(quads...)
	root := g.Subject(rdf.IRI(vocab.RDFType), rdf.IRI(resultSet+"ResultSet"))
	if root.IsZero() {
		return table{kind: results.Quads, quads: quads}
	}
	if b := g.Object(root, rdf.IRI(resultSet+"boolean")); !b.IsZero() {
		return table{kind: results.Boolean, boolean: b.Value() == "true"}
	}
	tb := table{}
	for v := range g.Objects(root, rdf.IRI(resultSet+"resultVariable")) {
		tb.vars = append(tb.vars, v.Value())
	}
	type indexed struct {
		at  int
		row []rdf.Term
	}
	var rows []indexed
	for s := range g.Objects(root, rdf.IRI(resultSet+"solution")) {
		r := indexed{row: make([]rdf.Term, len(tb.vars))}
		if at := g.Object(s, rdf.IRI(resultSet+"index")); !at.IsZero() {
			r.at, _ = strconv.Atoi(at.Value())
			tb.ordered = true
		}
		for b := range g.Objects(s, rdf.IRI(resultSet+"binding")) {
			i := slices.Index(tb.vars, g.Object(b, rdf.IRI(resultSet+"variable")).Value())
			r.row[i] = g.Object(b, rdf.IRI(resultSet+"value"))
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b indexed) int { return a.at - b.at })
	for _, r := range rows {
		tb.rows = append(tb.rows, r.row)
	}
	return tb
}

// plain writes a term so that numbers of one type and value look alike.
func plain(t rdf.Term) string {
	switch t.Datatype() {
	case vocab.XSDInteger, vocab.XSDDecimal:
		if r, ok := new(big.Rat).SetString(t.Value()); ok {
			return r.String() + t.Datatype()
		}
	case vocab.XSDDouble, vocab.XSDFloat:
		if f, err := strconv.ParseFloat(t.Value(), 64); err == nil {
			return strconv.FormatFloat(f, 'g', 12, 64) + t.Datatype()
		}
	}
	if lang := t.Lang(); lang != "" {
		return t.Value() + "@" + strings.ToLower(lang)
	}
	return t.String()
}

// same compares answers but for blank node labels, and order unless it is
// prescribed.
func same(got, want table) bool {
	if got.kind != want.kind || got.boolean != want.boolean {
		return false
	}
	if got.kind == results.Quads {
		return canon.Isomorphic(got.quads, want.quads)
	}
	a, b := slices.Clone(got.vars), slices.Clone(want.vars)
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) || len(got.rows) != len(want.rows) {
		return false
	}
	column := make([]int, len(got.vars))
	for i, v := range got.vars {
		column[i] = slices.Index(want.vars, v)
	}
	used := make([]bool, len(want.rows))
	to, from := map[rdf.Term]rdf.Term{}, map[rdf.Term]rdf.Term{}
	var match func(i int) bool
	match = func(i int) bool {
		if i == len(got.rows) {
			return true
		}
		for j := range want.rows {
			if used[j] || want.ordered && i != j {
				continue
			}
			var mapped []rdf.Term
			fits := true
			for c, x := range got.rows[i] {
				y := want.rows[j][column[c]]
				if x.IsBlank() && y.IsBlank() {
					if m, ok := to[x]; ok {
						fits = m == y
					} else if _, ok := from[y]; ok {
						fits = false
					} else {
						to[x], from[y] = y, x
						mapped = append(mapped, x)
					}
				} else {
					fits = plain(x) == plain(y)
				}
				if !fits {
					break
				}
			}
			if fits {
				was := used[j]
				used[j] = true
				if match(i + 1) {
					return true
				}
				used[j] = was
			}
			for _, x := range mapped {
				delete(from, to[x])
				delete(to, x)
			}
		}
		return false
	}
	return match(0)
}
