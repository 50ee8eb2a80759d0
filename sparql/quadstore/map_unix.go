//go:build linux || darwin || freebsd || netbsd || openbsd

package quadstore

import (
	"fmt"
	"syscall"
)

// mapFile maps a file into memory, to be read.
func mapFile(fd uintptr, length int64) ([]byte, error) {
	b, err := syscall.Mmap(int(fd), 0, int(length), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map file: %w", err)
	}
	return b, nil
}

func unmapFile(b []byte) error { return syscall.Munmap(b) }
