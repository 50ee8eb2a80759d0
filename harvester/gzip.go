package harvester

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Bounds on packed bodies. Real pages are packed 5 to 20 times, and runs of one
// character a thousand times.
const (
	maxRatio  = 200
	ratioFrom = 1 << 20 // bytes unpacked before the ratio counts
)

var (
	errPacked = failed(FailedSize, errors.New("body is packed tighter than the bound"))
	errCoding = failed(FailedType, errors.New("content coding that is not read here"))
)

// packing returns whether a body is packed with gzip, the one content coding
// that is asked for (RFC 9110, section 8.4). Several upon each other are what
// bombs are made of.
func packing(h http.Header) (packed bool, err error) {
	lines := h["Content-Encoding"]
	if len(lines) == 0 {
		return false, nil
	}
	for coding := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		switch coding = strings.ToLower(strings.TrimSpace(coding)); {
		case coding == "" || coding == "identity":
		case (coding == "gzip" || coding == "x-gzip") && !packed:
			packed = true
		default:
			return false, fmt.Errorf("%w: %q (want gzip, once)", errCoding, strings.Join(lines, ", "))
		}
	}
	return packed, nil
}

// gunzips are readers that are used again: each has tables of some 40 KB.
var gunzips = sync.Pool{New: func() any { return new(gzip.Reader) }}

// gunzip unpacks as it reads, and stops where a body is packed tighter than any
// page is.
type gunzip struct {
	from  *metered
	z     *gzip.Reader
	n     int64 // bytes unpacked
	begun bool
}

func newGunzip(from *metered) *gunzip {
	return &gunzip{from: from, z: gunzips.Get().(*gzip.Reader)}
}

func (g *gunzip) Read(b []byte) (int, error) {
	if !g.begun {
		g.begun = true
		if err := g.z.Reset(g.from); err != nil {
			if errors.Is(err, io.EOF) && g.from.n == 0 {
				return 0, io.EOF // nothing, packed as nothing
			}
			return 0, cut(err)
		}
	}
	n, err := g.z.Read(b)
	g.n += int64(n)
	if g.n > ratioFrom && g.n > maxRatio*g.from.n {
		return n, fmt.Errorf("%w of %d to 1", errPacked, maxRatio)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = cut(err)
	}
	return n, err
}

// close gives the reader back.
func (g *gunzip) close() { gunzips.Put(g.z) }

// cut says of a packed body that it is damaged, where nothing else is known.
func cut(err error) error {
	var known *kindError
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return failed(FailedConnection, fmt.Errorf("packed body is cut off: %w", err))
	}
	return failed(FailedSyntax, fmt.Errorf("packed body is damaged: %w", err))
}
