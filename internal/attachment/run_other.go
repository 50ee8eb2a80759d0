//go:build !linux

package attachment

import "context"

// run runs nothing: only on Linux a tool can be bounded as it must be.
func run(context.Context, string, []string, []byte) (output []byte, exit int, err error) {
	return nil, 0, errNoRun
}
