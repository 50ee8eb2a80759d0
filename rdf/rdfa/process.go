package rdfa

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// context is the evaluation context of an element (RDFa Core, section 7.2).
type context struct {
	base          string
	parentSubject rdf.Term
	parentObject  rdf.Term
	incomplete    []incompleteTriple
	lists         *listMapping
	lang          string
	scope         *scope
	vocab         string
}

type direction uint8

const (
	forward direction = iota
	reverse
	none // the object goes to a list
)

type incompleteTriple struct {
	predicate rdf.Term
	direction direction
	list      *list
	span      extent
}

// listMapping holds the lists of one subject while its element is open.
type listMapping struct {
	subject rdf.Term
	lists   map[rdf.Term]*list
	order   []*list
}

type list struct {
	predicate rdf.Term
	items     []listItem
	span      extent // the attribute that began the list
}

type listItem struct {
	value rdf.Term
	span  extent
}

// get returns the list of the predicate, which it makes if there is none.
func (m *listMapping) get(predicate rdf.Term, span extent) *list {
	if l, ok := m.lists[predicate]; ok {
		return l
	}
	if m.lists == nil {
		m.lists = map[rdf.Term]*list{}
	}
	l := &list{predicate: predicate, span: span}
	m.lists[predicate] = l
	m.order = append(m.order, l)
	return l
}

// meaning is what a word meant where it was read last.
type meaning struct {
	scope *scope
	vocab string
	term  rdf.Term
}

// frame is an open element that RDFa has looked at.
type frame struct {
	end   int32 // the node after its last descendant
	ctx   context
	lists [2]*listMapping // the list mappings that end with the element
}

// placed returns a triple with the attribute that made it. As long as the page
// is processed, the span of a statement is its byte range only.
func placed(q rdf.Quad, e extent) rdf.Sourced {
	return rdf.Sourced{Quad: q, Span: rdf.Span{
		Start: rdf.Position{Offset: int(e.start)}, End: rdf.Position{Offset: int(e.end)},
	}}
}

// spanOf returns the attribute that made a statement.
func spanOf(s *rdf.Sourced) extent {
	return extent{int32(s.Span.Start.Offset), int32(s.Span.End.Offset)}
}

// processor turns a tree into statements and findings.
type processor struct {
	text    []byte
	tree    *tree
	options Options
	base    string // the effective base of the document
	title   string
	err     error // the first bound that was passed

	strings    interner
	read       [attributeKinds]attribute // of the element that is being processed
	scanned    int                       // bytes of tags that were read for literals
	unused     []*listMapping
	statements []rdf.Sourced
	literals   int // bytes of literals so far
	items      int // list items so far
	blanks     map[string]rdf.Term
	meanings   []meaning
	blankCount int
	subjects   []introduction
	blankIDs   []int32  // of blank node bN, at N: 1 + an index of subjects
	vocabs     []string // in the order of first use

	findings     []placedFinding
	reports      []report
	declarations map[string]string // every prefix declared anywhere, for advice
	scripts      []int             // the script elements with RDF
}

// introduction is the element that introduced a subject.
type introduction struct {
	subject int32 // the number of its IRI in processor.strings, or -N for the blank node bN
	tag     extent
	typed   bool
	stated  bool // it is the subject of a statement
}

func newProcessor(text []byte, t *tree, options Options) *processor {
	return &processor{
		// A page can have many words that state nothing: no more is set aside for
		// them than for a page that says a lot.
		statements: make([]rdf.Sourced, 0, min(t.statements+t.statements/64+8, options.MaxQuads, 64+len(text)/64)),
		text:       text, tree: t, options: options,
		strings: newInterner(),
		blanks:  map[string]rdf.Term{},
	}
}

// run walks the tree in document order. Only elements with an attribute of
// RDFa get a frame: the others leave the evaluation context as it is.
func (p *processor) run() {
	lang := p.prepare()
	root := rdf.IRI(p.base)
	top := &listMapping{subject: root}
	stack := []frame{{
		end: int32(len(p.tree.nodes)),
		ctx: context{base: p.base, parentSubject: root, parentObject: root, lang: lang, lists: top},
	}}
	first := true
	for i := range p.tree.nodes {
		n := &p.tree.nodes[i]
		if n.kind != elementNode {
			continue
		}
		for int32(i) >= stack[len(stack)-1].end {
			p.close(&stack[len(stack)-1])
			stack = stack[:len(stack)-1]
		}
		isRoot := first
		first = false
		if !n.rdfa {
			continue
		}
		f := p.element(i, n, &stack[len(stack)-1].ctx, isRoot)
		if p.err != nil {
			return
		}
		stack = append(stack, f)
	}
	for i := len(stack) - 1; i >= 0; i-- {
		p.close(&stack[i])
	}
	p.flush(top)
	if p.err == nil {
		p.embedded()
	}
	if p.err == nil && p.isHTML() {
		p.copyProperties()
	}
	if p.err == nil && p.options.Vocabulary != nil {
		p.expand()
	}
}

// isHTML reports whether the rules of HTML+RDFa are in force.
func (p *processor) isHTML() bool {
	return p.options.Host == HTML5 || p.options.Host == HTML4 || p.options.Host == XHTML5
}

// isXHTML reports whether the host has the elements of HTML: those of
// HTML+RDFa and XHTML 1.
func (p *processor) isXHTML() bool { return p.isHTML() || p.options.Host == XHTML1 }

// hasXMLBase reports whether xml:base counts (HTML+RDFa 1.1, 3.1, rule 3).
func (p *processor) hasXMLBase() bool {
	return p.options.Host == XHTML5 || p.options.Host == SVG || p.options.Host == XML
}

// prepare finds what counts for the whole document: the base, the title, the
// scripts. It returns the language that the document begins with.
func (p *processor) prepare() (lang string) {
	p.base = withoutFragment(p.options.Base)
	if isLanguageTag(p.options.Language) {
		lang = p.options.Language
	}
	rooted, based, titled, metaLang := false, false, false, false
	for i := range p.tree.nodes {
		n := &p.tree.nodes[i]
		if n.kind == elementNode && !rooted {
			rooted = true // only the document element decides for the document
			if a := p.tree.attribute(n, "xml:base"); a != nil && p.hasXMLBase() {
				p.base = withoutFragment(rdf.ResolveIRI(p.options.Base, trim(a.value)))
			}
		}
		if n.kind != elementNode || n.space != inHTML && n.space != inNone {
			continue
		}
		switch n.atom {
		case atom.Base:
			if href := p.tree.attribute(n, "href"); href != nil && !based && p.isXHTML() {
				based = true
				p.base = withoutFragment(rdf.ResolveIRI(p.options.Base, trim(href.value)))
			}
		case atom.Title:
			if !titled {
				titled = true
				p.title = strings.Join(strings.Fields(p.tree.content(i)), " ")
			}
		case atom.Meta:
			// The pragma-set default language (HTML, 4.2.5.3).
			if e := p.tree.attribute(n, "http-equiv"); e != nil && !metaLang && p.isHTML() && strings.EqualFold(e.value, "content-language") {
				if c := p.tree.attribute(n, "content"); c != nil && !strings.Contains(c.value, ",") {
					if f := strings.Fields(c.value); len(f) > 0 && isLanguageTag(f[0]) {
						lang, metaLang = f[0], true
					}
				}
			}
		case atom.Script:
			if a := p.tree.attribute(n, "type"); a != nil && rdfSyntax(a.value) != "" {
				p.scripts = append(p.scripts, i)
			}
		}
	}
	return lang
}

func withoutFragment(iri string) string {
	iri, _, _ = strings.Cut(iri, "#")
	return iri
}

// attributes is the attributes of one element that RDFa knows; nil is absent.
type attributes struct {
	about, resource, href, src, typeof, property, rel, rev *attribute
	content, datatype, datetime, inlist                    *attribute
	vocab, prefix, lang, xmlLang, xmlBase, role, id        *attribute
	prefixes                                               []*attribute // xmlns:*
}

// known reads the attributes of an element that RDFa knows, into p.read.
func (p *processor) known(n *node) (k attributes) {
	if n.attrs > 0 {
		list := p.tree.lists[n.attrs-1]
		for i := range list {
			k.set(attributeKindOf([]byte(list[i].name)), &list[i])
		}
		return k
	}
	if n.attrs == noAttributes {
		return k
	}
	var has [attributeKinds]bool
	for at := afterTagName(p.text, int(n.tag.start)); ; {
		r, next, ok := nextAttribute(p.text, at)
		if !ok {
			return k
		}
		at = next
		kind := htmlAttributeKind(r.nameIn(p.text))
		if kind == otherAttribute || has[kind] && !kind.isPrefix() {
			continue
		}
		has[kind] = true
		a := &p.read[kind]
		if kind.isPrefix() {
			a = new(attribute) // there can be several
		}
		*a = attribute{
			name: attributeNames[kind], value: p.value(r.valueIn(p.text)),
			span: extent{r.start, r.end}, inner: extent{r.from, r.to},
		}
		if kind.isPrefix() {
			a.name = attributeName(r.nameIn(p.text))
			if slices.ContainsFunc(k.prefixes, func(b *attribute) bool { return b.name == a.name }) {
				continue
			}
		}
		k.set(kind, a)
	}
}

// value returns the value of an attribute of an HTML page.
func (p *processor) value(raw []byte) string {
	if isPlain(raw) {
		return p.strings.entries[p.strings.bytes(raw)].s
	}
	return attributeValue(raw)
}

func (k *attributes) set(kind attributeKind, a *attribute) {
	switch kind {
	case aboutAttribute:
		k.about = a
	case resourceAttribute:
		k.resource = a
	case hrefAttribute:
		k.href = a
	case srcAttribute:
		k.src = a
	case typeofAttribute:
		k.typeof = a
	case propertyAttribute:
		k.property = a
	case relAttribute:
		k.rel = a
	case revAttribute:
		k.rev = a
	case contentAttribute:
		k.content = a
	case datatypeAttribute:
		k.datatype = a
	case datetimeAttribute:
		k.datetime = a
	case inlistAttribute:
		k.inlist = a
	case vocabAttribute:
		k.vocab = a
	case prefixAttribute:
		k.prefix = a
	case langAttribute:
		k.lang = a
	case xmlLangAttribute:
		k.xmlLang = a
	case xmlBaseAttribute:
		k.xmlBase = a
	case roleAttribute:
		k.role = a
	case idAttribute:
		k.id = a
	case xmlnsAttribute, noPrefixAttribute:
		k.prefixes = append(k.prefixes, a)
	}
}

// element performs the processing sequence (RDFa Core, section 7.5) for one
// element; the numbers are those of its steps. outer is the evaluation context.
func (p *processor) element(index int, n *node, outer *context, isRoot bool) frame {
	k := p.known(n)
	ctx := *outer // 1
	f := frame{end: n.end}

	p.declare(&k, &ctx) // 2, 3, 4

	// The resource attributes; one that cannot be resolved counts as absent.
	var about, object rdf.Term
	if k.about != nil {
		about = p.safeCURIEorCURIEorIRI(k.about, &ctx)
	}
	hasAbout := !about.IsZero()
	if k.resource != nil && k.wantObject(hasAbout) {
		object = p.safeCURIEorCURIEorIRI(k.resource, &ctx)
	}
	for _, a := range [...]*attribute{k.href, k.src} {
		if a != nil && object.IsZero() && k.wantObject(hasAbout) {
			object = p.iri(a, &ctx, k.states())
		}
	}

	rel, rev := p.predicates(k.rel, k.property, &ctx), p.predicates(k.rev, k.property, &ctx)

	var newSubject, currentObject, typed rdf.Term
	skip := false
	inHeadOrBody := p.isXHTML() && n.space == inHTML && (n.atom == atom.Head || n.atom == atom.Body)
	switch {
	case !rel.present && !rev.present && k.property != nil && k.content == nil && k.datatype == nil: // 5.1
		switch {
		case hasAbout:
			newSubject = about
		case isRoot:
			newSubject = rdf.IRI(ctx.base)
		default:
			newSubject = ctx.parentObject
		}
		if k.typeof != nil {
			switch {
			case hasAbout:
				typed = about
			case isRoot:
				typed = rdf.IRI(ctx.base)
			case !object.IsZero():
				typed = object
			default:
				typed = p.fresh()
			}
			currentObject = typed
		}
	case !rel.present && !rev.present: // 5.2
		switch {
		case hasAbout:
			newSubject = about
		case !object.IsZero():
			newSubject = object
		case isRoot:
			newSubject = rdf.IRI(ctx.base)
		case inHeadOrBody:
			newSubject = ctx.parentObject
		case k.typeof != nil:
			newSubject = p.fresh()
		default:
			newSubject = ctx.parentObject
			skip = k.property == nil
		}
		if k.typeof != nil {
			typed = newSubject
		}
	default: // 6
		switch {
		case hasAbout:
			newSubject = about
			if k.typeof != nil {
				typed = newSubject
			}
		case isRoot:
			newSubject = rdf.IRI(ctx.base)
		default:
			newSubject = ctx.parentObject
		}
		currentObject = object
		if currentObject.IsZero() && k.typeof != nil && !hasAbout {
			currentObject = p.fresh()
		}
		if k.typeof != nil && !hasAbout {
			typed = currentObject
		}
	}
	if hasAbout || isRoot || newSubject != outer.parentObject {
		p.introduce(newSubject, n.tag, false)
	}
	if !currentObject.IsZero() {
		p.introduce(currentObject, n.tag, false)
	}

	if !typed.IsZero() { // 7
		p.introduce(typed, n.tag, true)
		for value := range values(k.typeof) {
			if t := p.termOrCURIEorAbsIRI(k.typeof, value, &ctx); !t.IsZero() {
				p.state(typed, rdf.IRI(vocab.RDFType), t, k.typeof.span)
			}
		}
	}

	if newSubject != outer.parentObject { // 8
		ctx.lists = p.newLists(newSubject)
		f.lists[0] = ctx.lists
	}

	var incomplete []incompleteTriple
	switch {
	case !currentObject.IsZero(): // 9
		for _, predicate := range rel.terms {
			if k.inlist != nil {
				p.addItem(ctx.lists.get(predicate, k.rel.span), currentObject, k.rel.span)
			} else {
				p.state(newSubject, predicate, currentObject, k.rel.span)
			}
		}
		for _, predicate := range rev.terms {
			p.state(currentObject, predicate, newSubject, k.rev.span)
		}
	case rel.present || rev.present: // 10
		currentObject = p.fresh()
		for _, predicate := range rel.terms {
			if k.inlist != nil {
				incomplete = append(incomplete, incompleteTriple{direction: none, list: ctx.lists.get(predicate, k.rel.span), span: k.rel.span})
			} else {
				incomplete = append(incomplete, incompleteTriple{predicate: predicate, span: k.rel.span})
			}
		}
		for _, predicate := range rev.terms {
			incomplete = append(incomplete, incompleteTriple{predicate: predicate, direction: reverse, span: k.rev.span})
		}
	}

	if k.property != nil { // 11
		var value rdf.Term
		for name := range values(k.property) {
			predicate := p.termOrCURIEorAbsIRI(k.property, name, &ctx)
			if !predicate.IsIRI() {
				continue
			}
			if value.IsZero() {
				value = p.propertyValue(index, n, &k, &ctx, rel.present || rev.present, object, typed)
				if value.IsZero() {
					break
				}
			}
			if k.inlist != nil {
				p.addItem(ctx.lists.get(predicate, k.property.span), value, k.property.span)
			} else {
				p.state(newSubject, predicate, value, k.property.span)
			}
		}
	}
	if k.role != nil {
		p.role(&k, n, &ctx)
	}

	if !skip { // 12
		for _, t := range outer.incomplete {
			switch t.direction {
			case forward:
				p.state(outer.parentSubject, t.predicate, newSubject, t.span)
			case reverse:
				p.state(newSubject, t.predicate, outer.parentSubject, t.span)
			case none:
				p.addItem(t.list, newSubject, t.span)
			}
		}
	}

	if !skip { // 13
		ctx.parentSubject = newSubject
		ctx.parentObject = newSubject
		if !currentObject.IsZero() {
			ctx.parentObject = currentObject
		}
		ctx.incomplete = incomplete
		if ctx.parentObject != newSubject {
			ctx.lists = p.newLists(ctx.parentObject)
			f.lists[1] = ctx.lists
		}
	}
	f.ctx = ctx
	return f
}

// states reports whether the element itself can make a triple.
func (k *attributes) states() bool {
	return k.rel != nil || k.rev != nil || k.property != nil || k.typeof != nil
}

// wantObject reports whether @resource, @href or @src can have a part in a
// triple: as an object, or as the subject where there is no @about.
func (k *attributes) wantObject(hasAbout bool) bool { return !hasAbout || k.states() }

// declare reads what the element declares for itself and its descendants:
// default vocabulary, prefixes, base and language (steps 2, 3 and 4).
func (p *processor) declare(k *attributes, ctx *context) {
	if k.xmlBase != nil && p.hasXMLBase() {
		ctx.base = withoutFragment(rdf.ResolveIRI(ctx.base, trim(k.xmlBase.value)))
	}
	if k.vocab != nil {
		if v := trim(k.vocab.value); v == "" {
			ctx.vocab = ""
		} else {
			iri := p.resolve(ctx.base, v)
			ctx.vocab = iri.Value()
			p.useVocabulary(ctx.vocab)
			p.state(rdf.IRI(ctx.base), rdf.IRI(rdfaNS+"usesVocabulary"), iri, k.vocab.span)
		}
	}
	if k.prefixes != nil || k.prefix != nil {
		p.declarePrefixes(k, ctx)
	}
	switch {
	case k.xmlLang != nil:
		ctx.lang = p.language(k.xmlLang)
	case k.lang != nil && p.isXHTML():
		ctx.lang = p.language(k.lang)
	}
}

// language reads a language tag. One that is not well-formed cannot stand in
// RDF (RDF 1.1 Concepts, section 3.3): the literals then have no language.
func (p *processor) language(a *attribute) string {
	tag := trim(a.value)
	if tag == "" || isLanguageTag(tag) {
		return tag
	}
	p.invalidLanguage(a, tag)
	return ""
}

// isLanguageTag reports whether s has the form of a language tag (BCP 47,
// section 2.1, as Turtle and N-Triples write it).
func isLanguageTag(s string) bool {
	length, first := 0, true
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', !first && '0' <= c && c <= '9':
			length++
		case c == '-' && length > 0:
			length, first = 0, false
			continue
		default:
			return false
		}
		if length > 8 {
			return false
		}
	}
	return length > 0
}

func (p *processor) declarePrefixes(k *attributes, ctx *context) {
	s := &scope{outer: ctx.scope, prefixes: map[string]string{}}
	add := func(a *attribute, prefix, iri string) {
		prefix = strings.ToLower(prefix)
		if prefix == "_" || !isNCName(prefix) {
			p.malformedPrefix(a, prefix+":")
			return
		}
		if old, ok := ctx.scope.lookup(prefix); ok && old != iri {
			p.redefined(a, prefix, old, iri)
		}
		s.prefixes[prefix] = iri
		if p.declarations == nil {
			p.declarations = map[string]string{}
		}
		p.declarations[prefix] = iri
	}
	for _, a := range k.prefixes {
		add(a, a.name[len("xmlns:"):], trim(a.value))
	}
	if k.prefix != nil {
		name := ""
		for value := range values(k.prefix) {
			switch {
			case name != "":
				add(k.prefix, name[:len(name)-1], value)
				name = ""
			case strings.HasSuffix(value, ":"):
				name = value
			default:
				p.malformedPrefix(k.prefix, value)
			}
		}
		if name != "" {
			p.malformedPrefix(k.prefix, name)
		}
	}
	ctx.scope = s
}

// predicates is what @rel or @rev says.
type predicates struct {
	present bool
	terms   []rdf.Term
}

// predicates reads @rel or @rev. Beside @property, HTML lets its plain link
// types go, and the whole attribute if nothing else is in it (HTML+RDFa 1.1,
// 3.1, rule 7).
func (p *processor) predicates(a, property *attribute, ctx *context) predicates {
	if a == nil {
		return predicates{}
	}
	result := predicates{present: true}
	left := 0
	for value := range values(a) {
		if p.isHTML() && property != nil && !strings.Contains(value, ":") {
			continue
		}
		left++
		if t := p.termOrCURIEorAbsIRI(a, value, ctx); t.IsIRI() {
			result.terms = append(result.terms, t)
		}
	}
	if p.isHTML() && property != nil && left == 0 {
		result.present = false
	}
	return result
}

// role is the role attribute (Role Attribute 1.0, section 4). Its terms are of
// the XHTML vocabulary, whatever @vocab says.
func (p *processor) role(k *attributes, n *node, ctx *context) {
	var subject rdf.Term
	roleContext := *ctx
	roleContext.vocab = xhv
	for value := range values(k.role) {
		object := p.termOrCURIEorAbsIRI(k.role, value, &roleContext)
		if object.IsZero() {
			continue
		}
		if subject.IsZero() {
			subject = p.fresh()
			if k.id != nil && k.id.value != "" {
				subject = p.resolve(ctx.base, "#"+k.id.value)
			}
			p.introduce(subject, n.tag, false)
		}
		p.state(subject, rdf.IRI(xhv+"role"), object, k.role.span)
	}
}

// introduce notes the element that brings in a subject. The first element that
// gives it a type goes before the first that only mentions it.
func (p *processor) introduce(subject rdf.Term, tag extent, typed bool) {
	if !tag.known() {
		return
	}
	number, id := p.subjectID(subject)
	if *id == 0 {
		p.subjects = append(p.subjects, introduction{subject: number, tag: tag, typed: typed})
		*id = int32(len(p.subjects))
	} else if old := &p.subjects[*id-1]; typed && !old.typed {
		old.tag, old.typed = tag, true
	}
}

// subjectID returns the number of an IRI or blank node as introduction has it,
// and where its place among the subjects is kept.
func (p *processor) subjectID(subject rdf.Term) (int32, *int32) {
	if subject.IsIRI() {
		number := p.strings.string(subject.Value())
		return number, &p.strings.entries[number].subject
	}
	n, _ := strconv.Atoi(subject.Value()[1:]) // all blank nodes of RDFa are bN
	for len(p.blankIDs) <= n {
		p.blankIDs = append(p.blankIDs, 0)
	}
	return int32(-n), &p.blankIDs[n]
}

// term returns the subject that was introduced.
func (p *processor) term(i *introduction) rdf.Term {
	if i.subject < 0 {
		return p.blankNode(int(-i.subject))
	}
	return rdf.IRI(p.strings.entries[i.subject].s)
}

// introduced returns the introduction of a subject, nil if it has none.
func (p *processor) introduced(subject rdf.Term) *introduction {
	id := int32(0)
	if subject.IsIRI() {
		if i, ok := p.strings.find(subject.Value()); ok {
			id = p.strings.entries[i].subject
		}
	} else if digits, ok := strings.CutPrefix(subject.Value(), "b"); ok {
		if n, err := strconv.Atoi(digits); err == nil && 0 <= n && n < len(p.blankIDs) {
			id = p.blankIDs[n]
		}
	}
	if id == 0 {
		return nil
	}
	return &p.subjects[id-1]
}

// fresh returns a new blank node.
func (p *processor) fresh() rdf.Term {
	p.blankCount++
	return p.blankNode(p.blankCount)
}

// blankNode returns the blank node bN.
func (p *processor) blankNode(n int) rdf.Term {
	var label [16]byte
	return rdf.Blank(p.strings.copied(strconv.AppendInt(append(label[:0], 'b'), int64(n), 10)))
}

// state adds a triple to the output graph, within the bounds.
func (p *processor) state(subject, predicate, object rdf.Term, span extent) {
	if p.err != nil {
		return
	}
	if len(p.statements)+p.items >= p.options.MaxQuads {
		p.err = fmt.Errorf("%w: more than %d statements", ErrLimit, p.options.MaxQuads)
		return
	}
	if object.IsLiteral() {
		if p.literals += len(object.Value()); p.literals > p.options.MaxLiterals {
			p.err = fmt.Errorf("%w: more than %d bytes of literals", ErrLimit, p.options.MaxLiterals)
			return
		}
	}
	p.statements = append(p.statements, placed(rdf.Quad{Subject: subject, Predicate: predicate, Object: object}, span))
}

// addItem appends to a list, within the bounds.
func (p *processor) addItem(l *list, value rdf.Term, span extent) {
	if p.items++; len(p.statements)+p.items > p.options.MaxQuads {
		p.err = fmt.Errorf("%w: more than %d statements", ErrLimit, p.options.MaxQuads)
		return
	}
	l.items = append(l.items, listItem{value, span})
}

// close ends an element: step 14.
func (p *processor) close(f *frame) {
	for i := len(f.lists) - 1; i >= 0; i-- {
		if m := f.lists[i]; m != nil {
			p.flush(m)
			if m.order == nil {
				p.unused = append(p.unused, m)
			}
		}
	}
}

// newLists returns an empty mapping. Few elements put anything in theirs.
func (p *processor) newLists(subject rdf.Term) *listMapping {
	if last := len(p.unused) - 1; last >= 0 {
		m := p.unused[last]
		p.unused = p.unused[:last]
		m.subject = subject
		return m
	}
	return &listMapping{subject: subject}
}

// flush states the lists of a mapping.
func (p *processor) flush(m *listMapping) {
	for _, l := range m.order {
		p.items -= len(l.items)
		head := rdf.IRI(vocab.RDFNil)
		cells := make([]rdf.Term, len(l.items)+1)
		cells[len(l.items)] = head
		for i := range l.items {
			cells[i] = p.fresh()
		}
		p.state(m.subject, l.predicate, cells[0], l.span)
		for i, item := range l.items {
			p.state(cells[i], rdf.IRI(vocab.RDFFirst), item.value, item.span)
			p.state(cells[i], rdf.IRI(vocab.RDFRest), cells[i+1], item.span)
		}
	}
}
