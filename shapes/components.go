package shapes

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// builder compiles the constraints of one shape: one method for each group of
// constraint components in SHACL, section 4.
type builder struct {
	*compiler
	shape *shape
	trail []rdf.Term
}

func (b *builder) constraints() error {
	b.valueType()
	b.cardinality()
	b.valueRange()
	b.stringBased()
	b.propertyPair()
	b.other()
	b.queries()
	if err := b.logical(); err != nil {
		return err
	}
	return b.shapeBased()
}

func (b *builder) add(component, nl, en string, check func(r *run, focus rdf.Term, values []rdf.Term, fail failFunc)) {
	b.shape.constraints = append(b.shape.constraints, constraint{
		component: sh(component + "ConstraintComponent"),
		check:     check,
		message:   rdf.Text{NL: nl, EN: en},
	})
}

// each adds a constraint that looks at every value node by itself.
func (b *builder) each(component, nl, en string, conforms func(r *run, value rdf.Term) bool) {
	b.add(component, nl, en, func(r *run, _ rdf.Term, values []rdf.Term, fail failFunc) {
		for _, v := range values {
			if !conforms(r, v) {
				fail(v, nil)
			}
		}
	})
}

// iris yields the values of a parameter, all of which must be IRIs.
func (b *builder) iris(parameter string) []rdf.Term {
	var list []rdf.Term
	for o := range b.g.Objects(b.shape.node, sh(parameter)) {
		if !o.IsIRI() {
			b.illFormed(b.shape, vocab.SH+parameter, o, "moet een IRI zijn", "must be an IRI")
			continue
		}
		list = append(list, o)
	}
	return list
}

// list returns the members of the single list of a parameter; ok is false if
// there is none, or none that can be read.
func (b *builder) list(parameter string) (members []rdf.Term, ok bool) {
	head := b.single(b.shape, parameter)
	if head.IsZero() {
		return nil, false
	}
	members, err := readList(b.g, head)
	if err != nil {
		b.illFormed(b.shape, vocab.SH+parameter, head, "de lijst is niet leesbaar: "+err.Error(), "the list cannot be read: "+err.Error())
		return nil, false
	}
	return members, true
}

func (b *builder) isTrue(parameter string) bool { return b.single(b.shape, parameter) == literalTrue }

// propertyOnly reports whether a parameter, which only property shapes may
// have, can be used here.
func (b *builder) propertyOnly(parameter string) bool {
	if b.shape.path != nil || b.shape.deactivated {
		return b.shape.path != nil
	}
	for o := range b.g.Objects(b.shape.node, sh(parameter)) {
		b.illFormed(b.shape, vocab.SH+parameter, o, "kan alleen op een property shape", "is for property shapes only")
		break
	}
	return false
}

// valueType is section 4.1: sh:class, sh:datatype, sh:nodeKind.
func (b *builder) valueType() {
	for _, class := range b.iris("class") {
		b.each("Class", "de waarde is geen "+short(class), "the value is no "+short(class), func(r *run, v rdf.Term) bool {
			return r.isInstance(v, class)
		})
	}
	if datatype := b.single(b.shape, "datatype"); datatype.IsIRI() {
		iri := datatype.Value()
		b.each("Datatype", "de waarde is geen geldige "+short(datatype), "the value is no valid "+short(datatype), func(_ *run, v rdf.Term) bool {
			return v.IsLiteral() && v.Datatype() == iri && wellFormed(v)
		})
	} else if !datatype.IsZero() {
		b.illFormed(b.shape, vocab.SH+"datatype", datatype, "moet een IRI zijn", "must be an IRI")
	}
	kind := b.single(b.shape, "nodeKind")
	if kind.IsZero() {
		return
	}
	allowed, ok := nodeKinds[kind]
	if !ok {
		b.illFormed(b.shape, vocab.SH+"nodeKind", kind, "geen van de zes soorten van SHACL", "not one of the six kinds of SHACL")
		return
	}
	b.each("NodeKind", "de waarde is geen "+short(kind), "the value is no "+short(kind), func(_ *run, v rdf.Term) bool {
		return allowed[v.Kind()]
	})
}

var nodeKinds = map[rdf.Term]map[rdf.Kind]bool{
	sh("IRI"):                {rdf.KindIRI: true},
	sh("BlankNode"):          {rdf.KindBlank: true},
	sh("Literal"):            {rdf.KindLiteral: true},
	sh("BlankNodeOrIRI"):     {rdf.KindBlank: true, rdf.KindIRI: true},
	sh("BlankNodeOrLiteral"): {rdf.KindBlank: true, rdf.KindLiteral: true},
	sh("IRIOrLiteral"):       {rdf.KindIRI: true, rdf.KindLiteral: true},
}

// cardinality is section 4.2: sh:minCount, sh:maxCount.
func (b *builder) cardinality() {
	if !b.propertyOnly("minCount") || !b.propertyOnly("maxCount") {
		return
	}
	if n, ok := b.count(b.shape, "minCount"); ok && n > 0 {
		b.add("MinCount", fmt.Sprintf("minder dan %d waarde(n)", n), fmt.Sprintf("fewer than %d value(s)", n),
			func(_ *run, _ rdf.Term, values []rdf.Term, fail failFunc) {
				if len(values) < n {
					fail(rdf.Term{}, nil)
				}
			})
	}
	if n, ok := b.count(b.shape, "maxCount"); ok {
		b.add("MaxCount", fmt.Sprintf("meer dan %d waarde(n)", n), fmt.Sprintf("more than %d value(s)", n),
			func(_ *run, _ rdf.Term, values []rdf.Term, fail failFunc) {
				if len(values) > n {
					fail(rdf.Term{}, nil)
				}
			})
	}
}

// valueRange is section 4.3: sh:minExclusive and its three relatives.
func (b *builder) valueRange() {
	for _, p := range []struct {
		parameter, component, sign string
		accept                     func(order int) bool
	}{
		{"minExclusive", "MinExclusive", ">", func(o int) bool { return o > 0 }},
		{"minInclusive", "MinInclusive", "≥", func(o int) bool { return o >= 0 }},
		{"maxExclusive", "MaxExclusive", "<", func(o int) bool { return o < 0 }},
		{"maxInclusive", "MaxInclusive", "≤", func(o int) bool { return o <= 0 }},
	} {
		bound := b.single(b.shape, p.parameter)
		if bound.IsZero() {
			continue
		}
		if !bound.IsLiteral() {
			b.illFormed(b.shape, vocab.SH+p.parameter, bound, "moet een literal zijn", "must be a literal")
			continue
		}
		limit := p.sign + " " + bound.Value()
		b.each(p.component, "de waarde is niet "+limit, "the value is not "+limit, func(_ *run, v rdf.Term) bool {
			order, ok := compareValues(v, bound)
			return ok && p.accept(order)
		})
	}
}

// stringBased is section 4.4: lengths, patterns and languages.
func (b *builder) stringBased() {
	if n, ok := b.count(b.shape, "minLength"); ok {
		b.each("MinLength", fmt.Sprintf("korter dan %d tekens", n), fmt.Sprintf("shorter than %d characters", n), func(_ *run, v rdf.Term) bool {
			return !v.IsBlank() && utf8.RuneCountInString(v.Value()) >= n
		})
	}
	if n, ok := b.count(b.shape, "maxLength"); ok {
		b.each("MaxLength", fmt.Sprintf("langer dan %d tekens", n), fmt.Sprintf("longer than %d characters", n), func(_ *run, v rdf.Term) bool {
			return !v.IsBlank() && utf8.RuneCountInString(v.Value()) <= n
		})
	}
	flags := b.single(b.shape, "flags")
	if pattern := b.single(b.shape, "pattern"); !pattern.IsZero() {
		re, err := compilePattern(pattern.Value(), flags.Value())
		if err != nil || !pattern.IsLiteral() {
			b.illFormed(b.shape, vocab.SH+"pattern", pattern, fmt.Sprintf("de reguliere expressie is niet bruikbaar: %v", err), fmt.Sprintf("the regular expression cannot be used: %v", err))
		} else {
			b.each("Pattern", "past niet op het patroon "+pattern.Value(), "does not match the pattern "+pattern.Value(), func(_ *run, v rdf.Term) bool {
				return !v.IsBlank() && re.MatchString(v.Value())
			})
		}
	}
	if ranges, ok := b.list("languageIn"); ok {
		b.each("LanguageIn", "niet in een van de gevraagde talen", "not in one of the wanted languages", func(_ *run, v rdf.Term) bool {
			for _, l := range ranges {
				if langMatches(v.Lang(), l.Value()) {
					return true
				}
			}
			return false
		})
	}
	if b.propertyOnly("uniqueLang") && b.isTrue("uniqueLang") {
		b.add("UniqueLang", "meer dan één waarde in dezelfde taal", "more than one value in the same language", uniqueLang)
	}
}

func uniqueLang(_ *run, _ rdf.Term, values []rdf.Term, fail failFunc) {
	times := map[string]int{}
	for _, v := range values {
		if lang := strings.ToLower(v.Lang()); lang != "" {
			if times[lang]++; times[lang] == 2 {
				fail(rdf.Term{}, nil)
			}
		}
	}
}

// maxPattern bounds the length of a regular expression in a shapes graph.
const maxPattern = 10_000

// compilePattern translates a regular expression of XPath (Functions and
// Operators 3.1, section 5.6) to RE2, which runs in linear time. Back
// references and subtraction of character classes have no equal there, and are
// refused.
func compilePattern(pattern, flags string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("longer than %d bytes", maxPattern)
	}
	options := ""
	for _, f := range flags {
		switch f {
		case 's', 'm', 'i':
			options += string(f)
		case 'q':
			pattern = regexp.QuoteMeta(pattern)
		case 'x':
			pattern = strings.Join(strings.Fields(pattern), "")
		default:
			return nil, fmt.Errorf("unknown flag %q", f)
		}
	}
	if options != "" {
		pattern = "(?" + options + ")" + pattern
	}
	return regexp.Compile(pattern)
}

// propertyPair is section 4.5: sh:equals, sh:disjoint, sh:lessThan and
// sh:lessThanOrEquals.
func (b *builder) propertyPair() {
	for _, other := range b.iris("equals") {
		b.add("Equals", "niet dezelfde waarden als "+short(other), "not the same values as "+short(other),
			func(r *run, focus rdf.Term, values []rdf.Term, fail failFunc) {
				var rest ordered
				for o := range r.data.Objects(focus, other) {
					rest.add(o)
				}
				in := setOf(values)
				for _, v := range values {
					if !r.data.Has(focus, other, v) {
						fail(v, nil)
					}
				}
				for _, v := range rest.list {
					if _, ok := in[v]; !ok {
						fail(v, nil)
					}
				}
			})
	}
	for _, other := range b.iris("disjoint") {
		b.add("Disjoint", "ook een waarde van "+short(other), "also a value of "+short(other),
			func(r *run, focus rdf.Term, values []rdf.Term, fail failFunc) {
				for _, v := range values {
					if r.data.Has(focus, other, v) {
						fail(v, nil)
					}
				}
			})
	}
	for _, p := range []struct {
		parameter, component, sign string
		accept                     func(order int) bool
	}{
		{"lessThan", "LessThan", "<", func(o int) bool { return o < 0 }},
		{"lessThanOrEquals", "LessThanOrEquals", "≤", func(o int) bool { return o <= 0 }},
	} {
		if !b.propertyOnly(p.parameter) {
			continue
		}
		for _, other := range b.iris(p.parameter) {
			limit := p.sign + " " + short(other)
			b.add(p.component, "de waarde is niet "+limit, "the value is not "+limit,
				func(r *run, focus rdf.Term, values []rdf.Term, fail failFunc) {
					for _, v := range values {
						for o := range r.data.Objects(focus, other) {
							if order, ok := compareValues(v, o); !ok || !p.accept(order) {
								fail(v, nil)
							}
						}
					}
				})
		}
	}
}

// other is section 4.8: sh:closed, sh:hasValue and sh:in.
func (b *builder) other() {
	for value := range b.g.Objects(b.shape.node, sh("hasValue")) {
		b.add("HasValue", "de waarde "+value.Value()+" ontbreekt", "the value "+value.Value()+" is missing",
			func(_ *run, _ rdf.Term, values []rdf.Term, fail failFunc) {
				for _, v := range values {
					if v == value {
						return
					}
				}
				fail(rdf.Term{}, nil)
			})
	}
	if members, ok := b.list("in"); ok {
		allowed := setOf(members)
		b.each("In", "geen van de toegelaten waarden", "not one of the allowed values", func(_ *run, v rdf.Term) bool {
			_, ok := allowed[v]
			return ok
		})
	}
	ignored, _ := b.list("ignoredProperties")
	if !b.isTrue("closed") {
		return
	}
	allowed := setOf(ignored)
	for p := range b.g.Objects(b.shape.node, shProperty) {
		if path := b.g.Object(p, shPath); path.IsIRI() {
			allowed[path] = struct{}{}
		}
	}
	b.add("Closed", "de eigenschap is hier niet toegelaten", "the property is not allowed here",
		func(r *run, _ rdf.Term, values []rdf.Term, fail failFunc) {
			for _, v := range values {
				for q := range r.data.Match(v, rdf.Term{}, rdf.Term{}) {
					if _, ok := allowed[q.Predicate]; !ok {
						fail(q.Object, &Path{op: predicatePath, predicate: q.Predicate})
					}
				}
			}
		})
}

func setOf(terms []rdf.Term) map[rdf.Term]struct{} {
	set := make(map[rdf.Term]struct{}, len(terms))
	for _, t := range terms {
		set[t] = struct{}{}
	}
	return set
}

// logical is section 4.6: sh:not, sh:and, sh:or and sh:xone.
func (b *builder) logical() error {
	for node := range b.g.Objects(b.shape.node, sh("not")) {
		s, err := b.compiler.shape(node, b.trail)
		if err != nil {
			return err
		}
		b.each("Not", "voldoet aan wat uitgesloten is", "conforms to what is excluded", func(r *run, v rdf.Term) bool {
			return !r.conforms(s, v)
		})
	}
	for _, p := range []struct {
		parameter, component, nl, en string
		accept                       func(conforming, of int) bool
	}{
		{"and", "And", "voldoet niet aan alles wat samen gevraagd is", "does not conform to all that is wanted together", func(n, of int) bool { return n == of }},
		{"or", "Or", "voldoet aan geen van de mogelijkheden", "conforms to none of the alternatives", func(n, _ int) bool { return n > 0 }},
		{"xone", "Xone", "voldoet niet aan precies één van de mogelijkheden", "does not conform to exactly one of the alternatives", func(n, _ int) bool { return n == 1 }},
	} {
		for head := range b.g.Objects(b.shape.node, sh(p.parameter)) {
			nodes, err := readList(b.g, head)
			if err != nil {
				b.illFormed(b.shape, vocab.SH+p.parameter, head, "de lijst is niet leesbaar: "+err.Error(), "the list cannot be read: "+err.Error())
				continue
			}
			members := make([]*shape, len(nodes))
			for i, node := range nodes {
				if members[i], err = b.compiler.shape(node, b.trail); err != nil {
					return err
				}
			}
			b.each(p.component, p.nl, p.en, func(r *run, v rdf.Term) bool {
				n := 0
				for _, m := range members {
					if r.conforms(m, v) {
						n++
					}
				}
				return p.accept(n, len(members))
			})
		}
	}
	return nil
}

// properties compiles sh:property (section 4.7.2).
func (b *builder) properties() error {
	for node := range b.g.Objects(b.shape.node, shProperty) {
		s, err := b.compiler.shape(node, b.trail)
		if err != nil {
			return err
		}
		if s.path == nil && !s.deactivated {
			b.illFormed(b.shape, shProperty.Value(), node, "wijst naar een shape zonder pad", "refers to a shape without a path")
			continue
		}
		b.shape.properties = append(b.shape.properties, s)
	}
	return nil
}

// shapeBased is section 4.7: sh:node and sh:qualifiedValueShape.
func (b *builder) shapeBased() error {
	for node := range b.g.Objects(b.shape.node, sh("node")) {
		s, err := b.compiler.shape(node, b.trail)
		if err != nil {
			return err
		}
		if s.path != nil {
			b.illFormed(b.shape, vocab.SH+"node", node, "moet naar een node shape wijzen", "must refer to a node shape")
			continue
		}
		b.each("Node", "voldoet niet aan "+short(node), "does not conform to "+short(node), func(r *run, v rdf.Term) bool {
			return r.conforms(s, v)
		})
	}
	if !b.propertyOnly("qualifiedValueShape") {
		return nil
	}
	return b.qualified()
}

func (b *builder) qualified() error {
	var siblingNodes ordered
	if b.isTrue("qualifiedValueShapesDisjoint") {
		for parent := range b.g.Subjects(shProperty, b.shape.node) {
			for property := range b.g.Objects(parent, shProperty) {
				for q := range b.g.Objects(property, sh("qualifiedValueShape")) {
					siblingNodes.add(q)
				}
			}
		}
	}
	minimum, hasMinimum := b.count(b.shape, "qualifiedMinCount")
	maximum, hasMaximum := b.count(b.shape, "qualifiedMaxCount")
	for node := range b.g.Objects(b.shape.node, sh("qualifiedValueShape")) {
		s, err := b.compiler.shape(node, b.trail)
		if err != nil {
			return err
		}
		var siblings []*shape
		for _, n := range siblingNodes.list {
			if n == node {
				continue
			}
			sibling, err := b.compiler.shape(n, b.trail)
			if err != nil {
				return err
			}
			siblings = append(siblings, sibling)
		}
		count := func(r *run, values []rdf.Term) int {
			n := 0
		next:
			for _, v := range values {
				if !r.conforms(s, v) {
					continue
				}
				for _, sibling := range siblings {
					if r.conforms(sibling, v) {
						continue next
					}
				}
				n++
			}
			return n
		}
		if hasMinimum {
			b.add("QualifiedMinCount", fmt.Sprintf("minder dan %d waarde(n) van de gevraagde soort", minimum), fmt.Sprintf("fewer than %d value(s) of the wanted kind", minimum),
				func(r *run, _ rdf.Term, values []rdf.Term, fail failFunc) {
					if count(r, values) < minimum {
						fail(rdf.Term{}, nil)
					}
				})
		}
		if hasMaximum {
			b.add("QualifiedMaxCount", fmt.Sprintf("meer dan %d waarde(n) van de gevraagde soort", maximum), fmt.Sprintf("more than %d value(s) of the wanted kind", maximum),
				func(r *run, _ rdf.Term, values []rdf.Term, fail failFunc) {
					if count(r, values) > maximum {
						fail(rdf.Term{}, nil)
					}
				})
		}
	}
	return nil
}

// short returns a name for messages: the local name of an IRI, else the value.
func short(t rdf.Term) string {
	v := t.Value()
	if t.IsIRI() {
		if i := strings.LastIndexAny(v, "#/"); i >= 0 && i+1 < len(v) {
			return v[i+1:]
		}
	}
	if len(v) > 60 {
		v = strconv.Quote(v[:60]) + "…"
	}
	return v
}
