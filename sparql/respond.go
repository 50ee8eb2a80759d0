package sparql

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

const (
	holdBytes  = 64 << 10               // of an answer before its head is sent
	holdTime   = 500 * time.Millisecond // after which rows are sent as they come
	gzipFrom   = 2 << 10                // shorter answers are not worth it
	writeGrace = 30 * time.Second       // for a slow reader to take the next piece
)

// body is the body of a good answer. It holds the beginning back for a while:
// an error that comes that early still gets a status of its own, and a short
// answer a length.
type body struct {
	w       http.ResponseWriter
	control *http.ResponseController
	gzip    bool // the client takes it

	left    int64 // bytes that the answer may still have
	limit   int64
	held    []byte
	begun   time.Time
	flushed time.Time
	sent    bool // the head is out
	packed  *gzip.Writer
	packers *sync.Pool // of gzip.Writers: they are large
}

func (f *front) body(w http.ResponseWriter, r *http.Request) *body {
	accept := r.Header.Get("Accept-Encoding")
	return &body{
		w: w, control: http.NewResponseController(w), packers: &f.packers,
		gzip:  accept != "" && Negotiate(accept, []string{"gzip"}) != "",
		begun: time.Now(), left: f.o.MaxResultBytes, limit: f.o.MaxResultBytes,
	}
}

// Write takes a piece of the answer.
func (b *body) Write(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, &LimitError{Limit: "bytes", Bound: b.limit}
	}
	if !b.sent {
		if b.held = append(b.held, p...); len(b.held) < holdBytes && time.Since(b.begun) < holdTime {
			return len(p), nil
		}
		if err := b.send(true); err != nil {
			return 0, err
		}
		return len(p), b.flush()
	}
	if err := b.write(p); err != nil {
		return 0, err
	}
	if time.Since(b.flushed) >= holdTime {
		return len(p), b.flush()
	}
	return len(p), nil
}

func (b *body) write(p []byte) (err error) {
	_ = b.control.SetWriteDeadline(time.Now().Add(writeGrace)) // not every server has deadlines
	if b.packed != nil {
		_, err = b.packed.Write(p)
	} else {
		_, err = b.w.Write(p)
	}
	return err
}

// send sends the head and what was held back.
func (b *body) send(more bool) error {
	b.sent = true
	header := b.w.Header()
	switch {
	case b.gzip && len(b.held) >= gzipFrom:
		header.Set("Content-Encoding", "gzip")
		if packed, ok := b.packers.Get().(*gzip.Writer); ok {
			packed.Reset(b.w)
			b.packed = packed
		} else {
			b.packed, _ = gzip.NewWriterLevel(b.w, gzip.BestSpeed) // the level is a good one
		}
	case !more:
		header.Set("Content-Length", strconv.Itoa(len(b.held)))
	}
	b.w.WriteHeader(http.StatusOK)
	held := b.held
	b.held = nil
	return b.write(held)
}

func (b *body) flush() error {
	b.flushed = time.Now()
	if b.packed != nil {
		if err := b.packed.Flush(); err != nil {
			return err
		}
	}
	_ = b.control.Flush() // not every server can
	return nil
}

// Close sends the rest.
func (b *body) Close() error {
	if !b.sent {
		if err := b.send(false); err != nil {
			return err
		}
	}
	if b.packed == nil {
		return nil
	}
	err := b.packed.Close()
	b.packers.Put(b.packed)
	b.packed = nil
	return err
}

// finish ends an answer that was written with an error, or without. An error is
// returned for as long as it can be told with a status of its own. Once part of
// the answer is out, the only honest way to say that the rest is missing is to
// break the connection.
func (f *front) finish(b *body, mediaType string, err error) error {
	if err == nil {
		err = b.Close()
	}
	if err == nil || !b.sent {
		return err
	}
	var limit *LimitError
	if !errors.As(err, &limit) {
		f.log("answer query", err)
	}
	b.left = 4 << 10
	remark(b, mediaType, f.problemOf(err, ""))
	_ = b.flush() // the client may be gone
	panic(http.ErrAbortHandler)
}
