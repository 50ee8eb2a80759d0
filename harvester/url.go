package harvester

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Session ids in paths: ";jsessionid=..." of Java servers and "/(S(...))/" of
// ASP.NET. Each visit gets another one, so a page would never be the same page
// twice.
var (
	javaSession = regexp.MustCompile(`(?i);jsessionid=[^/?;]*`)
	aspSession  = regexp.MustCompile(`(?i)/\([A-Z]\([^)]*\)\)`)
)

// trackers are query parameters that say who clicked, never which page.
var trackers = []string{"fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "jsessionid", "phpsessid", "sessionid"}

// maxURL is the longest address, in bytes, that is followed: RFC 9110, section
// 4.1 asks servers for 8000 octets.
const maxURL = 8000

// CleanURL returns the address under which a page is known: host and scheme in
// lower case, without default port, fragment, session id and tracking
// parameters. ok is false for what is not an http or https address, or is too
// long for one.
func CleanURL(raw string) (clean string, ok bool) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || len(raw) > maxURL || u.Host == "" || u.User != nil {
		return "", false
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Fragment, u.RawFragment = "", ""
	if p := u.EscapedPath(); javaSession.MatchString(p) || aspSession.MatchString(p) {
		p = aspSession.ReplaceAllString(javaSession.ReplaceAllString(p, ""), "")
		if u.Path, err = url.PathUnescape(p); err != nil {
			return "", false
		}
		u.RawPath = p
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.RawQuery = withoutTrackers(u.RawQuery)
	u.ForceQuery = false
	return u.String(), true
}

// withoutTrackers keeps the order and the spelling of the other parameters:
// servers may care.
func withoutTrackers(query string) string {
	if query == "" {
		return ""
	}
	kept := make([]string, 0, 4)
	for _, pair := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(strings.ToLower(pair), "=")
		if pair == "" || strings.HasPrefix(name, "utm_") || slices.Contains(trackers, name) {
			continue
		}
		kept = append(kept, pair)
	}
	return strings.Join(kept, "&")
}

// host returns the host (with port) of a clean URL.
func host(clean string) string {
	u, err := url.Parse(clean)
	if err != nil {
		return ""
	}
	return u.Host
}

// attachments are file types that hold no RDFa: they are linked, not crawled.
var attachments = []string{".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".zip", ".jpg", ".jpeg", ".png", ".gif", ".svg", ".mp3", ".mp4"}

func isAttachment(clean string) bool {
	u, err := url.Parse(clean)
	return err == nil && slices.Contains(attachments, strings.ToLower(path.Ext(u.Path)))
}
