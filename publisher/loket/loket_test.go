package loket_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/publisher/loket"
)

const (
	vlavirgem = "https://data.vlavirgem.be/id/bestuurseenheden/vlavirgem"
	vendor    = "https://data.vlavirgem.be/id/leveranciers/demo"
	resource  = "https://data.vlavirgem.be/id/besluiten/1"
	href      = "https://vlavirgem.be/besluiten/1"
)

var (
	ctx     = context.Background()
	noon    = time.Date(2025, 3, 14, 12, 0, 0, 0, time.UTC)
	vendors = map[string]loket.Vendor{vendor: {Key: "geheim", Organizations: []string{vlavirgem}}}
)

func standIn(t *testing.T, o loket.StandInOptions) *loket.StandIn {
	t.Helper()
	if o.Vendors == nil {
		o.Vendors = vendors
	}
	o.Now = func() time.Time { return noon }
	s, err := loket.NewStandIn(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func post(s http.Handler, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/melding", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// melding is a whole body; the parts are replaced in the table below.
const melding = `{ "href": "` + href + `", "organization": "` + vlavirgem + `",
  "publisher": { "uri": "` + vendor + `", "key": "geheim" },
  "status": "` + loket.Inzendbaar + `", "submittedResource": "` + resource + `" }`

const (
	noAuthentication  = "The authentication (or part of it) for this request is missing. Make sure to supply publisher (with vendor URI and key) and organization information to the request."
	badAuthentication = "Authentication failed, vendor does not have access to the organization or does not exist. If this should not be the case, please contact us at digitaalABB@vlaanderen.be for login credentials."
)

func missing(property string) string {
	return `Invalid JSON-LD payload: property "` + property + `" is missing or invalid.`
}

// The contract: each check with its answer, and what counts first when several
// things are wrong.
func TestStandInKeepsTheContract(t *testing.T) {
	s := standIn(t, loket.StandInOptions{})
	without := func(field string) string {
		return strings.Replace(melding, `"`+field+`"`, `"`+field+`X"`, 1)
	}
	for _, c := range []struct {
		name, contentType, body string
		status                  int
		title                   string // of the error, or the body where it is text
	}{
		{"form data", "text/html", melding, 400, "Content-Type not valid, only application/json or application/ld+json are accepted"},
		{"no content type, no JSON", "", "", 400, "Content-Type not valid, only application/json or application/ld+json are accepted"},
		{"an array", "application/json", " [" + melding + "]", 400, "Invalid JSON payload, expected an object but found array."},
		{"no JSON", "application/json", "{", 500, "An error happened while processing the auto-submission request."},
		{"an unknown context", "application/ld+json", `{"@context":"https://example.org/c"}`, 500, "An error happened while processing the auto-submission request."},
		{"nothing", "application/json", "{}", 400, missing("submittedResource")},
		{"no resource", "application/json", without("submittedResource"), 400, missing("submittedResource")},
		{"no page", "application/json", without("href"), 400, missing("href")},
		{"a page that is no IRI", "application/json", strings.Replace(melding, href, "besluiten/1", 1), 400, missing("href")},
		{"another status", "application/json", strings.Replace(melding, loket.Inzendbaar, loket.Verzonden, 1), 400, "Property status is not valid."},
		{"another status, and no publisher", "application/json", strings.Replace(without("publisher"), loket.Inzendbaar, loket.Verzonden, 1), 400, "Property status is not valid."},
		{"no publisher", "application/json", without("publisher"), 400, noAuthentication},
		{"no key", "application/json", without("key"), 400, noAuthentication},
		{"no organization", "application/json", without("organization"), 400, noAuthentication},
		{"a wrong key", "application/json", strings.Replace(melding, "geheim", "gok", 1), 401, badAuthentication},
		{"an unknown vendor", "application/json", strings.Replace(melding, vendor, vendor+"x", 1), 401, badAuthentication},
		{"another government", "application/json", strings.Replace(melding, vlavirgem, vlavirgem+"x", 1), 401, badAuthentication},
		{"all is well", "application/ld+json; charset=utf-8", melding, 201, ""},
		{"once more", "application/json", melding, 409, "The given submittedResource <" + resource + "> has already been submitted."},
		{"once more with a wrong key", "application/json", strings.Replace(melding, "geheim", "gok", 1), 401, badAuthentication},
	} {
		w := post(s, c.contentType, c.body)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.status, w.Body)
			continue
		}
		var answer struct {
			URI, Submission, Job string
			Errors               []map[string]string
		}
		if c.status == 500 {
			if !strings.HasPrefix(w.Body.String(), c.title) || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
				t.Errorf("%s: answer %q", c.name, w.Body)
			}
			continue
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Errorf("%s: %v in %s", c.name, err, w.Body)
			continue
		}
		if c.status == 201 {
			if answer.URI != answer.Submission || !strings.HasPrefix(answer.URI, "http://data.lblod.info/submissions/") ||
				!strings.HasPrefix(answer.Job, "http://data.lblod.info/id/automatic-submission-job/") {
				t.Errorf("%s: answer %s", c.name, w.Body)
			}
			continue
		}
		key := "title"
		if strings.HasPrefix(c.title, "Property status") {
			key = "message"
		}
		if len(answer.Errors) != 1 || len(answer.Errors[0]) != 1 || answer.Errors[0][key] != c.title {
			t.Errorf("%s: answer %s, want %q under %q", c.name, w.Body, c.title, key)
		}
	}
	if n := s.Created()[resource]; n != 1 {
		t.Errorf("%d submissions were made, want 1", n)
	}
}

func TestStandInReadsJSONLD(t *testing.T) {
	for _, c := range []struct{ name, context string }{
		{"the published context", `"@context": "https://lblod.data.gift/contexts/automatische-melding/v1/context.json",`},
		{"a list of contexts", `"@context": ["https://lblod.data.gift/contexts/automatische-melding/v1/context.json", {"ext": "http://mu.semte.ch/vocabularies/ext/"}],`},
		{"none", ``},
	} {
		s := standIn(t, loket.StandInOptions{})
		if w := post(s, "application/json", strings.Replace(melding, "{", "{"+c.context, 1)); w.Code != 201 {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	s := standIn(t, loket.StandInOptions{})
	full := `{"@id": "urn:mine", "http://www.w3.org/ns/prov#atLocation": {"@id": "` + href + `"}, "http://purl.org/pav/createdBy": {"@id": "` + vlavirgem + `"},
	  "http://purl.org/pav/providedBy": {"@id": "` + vendor + `", "http://mu.semte.ch/vocabularies/account/key": "geheim"}, "http://purl.org/dc/terms/subject": {"@id": "` + resource + `"}}`
	if w := post(s, "application/json", full); w.Code != 201 || !strings.Contains(w.Body.String(), `"submission":"urn:mine"`) {
		t.Errorf("expanded JSON-LD: %d %s", w.Code, w.Body)
	}
	if got := s.Submissions()[0]; got.Status != loket.Concept || got.Href != href {
		t.Errorf("without a status it became %+v, want a Concept", got)
	}
}

const whole = `<html lang="nl" prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology# dct: http://purl.org/dc/terms/"><body>
<div resource="/z" typeof="besluit:Zitting"><span property="prov:startedAtTime" content="2025-03-11T20:00:00+01:00" datatype="xsd:dateTime"></span>
<div property="besluit:behandelt" resource="/a1" typeof="besluit:Agendapunt"></div></div>
<div resource="/h1" typeof="besluit:BehandelingVanAgendapunt"><span property="dct:subject" resource="/a1"></span>
<div property="prov:generated" resource="` + resource + `" typeof="besluit:Besluit https://data.vlaanderen.be/id/concept/BesluitType/e8afe7c5-9640-4db8-8f74-3f023bec3241">
<span property="eli:passed_by" resource="/raad2025"></span><span property="eli:date_publication" content="2025-03-14" datatype="xsd:date"></span></div></div></body></html>`

func TestStandInDoesTheJob(t *testing.T) {
	for _, c := range []struct {
		name, page, status, want string
		fetch                    error
		missing                  string
	}{
		{"a whole page", whole, loket.Inzendbaar, loket.Verzonden, nil, ""},
		{"a draft", whole, loket.Concept, loket.Concept, nil, ""},
		{"without a date", strings.Replace(whole, "eli:date_publication", "eli:date_document", 1), loket.Inzendbaar, loket.Concept, nil, "eli:date_publication"},
		{"without RDFa", "<p>Besluit</p>", loket.Inzendbaar, loket.Concept, nil, "besluittype"},
		{"no page", "", loket.Inzendbaar, loket.Concept, errors.New("404"), "opgehaald"},
	} {
		s := standIn(t, loket.StandInOptions{Fetch: func(_ context.Context, url string) ([]byte, string, error) {
			if url != href {
				t.Errorf("fetched %s, want %s", url, href)
			}
			return []byte(c.page), "text/html", c.fetch
		}})
		if w := post(s, "application/json", strings.Replace(melding, loket.Inzendbaar, c.status, 1)); w.Code != 201 {
			t.Fatal(w.Body)
		}
		if err := s.Process(ctx); err != nil {
			t.Fatal(err)
		}
		got := s.Submissions()[0]
		if got.Status != c.want || !got.Done || strings.Contains(strings.Join(got.Missing, ";"), c.missing) != true || c.missing == "" && len(got.Missing) > 0 {
			t.Errorf("%s: %+v, want status %s, missing %q", c.name, got, c.want, c.missing)
		}
	}
}

func TestStandInRemembers(t *testing.T) {
	dir := t.TempDir()
	o := loket.StandInOptions{Dir: dir, Fetch: func(context.Context, string) ([]byte, string, error) { return []byte(whole), "text/html", nil }}
	if w := post(standIn(t, o), "application/json", melding); w.Code != 201 {
		t.Fatal(w.Body)
	}
	// A crash in the middle of a line.
	log, err := os.OpenFile(filepath.Join(dir, "submissions.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.WriteString(`{"created":true,"subm`); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	s := standIn(t, o)
	if w := post(s, "application/json", melding); w.Code != 409 {
		t.Errorf("after a restart: %d, want 409", w.Code)
	}
	if err := s.Process(ctx); err != nil {
		t.Error(err)
	}
	s = standIn(t, o)
	if got := s.Submissions(); len(got) != 1 || got[0].Status != loket.Verzonden || s.Created()[resource] != 1 {
		t.Errorf("after another restart: %+v", got)
	}
}

func TestRunDoesJobsAsTheyCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := standIn(t, loket.StandInOptions{Fetch: func(context.Context, string) ([]byte, string, error) { return []byte(whole), "text/html", nil }})
		running, stop := context.WithCancel(ctx)
		done := make(chan error)
		go func() { done <- s.Run(running) }()
		post(s, "application/json", melding)
		synctest.Wait()
		if got := s.Submissions()[0]; got.Status != loket.Verzonden || !got.Sent.Equal(noon) {
			t.Errorf("submission %+v", got)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestStandInIsSafeForConcurrentUse(t *testing.T) {
	s := standIn(t, loket.StandInOptions{Dir: t.TempDir()})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { post(s, "application/json", melding) })
	}
	group.Wait()
	if n := s.Created()[resource]; n != 1 {
		t.Errorf("the same melding at once was taken %d times", n)
	}
}

func TestClient(t *testing.T) {
	portal := standIn(t, loket.StandInOptions{})
	var sent []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(sent)))
		portal.ServeHTTP(w, r)
	}))
	defer server.Close()
	client := &loket.Client{
		Endpoint: server.URL + "/melding", HTTP: server.Client(),
		Accounts: map[string]loket.Account{vlavirgem: {Vendor: vendor, Key: "geheim"}, "urn:elders": {Vendor: vendor, Key: "gok"}},
	}
	m := publisher.Melding{SubmittedResource: resource, Href: href, Organization: vlavirgem}
	first, err := client.Submit(ctx, m)
	if err != nil || first.Status != 201 || !strings.HasPrefix(first.Submission, "http://data.lblod.info/submissions/") {
		t.Fatalf("first: %+v, %v", first, err)
	}
	// Without this status the portal would file a draft and never send it.
	if got := portal.Submissions()[0].Status; got != loket.Inzendbaar {
		t.Errorf("sent with status %s", got)
	}
	var fields map[string]any
	if err := json.Unmarshal(sent, &fields); err != nil || fields["@context"] == nil {
		t.Errorf("sent %s, %v: want its own context", sent, err)
	}
	if again, err := client.Submit(ctx, m); err != nil || again.Status != 409 || !strings.Contains(again.Message, "already been submitted") {
		t.Errorf("again: %+v, %v", again, err)
	}
	m.Organization = "urn:elders"
	if a, err := client.Submit(ctx, m); err != nil || a.Status != 401 || a.Message != badAuthentication {
		t.Errorf("with a wrong key: %+v, %v", a, err)
	}
	sent = nil
	m.Organization = "urn:niemand"
	if a, err := client.Submit(ctx, m); err != nil || a.Status != 401 || sent != nil {
		t.Errorf("without an account: %+v, %v, sent %q", a, err, sent)
	}
}

func TestClientReadsOddAnswers(t *testing.T) {
	for _, c := range []struct {
		status     int
		body       string
		message    string
		submission string
	}{
		{500, "An error happened\nhere", "An error happened here", ""},
		{400, `{"errors":[{"message":"Property status is not valid."}]}`, "Property status is not valid.", ""},
		{400, `{"errors":[{"title":"a"},{"title":"b"}]}`, "a b", ""},
		{201, `{"submission":"urn:s","job":"urn:j"}`, "", "urn:s"},
		{201, `{"uri":"urn:s"}`, "", "urn:s"},
		{201, ``, "", ""},
		{502, strings.Repeat("a", 3000), strings.Repeat("a", 499) + "…", ""},
		{400, "\xff\xfe", "\uFFFD", ""},
		{500, `bad payload {"key":"sleutel-1"}`, `bad payload {"key":"***"}`, ""},
		{400, `{"errors":[{"title":"` + strings.Repeat("a", 494) + `sleutel-1"}]}`, strings.Repeat("a", 494) + "***", ""},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))
		client := &loket.Client{Endpoint: server.URL, HTTP: server.Client(), Accounts: map[string]loket.Account{vlavirgem: {Key: "sleutel-1"}}}
		a, err := client.Submit(ctx, publisher.Melding{Organization: vlavirgem})
		server.Close()
		if err != nil || a.Status != c.status || a.Message != c.message || a.Submission != c.submission {
			t.Errorf("%d %.30q: %+v, %v", c.status, c.body, a, err)
		}
	}
	client := &loket.Client{Endpoint: "http://127.0.0.1:1/", HTTP: http.DefaultClient, Accounts: map[string]loket.Account{vlavirgem: {}}}
	if a, err := client.Submit(ctx, publisher.Melding{Organization: vlavirgem}); err == nil {
		t.Errorf("nobody answers: %+v, want an error", a)
	}
}

// Whatever is posted, the stand-in answers as the contract says and takes
// nothing without the right key.
func FuzzMelding(f *testing.F) {
	f.Add("application/json", melding)
	f.Add("application/ld+json", `{"@context":{"uri":"@id"},"publisher":{"key":1},"href":[],"status":{"@id":""}}`)
	f.Add("application/json", `{"@graph":[{"@id":"_:b","@type":[null]}]}`)
	f.Add("text/plain", "")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		s := standIn(t, loket.StandInOptions{})
		w := post(s, contentType, body)
		switch w.Code {
		case 201:
			if !strings.Contains(body, "geheim") && !strings.Contains(body, `\`) {
				t.Errorf("took %q without the key", body)
			}
		case 400, 401, 409, 500:
			if len(s.Submissions()) != 0 {
				t.Errorf("refused %q and took it all the same", body)
			}
		default:
			t.Errorf("status %d for %q", w.Code, body)
		}
	})
}
