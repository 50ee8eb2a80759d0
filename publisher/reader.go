package publisher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
)

// Reader reads entities back from the store as all pages together describe
// them. It asks a SPARQL engine, so that it reads the embedded store and any
// other endpoint alike, and every query begins at subjects that are known.
type Reader struct {
	Engine sparql.Engine

	bound int // on the nodes of one reading; 0 means maxNodes
}

// role says what a node is to the reader, and so which of its neighbours it
// reads too.
type role string

const (
	alone       role = "" // a node that is described without its neighbours
	aZitting    role = "zitting"
	anItem      role = "agendapunt"
	aHandling   role = "behandeling"
	aBesluit    role = "besluit"
	aVote       role = "stemming"
	anOrgan     role = "orgaan"
	aUnit       role = "eenheid"
	aMandataris role = "mandataris"
	aPerson     role = "persoon"
	aGround     role = "rechtsgrond"
)

// step is one property to follow from a node of a role to a node of another,
// against its direction if inverse.
type step struct {
	property string
	inverse  bool
	to       role
}

// plan says which steps to take from nodes of each role.
type plan map[role][]step

// around holds the steps that every plan takes: what belongs to a node.
var around = plan{
	aZitting: {
		{vocab.BesluitIsGehoudenDoor, false, anOrgan},
		{vocab.BesluitHeeftAgenda, false, alone}, {vocab.BesluitHeeftBesluitenlijst, false, alone},
		{vocab.BesluitHeeftNotulen, false, alone}, {vocab.BesluitHeeftUittreksel, false, alone},
		{vocab.ProvAtLocation, false, alone},
		{vocab.BesluitHeeftVoorzitter, false, aMandataris}, {vocab.BesluitHeeftSecretaris, false, aMandataris},
		{vocab.BesluitHeeftAanwezigeBijStart, false, aMandataris},
	},
	aHandling: {
		{vocab.BesluitHeeftStemming, false, aVote},
		{vocab.DctSubject, false, anItem},
	},
	aBesluit: {
		{vocab.EliHasPart, false, alone},
		{vocab.EliCites, false, aGround},
		{vocab.EliPassedBy, false, anOrgan},
		{vocab.EliCorrects, true, alone},
		{vocab.ProvGenerated, true, aHandling}, {vocab.ProvWasGeneratedBy, false, aHandling},
	},
	aVote: {
		{vocab.BesluitHeeftAanwezige, false, aMandataris}, {vocab.BesluitHeeftVoorstander, false, aMandataris},
		{vocab.BesluitHeeftTegenstander, false, aMandataris}, {vocab.BesluitHeeftOnthouder, false, aMandataris},
	},
	anOrgan: {
		{vocab.MandaatIsTijdspecialisatieVan, false, anOrgan}, {vocab.GeneriekIsTijdspecialisatieVan, false, anOrgan},
		{vocab.BesluitBestuurt, false, aUnit},
	},
	aMandataris: {{vocab.MandaatIsBestuurlijkeAliasVan, false, aPerson}},
	aGround:     {{vocab.EliRealizes, false, alone}},
}

// only holds the properties that are read of nodes which nearly every page
// speaks of: all that hundreds of pages say of a council or its members would
// be mostly where it was said.
var only = map[role][]string{
	anOrgan: {vocab.RDFType, vocab.SKOSPrefLabel, vocab.RDFSLabel, vocab.BesluitClassificatie, vocab.OrgClassification, vocab.BesluitBestuurt,
		vocab.MandaatIsTijdspecialisatieVan, vocab.GeneriekIsTijdspecialisatieVan},
	aUnit:       {vocab.RDFType, vocab.SKOSPrefLabel, vocab.RDFSLabel, vocab.BesluitClassificatie, vocab.OrgClassification},
	aMandataris: {vocab.MandaatIsBestuurlijkeAliasVan, vocab.FoafName, vocab.RDFSLabel, vocab.SKOSPrefLabel},
	aPerson: {vocab.PersoonGebruikteVoornaam, persoonVoornaamHTTP, vocab.FoafFamilyName, vocab.FoafName, vocab.RDFSLabel,
		vocab.SKOSPrefLabel},
}

// persoonVoornaamHTTP is how some programs write persoon:gebruikteVoornaam.
const persoonVoornaamHTTP = "http://data.vlaanderen.be/ns/persoon#gebruikteVoornaam"

var (
	itemToZitting = []step{{vocab.BesluitBehandelt, true, aZitting}, {vocab.Ext + "behandelt", true, aZitting}}
	zittingToItem = []step{{vocab.BesluitBehandelt, false, anItem}, {vocab.Ext + "behandelt", false, anItem}}
	itemToBesluit = plan{
		anItem:    {{vocab.DctSubject, true, aHandling}},
		aHandling: {{vocab.ProvGenerated, false, aBesluit}, {vocab.ProvWasGeneratedBy, true, aBesluit}},
	}

	// upwards: from a decision to its sitting, and no further.
	upwards = join(around, plan{anItem: itemToZitting})
	// ofItem: an item with its sitting and its decisions.
	ofItem = join(around, plan{anItem: itemToZitting}, itemToBesluit)
	// downwards: from a sitting to all that was decided there.
	downwards = join(around, plan{aZitting: zittingToItem}, itemToBesluit)
	// together: both, from anywhere to everything of the sittings it is in.
	together = join(around, plan{aZitting: zittingToItem, anItem: itemToZitting}, itemToBesluit)
	// inList: a sitting as a line in a list.
	inList = plan{aZitting: around[aZitting][:1], anOrgan: around[anOrgan]}
)

// join puts plans together.
func join(plans ...plan) plan {
	all := plan{}
	for _, p := range plans {
		for r, steps := range p {
			all[r] = append(slices.Clip(all[r]), steps...)
		}
	}
	return all
}

// Bounds on one reading: data of hostile pages may hang everything together.
const (
	maxNodes      = 200_000
	chunkSize     = 500 // subjects in one query
	togetherChunk = 2000
)

var errTooMany = errors.New("read entities: too many hang together")

// read collects the descriptions of the seeds and of all that the plan leads
// to: a graph in a fixed order, and the role of every node that was read.
func (r *Reader) read(ctx context.Context, seeds map[string]role, p plan) (*rdf.Graph, map[string]role, error) {
	var found []rdf.Quad
	roles := map[string]role{}
	next := seeds
	for len(next) > 0 {
		if len(roles)+len(next) > cmp.Or(r.bound, maxNodes) {
			return nil, nil, errTooMany
		}
		fresh := map[string]role{}
		inverse := map[step][]string{}
		var whole []string
		parts := map[role][]string{}
		for iri, as := range next {
			if _, known := roles[iri]; known {
				// It was described whole when it was met as a mere neighbour.
			} else if only[as] != nil {
				parts[as] = append(parts[as], iri)
			} else {
				whole = append(whole, iri)
			}
			roles[iri] = as
			for _, s := range p[as] {
				if s.inverse {
					inverse[s] = append(inverse[s], iri)
				}
			}
		}
		add := func(iri string, as role) {
			// A node that was met as a mere neighbour may turn out to be more.
			if known, ok := roles[iri]; ok && (known == as || known != alone) {
				return
			}
			if known, ok := fresh[iri]; !ok || known == alone {
				fresh[iri] = as
			}
		}
		for q, err := range r.subjects(ctx, whole) {
			if err != nil {
				return nil, nil, err
			}
			found = append(found, q)
		}
		for as, iris := range parts {
			for _, property := range only[as] {
				for q, err := range r.values(ctx, property, iris) {
					if err != nil {
						return nil, nil, err
					}
					found = append(found, q)
				}
			}
		}
		// Nodes that came back with a better role were described before, so the
		// steps go over all that was found.
		for _, q := range found {
			as, now := next[q.Subject.Value()]
			if !now || !q.Object.IsIRI() {
				continue
			}
			for _, s := range p[as] {
				if !s.inverse && s.property == q.Predicate.Value() {
					add(q.Object.Value(), s.to)
				}
			}
		}
		for s, iris := range inverse {
			for q, err := range r.pointing(ctx, s.property, iris) {
				if err != nil {
					return nil, nil, err
				}
				found = append(found, q)
				if q.Subject.IsIRI() {
					add(q.Subject.Value(), s.to)
				}
			}
		}
		next = fresh
	}
	slices.SortFunc(found, rdf.CompareQuads)
	return rdf.NewGraph(found...), roles, nil
}

// subjects yields all triples of the given subjects.
func (r *Reader) subjects(ctx context.Context, iris []string) iter.Seq2[rdf.Quad, error] {
	return r.construct(ctx, iris, func(values string) string {
		return "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s {" + values + " } ?s ?p ?o }"
	})
}

// values yields the triples of a property of the given subjects.
func (r *Reader) values(ctx context.Context, property string, iris []string) iter.Seq2[rdf.Quad, error] {
	return r.construct(ctx, iris, func(values string) string {
		return "CONSTRUCT { ?s <" + property + "> ?o } WHERE { VALUES ?s {" + values + " } ?s <" + property + "> ?o }"
	})
}

// pointing yields the triples of a property that point at the given objects.
func (r *Reader) pointing(ctx context.Context, property string, iris []string) iter.Seq2[rdf.Quad, error] {
	return r.construct(ctx, iris, func(values string) string {
		return "CONSTRUCT { ?s <" + property + "> ?o } WHERE { VALUES ?o {" + values + " } ?s <" + property + "> ?o }"
	})
}

// construct runs a query for the given IRIs, some hundreds at a time.
func (r *Reader) construct(ctx context.Context, iris []string, query func(values string) string) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for chunk := range slices.Chunk(iris, chunkSize) {
			values := valuesOf(chunk)
			if values == "" {
				continue
			}
			for q, err := range r.quads(ctx, query(values)) {
				if !yield(q, err) || err != nil {
					return
				}
			}
		}
	}
}

func (r *Reader) quads(ctx context.Context, query string) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		result, err := r.Engine.Query(ctx, sparql.Query{Text: query})
		if err != nil {
			yield(rdf.Quad{}, fmt.Errorf("read entities: %w", err))
			return
		}
		defer result.Close()
		for q, err := range result.Quads {
			if err != nil {
				err = fmt.Errorf("read entities: %w", err)
			}
			if !yield(q, err) || err != nil {
				return
			}
		}
	}
}

// rows yields the solutions of a SELECT query; the slice is valid until the
// next step.
func (r *Reader) rows(ctx context.Context, query string) iter.Seq2[[]rdf.Term, error] {
	return func(yield func([]rdf.Term, error) bool) {
		result, err := r.Engine.Query(ctx, sparql.Query{Text: query})
		if err != nil {
			yield(nil, fmt.Errorf("read entities: %w", err))
			return
		}
		defer result.Close()
		for row, err := range result.Rows {
			if err != nil {
				err = fmt.Errorf("read entities: %w", err)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// valuesOf writes IRIs as the body of a VALUES clause. What can not stand
// between angle brackets (SPARQL 1.1, IRIREF) can not be asked for and is left
// out.
func valuesOf(iris []string) string {
	var b strings.Builder
	for _, iri := range iris {
		if isIRIRef(iri) {
			b.WriteString(" <" + iri + ">")
		}
	}
	return b.String()
}

func isIRIRef(s string) bool {
	return s != "" && !strings.HasPrefix(s, "_:") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= 0x20 || strings.ContainsRune("<>\"{}|^`\\", r) })
}

// IRI returns the IRI whose besluit.ID is id, "" if no entity has it. An IRI
// is returned as it is.
func (r *Reader) IRI(ctx context.Context, id string) (string, error) {
	if strings.Contains(id, ":") {
		return id, nil
	}
	if strings.ContainsFunc(id, func(r rune) bool { return !('0' <= r && r <= '9' || 'a' <= r && r <= 'f' || r == '-') }) {
		return "", nil
	}
	for row, err := range r.rows(ctx, `SELECT ?s WHERE { ?s <`+vocab.MuUUID+`> "`+id+`" }`) {
		if err != nil {
			return "", err
		}
		// A page may claim any identifier for any subject; the hash decides.
		if s := row[0]; s.IsIRI() && besluit.ID(s.Value()) == id {
			return s.Value(), nil
		}
	}
	return "", nil
}

// entity reads one entity by id or IRI and lifts it with what the plan leads to.
func (r *Reader) entity(ctx context.Context, id string, as role, p plan) (iri string, in *besluit.Inhoud, err error) {
	iri, err = r.IRI(ctx, id)
	if err != nil || iri == "" {
		return "", nil, err
	}
	g, _, err := r.read(ctx, map[string]role{iri: as}, p)
	if err != nil {
		return "", nil, err
	}
	if g.Object(rdf.IRI(iri), rdf.Term{}).IsZero() {
		return "", &besluit.Inhoud{}, nil
	}
	return iri, besluit.Lift(g), nil
}

// find returns the entity with the given IRI from a list, nil if it is not
// there.
func find[T any](list []*T, iri string, iriOf func(*T) string) *T {
	for _, v := range list {
		if iriOf(v) == iri {
			return v
		}
	}
	return nil
}

// Besluit returns a decision by the id of its address or by its IRI, with its
// articles, votes, item, sitting and organ; nil if there is none.
func (r *Reader) Besluit(ctx context.Context, id string) (*besluit.Besluit, error) {
	iri, in, err := r.entity(ctx, id, aBesluit, upwards)
	if err != nil || in == nil {
		return nil, err
	}
	return find(in.Besluiten, iri, func(b *besluit.Besluit) string { return b.IRI }), nil
}

// Agendapunt returns an item by id or IRI, with its sitting and its decisions;
// nil if there is none.
func (r *Reader) Agendapunt(ctx context.Context, id string) (*besluit.Agendapunt, error) {
	iri, in, err := r.entity(ctx, id, anItem, ofItem)
	if err != nil || in == nil {
		return nil, err
	}
	return find(in.Agendapunten, iri, func(a *besluit.Agendapunt) string { return a.IRI }), nil
}

// Zitting returns a sitting by id or IRI, with its agenda, decisions and
// votes; nil if there is none.
func (r *Reader) Zitting(ctx context.Context, id string) (*besluit.Zitting, error) {
	iri, in, err := r.entity(ctx, id, aZitting, downwards)
	if err != nil || in == nil {
		return nil, err
	}
	return find(in.Zittingen, iri, func(z *besluit.Zitting) string { return z.IRI }), nil
}

// Bestuursorgaan returns an organ by id or IRI, nil if there is none.
func (r *Reader) Bestuursorgaan(ctx context.Context, id string) (*besluit.Bestuursorgaan, error) {
	iri, in, err := r.entity(ctx, id, anOrgan, around)
	if err != nil || in == nil {
		return nil, err
	}
	return find(in.Bestuursorganen, iri, func(o *besluit.Bestuursorgaan) string { return o.IRI }), nil
}

// Together reads entities with everything of the sittings they belong to, for
// an index: every Zitting, Agendapunt and Besluit that the store describes, and
// the IRIs among those asked for that it describes no more. Of wanted only the
// IRIs of Zittingen, Agendapunten and Besluiten count. Where more hangs together
// than can be read at once, each is read by itself.
func (r *Reader) Together(ctx context.Context, wanted *besluit.Inhoud) (in *besluit.Inhoud, gone []string, err error) {
	seeds := map[string]role{}
	for _, z := range wanted.Zittingen {
		seeds[z.IRI] = aZitting
	}
	for _, a := range wanted.Agendapunten {
		seeds[a.IRI] = anItem
	}
	for _, b := range wanted.Besluiten {
		seeds[b.IRI] = aBesluit
	}
	in, kept := &besluit.Inhoud{}, map[string]bool{}
	asked := slices.Sorted(maps.Keys(seeds))
	for chunk := range slices.Chunk(asked, togetherChunk) {
		part := map[string]role{}
		for _, iri := range chunk {
			if !kept[iri] { // an earlier part may have read it along
				part[iri] = seeds[iri]
			}
		}
		if err := r.readTogether(ctx, part, in, kept); err != nil {
			return nil, nil, err
		}
	}
	for _, iri := range asked {
		if !kept[iri] {
			gone = append(gone, iri)
		}
	}
	return in, gone, nil
}

// readTogether adds what hangs together with the seeds to in, and its IRIs to
// kept.
func (r *Reader) readTogether(ctx context.Context, seeds map[string]role, in *besluit.Inhoud, kept map[string]bool) error {
	g, roles, err := r.read(ctx, seeds, together)
	if errors.Is(err, errTooMany) {
		g, roles, err = r.read(ctx, seeds, around)
	}
	if err != nil {
		return err
	}
	// Lift also meets what the plan read as a mere neighbour, such as a decision
	// that corrects another one.
	there := func(iri string, as role) bool {
		if kept[iri] || roles[iri] != as || g.Object(rdf.IRI(iri), rdf.Term{}).IsZero() {
			return false
		}
		kept[iri] = true
		return true
	}
	all := besluit.Lift(g)
	for _, z := range all.Zittingen {
		if there(z.IRI, aZitting) {
			in.Zittingen = append(in.Zittingen, z)
		}
	}
	for _, a := range all.Agendapunten {
		// Some programs write nodes of this class that say nothing at all.
		empty := a.Titel == "" && a.Zitting == nil && len(a.Behandelingen) == 0
		if !empty && there(a.IRI, anItem) {
			in.Agendapunten = append(in.Agendapunten, a)
		}
	}
	for _, b := range all.Besluiten {
		if there(b.IRI, aBesluit) {
			in.Besluiten = append(in.Besluiten, b)
		}
	}
	return nil
}

// beschrijving is what belongs to the description of any subject: its parts
// and the votes on it.
var beschrijving = plan{
	"onderwerp": {
		{vocab.EliHasPart, false, alone},
		{vocab.ProvGenerated, true, "behandeling van"},
		{vocab.BesluitHeeftStemming, false, alone},
		{vocab.ProvAtLocation, false, alone},
		{vocab.DctSubject, true, alone},
		{vocab.BesluitBestuurt, true, alone},
	},
	"behandeling van": {{vocab.BesluitHeeftStemming, false, alone}},
}

// Describe returns the triples about a subject with what belongs to it
// (articles, handling, votes), sorted; none if the store does not describe it.
func (r *Reader) Describe(ctx context.Context, iri string) ([]rdf.Quad, error) {
	g, _, err := r.read(ctx, map[string]role{iri: "onderwerp"}, beschrijving)
	if err != nil || g.Object(rdf.IRI(iri), rdf.Term{}).IsZero() {
		return nil, err
	}
	return slices.SortedFunc(g.All(), func(a, b rdf.Quad) int {
		// The subject itself first.
		return cmp.Or(order(a.Subject.Value() != iri)-order(b.Subject.Value() != iri), rdf.CompareQuads(a, b))
	}), nil
}

func order(later bool) int {
	if later {
		return 1
	}
	return 0
}
