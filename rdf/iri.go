package rdf

import "strings"

// IRIParts is an IRI reference split into its components (RFC 3986, appendix
// B). The Has fields tell an empty component from an absent one.
type IRIParts struct {
	Scheme, Authority, Path, Query, Fragment string
	HasScheme, HasAuthority                  bool
	HasQuery, HasFragment                    bool
}

// SplitIRI splits an IRI reference. It never fails: every string is split as
// appendix B of RFC 3986 would, with a scheme only where its characters are
// those of section 3.1.
func SplitIRI(s string) IRIParts {
	var p IRIParts
	if i := strings.IndexByte(s, '#'); i >= 0 {
		p.Fragment, p.HasFragment, s = s[i+1:], true, s[:i]
	}
	if i := strings.IndexByte(s, '?'); i >= 0 {
		p.Query, p.HasQuery, s = s[i+1:], true, s[:i]
	}
	if n := schemeLength(s); n > 0 {
		p.Scheme, p.HasScheme, s = s[:n], true, s[n+1:]
	}
	if strings.HasPrefix(s, "//") {
		s = s[2:]
		end := strings.IndexByte(s, '/')
		if end < 0 {
			end = len(s)
		}
		p.Authority, p.HasAuthority, s = s[:end], true, s[end:]
	}
	p.Path = s
	return p
}

// schemeLength returns the length of the scheme that s begins with, 0 if none.
func schemeLength(s string) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return i
		default:
			return 0
		}
	}
	return 0
}

// IsAbsoluteIRI reports whether s begins with a scheme (RFC 3987, section 2.2).
func IsAbsoluteIRI(s string) bool { return schemeLength(s) > 0 }

// String puts the components together again (RFC 3986, section 5.3).
func (p IRIParts) String() string {
	var b strings.Builder
	if p.HasScheme {
		b.WriteString(p.Scheme)
		b.WriteByte(':')
	}
	if p.HasAuthority {
		b.WriteString("//")
		b.WriteString(p.Authority)
	}
	b.WriteString(p.Path)
	if p.HasQuery {
		b.WriteByte('?')
		b.WriteString(p.Query)
	}
	if p.HasFragment {
		b.WriteByte('#')
		b.WriteString(p.Fragment)
	}
	return b.String()
}

// ResolveIRI resolves ref against base (RFC 3986, section 5.2, strict, on the
// characters of RFC 3987; nothing is percent-encoded or otherwise normalised).
// An empty base leaves ref as it is.
func ResolveIRI(base, ref string) string {
	if base == "" {
		return ref
	}
	r := SplitIRI(ref)
	if r.HasScheme {
		r.Path = removeDotSegments(r.Path)
		return r.resolved()
	}
	b := SplitIRI(base)
	t := IRIParts{Scheme: b.Scheme, HasScheme: b.HasScheme, Fragment: r.Fragment, HasFragment: r.HasFragment}
	switch {
	case r.HasAuthority:
		t.Authority, t.HasAuthority = r.Authority, true
		t.Path = removeDotSegments(r.Path)
		t.Query, t.HasQuery = r.Query, r.HasQuery
	default:
		t.Authority, t.HasAuthority = b.Authority, b.HasAuthority
		t.Query, t.HasQuery = r.Query, r.HasQuery
		switch {
		case r.Path == "":
			t.Path = b.Path
			if !r.HasQuery {
				t.Query, t.HasQuery = b.Query, b.HasQuery
			}
		case r.Path[0] == '/':
			t.Path = removeDotSegments(r.Path)
		default:
			t.Path = removeDotSegments(mergePaths(b, r.Path))
		}
	}
	return t.resolved()
}

// resolved is String for the outcome of a resolution: a path that begins with
// two slashes must not turn into an authority.
func (p IRIParts) resolved() string {
	if !p.HasAuthority && strings.HasPrefix(p.Path, "//") {
		p.Path = "/." + p.Path
	}
	return p.String()
}

// mergePaths is section 5.2.3 of RFC 3986.
func mergePaths(base IRIParts, path string) string {
	if base.HasAuthority && base.Path == "" {
		return "/" + path
	}
	return base.Path[:strings.LastIndexByte(base.Path, '/')+1] + path
}

// removeDotSegments is section 5.2.4 of RFC 3986.
func removeDotSegments(path string) string {
	if !strings.Contains(path, ".") {
		return path
	}
	in, out := path, make([]byte, 0, len(path))
	for in != "" {
		switch {
		case strings.HasPrefix(in, "../"):
			in = in[3:]
		case strings.HasPrefix(in, "./"):
			in = in[2:]
		case strings.HasPrefix(in, "/./"):
			in = in[2:]
		case in == "/.":
			in = "/"
		case strings.HasPrefix(in, "/../"):
			in, out = in[3:], withoutLastSegment(out)
		case in == "/..":
			in, out = "/", withoutLastSegment(out)
		case in == "." || in == "..":
			in = ""
		default:
			end := strings.IndexByte(in[1:], '/') + 1
			if end == 0 {
				end = len(in)
			}
			out, in = append(out, in[:end]...), in[end:]
		}
	}
	return string(out)
}

func withoutLastSegment(path []byte) []byte {
	i := len(path) - 1
	for i >= 0 && path[i] != '/' {
		i--
	}
	return path[:max(i, 0)]
}
