package eval

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// Sorting, DISTINCT and GROUP BY write what goes over their share of memory to
// temporary files, if there is a place for them. A file holds rows of IDs, which
// mean something to this run only.

// spoolBuffer is the buffer of a spool while it is written or read, in bytes.
const spoolBuffer = 16 << 10

// partitions is into how many files rows are spread by their hash, and
// maxSpillLevel how often those of one file may be spread anew.
const (
	partitions    = 16
	maxSpillLevel = 6
)

// crowded reports whether an operator that holds so many bytes should write to
// files what comes next.
func (x *exec) crowded(held int) bool {
	limit := x.limits.Memory
	if x.opts.strain.spill {
		return held > 0
	}
	if x.opts.SpillDir == "" {
		return false
	}
	return limit > 0 && x.memory > limit/2 && int64(held) > limit/16 || x.opts.Budget.scarce(held)
}

// spool is a temporary file with rows of IDs: written, then read from front to
// back.
type spool struct {
	x     *exec
	file  *os.File
	w     *bufio.Writer
	r     *bufio.Reader
	width int
	rows  int
	cell  []byte
	gone  bool // the name is removed already
}

// spool makes a temporary file. It is gone with the run, at the latest.
func (x *exec) spool(width int) *spool {
	f, err := os.CreateTemp(x.opts.SpillDir, "query-*.rows")
	if err != nil {
		x.fail(fmt.Errorf("make temporary file: %w", err))
		return nil
	}
	s := &spool{x: x, file: f, width: width, cell: make([]byte, 8*width)}
	// Where the system lets an open file go nameless, nothing can be left behind.
	s.gone = os.Remove(f.Name()) == nil
	x.spools[s] = struct{}{}
	return s
}

// add writes a row.
func (s *spool) add(row []ID) bool {
	if s.w == nil {
		s.w = bufio.NewWriterSize(s.file, spoolBuffer)
	}
	s.x.disk += int64(len(s.cell))
	if limit := s.x.limits.Disk; limit > 0 && s.x.disk > limit {
		return s.x.fail(&LimitError{Limit: "disk", Bound: limit})
	}
	for i, id := range row {
		binary.LittleEndian.PutUint64(s.cell[8*i:], uint64(id))
	}
	s.rows++
	if _, err := s.w.Write(s.cell); err != nil {
		return s.x.fail(fmt.Errorf("write temporary file: %w", err))
	}
	return true
}

// rewind ends writing.
func (s *spool) rewind() bool {
	if s.w != nil {
		if err := s.w.Flush(); err != nil {
			return s.x.fail(fmt.Errorf("write temporary file: %w", err))
		}
		s.w = nil
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return s.x.fail(fmt.Errorf("read temporary file: %w", err))
	}
	return true
}

// next reads a row; more is false at the end, and when the run must end.
func (s *spool) next(row []ID) (more bool) {
	if s.r == nil {
		s.r = bufio.NewReaderSize(s.file, spoolBuffer)
	}
	if s.rows == 0 {
		return false
	}
	if _, err := io.ReadFull(s.r, s.cell); err != nil {
		return s.x.fail(fmt.Errorf("read temporary file: %w", err))
	}
	s.rows--
	for i := range row {
		row[i] = ID(binary.LittleEndian.Uint64(s.cell[8*i:]))
	}
	return true
}

// close removes the file.
func (s *spool) close() {
	s.file.Close() // nobody reads it again
	if !s.gone {
		os.Remove(s.file.Name())
	}
	delete(s.x.spools, s)
}

// spread writes rows to files by the hash of a part of them.
type spread struct {
	level int
	files [partitions]*spool
}

// add writes a row to the file of its key.
func (p *spread) add(x *exec, key, row []ID) bool {
	// Each level looks at other bits of the hash.
	at := hashIDs(key) >> (60 - 4*p.level) % partitions
	if p.files[at] == nil {
		if p.files[at] = x.spool(len(row)); p.files[at] == nil {
			return false
		}
	}
	return p.files[at].add(row)
}
