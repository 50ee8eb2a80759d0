package app

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// queryMemory is what all queries together may hold, in bytes: what the operator
// says in MiB, or else a quarter of what this process may use, which leaves room for
// what the store caches, what is harvested meanwhile, and what the collector has not
// found yet. 0 means that nothing says.
func queryMemory(configured int64) int64 {
	if configured > 0 {
		return configured << 20
	}
	const least = 64 << 20 // with less, hardly anything is answered
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		return max(least, limit/4)
	}
	if limit := groupMemory(os.DirFS("/")); limit > 0 {
		return max(least, limit/4)
	}
	return 0
}

// groupMemory is the memory limit of the control group (version 2, then version 1)
// that this process is in, and of those around it, in bytes; 0 if there is none.
func groupMemory(root fs.FS) (limit int64) {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(groups)) {
		// hierarchy:controllers:path
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		mount, file := "sys/fs/cgroup", "memory.max"
		switch parts[1] {
		case "":
		case "memory":
			mount, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		for group := path.Clean("/" + parts[2]); ; group = path.Dir(group) {
			// "max" and the number that stands for it in version 1 are no limit.
			text, err := fs.ReadFile(root, path.Join(mount, group, file))
			n, bad := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
			if err == nil && bad == nil && n > 0 && n < 1<<60 && (limit == 0 || n < limit) {
				limit = n
			}
			if group == "/" {
				break
			}
		}
	}
	return limit
}
