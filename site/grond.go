package site

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/internal/besluit"
)

var (
	// eliPath is the address of a federal or Flemish text in the European
	// Legislation Identifier: /eli/wet/2013/06/24/2013000441.
	eliPath = regexp.MustCompile(`^/eli/([a-z-]+)/(\d{4})/(\d{1,2})/(\d{1,2})(?:/(\w+))?`)
	// codexPath is the address of a document in the Vlaamse Codex.
	codexPath = regexp.MustCompile(`(?i)^/doc(?:ument)?/document/(\d+)`)
)

// groundOf names a legal ground: its title, else what can be read from its
// address, which is more than a bare address tells. It invents nothing: the
// date and the number stand in the address.
func groundOf(l lang, g besluit.Rechtsgrond) string {
	if title := plain(g.Titel, 400); title != "" {
		return title
	}
	u, err := url.Parse(g.IRI)
	if err != nil || u.Host == "" {
		return g.IRI
	}
	host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	if m := eliPath.FindStringSubmatch(u.Path); m != nil {
		month, _ := strconv.Atoi(m[3]) // digits
		if month >= 1 && month <= 12 {
			name := fmt.Sprintf("%s van %s %s %s", strings.ReplaceAll(m[1], "-", " "), strings.TrimPrefix(m[4], "0"), maanden[month-1], m[2])
			if m[5] != "" {
				name += " (" + m[5] + ")"
			}
			return strings.ToUpper(name[:1]) + name[1:]
		}
	}
	if host == "codex.vlaanderen.be" {
		number := u.Query().Get("DID")
		if m := codexPath.FindStringSubmatch(u.Path); m != nil {
			number = m[1]
		}
		if number != "" {
			return host + ", " + message(l, "grond.document") + " " + number
		}
	}
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(u.Path, "/"), "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if u.Fragment != "" {
		parts = append(parts, u.Fragment)
	}
	parts = parts[max(0, len(parts)-2):]
	return strings.TrimSuffix(head([]rune(host+", "+strings.Join(parts, "/")), 100), ", ")
}
