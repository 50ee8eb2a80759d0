package lblod

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// Comparison is the verdict of the official validator beside ours.
type Comparison struct {
	Verdict Verdict
	// Ours is our level; NoLevel is none. It is open as that of oslo.Maturity is.
	Ours oslo.Level
	// Agreed is how many faults both see.
	Agreed      int
	Differences []Difference
}

// Difference is a kind of fault that only one of the two sees, and why.
type Difference struct {
	// Official is set for what only the official validator sees; else only
	// Belfort sees it.
	Official bool
	// What names it: class and property, or the code of our rule.
	What string
	// Times is how often.
	Times int
	Why   rdf.Text
}

// Compare explains where our verdict on a page differs from that of the official
// validator on the same page. Findings of ours that are mere information count
// only where the official validator agrees with them.
func Compare(v Verdict, ours oslo.Verdict) Comparison {
	c := Comparison{Verdict: v}
	c.Ours, _ = ours.Maturity.Level()
	if v.Unknown {
		return c
	}
	found := map[rdf.Term][]string{} // by subject, the paths of what we found
	absent := map[string]bool{}
	for _, f := range ours.Findings {
		if f.Path != "" && !slices.Contains(found[f.Focus], f.Path) {
			found[f.Focus] = append(found[f.Focus], f.Path)
		}
		if f.Rule == "class-absent" {
			absent[f.Value.Value()] = true
		}
	}
	agreed := map[place]bool{}
	for _, p := range v.Problems {
		i := slices.IndexFunc(found[p.Subject], func(path string) bool { return speaksOf(path, p.Path) })
		if i >= 0 {
			agreed[place{p.Subject, found[p.Subject][i]}] = true
			c.Agreed++
			continue
		}
		c.add(Difference{Official: true, What: last(p.Class) + " › " + p.Name, Why: v.whyTheirs(p)})
	}
	for _, class := range v.Missing {
		if absent[class] {
			c.Agreed++
			continue
		}
		c.add(Difference{Official: true, What: last(class), Why: rdf.Text{
			NL: "De officiële validator eist dat deze klasse op de pagina staat; voor Belfort hoeft dat niet.",
			EN: "The official validator demands this class on the page; Belfort does not.",
		}})
	}
	for _, f := range ours.Findings {
		if f.Severity == rdf.Info || agreed[place{f.Focus, f.Path}] || f.Rule == "class-absent" && slices.Contains(v.Missing, f.Value.Value()) {
			continue
		}
		c.add(Difference{What: f.Rule, Why: v.whyOurs(f)})
	}
	slices.SortStableFunc(c.Differences, func(a, b Difference) int {
		return cmp.Or(compareBool(b.Official, a.Official), -cmp.Compare(a.Times, b.Times), strings.Compare(a.What, b.What))
	})
	return c
}

// speaksOf reports whether a path of ours is a property, or one way or another
// has it in it.
func speaksOf(path, property string) bool {
	return path == property || strings.Contains(path, "<"+property+">")
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (c *Comparison) add(d Difference) {
	for i := range c.Differences {
		if o := &c.Differences[i]; o.Official == d.Official && o.What == d.What && o.Why == d.Why {
			o.Times++
			return
		}
	}
	d.Times = 1
	c.Differences = append(c.Differences, d)
}

// whyTheirs says why the official validator sees a fault where we see none.
func (v Verdict) whyTheirs(p Problem) rdf.Text {
	at := place{p.Subject, p.Path}
	property := Short(p.Path)
	switch {
	case v.silent[at]:
		return rdf.Text{
			NL: "De officiële validator hoort de tekst niet van elementen die zelf een eigenschap hebben: voor hem is " + property + " leeg. Zet wat tekst rechtstreeks in het element.",
			EN: "The official validator does not hear the text of elements that have a property themselves: to it " + property + " is empty. Put some text directly into the element.",
		}
	case p.Reason == Blank:
		return rdf.Text{
			NL: "De waarde van " + property + " is leeg, en dat telt voor de officiële validator als fout.",
			EN: "The value of " + property + " is blank, which is a fault to the official validator.",
		}
	case p.Reason == TooFew && v.answers[at].dropped > 0:
		return rdf.Text{
			NL: "De officiële validator slaat een waarde van " + property + " over die de pagina beschrijft zonder klasse. Geef ze een typeof.",
			EN: "The official validator passes over a value of " + property + " that the page describes without a class. Give it a typeof.",
		}
	case p.Reason == TooFew:
		return rdf.Text{
			NL: "De officiële validator wil hier " + property + "; voor Belfort is dat in dit profiel geen fout.",
			EN: "The official validator wants " + property + " here; to Belfort that is no fault in this profile.",
		}
	case p.Reason == TooMany && p.Count > p.Most:
		return rdf.Text{
			NL: fmt.Sprintf("De officiële validator telt meer dan %d waarde van %s; een bestuursorgaan telt hij dubbel.", p.Most, property),
			EN: fmt.Sprintf("The official validator counts more than %d value of %s; it counts a bestuursorgaan twice.", p.Most, property),
		}
	}
	wanted := Short(v.answers[at].question.class)
	return rdf.Text{
		NL: "De officiële validator wil dat de waarde van " + property + " op deze pagina als eerste klasse " + wanted + " heeft, en kijkt niet naar de andere.",
		EN: "The official validator wants the value of " + property + " to have " + wanted + " as its first class on this page, and looks at no other.",
	}
}

// unseen are our rules that are not about one property of one subject, with why
// the official validator does not see such a fault.
var unseen = map[string]rdf.Text{
	"vote-totals": {
		NL: "De officiële validator heeft hier een regel in SPARQL voor, maar die vuurt nooit: hij zet de tekst ervan in kleine letters.",
		EN: "The official validator has a rule in SPARQL for this, but it never fires: the program puts its text in lower case.",
	},
	"blank-node": {
		NL: "De officiële validator neemt genoegen met iets zonder IRI; oogsters niet.",
		EN: "The official validator is content with something without an IRI; harvesters are not.",
	},
	"unknown-datatype": {
		NL: "De officiële validator kijkt nooit naar datatypes.",
		EN: "The official validator never looks at datatypes.",
	},
	"class-absent": {
		NL: "De officiële validator eist deze klasse niet op de pagina.",
		EN: "The official validator does not demand this class on the page.",
	},
}

// whyOurs says why we see a fault where the official validator sees none.
func (v Verdict) whyOurs(f rdf.Finding) rdf.Text {
	if why, ok := unseen[f.Rule]; ok {
		return why
	}
	if oslo.IsPrivacy(f.Rule) {
		return rdf.Text{NL: "De officiële validator kijkt niet naar persoonsgegevens.", EN: "The official validator does not look at personal data."}
	}
	rule, _ := oslo.LookupRule(f.Rule)
	_, name, ofProperty := strings.Cut(rule.Title.NL, " › ")
	if f.Focus.IsZero() || f.Path == "" || !ofProperty {
		return rdf.Text{NL: "De officiële validator zoekt niet naar deze fout.", EN: "The official validator does not look for this fault."}
	}
	class, typed := v.classes[f.Focus]
	a, asked := v.answers[place{f.Focus, f.Path}]
	switch {
	case !typed:
		return rdf.Text{
			NL: "De officiële validator beoordeelt niets dat geen klasse heeft.",
			EN: "The official validator judges nothing that has no class.",
		}
	case !asked && !v.asks(class):
		return rdf.Text{
			NL: "De officiële validator kijkt alleen naar de eerste klasse, hier " + Short(class) + ", en heeft daar geen vragen over.",
			EN: "The official validator looks at the first class only, here " + Short(class) + ", and asks nothing of it.",
		}
	case !asked:
		return rdf.Text{
			NL: fmt.Sprintf("De officiële validator vraagt in een document van de soort %s niet naar %s.", v.Used, name),
			EN: fmt.Sprintf("The official validator does not ask for %s in a document of the kind %s.", name, v.Used),
		}
	case a.question.most >= 0 && a.count > a.question.most:
		return rdf.Text{
			NL: "De officiële validator telt teksten niet zodra er minstens één moet zijn: twee waarden van " + name + " zijn voor hem goed.",
			EN: "The official validator no longer counts texts once there must be at least one: two values of " + name + " are fine to it.",
		}
	case a.question.class != "" && a.texts && a.count > 0:
		return rdf.Text{
			NL: "De officiële validator vraagt van " + name + " een " + Short(a.question.class) + ", maar aanvaardt elke tekst of elk adres.",
			EN: "The official validator wants a " + Short(a.question.class) + " for " + name + ", but accepts any text or address.",
		}
	case a.question.least == 0 && a.count == 0:
		return rdf.Text{
			NL: "Voor de officiële validator hoeft " + name + " er niet te zijn.",
			EN: "To the official validator " + name + " need not be there.",
		}
	case a.question.class == vocab.Prov+"Location":
		return rdf.Text{NL: "Voor de officiële validator is elke waarde een locatie.", EN: "To the official validator any value is a location."}
	}
	return rdf.Text{
		NL: "De officiële validator telt de waarden van " + name + " alleen: op datatype, taal of inhoud let hij niet.",
		EN: "The official validator only counts the values of " + name + ": it does not look at datatype, language or content.",
	}
}

// asks reports whether there are questions for a class.
func (v Verdict) asks(class string) bool {
	return slices.ContainsFunc(v.asked, func(f form) bool { return f.class == class })
}
