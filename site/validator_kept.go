package site

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/shapes/report"
	"github.com/belfort-lod/belfort/sparql"
)

// Reports keeps reports of the validator under an id of lower-case letters and
// digits, until they expire. Put replaces what stood there. What is unknown or
// expired is an error that is fs.ErrNotExist. It is bounded: those that would
// expire first make way for others. Safe for concurrent use.
type Reports interface {
	Put(ctx context.Context, id string, content []byte, until time.Time) error
	Get(ctx context.Context, id string) (content []byte, until time.Time, err error)
	Delete(ctx context.Context, id string) error
}

// How long a report stays: as long as somebody works with it, or, when its
// maker asks for that, as long as a round of mending takes.
const (
	keptShort = 2 * time.Hour
	keptLong  = 30 * 24 * time.Hour
)

// findingsKept bounds the findings of one document in a report; the counts
// count all.
const findingsKept = 20_000

// turtleKept bounds the triples that a report holds, in bytes of Turtle.
const turtleKept = 8 << 20

// record is a report as it is kept: of one document, or of several.
type record struct {
	ID       string
	Made     time.Time
	Key      [sha256.Size]byte // hash of what its maker may change it with
	Batch    string            // id of the batch that it is part of, "" if it stands alone
	Document *keptDocument
	Several  *keptBatch
}

// keptDocument is a document that was validated. Nothing in it shows what a
// privacy rule found.
type keptDocument struct {
	Source    string
	MediaType string
	Chosen    bool // the profile was chosen by the visitor
	Profile   oslo.Profile
	Conforms  bool
	Counts    [3]int // of all findings, by severity
	Maturity  oslo.Maturity
	Findings  []keptFinding
	Text      []byte
	Triples   int
	Turtle    []byte // nil if there is too much
	Begrepen  []begrepen
}

// keptFinding is a rdf.Finding in fields that can be encoded.
type keptFinding struct {
	Severity rdf.Severity
	Rule     string
	Message  rdf.Text
	Source   string
	Span     rdf.Span
	Focus    keptTerm
	Path     string
	Value    keptTerm
}

type keptTerm struct {
	Kind                  rdf.Kind
	Value, Datatype, Lang string
}

func keepTerm(t rdf.Term) keptTerm {
	k := keptTerm{Kind: t.Kind(), Value: t.Value(), Lang: t.Lang()}
	if k.Lang == "" {
		k.Datatype = t.Datatype()
	}
	return k
}

func (k keptTerm) term() rdf.Term {
	switch k.Kind {
	case rdf.KindIRI:
		return rdf.IRI(k.Value)
	case rdf.KindBlank:
		return rdf.Blank(k.Value)
	case rdf.KindLiteral:
		if k.Lang != "" {
			return rdf.LangLiteral(k.Value, k.Lang)
		}
		return rdf.Literal(k.Value, k.Datatype)
	}
	return rdf.Term{}
}

// newID returns a name that nobody can guess: 130 random bits.
func newID() string { return strings.ToLower(rand.Text()) }

// newRecord begins a report; the key is told to its maker alone.
func (s *site) newRecord() (rec *record, key string) {
	key = newID()
	return &record{ID: newID(), Made: s.Now(), Key: sha256.Sum256([]byte(key))}, key
}

// opens reports whether a key is that of the report.
func (rec *record) opens(key string) bool {
	sum := sha256.Sum256([]byte(key))
	return subtle.ConstantTimeCompare(sum[:], rec.Key[:]) == 1
}

func (s *site) keep(ctx context.Context, rec *record, until time.Time) error {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(rec); err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	return s.Reports.Put(ctx, rec.ID, b.Bytes(), until)
}

// kept reads a report; a failure for the visitor if it is not there.
func (s *site) kept(ctx context.Context, id string) (rec *record, until time.Time, err error) {
	content, until, err := s.Reports.Get(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, until, errReportGone
	}
	if err != nil {
		return nil, until, err
	}
	rec = &record{}
	if err := gob.NewDecoder(bytes.NewReader(content)).Decode(rec); err != nil {
		return nil, until, fmt.Errorf("decode report: %w", err)
	}
	return rec, until, nil
}

// keepDocument makes of a verdict what is kept of it.
func keepDocument(checked Checked, mediaType string, chosen bool) *keptDocument {
	secrets := secretsOf(checked)
	k := &keptDocument{
		Source: secrets.hide(checked.Verdict.Source), MediaType: mediaType, Chosen: chosen, Profile: checked.Profile, Conforms: checked.Conforms,
		Counts: checked.Counts, Maturity: checked.Maturity, Text: secrets.blot(checked),
	}
	findings := checked.Findings
	if len(findings) > findingsKept { // the worst stay
		findings = slices.Clone(findings)
		slices.SortStableFunc(findings, func(a, b rdf.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
		findings = findings[:findingsKept]
	}
	for _, f := range findings {
		f.Message.NL, f.Message.EN = secrets.hide(f.Message.NL), secrets.hide(f.Message.EN)
		k.Findings = append(k.Findings, keptFinding{
			f.Severity, f.Rule, f.Message, secrets.hide(f.Source), f.Span, keepTerm(secrets.hideIn(f.Focus)), f.Path, keepTerm(secrets.hideIn(f.Value)),
		})
	}
	g := rdf.NewGraph()
	for _, q := range checked.Quads {
		g.Add(rdf.Quad{Subject: secrets.hideIn(q.Subject), Predicate: q.Predicate, Object: secrets.hideIn(q.Object)})
	}
	k.Triples = g.Len()
	k.Turtle = turtleOf(g)
	k.Begrepen = understand(g, checked)
	return k
}

func turtleOf(g *rdf.Graph) []byte {
	var b bytes.Buffer
	w := turtle.NewWriter(&b, turtle.Options{Prefixes: sparql.Prefixes()})
	for q := range g.All() {
		if err := w.Write(q); err != nil || b.Len() > turtleKept {
			return nil // a graph that Turtle can not say, or too much of it
		}
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return b.Bytes()
}

// document gives a kept document back to the reports.
func (k *keptDocument) document() report.Document {
	v := oslo.Verdict{Profile: k.Profile, Source: k.Source, Conforms: k.Conforms, Counts: k.Counts, Maturity: k.Maturity}
	for _, f := range k.Findings {
		v.Findings = append(v.Findings, f.finding())
	}
	return report.Document{Verdict: v, Text: k.Text}
}

func (f keptFinding) finding() rdf.Finding {
	return rdf.Finding{Severity: f.Severity, Rule: f.Rule, Message: f.Message, Source: f.Source, Span: f.Span, Focus: f.Focus.term(), Path: f.Path, Value: f.Value.term()}
}

// secrets are the personal data on a page, as the privacy rules found them.
type secrets []string

func secretsOf(checked Checked) secrets {
	var out secrets
	for _, f := range checked.Findings {
		from, to := f.Span.Start.Offset, f.Span.End.Offset
		if oslo.IsPrivacy(f.Rule) && 0 <= from && from < to && to <= len(checked.Text) {
			if s := string(checked.Text[from:to]); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // a whole before its part
	return out
}

// hide blots the secrets out of a text.
func (all secrets) hide(s string) string {
	for _, secret := range all {
		s = strings.ReplaceAll(s, secret, strings.Repeat("*", utf8.RuneCountInString(secret)))
	}
	return s
}

func (all secrets) hideIn(t rdf.Term) rdf.Term {
	if len(all) == 0 {
		return t
	}
	k := keepTerm(t)
	k.Value = all.hide(k.Value)
	return k.term()
}

// blot returns the text of a document with its secrets blotted out byte for
// byte, so that offsets stay true.
func (all secrets) blot(checked Checked) []byte {
	if len(all) == 0 {
		return checked.Text
	}
	text := slices.Clone(checked.Text)
	for _, secret := range all {
		for at := 0; ; {
			i := bytes.Index(text[at:], []byte(secret))
			if i < 0 {
				break
			}
			at += i
			for end := at + len(secret); at < end; at++ {
				if text[at] < utf8.RuneSelf && text[at] > ' ' {
					text[at] = '*'
				}
			}
		}
	}
	return text
}

// memory keeps reports in memory: what the site does where it is given no
// other place.
type memory struct {
	now  func() time.Time
	most int

	mu   sync.Mutex
	kept map[string]remembered
}

type remembered struct {
	content []byte
	until   time.Time
}

// memoryMost is how many reports are kept in memory.
const memoryMost = 32

func newMemory(now func() time.Time, most int) *memory {
	return &memory{now: now, most: most, kept: map[string]remembered{}}
}

func (m *memory) Put(ctx context.Context, id string, content []byte, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	m.kept[id] = remembered{content, until}
	for len(m.kept) > m.most {
		first := ""
		for other, k := range m.kept {
			if other != id && (first == "" || k.until.Before(m.kept[first].until)) {
				first = other
			}
		}
		delete(m.kept, first)
	}
	return nil
}

func (m *memory) Get(_ context.Context, id string) ([]byte, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	k, ok := m.kept[id]
	if !ok {
		return nil, time.Time{}, fmt.Errorf("get report: %w", fs.ErrNotExist)
	}
	return k.content, k.until, nil
}

func (m *memory) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, id)
	return nil
}

func (m *memory) sweep() {
	for id, k := range m.kept {
		if !m.now().Before(k.until) {
			delete(m.kept, id)
		}
	}
}
