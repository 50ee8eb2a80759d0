package config

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The patterns of the words of a file of sources. The schema has the same.
const (
	addressPattern  = `^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@\\]+([/?#]\S*)?$`
	hostPattern     = `^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$`
	durationPattern = `^([0-9]{1,9}(ms|s|m|h|d))+$`
	sizePattern     = `^[0-9]{1,6} ?(kB|KB|MB)$`
	clockPattern    = `^([01][0-9]|2[0-3]):[0-5][0-9]$`
	envPattern      = `^[A-Za-z_][A-Za-z0-9_]{0,199}$`
	namePattern     = `^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`
	wordPattern     = `^[^:]+$` // a user name may hold no colon (RFC 7617, section 2)
)

var (
	isAddress  = regexp.MustCompile(addressPattern)
	isHost     = regexp.MustCompile(hostPattern)
	isDuration = regexp.MustCompile(durationPattern)
	isSize     = regexp.MustCompile(sizePattern)
	isClock    = regexp.MustCompile(clockPattern)
	isEnv      = regexp.MustCompile(envPattern)
	isName     = regexp.MustCompile(namePattern)
	isWord     = regexp.MustCompile(wordPattern)
)

const maxText = 2000 // letters of one text

// The bounds that the schema can not tell.
const (
	minEvery   = time.Minute
	maxEvery   = 31 * 24 * time.Hour
	maxDelay   = time.Hour
	maxTimeout = 10 * time.Minute
	minBody    = 1 << 10
	maxBody    = 512 << 20
)

// defaultParallel is how many pages are under way at once if nobody says.
const defaultParallel = 8

// reader walks through a document and notes everything that is wrong.
type reader struct {
	file     string
	problems Problems
	nodes    int // that were walked through; aliases make few into many
	// What the parts of the file refer to one another by.
	credentials map[string]*Credentials
	addresses   map[string]Position
}

func (r *reader) problem(at Position, path, format string, args ...any) {
	r.note(Problem{At: at, Path: path, Text: fmt.Sprintf(format, args...)})
}

// beyond notes a problem that a schema can not tell.
func (r *reader) beyond(at Position, path, format string, args ...any) {
	r.note(Problem{At: at, Path: path, Text: fmt.Sprintf(format, args...), beyond: true})
}

func (r *reader) note(p Problem) {
	p.File = r.file
	switch {
	case len(r.problems) < maxProblems:
		r.problems = append(r.problems, p)
	case len(r.problems) == maxProblems:
		r.problems = append(r.problems, Problem{File: r.file, At: p.At, Text: "and more; mend the first ones", beyond: p.beyond})
	}
}

// field is one setting of a mapping.
type field struct {
	name     string
	required bool
	read     func(path string, n *node)
}

// mapping reads a mapping; what is in it and not among the fields is a problem.
func (r *reader) mapping(path string, n *node, fields ...field) bool {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	if !r.is(path, n, mapNode, "a mapping with "+strings.Join(names, ", ")) {
		return false
	}
	found := map[string]bool{}
	for _, p := range n.pairs {
		i := slices.Index(names, p.key)
		if i < 0 {
			near := Near(p.key, names)
			found[near] = true // one problem is enough
			r.problem(p.at, path, "%q is no setting here%s There are %s", short(p.key), meant(p.key, near), strings.Join(names, ", "))
			continue
		}
		found[p.key] = true
		fields[i].read(join(path, p.key), p.value)
	}
	for _, f := range fields {
		if f.required && !found[f.name] {
			r.problem(n.at, path, "%s is missing", f.name)
		}
	}
	return true
}

// meant says what somebody may have meant by a setting that is none. near is one
// that is spelt much the same, "" if none is.
func meant(key, near string) string {
	switch lower := strings.ToLower(key); {
	case near != "":
		return fmt.Sprintf(": is %q meant?", near)
	case slices.Contains([]string{"password", "wachtwoord", "username", "user", "secret", "clientsecret", "token", "apikey", "basic", "oauth2", "authentication"}, lower):
		return ": what a host asks for stands once under credentials, at the top of the file, and a source refers to it by name."
	case lower == "<<":
		return ": merge keys are not read; what holds for several stands under defaults."
	}
	return "."
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// is reports whether n is of a kind, and notes it if not.
func (r *reader) is(path string, n *node, kind nodeKind, want string) bool {
	if r.nodes++; r.nodes > maxNodes {
		if r.nodes == maxNodes+1 {
			r.beyond(n.at, path, "the aliases make this file larger than it may be")
		}
		return false
	}
	switch n.kind {
	case kind:
		return true
	case otherNode: // it was noted
	case nullNode:
		r.problem(n.at, path, "nothing stands here: write %s, or take the line away", want)
	default:
		r.problem(n.at, path, "here stands %s, and not %s", n.kind, want)
	}
	return false
}

// text reads a string of at least one letter.
func (r *reader) text(path string, n *node, want string, pattern *regexp.Regexp) (string, bool) {
	if !r.is(path, n, scalarNode, want) {
		return "", false
	}
	letters := len([]rune(n.text))
	switch {
	case letters == 0:
		r.problem(n.at, path, "nothing stands here: write %s", want)
	case letters > maxText:
		r.problem(n.at, path, "this is longer than %d letters", maxText)
	case pattern != nil && !pattern.MatchString(n.text):
		r.problem(n.at, path, "%q is not %s", short(n.text), want)
	default:
		return n.text, true
	}
	return "", false
}

// list reads a list of at least least items; each, if set, reads one.
func (r *reader) list(path string, n *node, want string, least int, each func(path string, n *node)) bool {
	if !r.is(path, n, listNode, want) {
		return false
	}
	if len(n.items) < least {
		r.problem(n.at, path, "this is empty: write %s", want)
		return false
	}
	for i, item := range n.items {
		if r.nodes > maxNodes {
			return false
		}
		each(path+"["+strconv.Itoa(i)+"]", item)
	}
	return true
}

// several reads one text, or a list of them.
func (r *reader) several(path string, n *node, want string, pattern *regexp.Regexp, one func(at Position, path, text string)) {
	read := func(path string, n *node) {
		if s, ok := r.text(path, n, want, pattern); ok {
			one(n.at, path, s)
		}
	}
	if n.kind != listNode {
		read(path, n)
		return
	}
	r.list(path, n, want+", or a list of them", 1, read)
}

// number reads a whole number.
func (r *reader) number(path string, n *node, least, most int) (int, bool) {
	want := fmt.Sprintf("a whole number from %d to %d", least, most)
	if !r.is(path, n, numberNode, want) {
		return 0, false
	}
	var f float64
	switch v := n.value.(type) {
	case int64:
		f = float64(v)
	case uint64:
		f = float64(v)
	case float64:
		f = v
	}
	if f != math.Trunc(f) || f < float64(least) || f > float64(most) {
		r.problem(n.at, path, "%s is not %s", short(n.text), want)
		return 0, false
	}
	return int(f), true
}

// units of a duration. A day has 24 hours.
var units = map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

var isPart = regexp.MustCompile(`([0-9]+)(ms|s|m|h|d)`)

// duration reads a length of time, such as 90m or 1d12h.
func (r *reader) duration(path string, n *node, least, most time.Duration) (time.Duration, bool) {
	s, ok := r.text(path, n, "a length of time such as 250ms, 90m, 6h or 1d", isDuration)
	if !ok {
		return 0, false
	}
	total := time.Duration(0)
	for _, part := range isPart.FindAllStringSubmatch(s, -1) {
		v, _ := strconv.ParseInt(part[1], 10, 64) // nine digits at most
		if d := units[part[2]]; v > int64(most/d) {
			total = most + 1
		} else if total <= most {
			total += time.Duration(v) * d
		}
	}
	if total < least || total > most {
		r.beyond(n.at, path, "%q is not from %s to %s", short(s), inWords(least), inWords(most))
		return 0, false
	}
	return total, true
}

// inWords writes a length of time as it stands in a file of sources.
func inWords(d time.Duration) string {
	for _, unit := range []string{"d", "h", "m", "s"} {
		if d >= units[unit] && d%units[unit] == 0 {
			return strconv.FormatInt(int64(d/units[unit]), 10) + unit
		}
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}

// size reads a number of bytes, such as 20MB.
func (r *reader) size(path string, n *node) (int64, bool) {
	s, ok := r.text(path, n, "a size such as 500KB or 20MB", isSize)
	if !ok {
		return 0, false
	}
	unit := int64(1 << 10)
	if strings.HasSuffix(s, "MB") {
		unit = 1 << 20
	}
	v, _ := strconv.ParseInt(strings.TrimRight(s, " kKMB"), 10, 64) // six digits at most
	if v *= unit; v < minBody || v > maxBody {
		r.beyond(n.at, path, "%q is not from %d KB to %d MB", s, minBody>>10, maxBody>>20)
		return 0, false
	}
	return v, true
}

func (r *reader) truth(path string, n *node, to *bool) {
	if r.is(path, n, boolNode, "true or false") {
		*to, _ = n.value.(bool)
	}
}

// choice reads one of some words.
func (r *reader) choice(path string, n *node, words ...string) (string, bool) {
	want := strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	s, ok := r.text(path, n, want, nil)
	if !ok {
		return "", false
	}
	if !slices.Contains(words, s) {
		near := ""
		if w := Near(s, words); w != "" {
			near = fmt.Sprintf(": is %q meant?", w)
		}
		r.problem(n.at, path, "%q is not %s%s", short(s), want, near)
		return "", false
	}
	return s, true
}

// address reads an http or https address without a user and password in it.
func (r *reader) address(path string, n *node) (string, bool) {
	const want = "an address in full, such as https://www.gemeente.be/besluiten"
	if n.kind == scalarNode && strings.Contains(n.text, "@") && !isAddress.MatchString(n.text) {
		// What stands before the @ may be a password.
		r.problem(n.at, path, "this is not %s; a user and a password never stand in it: %s", want, wantCredentials)
		return "", false
	}
	s, ok := r.text(path, n, want, isAddress)
	if !ok {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		r.beyond(n.at, path, "%q is not %s", short(s), want)
		return "", false
	}
	return s, true
}

const (
	wantCredentials = "name the credentials under credentials, at the top of the file, and refer to them by that name"
	wantSecret      = "a secret never stands in this file: write {env: NAME} for an environment variable or {file: PATH} for a file that holds it"
)

// secret reads where a secret is kept. What stands there instead is never
// quoted.
func (r *reader) secret(path string, n *node) Secret {
	var s Secret
	if n.kind != mapNode && n.kind != otherNode && n.kind != nullNode {
		r.problem(n.at, path, wantSecret)
		return s
	}
	env := field{name: "env", read: func(path string, n *node) {
		if n.kind == scalarNode && !isEnv.MatchString(n.text) {
			// It may be the secret itself.
			r.problem(n.at, path, "this is not the name of an environment variable, such as BELFORT_VENDOR_A; the secret itself stands in the variable")
			return
		}
		s.Env, _ = r.text(path, n, "the name of an environment variable", isEnv)
	}}
	file := field{name: "file", read: func(path string, n *node) { s.File, _ = r.text(path, n, "the path of a file", nil) }}
	if r.mapping(path, n, env, file) {
		r.exactlyOne(path, n, wantSecret, "env", "file")
	}
	return s
}

// exactlyOne notes when a mapping has none or several of some settings.
func (r *reader) exactlyOne(path string, n *node, text string, names ...string) {
	has := 0
	for _, p := range n.pairs {
		if slices.Contains(names, p.key) {
			has++
		}
	}
	if has != 1 {
		r.problem(n.at, path, "%s", text)
	}
}

// sources reads the whole.
func (r *reader) sources(n *node) Sources {
	s := Sources{Parallel: defaultParallel}
	r.credentials, r.addresses = map[string]*Credentials{}, map[string]Position{}
	base := settings{sooner: true}
	var besturen func() // last, whatever the order in the file
	r.mapping("", n,
		field{name: "besturen", required: true, read: func(path string, n *node) {
			besturen = func() {
				r.list(path, n, "a list of besturen", 1, func(path string, n *node) {
					s.Besturen = append(s.Besturen, r.bestuur(path, n, base))
				})
			}
		}},
		field{name: "credentials", read: r.allCredentials},
		field{name: "defaults", read: func(path string, n *node) {
			r.mapping(path, n, base.schedule(r), base.limits(r))
		}},
		field{name: "parallel", read: func(path string, n *node) {
			if v, ok := r.number(path, n, 1, 256); ok {
				s.Parallel = v
			}
		}},
		field{name: "timeout", read: func(path string, n *node) {
			s.Timeout, _ = r.duration(path, n, time.Second, maxTimeout)
		}},
		field{name: "maxBody", read: func(path string, n *node) { s.MaxBody, _ = r.size(path, n) }})
	if besturen != nil {
		besturen()
	}
	return s
}

// settings are what a source takes from its government, and that from the
// defaults.
type settings struct {
	every       time.Duration
	at          []Clock
	sooner      bool
	bounds      Limits
	hosts       []string
	organen     []Word
	credentials *Credentials
	scheduled   bool
}

// schedule is the setting for when: a schedule is replaced whole.
func (s *settings) schedule(r *reader) field {
	return field{name: "schedule", read: func(path string, n *node) {
		var every time.Duration
		var at []Clock
		sooner := true
		ok := r.mapping(path, n,
			field{name: "every", read: func(path string, n *node) {
				every, _ = r.duration(path, n, minEvery, maxEvery)
			}},
			field{name: "at", read: func(path string, n *node) {
				r.several(path, n, `a time of the day in Flanders such as "06:30"`, isClock, func(_ Position, _, text string) {
					hours, minutes, _ := strings.Cut(text, ":")
					h, _ := strconv.Atoi(hours)
					m, _ := strconv.Atoi(minutes)
					at = append(at, Clock(h*60+m))
				})
			}},
			field{name: "sooner", read: func(path string, n *node) { r.truth(path, n, &sooner) }})
		if !ok {
			return
		}
		r.exactlyOne(path, n, "write either every (such as 6h) or at (such as \"06:30\"), and not both", "every", "at")
		slices.Sort(at)
		s.every, s.at, s.sooner, s.scheduled = every, slices.Compact(at), sooner, true
	}}
}

// limits is the setting for how much and how fast: each limit for itself.
func (s *settings) limits(r *reader) field {
	return field{name: "limits", read: func(path string, n *node) {
		b := &s.bounds
		r.mapping(path, n,
			field{name: "delay", read: func(path string, n *node) {
				if d, ok := r.duration(path, n, 0, maxDelay); ok {
					b.Delay = d
				}
			}},
			field{name: "perHost", read: func(path string, n *node) {
				if v, ok := r.number(path, n, 1, 64); ok {
					b.PerHost = v
				}
			}},
			field{name: "maxPages", read: func(path string, n *node) {
				if v, ok := r.number(path, n, 1, 10_000_000); ok {
					b.MaxPages = v
				}
			}},
			field{name: "attachments", read: func(path string, n *node) {
				if v, ok := r.choice(path, n, "none", "text"); ok {
					b.Attachments = v == "text"
				}
			}})
	}}
}

// access are the settings for where a source may go and how it is let in.
func (s *settings) access(r *reader) []field {
	s.hosts, s.organen = slices.Clone(s.hosts), slices.Clone(s.organen)
	return []field{
		{name: "organen", read: func(path string, n *node) {
			s.organen = nil
			r.several(path, n, "the name or IRI of a bestuursorgaan", nil, func(at Position, path, text string) {
				s.organen = append(s.organen, Word{text, at, path})
			})
		}},
		{name: "hosts", read: func(path string, n *node) {
			r.several(path, n, "a host, such as besluiten.gemeente.be", isHost, func(_ Position, _, text string) {
				s.hosts = append(s.hosts, strings.ToLower(text))
			})
		}},
		{name: "credentials", read: func(path string, n *node) {
			if n.kind == mapNode {
				r.problem(n.at, path, "%s", wantCredentials)
				return
			}
			name, ok := r.text(path, n, "the name of credentials", isName)
			if !ok {
				return
			}
			if s.credentials = r.credentials[name]; s.credentials == nil {
				known := slices.Sorted(maps.Keys(r.credentials))
				r.beyond(n.at, path, "there are no credentials %q%s", name, meantOrAll(name, known, "under credentials at the top of the file"))
			}
		}},
	}
}

// meantOrAll says what is near a name, or else which names there are.
func meantOrAll(name string, known []string, where string) string {
	if near := Near(name, known); near != "" {
		return fmt.Sprintf(": is %q meant?", near)
	}
	if len(known) == 0 {
		return "; none stand " + where
	}
	return fmt.Sprintf("; %s stand %s", strings.Join(known[:min(len(known), 20)], ", "), where)
}

// bestuur reads one government.
func (r *reader) bestuur(path string, n *node, own settings) Bestuur {
	b := Bestuur{At: n.at, Path: path}
	var sources func()
	r.mapping(path, n, slices.Concat([]field{
		{name: "bestuur", required: true, read: func(path string, n *node) {
			b.At = n.at
			if n.kind == numberNode { // a NIS code without quotes
				b.Name = n.text
				if f, ok := n.value.(float64); ok && f != math.Trunc(f) {
					r.problem(n.at, path, "%s is no NIS code", n.text)
				}
				return
			}
			b.Name, _ = r.text(path, n, "an IRI, a NIS code, a KBO number or a name", nil)
		}},
		{name: "bronnen", required: true, read: func(path string, n *node) {
			sources = func() {
				r.list(path, n, "a list of bronnen", 0, func(path string, n *node) {
					b.Sources = append(b.Sources, r.source(path, n, own))
				})
			}
		}},
		own.schedule(r), own.limits(r),
	}, own.access(r))...)
	if sources != nil {
		sources()
	}
	return b
}

// source reads one source.
func (r *reader) source(path string, n *node, own settings) Source {
	s := Source{At: n.at, Path: path}
	r.mapping(path, n, slices.Concat([]field{
		{name: "kind", read: func(path string, n *node) {
			kind, _ := r.choice(path, n, string(Overview), string(Page), string(Feed), string(Sitemap))
			s.Kind = Kind(kind)
		}},
		{name: "url", required: true, read: func(path string, n *node) {
			s.At = n.at
			address, ok := r.address(path, n)
			if !ok {
				return
			}
			s.URL = address
			if first, twice := r.addresses[address]; twice {
				r.beyond(n.at, path, "this address stands in the file twice; the first is on line %d", first.Line)
				return
			}
			r.addresses[address] = n.at
		}},
		own.schedule(r), own.limits(r),
	}, own.access(r))...)
	if s.Kind == "" {
		s.Kind = Overview
	}
	if !own.scheduled {
		own.every = DefaultEvery
	}
	s.Every, s.Clocks, s.Sooner = Duration(own.every), own.at, own.sooner
	s.Limits, s.Hosts, s.Organen, s.Credentials = own.bounds, unique(own.hosts), own.organen, own.credentials
	return s
}

// DefaultEvery is the time between the starts of two rounds of a source when
// nobody says.
const DefaultEvery = 6 * time.Hour

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// allCredentials reads the credentials that sources refer to.
func (r *reader) allCredentials(path string, n *node) {
	if !r.is(path, n, mapNode, "a mapping of names to credentials") {
		return
	}
	for _, p := range n.pairs {
		if !isName.MatchString(p.key) {
			r.problem(p.at, path, "a name of credentials is made of letters, digits, dots and hyphens")
			continue
		}
		c := &Credentials{Name: p.key, At: p.at}
		r.credentials[p.key] = c
		r.oneCredentials(join(path, p.key), p.value, c)
	}
}

func (r *reader) oneCredentials(path string, n *node, c *Credentials) {
	ok := r.mapping(path, n,
		field{name: "basic", read: func(path string, n *node) {
			b := &Basic{}
			c.Basic = b
			r.mapping(path, n,
				field{name: "username", required: true, read: func(path string, n *node) {
					if n.kind == scalarNode && strings.Contains(n.text, ":") {
						// What stands behind it may be the password.
						r.problem(n.at, path, "a user name has no colon; the password stands under password")
						return
					}
					b.Username, _ = r.text(path, n, "a user name", isWord)
				}},
				field{name: "password", required: true, read: func(path string, n *node) { b.Password = r.secret(path, n) }})
		}},
		field{name: "oauth2", read: func(path string, n *node) {
			o := &OAuth2{}
			c.OAuth2 = o
			r.mapping(path, n,
				field{name: "tokenUrl", required: true, read: func(path string, n *node) { o.TokenURL, _ = r.address(path, n) }},
				field{name: "clientId", required: true, read: func(path string, n *node) { o.ClientID, _ = r.text(path, n, "the name of the client", nil) }},
				field{name: "clientSecret", required: true, read: func(path string, n *node) { o.ClientSecret = r.secret(path, n) }},
				field{name: "scope", read: func(path string, n *node) {
					o.Scope, _ = r.text(path, n, "scopes with a space between two", nil)
				}},
				field{name: "resource", read: func(path string, n *node) {
					r.several(path, n, "the address of what the token is for", isAddress, func(_ Position, _, text string) { o.Resource = append(o.Resource, text) })
				}})
		}})
	if ok {
		r.exactlyOne(path, n, "write either basic or oauth2", "basic", "oauth2")
	}
}
