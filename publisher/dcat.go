package publisher

import (
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Catalogue is what the catalogue says of this installation. All addresses are
// absolute; Base has no "/" at the end.
type Catalogue struct {
	Base      string
	Publisher string // IRI of who runs it
	Name      string // of who runs it
	Email     string // of the contact, without "mailto:"
	Modified  time.Time
	License   string // IRI of the licence of the data; "" if none is stated
	Dump      string // address of a dump as gzipped N-Quads; "" if there is none
}

const (
	vcardKind   = vocab.Vcard + "Kind"
	accessRight = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
	fileType    = "http://publications.europa.eu/resource/authority/file-type/"
	mediaType   = "http://www.iana.org/assignments/media-types/"
	dutch       = "http://publications.europa.eu/resource/authority/language/NLD"
)

// DCAT returns the catalogue of this installation: the data set of decisions,
// its distributions (event stream and dump) and the services that give access
// to it, with what DCAT-AP-VL 3.0 (recognised standard of 12 February 2026)
// makes mandatory.
func (c Catalogue) DCAT() []rdf.Quad {
	var out []rdf.Quad
	add := func(s rdf.Term, property string, objects ...rdf.Term) {
		for _, o := range objects {
			out = append(out, triple(s, property, o))
		}
	}
	nl := func(s string) rdf.Term { return rdf.LangLiteral(s, "nl") }
	en := func(s string) rdf.Term { return rdf.LangLiteral(s, "en") }
	at := func(path string) rdf.Term { return rdf.IRI(c.Base + path) }

	agent, contact := rdf.IRI(c.Publisher), at("/datasets#contact")
	add(agent, vocab.RDFType, rdf.IRI(vocab.Foaf+"Agent"))
	add(agent, vocab.FoafName, nl(c.Name))
	add(contact, vocab.RDFType, rdf.IRI(vcardKind))
	add(contact, vocab.Vcard+"fn", nl(c.Name))
	add(contact, vocab.Vcard+"hasEmail", rdf.IRI("mailto:"+c.Email))

	catalogue, dataset := at("/datasets"), at("/datasets#besluiten")
	feed, dump := at("/datasets#ldes"), at("/datasets#dump")
	endpoint, api := at("/sparql#dienst"), at("/api/v1#dienst")
	record := at("/datasets#record")
	modified := dateTime(c.Modified)

	add(catalogue, vocab.RDFType, rdf.IRI(vocab.Dcat+"Catalog"))
	add(catalogue, vocab.DctIdentifier, rdf.Literal(catalogue.Value(), vocab.XSDAnyURI))
	add(catalogue, vocab.DctTitle, nl("Lokale besluiten als gelinkte data"), en("Local decisions as linked data"))
	add(catalogue, vocab.DctDescription,
		nl("Besluiten van lokale besturen, geoogst van hun eigen webtoepassingen en gepubliceerd volgens OSLO."),
		en("Decisions of local governments, harvested from their own web applications and published by the OSLO standards."))
	add(catalogue, vocab.Dcat+"contactPoint", contact)
	add(catalogue, vocab.Dct+"publisher", agent)
	add(catalogue, vocab.Dcat+"dataset", dataset)
	add(catalogue, vocab.Dcat+"service", endpoint, api)
	add(catalogue, vocab.Dcat+"record", record)
	add(catalogue, vocab.Dct+"language", rdf.IRI(dutch))
	add(catalogue, vocab.DctModified, modified)

	add(record, vocab.RDFType, rdf.IRI(vocab.Dcat+"CatalogRecord"))
	add(record, vocab.DctIdentifier, rdf.Literal(record.Value(), vocab.XSDAnyURI))
	add(record, vocab.DctModified, modified)
	add(record, vocab.Foaf+"primaryTopic", dataset)

	add(dataset, vocab.RDFType, rdf.IRI(vocab.Dcat+"Dataset"))
	add(dataset, vocab.DctIdentifier, rdf.Literal(dataset.Value(), vocab.XSDAnyURI))
	add(dataset, vocab.DctTitle, nl("Besluiten, agenda's en notulen van lokale besturen"), en("Decisions, agendas and minutes of local governments"))
	add(dataset, vocab.DctDescription,
		nl("Zittingen, agendapunten, besluiten, stemmingen en hun documenten, met per onderwerp de pagina waar het van komt."),
		en("Sittings, agenda items, decisions, votes and their documents, each with the page that it comes from."))
	add(dataset, vocab.Dct+"accessRights", rdf.IRI(accessRight))
	add(dataset, vocab.Dcat+"contactPoint", contact)
	add(dataset, vocab.Dct+"publisher", agent)
	add(dataset, vocab.DctModified, modified)
	add(dataset, vocab.Dct+"language", rdf.IRI(dutch))
	add(dataset, vocab.Dcat+"landingPage", at("/datasets"))
	add(dataset, vocab.Dcat+"theme", rdf.IRI("http://publications.europa.eu/resource/authority/data-theme/GOVE"))
	add(dataset, vocab.Dct+"conformsTo", rdf.IRI("https://data.vlaanderen.be/doc/applicatieprofiel/besluit-publicatie/"))

	distribution := func(d rdf.Term, address rdf.Term, title, access, file string) {
		add(dataset, vocab.Dcat+"distribution", d)
		add(d, vocab.RDFType, rdf.IRI(vocab.Dcat+"Distribution"))
		add(d, vocab.DctIdentifier, rdf.Literal(d.Value(), vocab.XSDAnyURI))
		add(d, vocab.DctTitle, nl(title))
		add(d, vocab.Dcat+"accessURL", address)
		add(d, vocab.Dcat+"mediaType", rdf.IRI(mediaType+access))
		add(d, vocab.Dct+"format", rdf.IRI(fileType+file))
		if c.License != "" {
			add(d, vocab.Dct+"license", rdf.IRI(c.License))
		}
	}
	distribution(feed, at("/ldes"), "Gebeurtenissenstroom (LDES)", "text/turtle", "RDF_TURTLE")
	if c.Dump != "" {
		distribution(dump, rdf.IRI(c.Dump), "Volledige dump (N-Quads)", "application/n-quads", "RDF_N_QUADS")
		add(dump, vocab.Dcat+"downloadURL", rdf.IRI(c.Dump))
		add(dump, vocab.Dcat+"compressFormat", rdf.IRI(mediaType+"application/gzip"))
	}

	for _, s := range []struct {
		iri            rdf.Term
		nl, en         string
		path, describe string
	}{
		{endpoint, "SPARQL-endpoint", "SPARQL endpoint", "/sparql", "/sparql"},
		{api, "API van besluiten", "API of decisions", "/api/v1", "/api/openapi.json"},
	} {
		add(s.iri, vocab.RDFType, rdf.IRI(vocab.Dcat+"DataService"))
		add(s.iri, vocab.DctIdentifier, rdf.Literal(s.iri.Value(), vocab.XSDAnyURI))
		add(s.iri, vocab.DctTitle, nl(s.nl), en(s.en))
		add(s.iri, vocab.Dcat+"contactPoint", contact)
		add(s.iri, vocab.Dct+"publisher", agent)
		add(s.iri, vocab.Dct+"accessRights", rdf.IRI(accessRight))
		add(s.iri, vocab.Dcat+"endpointURL", at(s.path))
		add(s.iri, vocab.Dcat+"endpointDescription", at(s.describe))
		add(s.iri, vocab.Dcat+"servesDataset", dataset)
	}
	return out
}
