package sparql

import (
	"strconv"
	"strings"
)

// Negotiate returns which of the offers, media types or content codings
// without parameters and best first, an Accept or Accept-Encoding header likes
// best (RFC 9110, sections 12.4 and 12.5). Of equally liked offers the first
// is taken; an empty header likes all. It returns "" if none is acceptable. Of
// the parameters in the header only q is read.
func Negotiate(accept string, offers []string) string {
	if strings.TrimSpace(accept) == "" {
		if len(offers) == 0 {
			return ""
		}
		return offers[0]
	}
	ranges := parseAccept(accept)
	best, bestQuality := "", 0
	for _, offer := range offers {
		if q := quality(ranges, offer); q > bestQuality {
			best, bestQuality = offer, q
		}
	}
	return best
}

// acceptRange is one member of an Accept header; its quality is in thousandths.
type acceptRange struct {
	name    string
	quality int
}

// maxRanges bounds how much of a header is read.
const maxRanges = 100

func parseAccept(header string) (ranges []acceptRange) {
	for member := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(member, ";")
		r := acceptRange{name: strings.ToLower(strings.TrimSpace(name)), quality: 1000}
		if r.name == "" {
			continue
		}
		for parameter := range strings.SplitSeq(parameters, ";") {
			key, value, ok := strings.Cut(parameter, "=")
			if !ok || !strings.EqualFold(strings.TrimSpace(key), "q") {
				continue
			}
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				q = 0 // what cannot be read is not asked for
			}
			r.quality = int(q*1000 + 0.5)
		}
		if ranges = append(ranges, r); len(ranges) == maxRanges {
			break
		}
	}
	return ranges
}

// quality is how much the most specific range that fits likes the offer.
func quality(ranges []acceptRange, offer string) int {
	q, specificity := 0, -1
	for _, r := range ranges {
		at := -1
		switch {
		case r.name == strings.ToLower(offer):
			at = 2
		case r.name == "*/*" || r.name == "*":
			at = 0
		case strings.HasSuffix(r.name, "/*") && len(offer) > len(r.name)-1 && strings.EqualFold(offer[:len(r.name)-1], r.name[:len(r.name)-1]):
			at = 1
		}
		if at > specificity {
			q, specificity = r.quality, at
		}
	}
	return q
}
