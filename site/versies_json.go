package site

import (
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
)

// What the pages about versions say as JSON. Moments are RFC 3339, in UTC.
type (
	versieJSON struct {
		Volgnummer  uint64         `json:"volgnummer"`
		URL         string         `json:"url"`
		Soort       publisher.Kind `json:"soort"`
		Tijd        string         `json:"tijd"`
		Reden       string         `json:"reden,omitempty"`
		Bevindingen map[string]int `json:"bevindingen,omitempty"`
		Hash        string         `json:"hash"`
		TekstHash   string         `json:"tekstHash,omitempty"` // salted
	}
	versiesJSON struct {
		Pagina    string       `json:"pagina"`
		Kopieen   []string     `json:"kopieen,omitempty"`
		Ongelinkt string       `json:"nietMeerInOverzichtSinds,omitempty"`
		Versies   []versieJSON `json:"versies"`
		Volgende  string       `json:"volgende,omitempty"`
	}
	valueJSON struct {
		Tekst string `json:"tekst,omitempty"`
		IRI   string `json:"iri,omitempty"`
		Tijd  string `json:"tijd,omitempty"`
	}
	propertyJSON struct {
		Naam    string            `json:"naam"`
		Oud     []valueJSON       `json:"oud,omitempty"`
		Nieuw   []valueJSON       `json:"nieuw,omitempty"`
		Tekst   []publisher.Piece `json:"tekst,omitempty"`
		Geknipt bool              `json:"geknipt,omitempty"`
	}
	changeJSON struct {
		Klasse        publisher.Class `json:"klasse"`
		Bewerking     publisher.Op    `json:"bewerking"`
		IRI           string          `json:"iri"`
		Was           string          `json:"iriVoordien,omitempty"`
		Naam          string          `json:"naam,omitempty"`
		Van           string          `json:"van,omitempty"`
		Delen         int             `json:"delen,omitempty"`
		Eigenschappen []propertyJSON  `json:"eigenschappen,omitempty"`
	}
	changesJSON struct {
		versieJSON
		Pagina      string                                   `json:"pagina"`
		Tekst       string                                   `json:"tekstURL,omitempty"`
		Vergeleken  uint64                                   `json:"vergelekenMet,omitempty"`
		Tellingen   map[publisher.Class]map[publisher.Op]int `json:"tellingen,omitempty"`
		Wijzigingen []changeJSON                             `json:"wijzigingen"`
		Meer        int                                      `json:"meer,omitempty"`
		Verborgen   bool                                     `json:"verborgen,omitempty"`
		TeGroot     bool                                     `json:"teGroot,omitempty"`
	}
	withdrawalJSON struct {
		versieJSON
		Pagina    string        `json:"pagina"`
		Document  besluit.Soort `json:"document,omitempty"`
		Titel     string        `json:"titel,omitempty"`
		Orgaan    string        `json:"orgaan,omitempty"`
		Zitting   string        `json:"zitting,omitempty"`
		Besluiten int           `json:"besluiten,omitempty"`
	}
)

func jsonTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (s *site) versieJSON(e publisher.Entry) versieJSON {
	v := versieJSON{Volgnummer: e.Sequence, URL: s.Base + versiePath(e.Sequence), Soort: e.Kind, Tijd: jsonTime(e.Time), Reden: e.Reason, Hash: e.Hash, TekstHash: e.Body}
	for severity, n := range e.Findings {
		if v.Bevindingen == nil {
			v.Bevindingen = map[string]int{}
		}
		v.Bevindingen[severity.String()] = n
	}
	return v
}

func (s *site) changesJSON(v publisher.Version, c publisher.Changes, large bool) changesJSON {
	answer := changesJSON{versieJSON: s.versieJSON(v.Entry), Pagina: v.Entry.Pagina, Vergeleken: c.From.Sequence, Tellingen: c.Counts, Wijzigingen: []changeJSON{}, Meer: c.More, Verborgen: c.Hidden, TeGroot: large}
	if v.Tekst != nil {
		answer.Tekst = s.Base + versiePath(v.Entry.Sequence) + "/tekst"
	}
	values := func(list []publisher.Value) (out []valueJSON) {
		for _, x := range list {
			out = append(out, valueJSON{x.Text, x.IRI, jsonTime(x.Time)})
		}
		return out
	}
	for _, x := range c.List {
		y := changeJSON{Klasse: x.Class, Bewerking: x.Op, IRI: x.IRI, Was: x.Was, Naam: x.Name, Van: x.Of, Delen: x.Parts}
		for _, p := range x.Properties {
			y.Eigenschappen = append(y.Eigenschappen, propertyJSON{p.Name, values(p.Old), values(p.New), p.Text, p.Cut})
		}
		answer.Wijzigingen = append(answer.Wijzigingen, y)
	}
	return answer
}

func (s *site) withdrawalJSON(x publisher.Withdrawal) withdrawalJSON {
	return withdrawalJSON{versieJSON: s.versieJSON(x.Entry), Pagina: x.Entry.Pagina, Document: x.Soort, Titel: x.Titel, Orgaan: x.Orgaan, Zitting: jsonTime(x.Zitting), Besluiten: x.Besluiten}
}
