package quadstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// A file of the base is a payload in pages of pageSize bytes and, after it, what
// is needed to trust them:
//
//	payload
//	CRC-32C of each page, the last one may be short
//	numbers: what the kind of file says of itself, 8 bytes each
//	length of the payload (8), number of numbers (4), CRC-32C of all after the
//	payload up to here (4), magic (8)
//
// Numbers are little-endian: they are not sorted as bytes.
const (
	pageSize   = 4096
	pagesMagic = "BLFTPGS2"
	tailSize   = 8 + 4 + 4 + len(pagesMagic)

	// padding follows the payload of a writer, so that a reader of bits can load
	// eight bytes wherever it stands.
	padding = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// pageWriter writes such a file from beginning to end. It remembers its first
// error and does nothing after it.
type pageWriter struct {
	f    vfs.File
	name string
	buf  []byte
	size int64
	sums []byte
	err  error
}

const writeBuffer = 64 * pageSize

func createPages(files vfs.FS, name string) (*pageWriter, error) {
	f, err := files.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, err
	}
	return &pageWriter{f: f, name: name, buf: make([]byte, 0, writeBuffer+pageSize)}, nil
}

func (w *pageWriter) write(b []byte) {
	w.size += int64(len(b))
	for w.err == nil && len(b) > 0 {
		n := min(len(b), writeBuffer-len(w.buf))
		w.buf = append(w.buf, b[:n]...)
		if b = b[n:]; len(w.buf) == writeBuffer {
			w.flush()
		}
	}
}

// flush writes the buffer; only the last one may hold part of a page.
func (w *pageWriter) flush() {
	for b := w.buf; len(b) > 0; {
		n := min(len(b), pageSize)
		w.sums = binary.LittleEndian.AppendUint32(w.sums, crc32.Checksum(b[:n], castagnoli))
		b = b[n:]
	}
	if w.err == nil {
		_, w.err = w.f.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// finish completes the file, waits until it is on disk, and closes it.
func (w *pageWriter) finish(numbers ...uint64) error {
	w.write(make([]byte, padding))
	w.flush()
	tail := w.sums
	for _, n := range numbers {
		tail = binary.LittleEndian.AppendUint64(tail, n)
	}
	tail = binary.LittleEndian.AppendUint64(tail, uint64(w.size))
	tail = binary.LittleEndian.AppendUint32(tail, uint32(len(numbers)))
	tail = binary.LittleEndian.AppendUint32(tail, crc32.Checksum(tail, castagnoli))
	tail = append(tail, pagesMagic...)
	if w.err == nil {
		_, w.err = w.f.Write(tail)
	}
	if w.err == nil {
		w.err = w.f.Sync()
	}
	return w.close()
}

// close ends the writing, complete or not. It may be called again.
func (w *pageWriter) close() error {
	if w.f == nil {
		return w.err
	}
	f := w.f
	w.f = nil
	if err := errors.Join(w.err, f.Close()); err != nil {
		w.err = fmt.Errorf("write %s: %w", w.name, err)
	}
	return w.err
}

// pages is such a file, open for reading. Where the system can, it is mapped
// into memory, and the operating system keeps in memory what is used; elsewhere
// a page is read when it is first looked at, and kept. Either way a page is held
// against its checksum before anything of it is used. It is safe for concurrent
// use.
type pages struct {
	name    string
	data    []byte // the payload
	numbers []uint64
	sums    []byte
	checked []atomic.Uint64 // a bit for each page

	mapped []byte   // what to unmap; nil if nothing is mapped
	file   vfs.File // to read from if nothing is mapped
	mu     sync.Mutex
}

// openPages opens a file that has a given number of numbers.
func openPages(files vfs.FS, name string, numbers int) (*pages, error) {
	f, err := files.Open(name, vfs.RandomReadsOption)
	if err != nil {
		return nil, err
	}
	p := &pages{name: name}
	if err := p.open(f, numbers); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if p.mapped != nil {
		err = f.Close()
	} else {
		p.file = f
	}
	return p, err
}

func (p *pages) open(f vfs.File, numbers int) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	length := info.Size()
	tail := make([]byte, tailSize)
	if length < int64(tailSize) {
		return p.damaged("%d bytes are no file of a base", length)
	}
	if _, err := f.ReadAt(tail, length-int64(tailSize)); err != nil {
		return p.readError(err)
	}
	size := binary.LittleEndian.Uint64(tail)
	count := binary.LittleEndian.Uint32(tail[8:])
	sum := binary.LittleEndian.Uint32(tail[12:])
	if string(tail[16:]) != pagesMagic || size > uint64(length) || size < padding || count > 64 {
		return p.damaged("the end of the file makes no sense")
	}
	n := int((size + pageSize - 1) / pageSize)
	if size+uint64(n*4)+uint64(count)*8+uint64(tailSize) != uint64(length) {
		return p.damaged("%d bytes are not what it says of itself", length)
	}
	rest := make([]byte, n*4+int(count)*8+12)
	if _, err := f.ReadAt(rest, int64(size)); err != nil {
		return p.readError(err)
	}
	if crc32.Checksum(rest, castagnoli) != sum {
		return p.damaged("the checksums do not fit their own")
	}
	if int(count) != numbers {
		return p.damaged("%d numbers, not %d", count, numbers)
	}
	p.sums = rest[:n*4]
	for i := range int(count) {
		p.numbers = append(p.numbers, binary.LittleEndian.Uint64(rest[n*4+8*i:]))
	}
	p.checked = make([]atomic.Uint64, n/64+1)
	if fd := f.Fd(); fd != vfs.InvalidFd {
		if p.mapped, err = mapFile(fd, length); err != nil {
			return err
		}
	}
	if p.mapped != nil {
		p.data = p.mapped[:size:size]
	} else {
		p.data = make([]byte, size)
	}
	return nil
}

// readError tells what a file that is shorter than it was from trouble in
// reading.
func (p *pages) readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return p.damaged("it is cut short")
	}
	return err
}

func (p *pages) damaged(format string, args ...any) error {
	return &CorruptError{File: p.name, Err: fmt.Errorf(format, args...)}
}

// view returns n bytes of the payload, which are as they were written.
func (p *pages) view(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > int64(len(p.data)) || n > int64(len(p.data))-at {
		return nil, p.damaged("%d bytes at %d are beyond its end", n, at)
	}
	for page, last := at/pageSize, (at+n-1)/pageSize; page <= last; page++ {
		if p.checked[page/64].Load()>>(page%64)&1 == 0 {
			if err := p.check(page); err != nil {
				return nil, err
			}
		}
	}
	return p.data[at : at+n : at+n], nil
}

// check holds a page against its checksum.
func (p *pages) check(page int64) (err error) {
	from := page * pageSize
	b := p.data[from:min(from+pageSize, int64(len(p.data)))]
	if p.mapped == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.checked[page/64].Load()>>(page%64)&1 == 1 {
			return nil
		}
		if _, err := p.file.ReadAt(b, from); err != nil {
			return fmt.Errorf("read %s: %w", p.name, p.readError(err))
		}
	} else {
		// A disk that cannot give the page makes reading it a fault.
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() {
			if r := recover(); r != nil {
				err = p.damaged("page %d cannot be read: %v", page, r)
			}
		}()
	}
	if sum := crc32.Checksum(b, castagnoli); sum != binary.LittleEndian.Uint32(p.sums[4*page:]) {
		return p.damaged("page %d has the checksum %08x, not %08x", page, sum, binary.LittleEndian.Uint32(p.sums[4*page:]))
	}
	p.checked[page/64].Or(1 << (page % 64))
	return nil
}

// checkAll holds every page against its checksum, those too that were found
// good before.
func (p *pages) checkAll() error {
	for page := range int64(len(p.sums) / 4) {
		p.mu.Lock()
		known := p.checked[page/64].Load()>>(page%64)&1 == 1
		p.mu.Unlock()
		switch {
		case !known || p.mapped != nil:
			if err := p.check(page); err != nil {
				return err
			}
		default:
			// The page in memory is in use; look at the one on disk.
			b := make([]byte, min(pageSize, int64(len(p.data))-page*pageSize))
			if _, err := p.file.ReadAt(b, page*pageSize); err != nil {
				return fmt.Errorf("read %s: %w", p.name, p.readError(err))
			}
			if crc32.Checksum(b, castagnoli) != binary.LittleEndian.Uint32(p.sums[4*page:]) {
				return p.damaged("page %d is not what its checksum says", page)
			}
		}
	}
	return nil
}

// close lets go of the file. Nothing that view returned may be used any more.
func (p *pages) close() error {
	p.data = nil
	if p.mapped != nil {
		m := p.mapped
		p.mapped = nil
		return unmapFile(m)
	}
	return p.file.Close()
}
