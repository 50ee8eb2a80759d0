package rdfa

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// The rules of the findings that Parse makes.
const (
	// RuleUndeclaredPrefix: a prefix that is not declared where it is used, so
	// that "besluit:titel" becomes an absolute IRI, or a value in brackets is
	// ignored. Violation; Info for what social networks have people write.
	RuleUndeclaredPrefix = "undeclared-prefix"
	// RulePrefixSyntax: a part of @prefix that is not "name: IRI". Violation.
	RulePrefixSyntax = "prefix-syntax"
	// RuleCurlyQuotes: an attribute whose value stands between typographic
	// quotes, which are no quotes in markup but part of the value. Violation.
	RuleCurlyQuotes = "curly-quotes"
	// RuleUndefinedTerm: a plain word as property, type or datatype where no
	// @vocab is in force. Warning.
	RuleUndefinedTerm = "undefined-term"
	// RuleEmptyResource: @resource that is empty or "#", so that the page
	// itself is meant. Warning.
	RuleEmptyResource = "empty-resource"
	// RuleNullURI: an IRI reference that begins with "null/" or "undefined/".
	// Violation.
	RuleNullURI = "null-uri"
	// RuleMissingScheme: a relative reference that begins with a host name.
	// Violation.
	RuleMissingScheme = "missing-scheme"
	// RuleInvalidIRI: an IRI with characters that no IRI may have. Warning.
	RuleInvalidIRI = "invalid-iri"
	// RuleUnknownDatatype: a datatype that does not exist, such as xsd:Date or
	// rdfs:Literal. Warning.
	RuleUnknownDatatype = "unknown-datatype"
	// RuleInvalidLanguage: a lang or xml:lang that is not a language tag, such as
	// nl_BE. Warning.
	RuleInvalidLanguage = "invalid-language"
	// RuleRelNoise: a link type of HTML, such as noopener, that @vocab makes
	// into a property. Info.
	RuleRelNoise = "rel-noise"
	// RuleEmbeddedSyntax: a script element whose JSON-LD or Turtle cannot be
	// read. Warning; Info where it is we who will not fetch a context.
	RuleEmbeddedSyntax = "embedded-syntax"
	// RuleVocabulary: a vocabulary that could not be read for expansion. Info.
	RuleVocabulary = "vocabulary-unavailable"
	// RuleMoreFindings: the page has more findings than are listed. Info.
	RuleMoreFindings = "more-findings"
)

// placedFinding is a finding whose span is still a byte range.
type placedFinding struct {
	rdf.Finding
	span extent
}

// full reports whether what is wrong from here on will not be told: pages can
// have more of it than there is time to put into words.
func (p *processor) full() bool {
	return len(p.findings) > maxReports && (!p.options.ProcessorGraph || len(p.reports) >= maxReports)
}

// find adds a finding about value, which stands in attribute a.
func (p *processor) find(severity rdf.Severity, rule string, a *attribute, value string, focus rdf.Term, nl, en string) {
	span := extent{}
	if a != nil {
		span = p.valueExtent(a, value)
	}
	p.findAt(severity, rule, span, value, focus, nl, en)
}

func (p *processor) findAt(severity rdf.Severity, rule string, span extent, value string, focus rdf.Term, nl, en string) {
	if len(p.findings) >= maxReports {
		if len(p.findings) == maxReports {
			p.findings = append(p.findings, placedFinding{span: span, Finding: rdf.Finding{
				Severity: rdf.Info, Rule: RuleMoreFindings,
				Message: rdf.Text{
					NL: fmt.Sprintf("Deze pagina heeft meer dan %d bevindingen; de rest is niet opgenomen.", maxReports),
					EN: fmt.Sprintf("This page has more than %d findings; the rest is left out.", maxReports),
				},
			}})
		}
		return
	}
	p.findings = append(p.findings, placedFinding{span: span, Finding: rdf.Finding{
		Severity: severity, Rule: rule,
		Message: rdf.Text{NL: nl, EN: en},
		Focus:   focus, Value: rdf.String(value),
	}})
}

// valueExtent returns the place of value inside the attribute's value, or the
// whole value where it cannot be found as it is.
func (p *processor) valueExtent(a *attribute, value string) extent {
	if !a.inner.known() || value == "" {
		return cmpExtent(a.inner, a.span)
	}
	raw := p.text[a.inner.start:a.inner.end]
	for from := 0; ; {
		i := bytes.Index(raw[from:], []byte(value))
		if i < 0 {
			return a.inner
		}
		i += from
		end := i + len(value)
		if (i == 0 || isSpace(raw[i-1])) && (end == len(raw) || isSpace(raw[end])) {
			return extent{a.inner.start + int32(i), a.inner.start + int32(end)}
		}
		from = i + 1
	}
}

// cmpExtent returns the value's place, or the attribute's where the value is
// empty: there would be nothing to point at.
func cmpExtent(inner, span extent) extent {
	if inner.end > inner.start {
		return inner
	}
	return span
}

// unresolvedCURIE is a value in brackets that means nothing.
func (p *processor) unresolvedCURIE(a *attribute, s string) {
	if p.full() {
		return
	}
	p.report(processorWarning, "UnresolvedCURIE", fmt.Sprintf("%s is not a CURIE with a declared prefix", s), a.span, rdf.String(s))
	p.find(rdf.Violation, RuleUndeclaredPrefix, a, s, rdf.Term{},
		fmt.Sprintf("%s is geen bruikbare verkorte IRI: de prefix ontbreekt of is hier niet gedeclareerd. RDFa slaat het attribuut %s daarom over. Declareer de prefix in een prefix-attribuut op dit element of erboven, of schrijf de volledige IRI zonder vierkante haken.", s, a.name),
		fmt.Sprintf("%s is not a usable compact IRI: its prefix is missing or not declared here. RDFa therefore ignores the attribute %s. Declare the prefix in a prefix attribute on this element or above it, or write the whole IRI without square brackets.", s, a.name))
}

// undeclaredPrefix is "prefix:name" with a prefix that nothing declares, which
// makes it an absolute IRI with a scheme of that name.
func (p *processor) undeclaredPrefix(a *attribute, s string) {
	if p.full() {
		return
	}
	prefix, _, _ := strings.Cut(s, ":")
	if isScheme(prefix) {
		return
	}
	p.report(processorWarning, "UnresolvedCURIE", fmt.Sprintf("the prefix %q is not declared", prefix), a.span, rdf.String(s))
	if isSocialPrefix(prefix) {
		p.find(rdf.Info, RuleUndeclaredPrefix, a, s, rdf.Term{},
			fmt.Sprintf("Sociale netwerken herkennen %s ook zonder declaratie van de prefix, maar RDFa leest het als een volledige IRI met het schema %q. Voor de gegevens over besluiten maakt dat niets uit.", s, prefix),
			fmt.Sprintf("Social networks recognise %s without a declaration of its prefix, but RDFa reads it as a whole IRI with the scheme %q. For the data about decisions that makes no difference.", s, prefix))
		return
	}
	adviceNL := fmt.Sprintf("Declareer hem: prefix=\"%s: ...\"", prefix)
	adviceEN := fmt.Sprintf("Declare it: prefix=\"%s: ...\"", prefix)
	if namespace := p.likelyNamespace(strings.ToLower(prefix)); namespace != "" {
		adviceNL = fmt.Sprintf("Bedoelt u prefix=\"%s: %s\"?", prefix, namespace)
		adviceEN = fmt.Sprintf("Do you mean prefix=\"%s: %s\"?", prefix, namespace)
	}
	p.find(rdf.Violation, RuleUndeclaredPrefix, a, s, rdf.Term{},
		fmt.Sprintf("De prefix %q van %s is hier niet gedeclareerd. RDFa leest %s daarom als een volledige IRI met het schema %q, en niemand herkent die. %s De declaratie moet op dit element of op een element eromheen staan.", prefix, s, s, prefix, adviceNL),
		fmt.Sprintf("The prefix %q of %s is not declared here. RDFa therefore reads %s as a whole IRI with the scheme %q, which nobody recognises. %s The declaration must stand on this element or on one around it.", prefix, s, s, prefix, adviceEN))
}

// likelyNamespace guesses what an undeclared prefix is meant to be: what the
// page declares elsewhere, or what is usual for decisions.
func (p *processor) likelyNamespace(prefix string) string {
	if iri := p.declarations[prefix]; iri != "" {
		return iri
	}
	switch prefix {
	case "besluit":
		return vocab.Besluit
	case "mandaat":
		return vocab.Mandaat
	case "eli":
		return vocab.Eli
	case "generiek":
		return vocab.Generiek
	case "persoon":
		return vocab.Persoon
	case "lblodbesluit":
		return vocab.LblodBesluit
	case "ext":
		return vocab.Ext
	case "mu":
		return vocab.Mu
	case "adms":
		return vocab.Adms
	case "dct":
		return vocab.Dct
	}
	return ""
}

// unresolvedTerm is a value that is neither a known term nor an IRI. In @rel
// and @rev that is what HTML's own link types look like.
func (p *processor) unresolvedTerm(a *attribute, s string) {
	if p.full() {
		return
	}
	p.report(processorWarning, "UnresolvedTerm", fmt.Sprintf("%q is not a term of this page", s), a.span, rdf.String(s))
	if a.name == "rel" || a.name == "rev" || a.name == "role" {
		return
	}
	if i := strings.IndexAny(s, "“”„‟‘’«»"); i >= 0 {
		p.find(rdf.Violation, RuleCurlyQuotes, a, s, rdf.Term{},
			fmt.Sprintf("Rond de waarde %s staan gekrulde aanhalingstekens. Die horen dan bij de waarde zelf, zodat RDFa ze niet herkent en de uitspraak verloren gaat. Gebruik rechte aanhalingstekens: %s=\"...\".", s, a.name),
			fmt.Sprintf("There are curly quotation marks around the value %s. They become part of the value, so that RDFa does not recognise it and the statement is lost. Use straight quotation marks: %s=\"...\".", s, a.name))
		return
	}
	if !isTerm(s) {
		p.find(rdf.Warning, RuleUndefinedTerm, a, s, rdf.Term{},
			fmt.Sprintf("%q is geen woord uit een vocabularium, geen prefix:naam en geen volledige IRI. RDFa slaat deze waarde van %s over, zodat de uitspraak verloren gaat.", s, a.name),
			fmt.Sprintf("%q is not a word of a vocabulary, not prefix:name and not a whole IRI. RDFa ignores this value of %s, so that the statement is lost.", s, a.name))
		return
	}
	p.find(rdf.Warning, RuleUndefinedTerm, a, s, rdf.Term{},
		fmt.Sprintf("%q heeft geen prefix en er geldt hier geen vocab-attribuut. RDFa slaat deze waarde van %s over, zodat de uitspraak verloren gaat. Schrijf een prefix ervoor (bijvoorbeeld besluit:%s) of zet vocab=\"...\" op een element eromheen.", s, a.name, s),
		fmt.Sprintf("%q has no prefix and no vocab attribute is in force here. RDFa ignores this value of %s, so that the statement is lost. Write a prefix before it (for example besluit:%s) or put vocab=\"...\" on an element around it.", s, a.name, s))
}

func (p *processor) malformedPrefix(a *attribute, s string) {
	if p.full() {
		return
	}
	p.report(processorWarning, "UnresolvedCURIE", fmt.Sprintf("%q is not a prefix declaration", s), a.span, rdf.String(s))
	p.find(rdf.Violation, RulePrefixSyntax, a, s, rdf.Term{},
		fmt.Sprintf("%q hoort niet in een declaratie van prefixen: RDFa slaat het over. Schrijf naam, dubbele punt, spatie, IRI, en dat zo vaak als nodig: prefix=\"besluit: %s\".", s, vocab.Besluit),
		fmt.Sprintf("%q does not belong in a declaration of prefixes: RDFa ignores it. Write name, colon, space, IRI, as often as needed: prefix=\"besluit: %s\".", s, vocab.Besluit))
}

// redefined is a prefix that gets another meaning, which is allowed; the
// processor graph has a warning for it (HTML+RDFa 1.1, 3.1, rule 6).
func (p *processor) redefined(a *attribute, prefix, old, iri string) {
	if !p.options.ProcessorGraph {
		return
	}
	p.report(processorWarning, "PrefixRedefinition", fmt.Sprintf("the prefix %q was %s and becomes %s", prefix, old, iri), a.span, rdf.String(prefix))
}

// checkReference looks at an IRI reference of a resource attribute.
func (p *processor) checkReference(a *attribute, s string, t rdf.Term, result curieResult) {
	if p.full() {
		return
	}
	switch {
	case s == "" || s == "#":
		if a.name == "resource" {
			p.find(rdf.Warning, RuleEmptyResource, a, s, t,
				fmt.Sprintf("Het attribuut resource is leeg of alleen \"#\". Zo'n verwijzing betekent de pagina zelf (%s), zodat alle elementen met zo'n resource over hetzelfde gaan. Vul de IRI van het bedoelde ding in, of laat het attribuut weg.", t.Value()),
				fmt.Sprintf("The attribute resource is empty or just \"#\". Such a reference means the page itself (%s), so that all elements with such a resource are about the same thing. Fill in the IRI of the thing that is meant, or leave the attribute out.", t.Value()))
		}
		return
	case result == unknownPrefix:
		p.undeclaredPrefix(a, s)
	case rdf.IsAbsoluteIRI(s):
	case strings.HasPrefix(s, "null/"), strings.HasPrefix(s, "undefined/"), s == "null", s == "undefined":
		word, _, _ := strings.Cut(s, "/")
		p.find(rdf.Violation, RuleNullURI, a, s, t,
			fmt.Sprintf("De IRI begint met %q: bij het maken van de pagina was het adres van de publicatie niet ingevuld. Ze wordt nu gelezen als %s, wat geen stabiele of unieke IRI is. Stel in de software het basisadres in en publiceer opnieuw.", word, t.Value()),
			fmt.Sprintf("The IRI begins with %q: the address of the publication was not filled in when the page was made. It is now read as %s, which is neither a stable nor a unique IRI. Set the base address in the software and publish again.", word, t.Value()))
	case looksLikeHost(s):
		p.find(rdf.Violation, RuleMissingScheme, a, s, t,
			fmt.Sprintf("%s begint met een domeinnaam, maar zonder http:// of https:// is dit een verwijzing binnen deze site: ze wordt gelezen als %s. Zet https:// (of http://, als de IRI zo bekend is) ervoor.", s, t.Value()),
			fmt.Sprintf("%s begins with a domain name, but without http:// or https:// it is a reference within this site: it is read as %s. Put https:// (or http://, if the IRI is known so) before it.", s, t.Value()))
	}
	if i := forbidden(s); i >= 0 {
		p.find(rdf.Warning, RuleInvalidIRI, a, s, t,
			fmt.Sprintf("In een IRI mag het teken %q niet voorkomen. Software die de pagina leest kan deze IRI weigeren of veranderen. Schrijf het met procentcodering (een spatie is %%20).", s[i]),
			fmt.Sprintf("The character %q is not allowed in an IRI. Software that reads the page may refuse or change this IRI. Write it percent-encoded (a space is %%20).", s[i]))
	}
}

// forbidden returns the place of the first ASCII character that no IRI may
// hold (RFC 3987, section 2.2), -1 if there is none.
func forbidden(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '<', '>', '"', '{', '}', '|', '\\', '^', '`', 0x7f:
			return i
		default:
			if c <= ' ' {
				return i
			}
		}
	}
	return -1
}

// checkDatatype looks at a datatype that has an IRI.
func (p *processor) checkDatatype(a *attribute, s, iri string) {
	if p.full() {
		return
	}
	local, ok := strings.CutPrefix(iri, vocab.XSD)
	if ok && isXSDType(local) || !ok && iri != vocab.RDFS+"Literal" {
		return
	}
	adviceNL, adviceEN := "Kies een bestaand datatype, zoals xsd:string, xsd:date of xsd:dateTime.", "Choose a datatype that exists, such as xsd:string, xsd:date or xsd:dateTime."
	if ok {
		if better := likelyXSDType(local); better != "" {
			adviceNL, adviceEN = fmt.Sprintf("Bedoelt u xsd:%s?", better), fmt.Sprintf("Do you mean xsd:%s?", better)
		}
	} else {
		adviceNL, adviceEN = "Laat datatype weg of kies xsd:string.", "Leave datatype out or choose xsd:string."
	}
	p.find(rdf.Warning, RuleUnknownDatatype, a, s, rdf.IRI(iri),
		fmt.Sprintf("%s is geen datatype: software kan met deze waarde niet rekenen, vergelijken of sorteren. %s", s, adviceNL),
		fmt.Sprintf("%s is not a datatype: software cannot calculate, compare or sort with this value. %s", s, adviceEN))
}

// checkNoise looks for link types of HTML that the default vocabulary makes
// into properties. The triple stays: the specification asks for it.
func (p *processor) checkNoise(a *attribute, term, vocabulary string) {
	if p.full() {
		return
	}
	if a.name != "rel" && a.name != "rev" || !isLinkType(term) {
		return
	}
	p.find(rdf.Info, RuleRelNoise, a, term, rdf.IRI(vocabulary+term),
		fmt.Sprintf("%s=%q is bedoeld voor de browser, maar door vocab wordt het een uitspraak met de eigenschap <%s%s>. Die is onschuldig en wordt genegeerd. Wie ze kwijt wil, zet op deze link vocab=\"\" of gebruikt prefixen in plaats van vocab.", a.name, term, vocabulary, term),
		fmt.Sprintf("%s=%q is meant for the browser, but vocab turns it into a statement with the property <%s%s>. It is harmless and is left aside. To be rid of it, put vocab=\"\" on this link, or use prefixes instead of vocab.", a.name, term, vocabulary, term))
}

func (p *processor) invalidLanguage(a *attribute, tag string) {
	if p.full() {
		return
	}
	p.find(rdf.Warning, RuleInvalidLanguage, a, tag, rdf.Term{},
		fmt.Sprintf("%q is geen taalcode, zodat de teksten hieronder geen taal krijgen. Schrijf bijvoorbeeld %s=\"nl\" of %s=\"nl-BE\" (met een streepje).", tag, a.name, a.name),
		fmt.Sprintf("%q is not a language tag, so that the texts below it get no language. Write for example %s=\"nl\" or %s=\"nl-BE\" (with a hyphen).", tag, a.name, a.name))
}

func (p *processor) vocabularyUnavailable(iri string, err error) {
	p.report(processorWarning, "VocabReferenceError", fmt.Sprintf("vocabulary %s: %v", iri, err), extent{}, rdf.IRI(iri))
	p.findAt(rdf.Info, RuleVocabulary, extent{}, iri, rdf.IRI(iri),
		fmt.Sprintf("Het vocabularium %s kon niet gelezen worden; wat eruit volgt, ontbreekt.", iri),
		fmt.Sprintf("The vocabulary %s could not be read; what follows from it is missing.", iri))
}

// isScheme reports whether a prefix is more likely an IRI scheme.
func isScheme(s string) bool {
	switch strings.ToLower(s) {
	case "http", "https", "urn", "mailto", "tel", "sms", "fax", "data", "tag", "ftp", "ftps", "sftp", "file", "geo", "info",
		"doi", "did", "ni", "cid", "mid", "news", "javascript", "blob", "about", "ws", "wss", "isbn", "callto", "skype",
		"whatsapp", "webcal", "maps", "magnet", "xmpp", "sip", "sips", "ldap", "ark":
		return true
	}
	return false
}

// isSocialPrefix reports whether a prefix is one that social networks have
// people write without declaring it.
func isSocialPrefix(s string) bool {
	switch strings.ToLower(s) {
	case "fb", "article", "twitter", "al", "book", "profile", "video", "music", "product", "place", "business", "website", "og", "image":
		return true
	}
	return false
}

// isLinkType reports whether a word is a link type of HTML (4.6.7) or of its
// registry of extensions that no vocabulary means as a property.
func isLinkType(s string) bool {
	switch strings.ToLower(s) {
	case "alternate", "apple-touch-icon", "apple-touch-icon-precomposed", "author", "bookmark", "canonical", "dns-prefetch",
		"external", "expect", "help", "home", "icon", "license", "lightbox", "manifest", "mask-icon", "me", "modulepreload", "next",
		"nofollow", "noopener", "noreferrer", "opener", "pingback", "preconnect", "prefetch", "preload", "prerender",
		"prev", "privacy-policy", "profile", "search", "shortcut", "sponsored", "stylesheet", "tag", "terms-of-service",
		"tooltip", "ugc", "up":
		return true
	}
	return false
}

// looksLikeHost reports whether a relative reference begins with what is
// surely meant as a host name: www.something, or dotted labels before a slash
// of which the last is not the extension of a file.
func looksLikeHost(s string) bool {
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		if s[i] != '/' && !strings.HasPrefix(s, "www.") {
			return false
		}
		s = s[:i]
	} else if !strings.HasPrefix(s, "www.") {
		return false
	}
	if i := strings.IndexByte(s, ':'); i >= 0 {
		s = s[:i] // a port
	}
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" {
			return false
		}
		for i := 0; i < len(label); i++ {
			if c := label[i]; !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c >= 0x80) {
				return false
			}
		}
	}
	last := strings.ToLower(labels[len(labels)-1])
	for i := 0; i < len(last); i++ {
		if '0' <= last[i] && last[i] <= '9' {
			return false
		}
	}
	switch last {
	case "html", "htm", "xhtml", "php", "asp", "aspx", "jsp", "cgi", "pdf", "doc", "docx", "xml", "json", "svc", "ashx", "do", "nsf", "dll":
		return false
	}
	return len(last) >= 2
}

// isXSDType reports whether XML Schema has a datatype of that name.
func isXSDType(local string) bool {
	switch local {
	case "string", "boolean", "decimal", "integer", "double", "float", "date", "time", "dateTime", "dateTimeStamp",
		"gYear", "gMonth", "gDay", "gYearMonth", "gMonthDay", "duration", "yearMonthDuration", "dayTimeDuration",
		"byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong",
		"positiveInteger", "nonNegativeInteger", "negativeInteger", "nonPositiveInteger", "hexBinary", "base64Binary",
		"anyURI", "language", "normalizedString", "token", "NMTOKEN", "Name", "NCName", "QName", "NOTATION",
		"anySimpleType", "anyAtomicType", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES", "NMTOKENS":
		return true
	}
	return false
}

// likelyXSDType guesses which datatype was meant.
func likelyXSDType(local string) string {
	switch strings.ToLower(local) {
	case "date":
		return "date"
	case "datetime", "timestamp":
		return "dateTime"
	case "time":
		return "time"
	case "int", "integer", "number":
		return "integer"
	case "bool", "boolean":
		return "boolean"
	case "string", "text", "literal":
		return "string"
	case "anyuri", "uri", "url":
		return "anyURI"
	case "decimal":
		return "decimal"
	}
	return ""
}
