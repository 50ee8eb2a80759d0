//go:build !unix

package quadstore

import "strings"

func isLockErrno(err error) bool {
	return strings.Contains(err.Error(), "being used by another process")
}
