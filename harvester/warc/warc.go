// Package warc reads and writes web archives in the WARC format, versions 1.0
// and 1.1 (ISO 28500:2017; https://iipc.github.io/warc-specifications/): a row
// of records, each with named fields and a block, in a plain file or in one of
// gzip members. It knows records, not HTTP, and not what a harvest makes of them.
package warc

import (
	"fmt"
	"strings"
	"time"
)

// Type is the kind of a record (section 6). Others than those below may be read
// and should be passed over.
type Type string

// The types of record that Belfort writes.
const (
	Warcinfo Type = "warcinfo" // about the archive
	Request  Type = "request"  // what was asked
	Response Type = "response" // what was answered
	Revisit  Type = "revisit"  // an answer whose content stands in an earlier record
	Resource Type = "resource" // something that has no answer of its own
	Metadata Type = "metadata" // about another record, or about a fetch without answer
)

// The profiles of revisit records (section 6.7).
const (
	IdenticalPayload = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	NotModified      = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
)

// Media types of blocks.
const (
	FieldsType       = "application/warc-fields"
	HTTPRequestType  = "application/http;msgtype=request"
	HTTPResponseType = "application/http;msgtype=response"
)

// Record is the head of one record: what stands before its block.
type Record struct {
	Type Type
	ID   string    // WARC-Record-ID, a URI, without < and >
	Date time.Time // when the capture began; to the nanosecond in 1.1
	// Fields are the other fields in order. Writer adds Content-Length and the
	// digests itself; Reader takes out the three above.
	Fields Fields
	// Version is that of the record as read, "1.0" or "1.1". Writer writes 1.1.
	Version string
	// Length is that of the block in bytes, as read.
	Length int64
	// Offset is where the record stands in the file as read: its first byte, or
	// that of its gzip member.
	Offset int64
}

// TargetURI returns what the record is about, "" if that is not one resource.
// Some old archives write it between < and >.
func (r *Record) TargetURI() string { return bare(r.Fields.Get("WARC-Target-URI")) }

// Reference returns the value of a field that holds a URI between < and >.
func (r *Record) Reference(name string) string { return bare(r.Fields.Get(name)) }

func bare(uri string) string {
	if len(uri) > 1 && uri[0] == '<' && uri[len(uri)-1] == '>' {
		return uri[1 : len(uri)-1]
	}
	return uri
}

// Field is one named field.
type Field struct{ Name, Value string }

// Fields are named fields in order (section 4). Names are compared without case.
// They are also the content of blocks of type application/warc-fields.
type Fields []Field

// Get returns the first value with a name, "" if there is none.
func (f Fields) Get(name string) string {
	for _, field := range f {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// Add appends a field, unless the value is empty.
func (f *Fields) Add(name, value string) {
	if value != "" {
		*f = append(*f, Field{name, value})
	}
}

// Append appends the fields to b, one per line, as they stand in a block. It
// returns an error for a name that is no token or a value that would end its
// line.
func (f Fields) Append(b []byte) ([]byte, error) {
	for _, field := range f {
		if !isToken(field.Name) {
			return b, fmt.Errorf("%q can not name a field", field.Name)
		}
		if strings.ContainsAny(field.Value, "\r\n\x00") {
			return b, fmt.Errorf("the value of field %s has more than one line", field.Name)
		}
		b = append(b, field.Name...)
		b = append(b, ": "...)
		b = append(b, field.Value...)
		b = append(b, "\r\n"...)
	}
	return b, nil
}

// ParseFields reads a block of type application/warc-fields. Lines that hold no
// field are passed over.
func ParseFields(block []byte) Fields {
	var f Fields
	for line := range strings.Lines(string(block)) {
		f, _ = f.withLine(strings.TrimRight(line, "\r\n"))
	}
	return f
}

// withLine adds what one line says: a field, or more of the value before.
func (f Fields) withLine(line string) (Fields, error) {
	if line != "" && (line[0] == ' ' || line[0] == '\t') && len(f) > 0 {
		last := &f[len(f)-1]
		last.Value = strings.TrimSpace(last.Value + " " + strings.TrimSpace(line))
		return f, nil
	}
	name, value, ok := strings.Cut(line, ":")
	if name = strings.TrimRight(name, " \t"); !ok || !isToken(name) {
		return f, fmt.Errorf("want a field, name: value, not %.60q", line)
	}
	return append(f, Field{name, strings.TrimSpace(value)}), nil
}

// isToken is the token of section 4: visible ASCII without separators.
func isToken(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, s[i]) >= 0 {
			return false
		}
	}
	return s != ""
}
