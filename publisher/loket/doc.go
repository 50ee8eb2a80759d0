// Package loket speaks the melding API of the Flemish portal for local
// governments (automatic-submission-service): a client that notifies, and a
// stand-in for the portal that keeps to the same contract, for the
// demonstration and for tests.
//
// What must be notified, when, and how often is decided by package publisher.
package loket

// Vocabulary of the API's JSON-LD.
const (
	ns = "http://lblod.data.gift/concepts/"
	// Statuses of a submission. Only Concept and Inzendbaar may be sent.
	Concept    = ns + "79a52da4-f491-4e2f-9374-89a13cde8ecd"
	Inzendbaar = ns + "f6330856-e261-430f-b949-8e510d20d0ff"
	Verzonden  = ns + "9bd8d86d-bb10-4456-a84e-91e9507c374c"

	provAtLocation = "http://www.w3.org/ns/prov#atLocation"
	pavCreatedBy   = "http://purl.org/pav/createdBy"
	pavProvidedBy  = "http://purl.org/pav/providedBy"
	accountKey     = "http://mu.semte.ch/vocabularies/account/key"
	dctSubject     = "http://purl.org/dc/terms/subject"
	admsStatus     = "http://www.w3.org/ns/adms#status"
	mebSubmission  = "http://rdf.myexperiment.org/ontologies/base/Submission"

	// contextIRI is where the portal publishes its context.
	contextIRI = "https://lblod.data.gift/contexts/automatische-melding/v1/context.json"
)

// meldingContext maps the names in a melding to properties: what a client sends along,
// and what the stand-in takes where a client sends none. It says for these
// names what the portal's own context says.
func meldingContext() map[string]any {
	return map[string]any{
		"uri":               "@id",
		"href":              map[string]any{"@id": provAtLocation, "@type": "@id"},
		"organization":      map[string]any{"@id": pavCreatedBy, "@type": "@id"},
		"publisher":         pavProvidedBy,
		"key":               accountKey,
		"submittedResource": map[string]any{"@id": dctSubject, "@type": "@id"},
		"status":            map[string]any{"@id": admsStatus, "@type": "@id"},
	}
}
