package results

import "strings"

// Format is a form of results on the wire.
type Format uint8

// The formats. Kind Quads has none here: those are RDF.
const (
	JSON Format = iota // SPARQL 1.1 Query Results JSON Format
	XML                // SPARQL Query Results XML Format (Second Edition)
	CSV                // SPARQL 1.1 Query Results CSV and TSV Formats
	TSV
)

// formats holds the name, file extension and media types of each format, the
// registered media type first.
var formats = [...]struct {
	name, extension string
	mediaTypes      []string
}{
	JSON: {"json", ".srj", []string{"application/sparql-results+json", "application/json"}},
	XML:  {"xml", ".srx", []string{"application/sparql-results+xml", "application/xml", "text/xml"}},
	CSV:  {"csv", ".csv", []string{"text/csv"}},
	TSV:  {"tsv", ".tsv", []string{"text/tab-separated-values"}},
}

// Formats returns all formats, in the order in which we like them.
func Formats() []Format { return []Format{JSON, XML, CSV, TSV} }

// String returns the short name of the format, such as "json".
func (f Format) String() string { return formats[f].name }

// MediaType returns the registered media type, without parameters.
func (f Format) MediaType() string { return formats[f].mediaTypes[0] }

// MediaTypes returns every media type that asks for the format, the registered
// one first. The caller must not change it.
func (f Format) MediaTypes() []string { return formats[f].mediaTypes }

// Extension returns the usual file extension, with its dot.
func (f Format) Extension() string { return formats[f].extension }

// FormatByName returns the format with a short name, a media type (parameters
// are left out of account) or a file extension with its dot.
func FormatByName(name string) (Format, bool) {
	name, _, _ = strings.Cut(name, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	for f, entry := range formats {
		if name == entry.name || name == entry.extension || name == "."+entry.name {
			return Format(f), true
		}
		for _, m := range entry.mediaTypes {
			if name == m {
				return Format(f), true
			}
		}
	}
	return 0, false
}
