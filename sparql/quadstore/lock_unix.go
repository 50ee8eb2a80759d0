//go:build unix

package quadstore

import (
	"errors"
	"syscall"
)

func isLockErrno(err error) bool {
	return errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES)
}
