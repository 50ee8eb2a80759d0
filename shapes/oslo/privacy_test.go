package oslo_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// Personal data is found in text and attributes; what only looks like it, and
// what is the administration's own, is left alone.
func TestPrivacy(t *testing.T) {
	const (
		number  = "national-register-number"
		account = "bank-account"
		email   = "email-address"
		phone   = "phone-number"
		birth   = "birth-date"
	)
	for _, test := range []struct {
		text string
		want string // a rule, or "" for nothing
	}{
		{"<p>te storten op BE68 5390 0754 7034</p>", account},
		{"<p>te storten op BE68539007547034.</p>", account},
		{`<span content="BE68-5390-0754-7034"></span>`, account},
		{"<p>GB82 WEST 1234 5698 7654 32</p>", account},
		{"<p>BE68 5390 0754 7035</p>", ""},                  // check digits
		{"<p>BE0207437468</p>", ""},                         // an enterprise number
		{"<p>XX68 5390 0754 7034</p>", ""},                  // no such country
		{"<footer>BE68 5390 0754 7034</footer>", ""},        // the municipality's own
		{"<script>var r = 'BE68539007547034'</script>", ""}, // no text
		{"<p>dossier OMBE68 5390 0754 7034</p>", ""},        // a piece of a word
		{"<p>an.peeters@gmail.com</p>", email},
		{"<p>An_P@Telenet.be</p>", email},
		{`<a href="mailto:an.peeters@skynet.be">mail</a>`, email},
		{`<meta content="an.peeters@hotmail.com">`, email},
		{"<p>an.peeters@vlavirgem.be</p>", email}, // at work: a word only
		{"<p>info@vlavirgem.be</p>", ""},
		{"<p>dienst.omgeving@vlavirgem.be</p>", ""},
		{"<p>secretariaat@vlavirgem.be, burgemeester@vlavirgem.be</p>", ""},
		{"<p>noreply@gmail.com</p>", ""},
		{"<header><a href='mailto:an.peeters@gmail.com'>x</a></header>", ""},
		{"<p>@vlavirgem op sociale media; 5 @ 3 euro</p>", ""},
		{"<style>@media print{}</style><p>a@b</p>", ""},
		{"<p>gsm 0470 12 34 56</p>", phone},
		{"<p>gsm 0470/12.34.56</p>", phone},
		{"<p>+32 470 12 34 56</p>", phone},
		{"<p>0032 470 12 34 56</p>", phone},
		{`<a href="tel:+32470123456">bel</a>`, phone},
		{"<p>de heer Jan Peeters, tel. 051 22 33 44</p>", phone},
		{"<p>Jan Peeters (051 22 33 44)</p>", phone},
		{"<p>Gemeente Vlavirgem, tel. 051 22 33 44</p>", ""}, // of the administration
		{"<p>Technische Dienst 051 22 33 44</p>", ""},
		{"<footer>0470 12 34 56</footer>", ""},
		{"<p>ondernemingsnummer 0470.123.456</p>", ""},
		{"<p>KBO 0403.019.261</p>", ""},
		{"<p>perceel 0470 12 34</p>", ""},
		{"<p>0470.1234.5678.90</p>", ""}, // an identifier
		{"<p>de som van 0.470.123.456 euro</p>", ""},
		{"<p>Jan Peeters, geboren te Brugge op 12 maart 1961</p>", birth},
		{"<p>An De Wit (°12/03/1961)</p>", birth},
		{"<p>An De Wit, geboortedatum: 12-03-1961</p>", birth},
		{"<p>mevrouw <b>Claes</b>, geb. 12.03.1961,</p>", birth},
		{"<p>geboren op 12 maart 1961: <b>Jan Peeters</b></p>", birth},
		{"<p>De vereniging werd geboren op 12 maart 1961.</p>", ""}, // nobody's name
		{"<p>Een hoek van 45° op 12/03/1961.</p>", ""},
		{"<p>Jan Peeters, schepen sinds 12 maart 1961</p>", ""},
		{"<p>85.07.30-033.28</p>", number},
		{"<footer>85.07.30-033.28</footer>", number}, // never, anywhere
		{"<!-- 85.07.30-033.28 -->", ""},             // hidden; not what is published
	} {
		v := oslo.Validate(oslo.Input{Source: "p", Text: []byte(test.text)}, oslo.Options{})
		var got []string
		for _, f := range v.Findings {
			if !oslo.IsPrivacy(f.Rule) {
				continue
			}
			got = append(got, f.Rule)
			found := test.text[f.Span.Start.Offset:f.Span.End.Offset]
			if strings.Contains(f.Message.NL+f.Message.EN+f.Value.String(), found) {
				t.Errorf("%s: the finding prints %s", test.text, found)
			}
		}
		if want := strings.Fields(test.want); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", test.text, got, want)
		}
	}
}

// Only a national register number keeps a page from being published; an address
// at work is for information.
func TestHowBadPrivacyIs(t *testing.T) {
	for text, want := range map[string]rdf.Severity{
		"<p>85.07.30-033.28</p>":         rdf.Violation,
		"<p>BE68 5390 0754 7034</p>":     rdf.Warning,
		"<p>an.peeters@gmail.com</p>":    rdf.Warning,
		"<p>an.peeters@vlavirgem.be</p>": rdf.Info,
	} {
		for _, f := range oslo.Validate(oslo.Input{Text: []byte(text)}, oslo.Options{}).Findings {
			if oslo.IsPrivacy(f.Rule) && f.Severity != want {
				t.Errorf("%s: %s, want %s", text, f.Severity, want)
			}
		}
	}
}
