package harvester

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Source is where harvesting begins, with what holds for everything that is
// found from there.
type Source struct {
	URL string // its seed; clean (CleanURL), it names the source
	// Bestuurseenheid is the IRI of the government whose source this is, "" if
	// nobody says.
	Bestuurseenheid string
	Hosts           []string // hosts that its links may lead to beside that of URL
	FollowHosts     bool     // its links may lead to any host
	Single          bool     // this page only: its links are not followed
	Attachments     bool     // fetch the attachments of its pages, and read their text
	// Delay is the least time between the starts of two requests at one host; 0
	// is that of Options. A Crawl-delay that is longer wins.
	Delay    time.Duration
	PerHost  int // requests under way at one host; 0 is that of Options
	MaxPages int // requests for pages in one round; 0 is that of Options
	// Authorize adds what a request needs to be let in, nil for nothing. It is
	// asked only for requests to the host of URL and to Hosts.
	Authorize func(context.Context, *http.Request) error
}

// Sources returns sources that have nothing but an address. One that is no
// http or https address fails when it is harvested.
func Sources(urls ...string) []Source {
	list := make([]Source, len(urls))
	for i, u := range urls {
		list[i].URL = u
	}
	return list
}

// Link is a page to fetch and how the harvester came to it.
type Link struct {
	URL        string    `json:"url"`
	Seed       string    `json:"seed"`                 // the address that the harvest began with
	From       string    `json:"from,omitempty"`       // the page that it stands on, "" for a seed
	Via        []string  `json:"via,omitempty"`        // the redirects that led here, in order
	Attempts   int       `json:"attempts,omitempty"`   // how many fetches failed in this run
	NotBefore  time.Time `json:"notBefore,omitzero"`   // do not fetch sooner
	Dropped    bool      `json:"dropped,omitempty"`    // no page of this run leads to it, one of an earlier run did
	Attachment bool      `json:"attachment,omitempty"` // it is a document without RDFa of its own
	Listed     bool      `json:"listed,omitempty"`     // it stands in a sitemap, so that it may be of no interest
	// Barren is how many overview pages in a row led here and to nothing else.
	Barren int `json:"barren,omitempty"`
	// Modified is when, at the latest, what the link leads to last changed, as the
	// sitemap or feed says that lists it; zero if it does not.
	Modified time.Time `json:"modified,omitzero"`
	// End is set on the last link that is handed out of a run: there is nothing to
	// fetch, URL is the seed.
	End bool `json:"-"`
	// Began is when the run of Seed began.
	Began time.Time `json:"-"`
	// Key is for the Frontier that handed the link out.
	Key []byte `json:"-"`
}

// Frontier is the durable queue of links. Each seed has a run of its own, from
// Begin until its end is done. In a run each URL is handed out once, unless it is
// put back with a later NotBefore. A link that was handed out when the process
// died is handed out again.
type Frontier interface {
	// Begin adds links to the runs of their seeds: it goes on with the unfinished
	// run, or starts a new one when there is none. A URL that the run has seen is
	// not added. Links that another process has, or had, stay.
	Begin(ctx context.Context, now time.Time, links []Link) error
	// Next hands out a link whose host is free and whose time has come; hosts
	// take turns. When a run has no link left, queued or handed out, its End is
	// handed out, once. When there is none yet, ok is false and wait is how long
	// until the time of one comes whose host is free (0: when another link is
	// done); io.EOF says that every run is over.
	Next(ctx context.Context, now time.Time, free func(host string) bool) (link Link, ok bool, wait time.Duration, err error)
	// Done takes a link off the queue and adds what was found on its page to the
	// run of its seed, in one atomic step. If retry is not zero the link itself is
	// queued again for that time, with one more attempt. The run ends when its End
	// is done and nothing new was found with it.
	Done(ctx context.Context, link Link, found []Link, retry time.Time) error
	// Dropped yields the URLs that an earlier run of a seed saw, and its present
	// run did not.
	Dropped(ctx context.Context, seed string) iter.Seq2[string, error]
}

// Visit is the evidence of one fetch of a URL, with what the next conditional
// request needs.
type Visit struct {
	URL       string    `json:"url"`
	Seed      string    `json:"seed"` // "" for the robots.txt of a host, which is of no source
	From      string    `json:"from,omitempty"`
	Time      time.Time `json:"time"`
	Status    int       `json:"status"`          // HTTP status, 0 if there was no answer
	Error     string    `json:"error,omitempty"` // why the page could not be read, "" if it was
	Failure   Failing   `json:"failure,omitempty"`
	Redirect  string    `json:"redirect,omitempty"`
	MediaType string    `json:"mediaType,omitempty"`
	// Header is that of the answer as received, without what hides secrets or
	// says nothing (Set-Cookie). Only History tells it.
	Header http.Header `json:"header,omitempty"`
	// Peer is the server that answered over TLS, nil without. Only History tells it.
	Peer *Peer `json:"peer,omitempty"`
	// Received is the SHA-256, hex, of the body of this answer, "" if it had none
	// that is kept; SHA256 below is that of the last success.
	Received string `json:"received,omitempty"`
	// Missing is since when a page that was there answers 404, zero if it does not.
	Missing time.Time `json:"missing,omitzero"`
	// Unlisted is since when no page of its source leads to it any more, zero if
	// one does.
	Unlisted time.Time `json:"unlisted,omitzero"`
	// What stands since the last success, kept through failures.
	Success      time.Time `json:"success,omitzero"`
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"lastModified,omitempty"`
	SHA256       string    `json:"sha256,omitempty"` // of the raw body, in Blobs
	Links        []string  `json:"links,omitempty"`
	// Modified are the Link.Modified of Links, in Unix seconds, nil where the page
	// says none.
	Modified    []int64  `json:"modified,omitempty"`
	Attachments []string `json:"attachments,omitempty"` // addresses of the attachments of what it states
	Sitemap     bool     `json:"sitemap,omitempty"`     // it is a sitemap
	// Overview says that the page only leads to others and states nothing.
	Overview bool `json:"overview,omitempty"`
	// Unread says that only its links were looked for (Options.FetchOnly).
	Unread bool `json:"unread,omitempty"`
	// Title of the page, for lists.
	Title string `json:"title,omitempty"`
	// Canonical is the address under which the same document is published, "" if
	// that is this one.
	Canonical string `json:"canonical,omitempty"`
	// Text is the SHA-256, hex, of the text that was read from an attachment, in
	// Blobs, and Note says for people why there is none, or not all of it.
	Text string `json:"text,omitempty"`
	Note string `json:"note,omitempty"`
	// Sitting is when the sitting is that the page is about, zero if that is not
	// known.
	Sitting time.Time `json:"sitting,omitzero"`
	// Changed is when the body was last seen to differ, and Same how many
	// successful visits in a row have found it as it was then.
	Changed time.Time `json:"changed,omitzero"`
	Same    int       `json:"same,omitempty"`
	// Due is before when the page need not be asked for again: what the server
	// said (RFC 9111, section 4.2), or what was learned from how it changes.
	Due time.Time `json:"due,omitzero"`
	// Lifetime is how long the server said that what it answered stays fresh, in
	// Cache-Control or Expires; 0 if it did not.
	Lifetime time.Duration `json:"lifetime,omitempty"`
}

// Peer is who answered over TLS.
type Peer struct {
	Version     string    `json:"version"` // "TLS 1.3"
	Name        string    `json:"name"`    // subject of the certificate
	Issuer      string    `json:"issuer"`
	NotAfter    time.Time `json:"notAfter"`
	Fingerprint string    `json:"fingerprint"` // SHA-256 of the certificate, hex
}

// published reports whether the publisher was given what the page stated, and
// was not told since that it is gone.
func (v Visit) published() bool { return v.SHA256 != "" && !v.Overview }

// gone reports whether the page was not there any more when it was last
// visited: withdrawn, or never seen.
func (v Visit) gone() bool {
	return v.Error == "" && (v.Status == http.StatusNotFound || v.Status == http.StatusGone)
}

// Visits keeps every fetch as evidence and finds the last one of a URL.
type Visits interface {
	// Last returns the newest visit, without Header and Peer.
	Last(ctx context.Context, url string) (v Visit, ok bool, err error)
	Record(ctx context.Context, v Visit) error
	// All yields the last visit of every URL, by URL, without its Links.
	All(ctx context.Context) iter.Seq2[Visit, error]
	// History yields every visit of a URL, oldest first, without Links; of every
	// URL, by URL, if url is "".
	History(ctx context.Context, url string) iter.Seq2[Visit, error]
}

// Round is one harvest of a source, from its seed to the last link.
type Round struct {
	Source  string    `json:"source"` // the seed
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended"`
	Totals  Totals    `json:"totals"`            // what this process did of it since it began or went on
	Stopped string    `json:"stopped,omitempty"` // why it ended before everything was visited: "budget"; "" if it did not
}

// Rounds keeps the rounds of sources that ended.
type Rounds interface {
	RecordRound(ctx context.Context, r Round) error
	// Rounds returns the newest n rounds of a source, newest first.
	Rounds(ctx context.Context, source string, n int) ([]Round, error)
}

// Blobs keeps raw bodies by the hex SHA-256 of their bytes. Put is durable. Get
// returns an error that is fs.ErrNotExist for a body that is not there.
type Blobs interface {
	Put(ctx context.Context, content []byte) (sha256 string, err error)
	Get(ctx context.Context, sha256 string) ([]byte, error)
}

// Doer sends one HTTP request without following redirects. The application
// passes in a client that guards against private addresses.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}
