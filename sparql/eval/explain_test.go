package eval_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// find returns the first operator of a plan with the given name.
func find(p *eval.Plan, operator string) *eval.Plan {
	if p == nil || p.Operator == operator {
		return p
	}
	for _, in := range p.Inputs {
		if found := find(in, operator); found != nil {
			return found
		}
	}
	return nil
}

func explain(t *testing.T, text string, opts eval.Options, analyze bool) (*eval.Plan, error) {
	t.Helper()
	q, err := parser.Query("PREFIX : <http://example.org/> "+text, parser.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return eval.Explain(t.Context(), chainData(100), q, opts, analyze)
}

// TestExplain wants a plan to hold what really happened.
func TestExplain(t *testing.T) {
	const text = `SELECT ?a (COUNT(*) AS ?n) { ?a :p ?b OPTIONAL { ?b :text ?t } FILTER EXISTS { ?a :q ?c } } GROUP BY ?a ORDER BY ?a LIMIT 10`
	p, err := explain(t, text, eval.Options{}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		operator    string
		rows, calls int64
	}{
		{"select", 10, 10}, {"slice", 10, 1}, {"group", 100, 1}, {"filter", 100, 100}, {"optional", 100, 100}, {"scan", 100, 1},
	} {
		if o := find(p, want.operator); o == nil || o.Rows != want.rows || o.Calls != want.calls {
			t.Errorf("got %s with %+v, want %d rows of %d calls", want.operator, o, want.rows, want.calls)
		}
	}
	if find(p, "exists") == nil {
		t.Error("the plan leaves out what EXISTS does")
	}
	var b strings.Builder
	if err := p.Text(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"estimate", "select  ?a ?n", "scan  ?a <http://example.org/p> ?b"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, b.String())
		}
	}
	text2, err := json.Marshal(p)
	if err != nil || !strings.Contains(string(text2), `"operator":"select"`) {
		t.Errorf("got %s, error %v", text2, err)
	}
	t.Log("\n" + b.String())
}

// TestExplainWithoutRunning wants estimates, and nothing done.
func TestExplainWithoutRunning(t *testing.T) {
	p, err := explain(t, "SELECT * { ?a :p ?b . ?b :q ?c }", eval.Options{Limits: eval.Limits{Work: 1}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if scan := find(p, "scan"); scan == nil || scan.Estimate != 100 || scan.Rows != 0 || scan.Calls != 0 {
		t.Errorf("got a scan %+v, want an estimate of 100 and no rows", scan)
	}
}

// TestExplainLimit wants the plan as far as it went beside the error of a limit.
func TestExplainLimit(t *testing.T) {
	p, err := explain(t, "SELECT * { ?a :p ?b . ?c :p ?d . ?e :q ?f }", eval.Options{Limits: eval.Limits{Work: 1000}}, true)
	if _, ok := errors.AsType[*eval.LimitError](err); !ok {
		t.Errorf("got error %v, want a limit", err)
	}
	if scan := find(p, "scan"); scan == nil || scan.Rows == 0 {
		t.Errorf("got a scan %+v, want the rows that were read", scan)
	}
}
