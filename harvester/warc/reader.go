package warc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Bounds of a Reader where it is given none.
const (
	MaxHead  = 64 << 10 // bytes of the fields of a record
	MaxBlock = 1 << 30  // bytes of a block
)

// Reader reads records one after the other. It never holds more than the fields
// of one record in memory, whatever the archive says of itself.
type Reader struct {
	// MaxBlock is the largest block, after decompression, that is read or passed
	// over; 0 means the constant.
	MaxBlock int64

	raw   *counter
	file  *bufio.Reader // the file
	gz    *gzip.Reader  // nil for a plain file
	text  *bufio.Reader // what the file holds, decompressed
	begun int64         // where the present gzip member begins
	ended bool          // the present gzip member was read to its end
	at    int64         // where the present record begins
	block io.LimitedReader
	err   error // what ended the reading
}

// SyntaxError says that an archive can not be read on, and from where.
type SyntaxError struct {
	Offset  int64 // of the record, or of its gzip member, in the file
	Problem string
	Err     error // nil if the problem says all
}

func (e *SyntaxError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("record at byte %d: %s: %v", e.Offset, e.Problem, e.Err)
	}
	return fmt.Sprintf("record at byte %d: %s", e.Offset, e.Problem)
}

func (e *SyntaxError) Unwrap() error { return e.Err }

// counter counts the bytes that were read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// NewReader returns a Reader of a plain archive or of one in gzip members; it
// sees for itself which.
func NewReader(r io.Reader) *Reader {
	raw := &counter{r: r}
	return &Reader{raw: raw, file: bufio.NewReaderSize(raw, 64<<10)}
}

// Next passes over what is left of the block before and returns the next
// record. Its block is read from the Reader, up to io.EOF, before Next is called
// again. Next returns io.EOF after the last record, and a *SyntaxError for what
// is no archive or goes beyond a bound; it does not go on after an error.
func (r *Reader) Next() (*Record, error) {
	if r.err == nil {
		var record *Record
		if record, r.err = r.next(); r.err == nil {
			return record, nil
		}
	}
	return nil, r.err
}

func (r *Reader) next() (*Record, error) {
	if r.text == nil {
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, err
	}
	if err := r.skipLines(); err != nil {
		return nil, err
	}
	r.at = r.offset()
	record := &Record{Offset: r.at}
	fields, err := r.head(record)
	if err != nil {
		return nil, err
	}
	if err := record.take(fields); err != nil {
		return nil, err
	}
	limit := r.MaxBlock
	if limit <= 0 {
		limit = MaxBlock
	}
	if record.Length > limit {
		return nil, record.bad(fmt.Sprintf("its block of %d bytes is over the bound of %d", record.Length, limit), nil)
	}
	r.block = io.LimitedReader{R: r.text, N: record.Length}
	return record, nil
}

// begin sees whether the file is compressed.
func (r *Reader) begin() error {
	magic, err := r.file.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read archive: %w", err)
	}
	r.text = r.file
	if len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		r.gz, r.ended = new(gzip.Reader), true
		r.text = bufio.NewReaderSize((*members)(r), 64<<10)
	}
	return nil
}

// members is what the gzip members of the file hold, one after the other. A
// Read never crosses from one into the next, so that a member is begun only
// when the one before has been used up.
type members Reader

func (m *members) Read(p []byte) (int, error) {
	for {
		if m.ended {
			m.begun = m.raw.n - int64(m.file.Buffered())
			if _, err := m.file.Peek(1); err != nil {
				return 0, err // io.EOF: there is no other
			}
			if err := m.gz.Reset(m.file); err != nil {
				return 0, m.broken(err)
			}
			m.gz.Multistream(false)
			m.ended = false
		}
		n, err := m.gz.Read(p)
		if errors.Is(err, io.EOF) {
			m.ended, err = true, nil
		}
		if n > 0 || err != nil {
			return n, m.broken(err)
		}
	}
}

func (m *members) broken(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &SyntaxError{Offset: m.begun, Problem: "it can not be decompressed", Err: err}
}

// Read reads from the block of the present record.
func (r *Reader) Read(p []byte) (int, error) {
	if r.block.N == 0 {
		return 0, io.EOF
	}
	n, err := r.block.Read(p)
	if errors.Is(err, io.EOF) && r.block.N > 0 {
		err = &SyntaxError{Offset: r.at, Problem: "the archive ends within a block", Err: io.ErrUnexpectedEOF}
	}
	return n, err
}

// offset is where the next byte, or the member that it is in, stands in the file.
func (r *Reader) offset() int64 {
	if r.gz != nil {
		return r.begun
	}
	return r.raw.n - int64(r.file.Buffered())
}

// skipLines passes over the empty lines after a block. There should be two; old
// tools wrote others.
func (r *Reader) skipLines() error {
	for {
		b, err := r.text.Peek(1)
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		if err != nil {
			return wrap(err)
		}
		if b[0] != '\r' && b[0] != '\n' {
			return nil
		}
		_, _ = r.text.Discard(1)
	}
}

// wrap says of an error of the file what was being done.
func wrap(err error) error {
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		return err
	}
	return fmt.Errorf("read archive: %w", err)
}

func (r *Record) bad(problem string, err error) error {
	return &SyntaxError{Offset: r.Offset, Problem: problem, Err: err}
}

// head reads the version and the fields of a record.
func (r *Reader) head(record *Record) (Fields, error) {
	left := MaxHead
	version, err := r.line(record, &left)
	if err != nil {
		return nil, err
	}
	name, number, _ := strings.Cut(version, "/")
	if name != "WARC" {
		return nil, record.bad(fmt.Sprintf("want a WARC record, not %.20q", version), nil)
	}
	if record.Version = number; number != "1.0" && number != "1.1" {
		return nil, record.bad(fmt.Sprintf("version %.20q of WARC is not read (want 1.0 or 1.1)", number), nil)
	}
	var fields Fields
	for {
		line, err := r.line(record, &left)
		if err != nil {
			return nil, err
		}
		if line == "" {
			return fields, nil
		}
		if fields, err = fields.withLine(line); err != nil {
			return nil, record.bad(err.Error(), nil)
		}
	}
}

// line reads one line of a head, of which left bytes may still come.
func (r *Reader) line(record *Record, left *int) (string, error) {
	var line []byte
	for {
		part, err := r.text.ReadSlice('\n')
		if *left -= len(part); *left < 0 {
			return "", record.bad(fmt.Sprintf("its fields are over the bound of %d bytes", MaxHead), nil)
		}
		line = append(line, part...)
		if err == nil {
			return strings.TrimRight(string(line), "\r\n"), nil
		}
		if errors.Is(err, io.EOF) {
			return "", record.bad("the archive ends within its fields", io.ErrUnexpectedEOF)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", wrap(err)
		}
	}
}

// take puts the fields that every record must have (section 5.1) in their
// places.
func (r *Record) take(fields Fields) error {
	length := ""
	for _, f := range fields {
		switch strings.ToLower(f.Name) {
		case "warc-type":
			r.Type = Type(strings.ToLower(f.Value))
		case "warc-record-id":
			r.ID = bare(f.Value)
		case "warc-date":
			var err error
			if r.Date, err = parseDate(f.Value); err != nil {
				return r.bad(fmt.Sprintf("its date %.40q can not be read", f.Value), nil)
			}
		case "content-length":
			if length != "" && length != f.Value {
				return r.bad("it has two lengths", nil)
			}
			length = f.Value
		default:
			r.Fields = append(r.Fields, f)
		}
	}
	n, err := strconv.ParseUint(length, 10, 63)
	switch {
	case length == "":
		return r.bad("it has no Content-Length", nil)
	case err != nil:
		return r.bad(fmt.Sprintf("its length %.40q can not be read", length), nil)
	case r.Type == "" || r.ID == "" || r.Date.IsZero():
		return r.bad("want the fields WARC-Type, WARC-Record-ID and WARC-Date", nil)
	}
	r.Length = int64(n)
	return nil
}
