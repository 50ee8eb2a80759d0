package besluit

import (
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Lift reads everything that a graph says in the terms of this package. It
// never fails: what is missing or unreadable stays zero.
//
// A node counts as what its rdf:type says, and also as what the properties
// around it imply by their domain and range in OSLO Besluit-Publicatie: the
// object of besluit:behandelt is an Agendapunt, what a BehandelingVanAgendapunt
// generated is a Besluit. Published pages leave such types out, and a reader who
// follows the links should not lose a decision over it. The graph itself is not
// changed.
//
// Of a property with several values the first counts, Dutch before other
// languages; of a body text (prov:value, besluit:motivering) the longest,
// because a list of decisions often repeats the beginning of the minutes. A
// blank node has "_:" and its label as its IRI.
func Lift(g *rdf.Graph) *Inhoud {
	l := &lift{
		g:              g,
		eenheden:       map[rdf.Term]*Bestuurseenheid{},
		organen:        map[rdf.Term]*Bestuursorgaan{},
		zittingen:      map[rdf.Term]*Zitting{},
		agendapunten:   map[rdf.Term]*Agendapunt{},
		behandelingen:  map[rdf.Term]*BehandelingVanAgendapunt{},
		besluiten:      map[rdf.Term]*Besluit{},
		stemmingen:     map[rdf.Term]*Stemming{},
		documenten:     map[rdf.Term]*Document{},
		mandatarissen:  map[rdf.Term]*Mandataris{},
		behandelingIDs: map[rdf.Term]bool{},
	}
	l.find()
	l.fill()
	return &l.out
}

// IRIs of properties that real pages use beside the OSLO ones.
const (
	extBehandelt     = vocab.Ext + "behandelt"
	heeftOnthouders  = vocab.Besluit + "heeftOnthouders" // slip of a widely used template
	eliCorrectedBy   = vocab.Eli + "corrected_by"
	persoonVoornaam2 = "http://data.vlaanderen.be/ns/persoon#gebruikteVoornaam"
)

type lift struct {
	g   *rdf.Graph
	out Inhoud

	eenheden       map[rdf.Term]*Bestuurseenheid
	organen        map[rdf.Term]*Bestuursorgaan
	zittingen      map[rdf.Term]*Zitting
	agendapunten   map[rdf.Term]*Agendapunt
	behandelingen  map[rdf.Term]*BehandelingVanAgendapunt
	besluiten      map[rdf.Term]*Besluit
	stemmingen     map[rdf.Term]*Stemming
	documenten     map[rdf.Term]*Document
	mandatarissen  map[rdf.Term]*Mandataris
	behandelingIDs map[rdf.Term]bool

	// The terms in the order of their first appearance.
	zittingTerms, puntTerms, behandelingTerms, besluitTerms, stemmingTerms []rdf.Term
	orgaanTerms, eenheidTerms, documentTerms                               []rdf.Term
}

// find makes one value for every node, in the order of the graph.
func (l *lift) find() {
	for q := range l.g.Match(rdf.Term{}, rdf.IRI(vocab.RDFType), rdf.IRI(vocab.BesluitBehandelingVanAgendapunt)) {
		l.behandelingIDs[q.Subject] = true
	}
	for q := range l.g.All() {
		s, o := q.Subject, q.Object
		switch q.Predicate.Value() {
		case vocab.RDFType:
			l.findByType(s, o.Value())
		case vocab.DctType:
			if soortOf(o.Value()) != "" {
				l.document(s)
			}
		case vocab.BesluitBehandelt, extBehandelt:
			if !o.IsLiteral() {
				l.zitting(s)
				l.agendapunt(o)
			}
		case vocab.BesluitHeeftAgenda, vocab.BesluitHeeftBesluitenlijst, vocab.BesluitHeeftNotulen, vocab.BesluitHeeftUittreksel:
			if !o.IsLiteral() {
				l.document(o)
			}
		case vocab.DctSubject:
			if l.behandelingIDs[s] && !o.IsLiteral() {
				l.behandeling(s)
				l.agendapunt(o)
			}
		case vocab.ProvGenerated:
			if l.isBehandeling(s) && !o.IsLiteral() {
				l.behandeling(s)
				l.besluit(o)
			}
		case vocab.ProvWasGeneratedBy:
			if l.isBehandeling(o) {
				l.behandeling(o)
				l.besluit(s)
			}
		case vocab.BesluitHeeftStemming:
			if !o.IsLiteral() {
				l.stemming(o)
			}
		case vocab.BesluitIsGehoudenDoor, vocab.EliPassedBy:
			l.orgaan(o)
		case vocab.MandaatIsTijdspecialisatieVan, vocab.GeneriekIsTijdspecialisatieVan:
			l.orgaan(s)
			l.orgaan(o)
		case vocab.BesluitBestuurt:
			l.orgaan(s)
			l.eenheid(o)
		}
	}
}

func (l *lift) findByType(s rdf.Term, class string) {
	switch class {
	case vocab.BesluitBestuurseenheid:
		l.eenheid(s)
	case vocab.BesluitBestuursorgaan:
		l.orgaan(s)
	case vocab.BesluitZitting:
		l.zitting(s)
	case vocab.BesluitAgendapunt:
		l.agendapunt(s)
	case vocab.BesluitBehandelingVanAgendapunt:
		l.behandeling(s)
	case vocab.BesluitBesluit:
		l.besluit(s)
	case vocab.BesluitStemming:
		l.stemming(s)
	default:
		if soortOf(class) != "" {
			l.document(s)
		}
	}
}

// isBehandeling tells a handling by its type, or by what only a handling has.
func (l *lift) isBehandeling(t rdf.Term) bool {
	if l.behandelingIDs[t] {
		return true
	}
	subject := l.g.Object(t, rdf.IRI(vocab.DctSubject))
	return !subject.IsZero() && (l.agendapunten[subject] != nil ||
		l.g.Has(subject, rdf.IRI(vocab.RDFType), rdf.IRI(vocab.BesluitAgendapunt)) ||
		!l.g.Object(t, rdf.IRI(vocab.BesluitOpenbaar)).IsZero() ||
		!l.g.Object(t, rdf.IRI(vocab.BesluitHeeftStemming)).IsZero())
}

// soortOf returns the kind of document that a BesluitDocumentType stands for.
func soortOf(iri string) Soort {
	switch iri {
	case vocab.TypeAgenda:
		return Agenda
	case vocab.TypeBesluitenlijst:
		return Besluitenlijst
	case vocab.TypeNotulen:
		return Notulen
	case vocab.TypeUittreksel:
		return Uittreksel
	}
	return ""
}

// once returns the value of a node, made by fresh at the first call.
func once[T any](known map[rdf.Term]*T, terms *[]rdf.Term, t rdf.Term, fresh func(iri string) *T) *T {
	if t.IsZero() || t.IsLiteral() {
		return nil
	}
	v, ok := known[t]
	if !ok {
		v = fresh(iriOf(t))
		known[t] = v
		if terms != nil {
			*terms = append(*terms, t)
		}
	}
	return v
}

func (l *lift) eenheid(t rdf.Term) *Bestuurseenheid {
	return once(l.eenheden, &l.eenheidTerms, t, func(iri string) *Bestuurseenheid { return &Bestuurseenheid{IRI: iri} })
}

func (l *lift) orgaan(t rdf.Term) *Bestuursorgaan {
	return once(l.organen, &l.orgaanTerms, t, func(iri string) *Bestuursorgaan { return &Bestuursorgaan{IRI: iri} })
}

func (l *lift) zitting(t rdf.Term) *Zitting {
	return once(l.zittingen, &l.zittingTerms, t, func(iri string) *Zitting { return &Zitting{IRI: iri} })
}

func (l *lift) agendapunt(t rdf.Term) *Agendapunt {
	return once(l.agendapunten, &l.puntTerms, t, func(iri string) *Agendapunt { return &Agendapunt{IRI: iri} })
}

func (l *lift) behandeling(t rdf.Term) *BehandelingVanAgendapunt {
	return once(l.behandelingen, &l.behandelingTerms, t, func(iri string) *BehandelingVanAgendapunt {
		return &BehandelingVanAgendapunt{IRI: iri}
	})
}

func (l *lift) besluit(t rdf.Term) *Besluit {
	return once(l.besluiten, &l.besluitTerms, t, func(iri string) *Besluit { return &Besluit{IRI: iri} })
}

func (l *lift) stemming(t rdf.Term) *Stemming {
	return once(l.stemmingen, &l.stemmingTerms, t, func(iri string) *Stemming { return &Stemming{IRI: iri} })
}

func (l *lift) document(t rdf.Term) *Document {
	return once(l.documenten, &l.documentTerms, t, func(iri string) *Document { return &Document{IRI: iri} })
}

func (l *lift) mandataris(t rdf.Term) *Mandataris {
	return once(l.mandatarissen, nil, t, func(iri string) *Mandataris {
		return &Mandataris{IRI: iri, Naam: l.naamVanMandataris(t)}
	})
}

// fill reads the properties. Later steps lean on earlier ones: sittings on
// organs, decisions on sittings.
func (l *lift) fill() {
	for _, t := range l.eenheidTerms {
		e := l.eenheden[t]
		e.Naam = l.text(t, vocab.SKOSPrefLabel, vocab.RDFSLabel, vocab.FoafName)
		e.Classificatie = l.iri(t, vocab.BesluitClassificatie, vocab.OrgClassification)
		l.out.Bestuurseenheden = append(l.out.Bestuurseenheden, e)
	}
	for _, t := range l.orgaanTerms {
		l.fillOrgaan(t)
		l.out.Bestuursorganen = append(l.out.Bestuursorganen, l.organen[t])
	}
	for _, t := range l.documentTerms {
		l.fillDocument(t)
		l.out.Documenten = append(l.out.Documenten, l.documenten[t])
	}
	for _, t := range l.stemmingTerms {
		l.fillStemming(t)
		l.out.Stemmingen = append(l.out.Stemmingen, l.stemmingen[t])
	}
	for _, t := range l.puntTerms {
		l.fillAgendapunt(t)
		l.out.Agendapunten = append(l.out.Agendapunten, l.agendapunten[t])
	}
	for _, t := range l.behandelingTerms {
		l.fillBehandeling(t)
	}
	for _, t := range l.zittingTerms {
		l.fillZitting(t)
		l.out.Zittingen = append(l.out.Zittingen, l.zittingen[t])
	}
	for _, t := range l.besluitTerms {
		l.fillBesluit(t)
		l.out.Besluiten = append(l.out.Besluiten, l.besluiten[t])
	}
	l.correcties()
}

// maxTijdspecialisaties bounds how far an organ is followed to what it
// specialises: one step in sound data, a cycle in some.
const maxTijdspecialisaties = 4

func (l *lift) fillOrgaan(t rdf.Term) {
	o := l.organen[t]
	at := t
	for range maxTijdspecialisaties {
		if o.Naam == "" {
			o.Naam = l.text(at, vocab.SKOSPrefLabel, vocab.RDFSLabel, vocab.FoafName)
		}
		if o.Classificatie == "" {
			o.Classificatie = l.iri(at, vocab.BesluitClassificatie, vocab.OrgClassification)
		}
		if o.Bestuurt == nil {
			o.Bestuurt = l.eenheid(l.node(at, vocab.BesluitBestuurt))
		}
		next := l.node(at, vocab.MandaatIsTijdspecialisatieVan, vocab.GeneriekIsTijdspecialisatieVan)
		if next.IsZero() || next == t {
			return
		}
		if o.IsTijdspecialisatieVan == "" {
			o.IsTijdspecialisatieVan = iriOf(next)
		}
		at = next
	}
}

func (l *lift) fillDocument(t rdf.Term) {
	d := l.documenten[t]
	d.Publicatiedatum = l.time(t, vocab.EliDatePublication)
	d.Pagina = l.iri(t, vocab.ProvWasDerivedFrom)
	for _, p := range []string{vocab.RDFType, vocab.DctType} {
		for o := range l.g.Objects(t, rdf.IRI(p)) {
			if s := soortOf(o.Value()); s != "" && d.Soort == "" {
				d.Soort = s
			}
		}
	}
}

func (l *lift) fillStemming(t rdf.Term) {
	s := l.stemmingen[t]
	s.Onderwerp = l.text(t, vocab.BesluitOnderwerp)
	s.Gevolg = l.text(t, vocab.BesluitGevolg)
	if geheim := l.boolean(t, vocab.BesluitGeheim); geheim != nil {
		s.Geheim = *geheim
	}
	s.AantalVoorstanders = l.count(t, vocab.BesluitAantalVoorstanders)
	s.AantalTegenstanders = l.count(t, vocab.BesluitAantalTegenstanders)
	s.AantalOnthouders = l.count(t, vocab.BesluitAantalOnthouders)
	s.Aanwezigen = l.mandatarissenVan(t, vocab.BesluitHeeftAanwezige)
	s.Voorstanders = l.mandatarissenVan(t, vocab.BesluitHeeftVoorstander)
	s.Tegenstanders = l.mandatarissenVan(t, vocab.BesluitHeeftTegenstander)
	s.Onthouders = l.mandatarissenVan(t, vocab.BesluitHeeftOnthouder, heeftOnthouders)
}

func (l *lift) fillAgendapunt(t rdf.Term) {
	a := l.agendapunten[t]
	a.Titel = l.text(t, vocab.DctTitle)
	a.Beschrijving = l.text(t, vocab.DctDescription)
	a.GeplandOpenbaar = l.boolean(t, vocab.BesluitGeplandOpenbaar)
	a.Bronnen = l.bronnen(t)
}

func (l *lift) fillBehandeling(t rdf.Term) {
	b := l.behandelingen[t]
	b.Openbaar = l.boolean(t, vocab.BesluitOpenbaar)
	if a := l.agendapunten[l.node(t, vocab.DctSubject)]; a != nil {
		b.Agendapunt = a
		a.Behandelingen = append(a.Behandelingen, b)
	}
	for o := range l.g.Objects(t, rdf.IRI(vocab.BesluitHeeftStemming)) {
		if s := l.stemmingen[o]; s != nil {
			b.Stemmingen = append(b.Stemmingen, s)
		}
	}
	add := func(term rdf.Term) {
		if besluit := l.besluiten[term]; besluit != nil && !slices.Contains(b.Besluiten, besluit) {
			b.Besluiten = append(b.Besluiten, besluit)
			if besluit.Behandeling == nil {
				besluit.Behandeling = b
			}
		}
	}
	for o := range l.g.Objects(t, rdf.IRI(vocab.ProvGenerated)) {
		add(o)
	}
	for s := range l.g.Subjects(rdf.IRI(vocab.ProvWasGeneratedBy), t) {
		add(s)
	}
}

func (l *lift) fillZitting(t rdf.Term) {
	z := l.zittingen[t]
	z.GehoudenDoor = l.organen[l.node(t, vocab.BesluitIsGehoudenDoor)]
	z.GeplandeStart = l.time(t, vocab.BesluitGeplandeStart)
	z.Gestart = l.time(t, vocab.ProvStartedAtTime)
	z.Geeindigd = l.time(t, vocab.ProvEndedAtTime)
	z.Locatie = l.label(l.g.Object(t, rdf.IRI(vocab.ProvAtLocation)))
	z.Voorzitter = l.mandataris(l.node(t, vocab.BesluitHeeftVoorzitter))
	z.Secretaris = l.mandataris(l.node(t, vocab.BesluitHeeftSecretaris))
	z.Aanwezigen = l.mandatarissenVan(t, vocab.BesluitHeeftAanwezigeBijStart)
	z.Bronnen = l.bronnen(t)
	l.fillDocumenten(t, z)

	var punten []rdf.Term
	seen := map[rdf.Term]bool{}
	for _, p := range []string{vocab.BesluitBehandelt, extBehandelt} {
		for o := range l.g.Objects(t, rdf.IRI(p)) {
			if l.agendapunten[o] != nil && !seen[o] {
				seen[o] = true
				punten = append(punten, o)
			}
		}
	}
	for i, o := range l.ordered(punten) {
		a := l.agendapunten[o]
		z.Agendapunten = append(z.Agendapunten, a)
		// An item belongs to one sitting; a postponed one is a new item.
		if a.Zitting == nil {
			a.Zitting, a.Nummer = z, i+1
		}
	}
}

func (l *lift) fillDocumenten(t rdf.Term, z *Zitting) {
	for _, link := range [...]struct {
		property string
		soort    Soort
	}{
		{vocab.BesluitHeeftAgenda, Agenda},
		{vocab.BesluitHeeftBesluitenlijst, Besluitenlijst},
		{vocab.BesluitHeeftNotulen, Notulen},
		{vocab.BesluitHeeftUittreksel, Uittreksel},
	} {
		for o := range l.g.Objects(t, rdf.IRI(link.property)) {
			d := l.documenten[o]
			if d == nil || slices.Contains(z.Documenten, d) {
				continue
			}
			if d.Soort == "" {
				d.Soort = link.soort
			}
			z.Documenten = append(z.Documenten, d)
		}
	}
}

func (l *lift) fillBesluit(t rdf.Term) {
	b := l.besluiten[t]
	b.Titel = l.text(t, vocab.EliTitle, vocab.DctTitle)
	b.TitelKort = l.text(t, vocab.EliTitleShort, vocab.Besluit+"citeeropschrift")
	b.Beschrijving = l.text(t, vocab.EliDescription, vocab.DctDescription)
	b.Motivering = l.body(t, vocab.BesluitMotivering)
	b.Inhoud = l.body(t, vocab.ProvValue)
	for o := range l.g.Objects(t, rdf.IRI(vocab.RDFType)) {
		if strings.HasPrefix(o.Value(), vocab.BesluitType) && !slices.Contains(b.Types, o.Value()) {
			b.Types = append(b.Types, o.Value())
		}
	}
	slices.Sort(b.Types)
	b.Publicatiedatum = l.time(t, vocab.EliDatePublication)
	b.Inwerkingtreding = l.time(t, vocab.EliFirstDateEntryInForce)
	b.Buitenwerking = l.time(t, vocab.EliDateNoLongerInForce)
	b.Artikels = l.artikels(t)
	b.Rechtsgronden = l.rechtsgronden(t)
	b.Bijlagen = l.iris(t, vocab.EliRelatedTo)
	b.Corrigeert = l.iris(t, vocab.EliCorrects)
	b.GecorrigeerdDoor = l.iris(t, eliCorrectedBy)
	b.Bronnen = l.bronnen(t)

	b.GenomenDoor = l.organen[l.node(t, vocab.EliPassedBy)]
	if b.GenomenDoor == nil && b.Behandeling != nil && b.Behandeling.Agendapunt != nil {
		if z := b.Behandeling.Agendapunt.Zitting; z != nil {
			b.GenomenDoor = z.GehoudenDoor
		}
	}
}

// correcties sets GecorrigeerdDoor of every decision that another one corrects.
func (l *lift) correcties() {
	for _, t := range l.besluitTerms {
		for s := range l.g.Subjects(rdf.IRI(vocab.EliCorrects), t) {
			b := l.besluiten[t]
			if iri := iriOf(s); !slices.Contains(b.GecorrigeerdDoor, iri) {
				b.GecorrigeerdDoor = append(b.GecorrigeerdDoor, iri)
			}
		}
	}
}

func (l *lift) artikels(t rdf.Term) []*Artikel {
	var list []*Artikel
	numbered := true
	for o := range l.g.Objects(t, rdf.IRI(vocab.EliHasPart)) {
		if o.IsLiteral() {
			continue
		}
		a := &Artikel{IRI: iriOf(o), Nummer: l.text(o, vocab.EliNumber), Titel: l.text(o, vocab.EliTitle), Inhoud: l.body(o, vocab.ProvValue)}
		_, ok := firstNumber(a.Nummer)
		numbered = numbered && ok
		list = append(list, a)
	}
	if numbered {
		slices.SortStableFunc(list, func(a, b *Artikel) int {
			x, _ := firstNumber(a.Nummer)
			y, _ := firstNumber(b.Nummer)
			return x - y
		})
	}
	return list
}

func (l *lift) rechtsgronden(t rdf.Term) []Rechtsgrond {
	var list []Rechtsgrond
	for o := range l.g.Objects(t, rdf.IRI(vocab.EliCites)) {
		if o.IsLiteral() {
			list = append(list, Rechtsgrond{Titel: collapse(o.Value())})
			continue
		}
		titel := l.text(o, vocab.EliTitle, vocab.EliTitleShort, vocab.DctTitle, vocab.RDFSLabel)
		if titel == "" {
			// The cited expression often carries the title of the act it realizes.
			titel = l.text(l.node(o, vocab.EliRealizes), vocab.EliTitle, vocab.EliTitleShort)
		}
		list = append(list, Rechtsgrond{IRI: iriOf(o), Titel: titel})
	}
	return list
}
