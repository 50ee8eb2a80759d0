package lblod

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Verdict is what the official validator says of a page when data.lblod.info
// gives it no answers.
type Verdict struct {
	// Detected is the kind of document that it takes the page for, "" where it
	// says "unknown document type" and leaves the choice to the user.
	Detected besluit.Soort
	// Used is the kind by whose questions it judged.
	Used besluit.Soort
	// Level is the level of maturity that it shows, 0 to 3.
	Level int
	// Open is set when answers from data.lblod.info can make it another level:
	// then only the web knows, and nobody here.
	Open bool
	// Fetches is how many addresses at data.lblod.info it looks up, one after
	// another.
	Fetches int
	// Unresolved are the mandatarissen that keep it from level 2: those for whom
	// there was no answer.
	Unresolved []rdf.Term
	// Missing are the classes without which there is no level 1.
	Missing []string
	// Classes are the tables that it shows, in its order.
	Classes []Class
	// Problems are the properties that it shows as wrong.
	Problems []Problem
	// Unknown is set when the page is one on which the official program
	// fails or works without end: then nothing else here means anything.
	Unknown bool

	silent  map[place]bool
	answers map[place]answer
	classes map[rdf.Term]string
	asked   []form
}

// Class is one of its tables.
type Class struct {
	IRI string
	// Count is the number of subjects that it shows. It counts a bestuursorgaan
	// twice.
	Count int
}

// Problem is a property of a subject that it shows as wrong.
type Problem struct {
	Subject            rdf.Term
	Class, Name, Path  string
	Level              int // 1 or 3; 0 does not count for a level
	Count, Least, Most int // Most is -1 for any number
	Reason             Reason
}

// Reason says why a property is wrong for the official validator.
type Reason string

// The reasons.
const (
	TooFew     Reason = "too-few"
	TooMany    Reason = "too-many"
	WrongClass Reason = "wrong-class"
	Blank      Reason = "blank"
)

// answer is the outcome of one question.
type answer struct {
	question question
	valid    bool
	count    int
	reason   Reason
	texts    bool // every value is a text
	dropped  int  // values that were passed over
}

// Detect returns the kind of document that the official validator takes a page
// for: that of the first of the three document types that it meets. "" is an
// unknown one.
func Detect(quads []rdf.Sourced) besluit.Soort { return newTriples(quads).detect() }

func (t *triples) detect() besluit.Soort {
	for _, q := range t.list {
		if q.Predicate.Value() != vocab.RDFType {
			continue
		}
		switch q.Object.Value() {
		case vocab.TypeNotulen:
			return besluit.Notulen
		case vocab.TypeBesluitenlijst:
			return besluit.Besluitenlijst
		case vocab.TypeAgenda:
			return besluit.Agenda
		}
	}
	return ""
}

// Validate gives the verdict on a page: its text, into which the spans of its
// statements point, and the statements in document order. Without the text it
// hears every value as we do. soort is the kind of document that the user chose; "" leaves it to Detect, and
// where that does not know, to the questions for notulen.
func Validate(text []byte, quads []rdf.Sourced, soort besluit.Soort) Verdict {
	quads, silent := heard(text, quads)
	data := newTriples(quads)
	v := Verdict{Detected: data.detect(), silent: silent, answers: map[place]answer{}, classes: map[rdf.Term]string{}}
	v.Used = cmp.Or(soort, v.Detected, besluit.Notulen)
	v.asked = forms()[v.Used]
	w := &walk{data: data, entered: map[rdf.Quad]bool{}, read: map[rdf.Term]*subject{}, dropped: map[place]int{}}
	subjects := w.subjects()
	if w.lost {
		v.Unknown = true
		return v
	}
	slices.SortStableFunc(subjects, func(a, b *subject) int {
		return strings.Compare(strings.ToLower(last(a.class)), strings.ToLower(last(b.class)))
	})
	j := &judge{forms: v.asked, done: map[rdf.Term]*outcome{}, dropped: w.dropped}
	counts := map[string]int{}
	for _, s := range subjects {
		o := j.judge(s, 0)
		v.classes[s.term] = s.class
		counts[s.class] += o.times
		v.Problems = append(v.Problems, o.problems...)
		for path, a := range o.answers {
			v.answers[place{s.term, path}] = a
		}
	}
	for _, f := range v.asked {
		if !slices.ContainsFunc(v.Classes, func(c Class) bool { return c.IRI == f.class }) {
			v.Classes = append(v.Classes, Class{IRI: f.class, Count: counts[f.class]})
		}
	}
	if j.lost {
		return Verdict{Detected: v.Detected, Used: v.Used, Unknown: true}
	}
	v.climb(data, j)
	return v
}

// climb goes up the ladder as far as the official program does.
func (v *Verdict) climb(data *triples, j *judge) {
	present := map[string]bool{}
	addresses := map[rdf.Term]bool{}
	for _, q := range data.list {
		if q.Predicate.Value() == vocab.RDFType {
			present[q.Object.Value()] = true
		}
		for _, t := range [...]rdf.Term{q.Subject, q.Object} {
			if !t.IsBlank() && !addresses[t] && lookedUp.MatchString(t.Value()) {
				addresses[t] = true
			}
		}
	}
	v.Fetches = len(addresses)
	absent := func(level int) (classes []string) {
		for _, f := range v.asked {
			asks := slices.ContainsFunc(f.questions, func(q question) bool { return q.level == level })
			if asks && !present[f.class] && !slices.Contains(classes, f.class) {
				classes = append(classes, f.class)
			}
		}
		return classes
	}
	v.Missing = absent(1)
	v.Unresolved = unresolved(data)
	fetched := func(t rdf.Term) bool { return addresses[t] }
	answerable := !slices.ContainsFunc(v.Unresolved, func(t rdf.Term) bool { return !fetched(t) })
	switch {
	case len(v.Missing) > 0 || len(j.wrong[1]) > 0:
		v.Open = v.Fetches > 0 && len(v.Missing) == 0 &&
			!slices.ContainsFunc(j.wrong[1], func(p Problem) bool { return !fetched(p.Subject) && j.dropped[place{p.Subject, p.Path}] == 0 })
	case len(v.Unresolved) > 0:
		v.Level = 1
		v.Open = answerable
	case len(absent(3)) > 0 || len(j.wrong[3]) > 0:
		v.Level = 2
		v.Open = v.Fetches > 0
	default:
		v.Level = 3
	}
}

// lookedUp matches the addresses that the official program fetches.
var lookedUp = regexp.MustCompile(`(?i)data.lblod.info/id/(mandatarissen|personen|persoon|functionarissen|bestuursorganen|bestuurseenheden|werkingsgebieden)`)

// presence are the properties whose values must answer for level 2. The chair is
// not among them.
var presence = []string{
	vocab.BesluitHeeftVoorstander, vocab.BesluitHeeftSecretaris, vocab.BesluitHeeftAanwezigeBijStart, vocab.BesluitHeeftAanwezige,
	vocab.BesluitHeeftTegenstander, vocab.BesluitHeeftOnthouder, vocab.BesluitHeeftStemmer,
}

// unresolved returns the mandatarissen that do not say that they are their own
// source, which is what the official program adds to those that answered.
func unresolved(data *triples) (terms []rdf.Term) {
	seen := map[rdf.Term]bool{}
	for _, q := range data.list {
		if seen[q.Object] || !slices.Contains(presence, q.Predicate.Value()) {
			continue
		}
		seen[q.Object] = true
		own := slices.ContainsFunc(data.of[q.Object], func(s rdf.Quad) bool {
			return s.Predicate.Value() == vocab.Dct+"source" && s.Object == q.Object
		})
		if !own {
			terms = append(terms, q.Object)
		}
	}
	return terms
}

// judge asks the questions of each subject once; what it found then also
// answers for the others of the same name.
type judge struct {
	forms   []form
	done    map[rdf.Term]*outcome
	wrong   [4][]Problem // that count for a level, also of subjects that are not shown
	dropped map[place]int
	lost    bool // the subjects go too deep
}

// outcome is what was found of a subject.
type outcome struct {
	times    int // how often it counts as a value: once for each form
	problems []Problem
	answers  map[string]answer
}

func (j *judge) judge(s *subject, depth int) *outcome {
	if o, ok := j.done[s.term]; ok {
		return o
	}
	if depth > maxDepth {
		j.lost = true
		return &outcome{times: 1}
	}
	o := &outcome{answers: map[string]answer{}}
	for _, f := range j.forms {
		if f.class != s.class {
			continue
		}
		o.times++
		for _, q := range f.questions {
			a := j.ask(s, q, depth)
			o.answers[q.path] = a
			if a.valid {
				continue
			}
			p := Problem{
				Subject: s.term, Class: s.class, Name: q.name, Path: q.path, Level: q.level,
				Count: a.count, Least: q.least, Most: q.most, Reason: a.reason,
			}
			o.problems = append(o.problems, p)
			j.wrong[q.level] = append(j.wrong[q.level], p)
		}
	}
	if o.times == 0 {
		// No questions for this class: only its values are gone into.
		o.times = 1
		for _, p := range s.properties {
			if p.subject != nil {
				j.judge(p.subject, depth+1)
			}
		}
	}
	if _, ok := j.done[s.term]; !ok {
		j.done[s.term] = o
	}
	return o
}

// ask answers one question as the official program does.
func (j *judge) ask(s *subject, q question, depth int) answer {
	a := answer{question: q, texts: true, dropped: j.dropped[place{s.term, q.path}]}
	var texts []string
	classes := map[string]bool{} // of the values; "" is a text
	organs := map[rdf.Term]bool{}
	for _, p := range s.properties {
		if p.path != q.path {
			continue
		}
		if p.subject == nil {
			texts = append(texts, p.text)
			classes[""] = true
			a.count++
			continue
		}
		a.texts = false
		a.count += j.judge(p.subject, depth+1).times
		classes[p.subject.class] = true
		organs[p.subject.term] = true
	}
	nothing := a.count == 0
	switch q.path {
	case vocab.BesluitIsGehoudenDoor, vocab.MandaatIsTijdspecialisatieVan:
		a.count = len(organs)
	}
	only := func(allowed ...string) bool {
		for c := range classes {
			if !slices.Contains(allowed, c) {
				return false
			}
		}
		return !nothing
	}
	ofClass := q.class == "" || only(q.class) ||
		q.class == vocab.Prov+"Location" && a.count > 0 ||
		q.class == leidinggevenden+"Functionaris" && only(q.class, vocab.MandaatMandataris) ||
		!nothing && !slices.ContainsFunc(texts, func(t string) bool { return !address(t) }) && len(texts) > 0 && a.texts ||
		a.count == 0 && q.least == 0
	switch {
	case a.count < q.least:
		a.reason = TooFew
	case q.most >= 0 && a.count > q.most:
		a.reason = TooMany
	case !ofClass:
		a.reason = WrongClass
	}
	// Where a value is demanded and all are texts, nothing counts any more but
	// that each has a character in it.
	if q.least > 0 && a.texts && !nothing {
		a.reason = ""
		if slices.ContainsFunc(texts, blank) {
			a.reason = Blank
		}
	}
	a.valid = a.reason == ""
	return a
}

// address reports whether a text passes for the IRI of something. A page that is
// read from a file stands at an http address for the official program.
func address(text string) bool {
	return strings.HasPrefix(text, "http") || strings.HasPrefix(text, "file:")
}

func blank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsSpace(r) && r != '\uFEFF' })
}

// last returns the end of an IRI after its last # or /.
func last(iri string) string { return iri[strings.LastIndexAny(iri, "#/")+1:] }
