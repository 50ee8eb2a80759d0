package harvester

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
)

const feedPrefixes = `@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix besluit: <http://data.vlaanderen.be/ns/besluit#> . @prefix as: <https://www.w3.org/ns/activitystreams#> .
`

// readTurtle reads a page at https://raad.example.be/feed?page=2.
func readTurtle(t *testing.T, turtle string) *reading {
	t.Helper()
	r, err := readAs("/feed?page=2", "text/turtle", feedPrefixes+turtle)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// dated writes links with what the page says of when they changed.
func dated(r *reading) string {
	var list []string
	for _, l := range r.links {
		s := strings.TrimPrefix(l, "https://raad.example.be")
		if at := r.modified[l]; !at.IsZero() {
			s += "@" + at.UTC().Format("2006-01-02T15:04")
		}
		list = append(list, s)
	}
	return strings.Join(list, " ")
}

func TestFeedRelations(t *testing.T) {
	relation := func(kind, more string) string {
		return `<?page=2> tree:relation [ a tree:` + kind + ` ; tree:node <?page=3> ; ` + more + ` ] .`
	}
	const before = `tree:path prov:generatedAtTime ; tree:value "2026-03-22T00:00:00Z"^^xsd:dateTime`
	for _, c := range []struct{ name, turtle, want string }{
		{"any relation", relation("Relation", `tree:path dct:title`), "/feed?page=3"},
		{"older members", relation("LessThanRelation", before), "/feed?page=3@2026-03-22T00:00"},
		{"older or equal", relation("LessThanOrEqualToRelation", before), "/feed?page=3@2026-03-22T00:00"},
		{"of one moment", relation("EqualToRelation", before), "/feed?page=3@2026-03-22T00:00"},
		{"newer members", relation("GreaterThanOrEqualToRelation", before), "/feed?page=3"},
		{"by another property", relation("LessThanRelation", `tree:path dct:issued ; tree:value "2026-03-22T00:00:00Z"^^xsd:dateTime`), "/feed?page=3"},
		{"by the property of the stream", `<s> ldes:timestampPath dct:issued .` + relation("LessThanRelation", `tree:path dct:issued ; tree:value "2026-03-22T00:00:00Z"^^xsd:dateTime`), "/feed?page=3@2026-03-22T00:00"},
		{"by a path of two", relation("LessThanRelation", `tree:path ( dct:relation prov:generatedAtTime ) ; tree:value "2026-03-22T00:00:00Z"^^xsd:dateTime`), "/feed?page=3"},
		{"both ways", relation("GreaterThanOrEqualToRelation", `tree:path prov:generatedAtTime ; tree:value "2025-01-01T00:00:00Z"^^xsd:dateTime`) + relation("LessThanRelation", before), "/feed?page=3@2026-03-22T00:00"},
		{"two bounds", relation("LessThanRelation", before) + relation("LessThanRelation", `tree:path prov:generatedAtTime ; tree:value "2026-02-01T00:00:00Z"^^xsd:dateTime`), "/feed?page=3@2026-02-01T00:00"},
		{"no value", relation("LessThanRelation", `tree:path prov:generatedAtTime`), "/feed?page=3"},
		{"to itself", `<?page=2> tree:relation [ tree:node <?page=2> ] .`, ""},
		{"views of a stream", `<s> a ldes:EventStream ; tree:view <v1>, <v2> .`, "/v1"},
		{"the view for events", `<s> a ldes:EventStream ; tree:view <v1>, <v2> . <v2> a ldes:EventSource .`, "/v2"},
		{"in a view already", `<s> tree:view <?page=2>, <v2> .`, ""},
		{"on a page of a view", `<s> tree:view <?page=1> . <?page=2> tree:relation [ tree:node <?page=3> ] .`, "/feed?page=3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := readTurtle(t, c.turtle)
			if got := dated(r); got != c.want || !r.feed || r.states() {
				t.Errorf("links %q, want %q", got, c.want)
			}
		})
	}
}

// TestFeedOfPublications: members lead to where they are published; of versions
// the newest counts.
func TestFeedOfPublications(t *testing.T) {
	r := readTurtle(t, `<s> tree:member <#1>, <#2>, <#3>, <#4>, <#5>, <#6> .
<#1> prov:atLocation </notulen/1> ; prov:generatedAtTime "2026-03-01T10:00:00Z"^^xsd:dateTime .
<#2> prov:atLocation </notulen/1#x> ; prov:generatedAtTime "2026-04-01T10:00:00Z"^^xsd:dateTime .
<#3> prov:atLocation </notulen/3> ; prov:generatedAtTime "2026-04-01T10:00:00Z"^^xsd:dateTime .
<#4> prov:atLocation </notulen/3> ; prov:generatedAtTime "2026-05-01T10:00:00Z"^^xsd:dateTime ; a as:Delete .
<#5> prov:atLocation <urn:uuid:1> .
<#6> prov:atLocation </notulen/6> .`)
	if got := dated(r); got != "/notulen/1@2026-04-01T10:00 /notulen/6" || len(r.members) != 0 {
		t.Errorf("links %q, members %v", got, r.members)
	}
	if !slices.Equal(r.deleted, []string{"https://raad.example.be/notulen/3"}) {
		t.Errorf("deleted %v", r.deleted)
	}
}

// TestFeedOfData: members that are not published elsewhere are publications
// themselves, in the name of what they are versions of.
func TestFeedOfData(t *testing.T) {
	r := readTurtle(t, `<https://raad.example.be/stream> ldes:timestampPath dct:modified ; ldes:versionOfPath dct:isVersionOf ;
 ldes:versionDeletePath dct:type ; ldes:versionDeleteObject <https://data.example/weg> ; tree:member <v1>, <v2>, <v3>, [ a besluit:Besluit ] .
<v1> dct:isVersionOf <https://data.example/b#1> ; dct:modified "2026-01-01T00:00:00Z"^^xsd:dateTime ; dct:title "oud" .
<v2> dct:isVersionOf <https://data.example/b#1> ; dct:modified "2026-02-01T00:00:00Z"^^xsd:dateTime ; dct:title "nieuw" ; a besluit:Besluit ;
 dct:hasPart [ dct:title "blanco" ], <deel>, <v3> ; dct:relation <elders> .
<deel> dct:title "deel" ; dct:isPartOf <v2> .
<v3> dct:isVersionOf <https://data.example/3> ; dct:type <https://data.example/weg> .`)
	if len(r.links) != 0 || len(r.members) != 2 {
		t.Fatalf("links %v, members %+v", r.links, r.members)
	}
	first, second := r.members[0], r.members[1]
	if first.name != "https://raad.example.be/stream#https://data.example/b%231" || first.deleted || !first.at.Equal(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("first member %+v", first)
	}
	if !second.deleted || second.name != "https://raad.example.be/stream#https://data.example/3" {
		t.Errorf("second member %+v", second)
	}
	text, sourced := written(first.quads)
	want := `<https://data.example/b#1> <http://purl.org/dc/terms/hasPart> <https://raad.example.be/deel> .
<https://data.example/b#1> <http://purl.org/dc/terms/hasPart> <https://raad.example.be/v3> .
<https://data.example/b#1> <http://purl.org/dc/terms/hasPart> _:genid2 .
<https://data.example/b#1> <http://purl.org/dc/terms/modified> "2026-02-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
<https://data.example/b#1> <http://purl.org/dc/terms/relation> <https://raad.example.be/elders> .
<https://data.example/b#1> <http://purl.org/dc/terms/title> "nieuw" .
<https://data.example/b#1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://data.vlaanderen.be/ns/besluit#Besluit> .
<https://raad.example.be/deel> <http://purl.org/dc/terms/isPartOf> <https://data.example/b#1> .
<https://raad.example.be/deel> <http://purl.org/dc/terms/title> "deel" .
_:genid2 <http://purl.org/dc/terms/title> "blanco" .
`
	if string(text) != want {
		t.Errorf("it states\n%s\nwant\n%s", text, want)
	}
	for i, line := range strings.Split(strings.TrimSuffix(want, "\n"), "\n") {
		if s := sourced[i].Span; string(text[s.Start.Offset:s.End.Offset]) != line || s.Start.Line != i+1 {
			t.Errorf("statement %d stands at %v", i, s)
		}
	}
}

// TestFeedDoesNotSpeakForOthers: whatever a feed calls its members and its
// stream, its publications have names under its own address.
func TestFeedDoesNotSpeakForOthers(t *testing.T) {
	for _, stream := range []string{"https://elders.example/stream", "urn:stream", "_:s"} {
		if stream != "_:s" {
			stream = "<" + stream + ">"
		}
		r := readTurtle(t, stream+` tree:member <https://elders.example/notulen/1> . <https://elders.example/notulen/1> a besluit:Besluit .`)
		if len(r.members) != 1 || r.members[0].name != "https://raad.example.be/feed#https://elders.example/notulen/1" {
			t.Errorf("stream %s: members %+v", stream, r.members)
		}
	}
}

// TestFeedSyntaxes: the same page of a feed in each.
func TestFeedSyntaxes(t *testing.T) {
	const nquads = `<https://raad.example.be/s> <https://w3id.org/tree#member> <https://raad.example.be/m> .
<https://raad.example.be/m> <http://www.w3.org/ns/prov#atLocation> <https://raad.example.be/notulen/1> <https://raad.example.be/m> .
<https://raad.example.be/m> <http://www.w3.org/ns/prov#generatedAtTime> "2026-03-01T10:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> <https://raad.example.be/m> .
`
	const context = `"@context": "https://lblod.github.io/pages-vendors/assets/json-ld/publicatie-feed-context.json"`
	for mediaType, body := range map[string]string{
		"application/n-quads": nquads,
		"application/trig":    `<s> <https://w3id.org/tree#member> <m> . <m> { <m> <http://www.w3.org/ns/prov#atLocation> </notulen/1> ; <http://www.w3.org/ns/prov#generatedAtTime> "2026-03-01T10:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> }`,
		"text/turtle":         `<s> <https://w3id.org/tree#member> <m> . <m> <http://www.w3.org/ns/prov#atLocation> </notulen/1> ; <http://www.w3.org/ns/prov#generatedAtTime> "2026-03-01T10:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .`,
		"application/ld+json": `{` + context + `, "id": "/s", "member": {"id": "/m", "atLocation": "/notulen/1", "generatedAtTime": "2026-03-01T10:00:00Z"}}`,
		"application/json":    `{` + context + `, "id": "/s", "member": {"id": "/m", "atLocation": "/notulen/1", "generatedAtTime": "2026-03-01T10:00:00Z"}}`,
	} {
		r, err := readAs("/feed", mediaType, body)
		if err != nil || dated(r) != "/notulen/1@2026-03-01T10:00" {
			t.Errorf("%s: %+v, %v", mediaType, r, err)
		}
	}
}

// TestPlainRDF: a document in RDF that is no feed is a publication.
func TestPlainRDF(t *testing.T) {
	r := readTurtle(t, `<https://data.example/z/1> a besluit:Zitting ; besluit:geplandeStart "2026-11-20T19:30:00+01:00"^^xsd:dateTime .`)
	if r.feed || !r.states() || r.sitting.IsZero() {
		t.Errorf("%+v", r)
	}
	if _, err := readAs("/x", "application/json", `{"besluiten": [1, 2]}`); err != nil {
		t.Errorf("JSON that is no linked data: %v", err)
	}
	if _, err := readAs("/x", "text/turtle", `<a> <b>`); failing(err) != FailedSyntax {
		t.Errorf("bad Turtle: %v", err)
	}
}

func FuzzFeed(f *testing.F) {
	f.Add(feedPrefixes + `<s> tree:member <m> . <m> dct:isVersionOf <m> , <o> ; dct:hasPart <m>, _:b . _:b dct:hasPart _:b .`)
	f.Add(feedPrefixes + `<s> tree:view <> ; tree:member <s>, "m" . <> tree:relation <> . <> tree:node <n> .`)
	f.Fuzz(func(t *testing.T, turtle string) {
		r, err := readAs("/feed", "text/turtle", turtle)
		if err != nil {
			return
		}
		for _, m := range r.members {
			if !strings.HasPrefix(m.name, "https://raad.example.be/") || !strings.Contains(m.name, "#") {
				t.Errorf("member %q", m.name)
			}
			if text, _ := written(m.quads); strings.Count(string(text), "\n") != len(m.quads) {
				t.Errorf("%d statements written as %q", len(m.quads), text)
			}
			if slices.ContainsFunc(m.quads, func(q rdf.Quad) bool { return !q.IsValid() }) {
				t.Errorf("member %s states %v", m.name, fmt.Sprint(m.quads))
			}
		}
	})
}
