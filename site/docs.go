package site

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// docOrder is the order of the documentation in its menu; every file of the
// folder docs stands in it, except the pages that have an address of their own.
var docOrder = []string{"", "zoektaal", "insluiten", "validator", "api", "sparql", "ldes", "melding"}

// docs are the pages of the documentation, rendered once for each language of
// the links in them. The texts are ours and Dutch.
type docs struct {
	pages map[lang]map[string]doc
}

type doc struct {
	Titel string // text of its first heading
	Body  template.HTML
}

func loadDocs(files embed.FS, base string) (*docs, error) {
	entries, err := files.ReadDir("docs")
	if err != nil {
		return nil, fmt.Errorf("read documentation: %w", err)
	}
	d := &docs{pages: map[lang]map[string]doc{dutch: {}, english: {}}}
	for _, e := range entries {
		source, err := files.ReadFile(path.Join("docs", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read documentation: %w", err)
		}
		name := strings.TrimSuffix(e.Name(), ".md")
		if name == "index" {
			name = ""
		}
		for l, pages := range d.pages {
			if pages[name], err = renderDoc(l, bytes.ReplaceAll(source, []byte("{basis}"), []byte(base))); err != nil {
				return nil, fmt.Errorf("render documentation %s: %w", e.Name(), err)
			}
		}
	}
	return d, nil
}

func renderDoc(l lang, source []byte) (doc, error) {
	var d doc
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(linksIn(l), 100))),
	)
	tree := md.Parser().Parse(text.NewReader(source))
	if h, ok := tree.FirstChild().(*ast.Heading); ok && h.Level == 1 {
		d.Titel = string(h.Lines().Value(source))
	}
	var b bytes.Buffer
	if err := md.Renderer().Render(&b, source, tree); err != nil {
		return d, err
	}
	// What scrolls must be reachable with the keyboard.
	body := strings.NewReplacer("<pre>", `<pre tabindex="0">`, "<table>", `<div class="rol" tabindex="0"><table>`, "</table>", "</table></div>").Replace(b.String())
	d.Body = template.HTML(body)
	return d, nil
}

// linksIn keeps the language of the reader in links to our own pages.
type linksIn lang

func (l linksIn) Transform(tree *ast.Document, _ text.Reader, _ parser.Context) {
	ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if a, ok := n.(*ast.Link); ok && entering && bytes.HasPrefix(a.Destination, []byte("/")) {
			a.Destination = []byte(link(lang(l), string(a.Destination)))
		}
		return ast.WalkContinue, nil
	})
}

// markdown renders a short text of the rule table.
func markdown(s string) template.HTML {
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(s), &b); err != nil {
		return template.HTML(template.HTMLEscapeString(s))
	}
	return template.HTML(b.String())
}

type docsPage struct {
	Menu    []menuItem
	Body    template.HTML
	Snippet *snippet // a line to embed, on the page about embedding
	Embed   string   // address of its live preview
	Regels  []ruleSection
	Aantal  int // of rules
	Regel   *oslo.Rule
}

// ruleSection is a part of the list of rules.
type ruleSection struct {
	ID, Naam string
	Klasse   bool // Naam is a class, and the titles of its rules begin with it
	Regels   []oslo.Rule
	Soorten  []ruleSection // by type of document or decision, for the rules of the portal
	Aantal   int
}

// ruleSections orders rules for reading: faults of markup and data first, then
// privacy, then what the profiles ask of each class, and what the portal asks
// of each type of document.
func ruleSections(l lang, rules []oslo.Rule) []ruleSection {
	sections := []ruleSection{{ID: "fouten", Naam: message(l, "regels.fouten")}, {ID: "privacy", Naam: message(l, "regels.privacy")}}
	shacl := ruleSection{ID: "shacl", Naam: message(l, "regels.shacl")}
	portal := ruleSection{ID: "loket", Naam: message(l, "regels.loket")}
	classes, soorten := map[string]int{}, map[string]int{}
	at := func(list *[]ruleSection, known map[string]int, name string) *ruleSection {
		i, ok := known[name]
		if !ok {
			i = len(*list)
			known[name] = i
			*list = append(*list, ruleSection{ID: "klasse-" + besluit.Slug(name), Naam: name, Klasse: true})
		}
		return &(*list)[i]
	}
	for _, rule := range rules {
		class, property, ok := strings.Cut(rule.Title.NL, " › ")
		in := &sections[0]
		switch {
		case rule.Private:
			in = &sections[1]
		case strings.HasPrefix(rule.Code, "shacl-") && rule.Code != "shacl-unfinished":
			in = &shacl
		case ok && conceptName.MatchString(class):
			in = at(&portal.Soorten, soorten, named(class))
			portal.Aantal++
		case ok:
			in = at(&sections, classes, class)
		}
		if ok {
			rule.Title = rdf.Text{NL: property, EN: property}
		}
		in.Regels = append(in.Regels, rule)
		in.Aantal++
	}
	sections = append(sections, portal, shacl)
	return slices.DeleteFunc(sections, func(s ruleSection) bool { return s.Aantal == 0 })
}

// conceptName is a concept of the code lists in the title of a rule.
var conceptName = regexp.MustCompile(`\b(BesluitDocumentType|BesluitType):([0-9a-f-]{36})`)

// named writes the concepts in a title with their labels.
func named(title string) string {
	return conceptName.ReplaceAllStringFunc(title, func(name string) string {
		if label := besluit.Label("https://data.vlaanderen.be/id/concept/" + strings.Replace(name, ":", "/", 1)); label != "" {
			return label
		}
		return name
	})
}

// titleOfRule is the title of a rule for people.
func titleOfRule(title rdf.Text) rdf.Text { return rdf.Text{NL: named(title.NL), EN: named(title.EN)} }

type menuItem struct {
	Href, Label string
	Here        bool
}

func (s *site) docsPage(w http.ResponseWriter, r *http.Request) error {
	name := strings.Trim(r.PathValue("pad"), "/")
	l := language(r)
	p := s.newPage(r, "docs")
	p.Deel = "docs"
	var d docsPage
	for _, n := range docOrder {
		d.Menu = append(d.Menu, menuItem{link(l, strings.TrimSuffix("/docs/"+n, "/")), s.docs.pages[l][n].Titel, n == name})
	}
	d.Menu = append(d.Menu, menuItem{link(l, "/docs/regels"), message(l, "regels.titel"), name == "regels"})
	code, isRule := strings.CutPrefix(name, "regels/")
	switch {
	case name == "regels":
		p.Titel = message(l, "regels.titel")
		rules := oslo.Rules()
		d.Regels, d.Aantal = ruleSections(l, rules), len(rules)
	case isRule:
		rule, ok := oslo.LookupRule(code)
		if !ok {
			return errNotFound
		}
		rule.Title = titleOfRule(rule.Title)
		p.Titel, d.Regel = inLanguage(l, rule.Title), &rule
	default:
		page, ok := s.docs.pages[l][name]
		if !ok || name == "toegankelijkheid" {
			return errNotFound
		}
		p.Titel, d.Body = page.Titel, page.Body
	}
	if name == "insluiten" {
		list, err := s.allBesturen(r.Context())
		if err != nil {
			return err
		}
		if len(list) > 0 {
			d.Snippet = &snippet{"insluitcode", message(l, "insluiten.html"), s.iframe(list[0])}
			d.Embed = link(l, "/embed/lijst", "bestuur", list[0].Slug)
		}
	}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// toegankelijkheid is the accessibility statement, which stands beside the
// documentation at an address of its own.
func (s *site) toegankelijkheid(w http.ResponseWriter, r *http.Request) error {
	p := s.newPage(r, "docs")
	page := s.docs.pages[p.Taal]["toegankelijkheid"]
	p.Titel, p.Data = page.Titel, docsPage{Body: page.Body}
	return s.write(w, r, http.StatusOK, p)
}
