package bleve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	bleveSearch "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
)

var _ search.Searcher = (*Index)(nil)

// Bounds on what one search may ask, and take.
const (
	defaultSize = 20
	maxSize     = 100
	maxDeep     = 10_000 // hits that can be paged to
	facetSize   = 50
	fragments   = 3                // per hit
	maxShown    = 1 << 20          // bytes of a hit's text that are looked through for them
	maxPrefixed = 2000             // words that a prefix may stand for
	maxTime     = 20 * time.Second // for the whole search
	maxSubjects = 200_000          // hits that Subjects gives
)

// Search implements search.Searcher.
func (x *Index) Search(ctx context.Context, r search.Request) (search.Result, error) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	parsed, err := search.ParseQuery(r.Text)
	if err != nil {
		return search.Result{}, err
	}
	if err := x.checkPrefixes(parsed); err != nil {
		return search.Result{}, err
	}
	result := search.Result{Parsed: parsed.Parts()}
	found, err := x.run(ctx, r, compile(parsed.Expr, ""))
	if err != nil {
		return search.Result{}, err
	}
	if found.Total == 0 {
		if loose, n := relax(parsed.Expr); loose != nil {
			found, err = x.run(ctx, r, loose)
			if err != nil {
				return search.Result{}, err
			}
			if found.Total > 0 {
				result.Notes = append(result.Notes, fmt.Sprintf("Geen resultaat met alle %d woorden. Dit zijn resultaten met een deel ervan.", n))
			}
		}
	}
	if _, _, deep := window(r); deep {
		result.Notes = append(result.Notes, fmt.Sprintf("Bladeren kan tot %d resultaten. Verfijn de zoekvraag om verder te kijken.", maxDeep))
	}
	result.Total = found.Total
	matcher := search.NewMatcher(parsed.Expr)
	for _, hit := range found.Hits {
		stored, _ := hit.Fields[fieldDocument].(string)
		var d search.Document
		if err := json.Unmarshal([]byte(stored), &d); err != nil {
			return search.Result{}, fmt.Errorf("read index document %s: %w", hit.ID, err)
		}
		result.Hits = append(result.Hits, hitOf(d, matcher, hit.Score))
	}
	result.Facets = facetsOf(found)
	result.Took = time.Since(begun)
	return result, nil
}

// Subjects yields the IRIs of everything that a query in the language of package
// search finds, best first: for a reader that joins them with other data and
// needs no page of hits. Unlike Search it never answers with part of the words.
// An error in the query is a *search.QueryError, and so is a query that finds
// more than 200,000.
func (x *Index) Subjects(ctx context.Context, text string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		iris, err := x.subjects(ctx, text)
		if err != nil {
			yield("", err)
			return
		}
		for _, hit := range iris {
			if !yield(hit.ID, nil) {
				return
			}
		}
	}
}

func (x *Index) subjects(ctx context.Context, text string) (bleveSearch.DocumentMatchCollection, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	parsed, err := search.ParseQuery(text)
	if err != nil {
		return nil, err
	}
	if err := x.checkPrefixes(parsed); err != nil {
		return nil, err
	}
	what := compile(parsed.Expr, "")
	count, err := x.index.SearchInContext(ctx, bleve.NewSearchRequestOptions(what, 0, 0, false))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	if count.Total > maxSubjects {
		return nil, &search.QueryError{Message: fmt.Sprintf("meer dan %d resultaten; maak de vraag nauwer", maxSubjects)}
	}
	request := bleve.NewSearchRequestOptions(what, int(count.Total), 0, false)
	request.SortBy([]string{"-_score", "_id"})
	found, err := x.index.SearchInContext(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return found.Hits, nil
}

// window returns the place of the hits that are asked for; deep says that it is
// beyond what can be paged to.
func window(r search.Request) (from, size int, deep bool) {
	size = r.Size
	if size <= 0 {
		size = defaultSize
	}
	size = min(size, maxSize)
	page := max(r.Page, 1)
	if page > maxDeep/size {
		return 0, 0, true
	}
	return (page - 1) * size, size, false
}

// checkPrefixes refuses a prefix that stands for too many words: looking for all
// of them would take long and tell little.
func (x *Index) checkPrefixes(q search.Query) error {
	for field, prefix := range search.Prefixes(q.Expr) {
		for _, name := range []string{fieldTitel, fieldTekst} {
			if field != "" && field != name {
				continue
			}
			many, err := x.manyWords(name+exact, search.Tokens(string(prefix))[0].Text)
			if err != nil {
				return fmt.Errorf("search: %w", err)
			}
			if many {
				return q.Wrong(prefix, fmt.Sprintf("meer dan %d woorden beginnen met %q; typ er letters bij", maxPrefixed, prefix))
			}
		}
	}
	return nil
}

func (x *Index) manyWords(field, prefix string) (many bool, err error) {
	words, err := x.index.FieldDictPrefix(field, []byte(prefix))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, words.Close()) }()
	for range maxPrefixed {
		if word, err := words.Next(); err != nil || word == nil {
			return false, err
		}
	}
	return true, nil
}

func hitOf(d search.Document, matcher *search.Matcher, score float64) search.Hit {
	hit := search.Hit{
		IRI: d.IRI, Soort: d.Soort, Titel: matcher.Highlight(d.Titel),
		Bestuur: d.Bestuur, BestuurIRI: d.BestuurIRI, Orgaan: d.Orgaan, Datum: d.Datum,
		Types: d.Types, Uitslag: d.Uitslag, Score: score,
	}
	shown := maxShown
	for _, t := range d.Texts {
		if shown -= len(t.Text); len(hit.Fragments) == fragments || shown < 0 {
			break
		}
		if fragment, ok := matcher.Fragment(t.Text); ok {
			hit.Fragments = append(hit.Fragments, search.Fragment{Part: t.Part, HTML: fragment})
		}
	}
	return hit
}

func (x *Index) run(ctx context.Context, r search.Request, text query.Query) (*bleve.SearchResult, error) {
	from, size, _ := window(r)
	request := bleve.NewSearchRequestOptions(query.NewConjunctionQuery(append([]query.Query{text}, filters(r)...)), size, from, false)
	request.Fields = []string{fieldDocument}
	switch order := r.Sort; {
	case order == search.Oldest:
		request.SortBy([]string{fieldDatum, "_id"})
	case order == search.Newest, order == "" && strings.TrimSpace(r.Text) == "":
		request.SortBy([]string{"-" + fieldDatum, "_id"})
	default:
		request.SortBy([]string{"-_score", "-" + fieldDatum, "_id"})
	}
	for name, field := range facetFields {
		request.AddFacet(name, bleve.NewFacetRequest(field, facetSize))
	}
	found, err := x.index.SearchInContext(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return found, nil
}

// filters are the conditions that do not weigh in the score.
func filters(r search.Request) []query.Query {
	var list []query.Query
	any := func(field string, values []string) {
		if len(values) == 0 {
			return
		}
		var terms []query.Query
		for _, v := range values {
			t := query.NewTermQuery(v)
			t.SetField(field)
			t.SetBoost(0)
			terms = append(terms, t)
		}
		list = append(list, query.NewDisjunctionQuery(terms))
	}
	soorten := make([]string, len(r.Soorten))
	for i, s := range r.Soorten {
		soorten[i] = string(s)
	}
	any(fieldSoort, soorten)
	any(fieldBestuur, r.Besturen)
	any(fieldOrgaan, r.Organen)
	any(fieldType, r.Types)
	any(fieldUitslag, r.Uitslag)
	if first, last := r.Period(); !first.IsZero() || !last.IsZero() {
		var from, to *float64
		yes := true
		if !first.IsZero() {
			from = new(float64(dayNumber(first)))
		}
		if !last.IsZero() {
			to = new(float64(dayNumber(last)))
		}
		q := query.NewNumericRangeInclusiveQuery(from, to, &yes, &yes)
		q.SetField(fieldDag)
		q.SetBoost(0)
		list = append(list, q)
	}
	return list
}

// compile turns an expression into a Bleve query; field is "" for both fields.
func compile(e search.Expr, field string) query.Query {
	switch e := e.(type) {
	case search.And:
		return compileAnd(e, field)
	case search.Or:
		list := make([]query.Query, len(e))
		for i, part := range e {
			list[i] = compile(part, field)
		}
		return query.NewDisjunctionQuery(list)
	case search.Not:
		return query.NewBooleanQuery([]query.Query{query.NewMatchAllQuery()}, nil, []query.Query{compile(e.Expr, field)})
	case search.InField:
		return compile(e.Expr, e.Field)
	case search.Word:
		return inFields(field, func(name string, weight float64) []query.Query {
			var list []query.Query
			for _, t := range search.Tokens(string(e)) {
				stem := search.Stem(t.Text)
				list = append(list, term(name+stems, stem, weight), term(name+exact, t.Text, 2*weight), term(name+parts, stem, 0.4*weight))
			}
			return list
		})
	case search.Prefix:
		return inFields(field, func(name string, weight float64) []query.Query {
			q := query.NewPrefixQuery(search.Tokens(string(e))[0].Text)
			q.SetField(name + exact)
			q.SetBoost(weight)
			return []query.Query{q}
		})
	case search.Phrase:
		var words []string
		for _, t := range search.Tokens(string(e)) {
			words = append(words, t.Text)
		}
		return inFields(field, func(name string, weight float64) []query.Query {
			q := query.NewPhraseQuery(words, name+exact)
			q.SetBoost(3 * weight)
			return []query.Query{q}
		})
	}
	return query.NewMatchAllQuery()
}

// compileAnd puts what must not be there beside what must, as Bleve wants it.
func compileAnd(e search.And, field string) query.Query {
	var must, mustNot []query.Query
	for _, part := range e {
		if not, ok := part.(search.Not); ok {
			mustNot = append(mustNot, compile(not.Expr, field))
		} else {
			must = append(must, compile(part, field))
		}
	}
	if len(must) == 0 {
		must = append(must, query.NewMatchAllQuery())
	}
	return query.NewBooleanQuery(must, nil, mustNot)
}

func term(field, word string, boost float64) query.Query {
	q := query.NewTermQuery(word)
	q.SetField(field)
	q.SetBoost(boost)
	return q
}

// inFields looks in the named field, or in both, the title weighing more.
func inFields(field string, in func(name string, weight float64) []query.Query) query.Query {
	var list []query.Query
	if field == "" || field == fieldTitel {
		list = append(list, in(fieldTitel, 3)...)
	}
	if field == "" || field == fieldTekst {
		list = append(list, in(fieldTekst, 1)...)
	}
	return query.NewDisjunctionQuery(list)
}

// relax returns a query that is content with fewer of the words of e, and how
// many there are; nil if e is not a row of words.
func relax(e search.Expr) (query.Query, int) {
	and, ok := e.(search.And)
	if !ok {
		return nil, 0
	}
	var words, mustNot []query.Query
	for _, part := range and {
		if not, ok := part.(search.Not); ok {
			mustNot = append(mustNot, compile(not.Expr, ""))
			continue
		}
		words = append(words, compile(part, ""))
	}
	if len(words) < 2 {
		return nil, 0
	}
	some := query.NewDisjunctionQuery(words)
	some.SetMin(float64(max(1, len(words)/2)))
	return query.NewBooleanQuery([]query.Query{some}, nil, mustNot), len(words)
}

// facetFields maps the names of facets to fields.
var facetFields = map[string]string{
	"soort": fieldSoort, "bestuur": fieldBestuurNaam, "orgaan": fieldOrgaan,
	"type": fieldType, "uitslag": fieldUitslag, "jaar": fieldJaar,
}

// facetsOf reads the counts in the order in which people refine.
func facetsOf(found *bleve.SearchResult) []search.Facet {
	var facets []search.Facet
	for _, name := range []string{"soort", "bestuur", "orgaan", "type", "uitslag", "jaar"} {
		result := found.Facets[name]
		if result == nil || result.Terms == nil {
			continue
		}
		facet := search.Facet{Field: name, Other: uint64(max(result.Other, 0))}
		for _, t := range result.Terms.Terms() {
			facet.Values = append(facet.Values, facetValue(name, t.Term, uint64(t.Count)))
		}
		if name == "bestuur" {
			facet.Values = mergeSame(facet.Values)
		}
		if name == "jaar" {
			slices.SortFunc(facet.Values, func(a, b search.FacetValue) int { return strings.Compare(b.Value, a.Value) })
		}
		if len(facet.Values) > 0 {
			facets = append(facets, facet)
		}
	}
	return facets
}

func facetValue(name, value string, count uint64) search.FacetValue {
	v := search.FacetValue{Value: value, Label: value, Count: count}
	switch name {
	case "bestuur":
		v.Value, v.Label, _ = strings.Cut(value, "\t")
		if v.Label == "" {
			v.Label = v.Value
		}
	case "orgaan", "type":
		if label := besluit.Label(value); label != "" {
			v.Label = label
		}
	}
	return v
}

// mergeSame joins values that differ only in the label that a page gave.
func mergeSame(values []search.FacetValue) []search.FacetValue {
	var merged []search.FacetValue
	for _, v := range values {
		if i := slices.IndexFunc(merged, func(m search.FacetValue) bool { return m.Value == v.Value }); i >= 0 {
			merged[i].Count += v.Count
		} else {
			merged = append(merged, v)
		}
	}
	return merged
}
