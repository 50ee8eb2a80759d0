package shapes

import (
	"fmt"
	"slices"
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
	if err := b.logical(); err != nil {
		return err
	}
	if err := b.shapeBased(); err != nil {
		return err
	}
	b.queries()
	b.custom()
	return nil
}

func (b *builder) add(component, nl, en string, check func(v *visit)) {
	b.addConstraint(sh(component+"ConstraintComponent"), rdf.Text{NL: nl, EN: en}, check)
}

func (b *builder) addConstraint(component rdf.Term, message rdf.Text, check func(v *visit)) {
	b.shape.constraints = append(b.shape.constraints, constraint{
		component: component, check: check, message: message,
		messages: []rdf.Term{rdf.LangLiteral(message.NL, "nl"), rdf.LangLiteral(message.EN, "en")},
	})
}

// each adds a constraint that looks at every value node by itself.
func (b *builder) each(component, nl, en string, conforms func(w *worker, node rdf.ID) bool) {
	b.add(component, nl, en, func(v *visit) {
		for _, node := range v.values {
			if !conforms(v.worker, node) {
				v.fail(node, nil)
			}
		}
	})
}

// eachTerm adds a constraint that looks at the term of every value node.
func (b *builder) eachTerm(component, nl, en string, conforms func(value rdf.Term) bool) {
	b.each(component, nl, en, func(w *worker, node rdf.ID) bool { return conforms(w.term(node)) })
}

// iris yields the values of a parameter, all of which must be IRIs.
func (b *builder) iris(parameter string) []rdf.Term {
	var list []rdf.Term
	for o := range b.g.Objects(b.shape.node, sh(parameter)) {
		if !o.IsIRI() {
			b.illFormed(b.shape.node, vocab.SH+parameter, o, "moet een IRI zijn", "must be an IRI")
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
	members, err := b.readList(head)
	if err != nil {
		b.illFormed(b.shape.node, vocab.SH+parameter, head, "de lijst is niet leesbaar: "+err.Error(), "the list cannot be read: "+err.Error())
		return nil, false
	}
	return members, true
}

func (b *builder) isTrue(parameter string) bool { return b.compiler.isTrue(b.shape, parameter) }

// propertyOnly reports whether a parameter, which only property shapes may
// have, can be used here.
func (b *builder) propertyOnly(parameter string) bool {
	if b.shape.path != nil || b.shape.deactivated {
		return b.shape.path != nil
	}
	for o := range b.g.Objects(b.shape.node, sh(parameter)) {
		b.illFormed(b.shape.node, vocab.SH+parameter, o, "kan alleen op een property shape", "is for property shapes only")
		break
	}
	return false
}

// valueType is section 4.1: sh:class, sh:datatype, sh:nodeKind.
func (b *builder) valueType() {
	for _, class := range b.iris("class") {
		kind, wanted := b.constant(rdfType), b.constant(class)
		b.each("Class", "de waarde is geen "+short(class), "the value is no "+short(class), func(w *worker, node rdf.ID) bool {
			return w.isInstance(node, w.constants[kind], w.constants[wanted])
		})
	}
	if datatype := b.single(b.shape, "datatype"); datatype.IsIRI() {
		iri := datatype.Value()
		b.eachTerm("Datatype", "de waarde is geen geldige "+short(datatype), "the value is no valid "+short(datatype), func(v rdf.Term) bool {
			return v.IsLiteral() && v.Datatype() == iri && wellFormed(v)
		})
	} else if !datatype.IsZero() {
		b.illFormed(b.shape.node, vocab.SH+"datatype", datatype, "moet een IRI zijn", "must be an IRI")
	}
	kind := b.single(b.shape, "nodeKind")
	if kind.IsZero() {
		return
	}
	allowed, ok := nodeKinds[kind]
	if !ok {
		b.illFormed(b.shape.node, vocab.SH+"nodeKind", kind, "geen van de zes soorten van SHACL", "not one of the six kinds of SHACL")
		return
	}
	b.eachTerm("NodeKind", "de waarde is geen "+short(kind), "the value is no "+short(kind), func(v rdf.Term) bool {
		return allowed[v.Kind()]
	})
}

var nodeKinds = map[rdf.Term][rdf.KindLiteral + 1]bool{
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
			func(v *visit) {
				if len(v.values) < n {
					v.fail(0, nil)
				}
			})
	}
	if n, ok := b.count(b.shape, "maxCount"); ok {
		b.add("MaxCount", fmt.Sprintf("meer dan %d waarde(n)", n), fmt.Sprintf("more than %d value(s)", n),
			func(v *visit) {
				if len(v.values) > n {
					v.fail(0, nil)
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
			b.illFormed(b.shape.node, vocab.SH+p.parameter, bound, "moet een literal zijn", "must be a literal")
			continue
		}
		limit := p.sign + " " + bound.Value()
		b.eachTerm(p.component, "de waarde is niet "+limit, "the value is not "+limit, func(v rdf.Term) bool {
			order, ok := compareValues(v, bound)
			return ok && p.accept(order)
		})
	}
}

// stringBased is section 4.4: lengths, patterns and languages.
func (b *builder) stringBased() {
	if n, ok := b.count(b.shape, "minLength"); ok {
		b.eachTerm("MinLength", fmt.Sprintf("korter dan %d tekens", n), fmt.Sprintf("shorter than %d characters", n), func(v rdf.Term) bool {
			return !v.IsBlank() && utf8.RuneCountInString(v.Value()) >= n
		})
	}
	if n, ok := b.count(b.shape, "maxLength"); ok {
		b.eachTerm("MaxLength", fmt.Sprintf("langer dan %d tekens", n), fmt.Sprintf("longer than %d characters", n), func(v rdf.Term) bool {
			return !v.IsBlank() && utf8.RuneCountInString(v.Value()) <= n
		})
	}
	b.pattern()
	b.languages()
}

// pattern is section 4.4.3: sh:pattern with sh:flags.
func (b *builder) pattern() {
	pattern, flags := b.single(b.shape, "pattern"), b.single(b.shape, "flags")
	if !flags.IsZero() && flags.Datatype() != vocab.XSDString {
		b.illFormed(b.shape.node, vocab.SH+"flags", flags, "moet tekst zijn, een xsd:string", "must be an xsd:string")
		flags = rdf.Term{}
	}
	if pattern.IsZero() {
		return
	}
	re, size, err := compilePattern(pattern, flags.Value())
	b.spend(4*size + len(pattern.Value()))
	if err != nil {
		b.illFormed(b.shape.node, vocab.SH+"pattern", pattern, fmt.Sprintf("de reguliere expressie is niet bruikbaar: %v", err), fmt.Sprintf("the regular expression cannot be used: %v", err))
		return
	}
	b.each("Pattern", "past niet op het patroon "+pattern.Value(), "does not match the pattern "+pattern.Value(), func(w *worker, node rdf.ID) bool {
		t := w.term(node)
		// RE2 takes at most as many steps as the text is long times the pattern, most
		// often far fewer.
		steps := len(t.Value()) * size / 16
		if steps > maxMatchSteps {
			w.fail(fmt.Errorf("validate: match a text of %d bytes with the pattern %s: %w", len(t.Value()), short(pattern), ErrLimit))
			return true
		}
		return w.spend(steps) && !t.IsBlank() && re.MatchString(t.Value())
	})
}

// languages is sh:languageIn and sh:uniqueLang (sections 4.4.4 and 4.4.5).
func (b *builder) languages() {
	if members, ok := b.list("languageIn"); ok {
		var ranges []string
		for _, m := range members {
			if m.Datatype() != vocab.XSDString {
				b.illFormed(b.shape.node, vocab.SH+"languageIn", m, "moet een taal zijn, een xsd:string", "must be a language, an xsd:string")
				continue
			}
			ranges = append(ranges, m.Value())
		}
		b.each("LanguageIn", "niet in een van de gevraagde talen", "not in one of the wanted languages", func(w *worker, node rdf.ID) bool {
			tag := w.term(node).Lang()
			w.spend(len(ranges) / 16)
			return slices.ContainsFunc(ranges, func(r string) bool { return langMatches(tag, r) })
		})
	}
	if b.propertyOnly("uniqueLang") && b.isTrue("uniqueLang") {
		b.add("UniqueLang", "meer dan één waarde in dezelfde taal", "more than one value in the same language", uniqueLang)
	}
}

func uniqueLang(v *visit) {
	if len(v.values) < 2 {
		return
	}
	times := map[string]int{}
	for _, node := range v.values {
		if lang := strings.ToLower(v.term(node).Lang()); lang != "" {
			if times[lang]++; times[lang] == 2 {
				v.fail(0, nil)
			}
		}
	}
}

// propertyPair is section 4.5: sh:equals, sh:disjoint, sh:lessThan and
// sh:lessThanOrEquals.
func (b *builder) propertyPair() {
	for _, other := range b.iris("equals") {
		p := b.constant(other)
		b.add("Equals", "niet dezelfde waarden als "+short(other), "not the same values as "+short(other), func(v *visit) {
			for _, node := range v.values {
				if !v.data.HasIDs(v.focus, v.constants[p], node) {
					v.fail(node, nil)
				}
			}
			rest := v.data.AppendObjects(nil, v.focus, v.constants[p])
			if len(rest) == 0 {
				return
			}
			in := make(map[rdf.ID]struct{}, len(v.values))
			for _, node := range v.values {
				in[node] = struct{}{}
			}
			for _, node := range rest {
				if _, ok := in[node]; !ok {
					v.fail(node, nil)
				}
			}
			v.spend(len(rest))
		})
	}
	for _, other := range b.iris("disjoint") {
		p := b.constant(other)
		b.add("Disjoint", "ook een waarde van "+short(other), "also a value of "+short(other), func(v *visit) {
			for _, node := range v.values {
				if v.data.HasIDs(v.focus, v.constants[p], node) {
					v.fail(node, nil)
				}
			}
		})
	}
	for _, pair := range []struct {
		parameter, component, sign string
		accept                     func(order int) bool
	}{
		{"lessThan", "LessThan", "<", func(o int) bool { return o < 0 }},
		{"lessThanOrEquals", "LessThanOrEquals", "≤", func(o int) bool { return o <= 0 }},
	} {
		if !b.propertyOnly(pair.parameter) {
			continue
		}
		for _, other := range b.iris(pair.parameter) {
			p, limit := b.constant(other), pair.sign+" "+short(other)
			b.add(pair.component, "de waarde is niet "+limit, "the value is not "+limit, func(v *visit) {
				others := v.data.AppendObjects(nil, v.focus, v.constants[p])
				for _, node := range v.values {
					for _, o := range others {
						if order, ok := compareValues(v.term(node), v.term(o)); !ok || !pair.accept(order) {
							v.fail(node, nil)
						}
					}
					if !v.spend(len(others)) {
						return
					}
				}
			})
		}
	}
}

// other is section 4.8: sh:closed, sh:hasValue and sh:in.
func (b *builder) other() {
	for value := range b.g.Objects(b.shape.node, sh("hasValue")) {
		wanted := b.constant(value)
		b.add("HasValue", "de waarde "+value.Value()+" ontbreekt", "the value "+value.Value()+" is missing", func(v *visit) {
			if id := v.constants[wanted]; id == 0 || !slices.Contains(v.values, id) {
				v.fail(0, nil)
			}
		})
	}
	if allowed, ok := b.allowed(); ok {
		b.eachTerm("In", "geen van de toegelaten waarden", "not one of the allowed values", func(t rdf.Term) bool {
			_, ok := allowed[t]
			return ok
		})
	}
	b.closed()
}

// allowed returns the values of sh:in, which shapes that share the list share.
func (b *builder) allowed() (set map[rdf.Term]struct{}, ok bool) {
	head := b.single(b.shape, "in")
	if set, ok := b.sets[head]; ok {
		return set, true
	}
	members, ok := b.list("in")
	if !ok {
		return nil, false
	}
	b.sets[head] = setOf(members)
	return b.sets[head], true
}

// closed is section 4.8.1: sh:closed with sh:ignoredProperties.
func (b *builder) closed() {
	ignored, _ := b.list("ignoredProperties")
	for _, p := range ignored {
		if !p.IsIRI() {
			b.illFormed(b.shape.node, vocab.SH+"ignoredProperties", p, "moet een IRI zijn", "must be an IRI")
		}
	}
	if !b.isTrue("closed") {
		return
	}
	allowed := setOf(ignored)
	for p := range b.g.Objects(b.shape.node, shProperty) {
		if path := b.g.Object(p, shPath); path.IsIRI() {
			allowed[path] = struct{}{}
		}
	}
	b.add("Closed", "de eigenschap is hier niet toegelaten", "the property is not allowed here", func(v *visit) {
		for _, node := range v.values {
			var last rdf.ID // triples of one predicate often follow each other
			for t := range v.data.MatchIDs(node, 0, 0) {
				if !v.spend(1) {
					return
				}
				if t[1] == last {
					continue
				}
				predicate := v.term(t[1])
				if _, ok := allowed[predicate]; ok {
					last = t[1]
					continue
				}
				v.fail(t[2], &Path{op: predicatePath, predicate: predicate})
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
		b.described(b.shape, "not", node)
		s, err := b.compiler.shape(node, b.trail)
		if err != nil {
			return err
		}
		b.each("Not", "voldoet aan wat uitgesloten is", "conforms to what is excluded", func(w *worker, node rdf.ID) bool {
			return !w.conforms(s, node)
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
			nodes, err := b.readList(head)
			if err != nil {
				b.illFormed(b.shape.node, vocab.SH+p.parameter, head, "de lijst is niet leesbaar: "+err.Error(), "the list cannot be read: "+err.Error())
				continue
			}
			members := make([]*shape, len(nodes))
			for i, node := range nodes {
				b.described(b.shape, p.parameter, node)
				if members[i], err = b.compiler.shape(node, b.trail); err != nil {
					return err
				}
			}
			b.each(p.component, p.nl, p.en, func(w *worker, node rdf.ID) bool {
				n := 0
				for _, m := range members {
					if w.conforms(m, node) {
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
		b.described(b.shape, "property", node)
		s, err := b.compiler.shape(node, b.trail)
		if err != nil {
			return err
		}
		if b.g.AtMost(b.g.ID(node), 0, 0) == 0 {
			continue // said already
		}
		if s.path == nil && !s.deactivated {
			b.illFormed(b.shape.node, shProperty.Value(), node, "wijst naar een shape zonder pad", "refers to a shape without a path")
			continue
		}
		b.shape.properties = append(b.shape.properties, s)
	}
	return nil
}

// shapeBased is section 4.7: sh:node and sh:qualifiedValueShape.
func (b *builder) shapeBased() error {
	for node := range b.g.Objects(b.shape.node, sh("node")) {
		b.described(b.shape, "node", node)
		s, err := b.compiler.shape(node, b.trail)
		if err != nil {
			return err
		}
		if s.path != nil {
			b.illFormed(b.shape.node, vocab.SH+"node", node, "moet naar een node shape wijzen", "must refer to a node shape")
			continue
		}
		b.each("Node", "voldoet niet aan "+short(node), "does not conform to "+short(node), func(w *worker, value rdf.ID) bool {
			return w.conforms(s, value)
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
				if !b.spend(4) {
					return ErrTooLarge
				}
				for q := range b.g.Objects(property, sh("qualifiedValueShape")) {
					siblingNodes.add(q)
				}
			}
		}
	}
	minimum, hasMinimum := b.count(b.shape, "qualifiedMinCount")
	maximum, hasMaximum := b.count(b.shape, "qualifiedMaxCount")
	if q := b.g.Object(b.shape.node, sh("qualifiedValueShape")); !q.IsZero() &&
		b.g.Object(b.shape.node, sh("qualifiedMinCount")).IsZero() && b.g.Object(b.shape.node, sh("qualifiedMaxCount")).IsZero() {
		b.illFormed(b.shape.node, vocab.SH+"qualifiedValueShape", q, "vraagt ook sh:qualifiedMinCount of sh:qualifiedMaxCount", "wants sh:qualifiedMinCount or sh:qualifiedMaxCount too")
	}
	for node := range b.g.Objects(b.shape.node, sh("qualifiedValueShape")) {
		b.described(b.shape, "qualifiedValueShape", node)
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
		count := func(v *visit) int {
			n := 0
		next:
			for _, node := range v.values {
				if !v.conforms(s, node) {
					continue
				}
				for _, sibling := range siblings {
					if v.conforms(sibling, node) {
						continue next
					}
				}
				n++
			}
			return n
		}
		if hasMinimum {
			b.add("QualifiedMinCount", fmt.Sprintf("minder dan %d waarde(n) van de gevraagde soort", minimum), fmt.Sprintf("fewer than %d value(s) of the wanted kind", minimum),
				func(v *visit) {
					if count(v) < minimum {
						v.fail(0, nil)
					}
				})
		}
		if hasMaximum {
			b.add("QualifiedMaxCount", fmt.Sprintf("meer dan %d waarde(n) van de gevraagde soort", maximum), fmt.Sprintf("more than %d value(s) of the wanted kind", maximum),
				func(v *visit) {
					if count(v) > maximum {
						v.fail(0, nil)
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
