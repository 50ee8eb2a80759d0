package app

import (
	"io/fs"
	"runtime/debug"
	"testing"
	"testing/fstest"
)

func TestGroupMemory(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, c := range map[string]struct {
		root fs.FS
		want int64
	}{
		"no Linux":             {fstest.MapFS{}, 0},
		"no limit":             {fstest.MapFS{"proc/self/cgroup": file("0::/a\n"), "sys/fs/cgroup/a/memory.max": file("max\n")}, 0},
		"a limit":              {fstest.MapFS{"proc/self/cgroup": file("0::/a\n"), "sys/fs/cgroup/a/memory.max": file("800000\n")}, 800_000},
		"one around it":        {fstest.MapFS{"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/memory.max": file("500000\n"), "sys/fs/cgroup/a/b/memory.max": file("800000\n")}, 500_000},
		"in a container":       {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("700000\n")}, 700_000},
		"version 1":            {fstest.MapFS{"proc/self/cgroup": file("3:cpu:/x\n2:memory:/a\n"), "sys/fs/cgroup/memory/a/memory.limit_in_bytes": file("600000\n")}, 600_000},
		"version 1, no limit":  {fstest.MapFS{"proc/self/cgroup": file("2:memory:/\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n")}, 0},
		"not what one expects": {fstest.MapFS{"proc/self/cgroup": file("\nx\n0::\n"), "sys/fs/cgroup/memory.max": file("veel")}, 0},
	} {
		if got := groupMemory(c.root); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestQueryMemory(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(800 << 20))
	if got := queryMemory(0); got != 200<<20 {
		t.Errorf("a quarter of GOMEMLIMIT: %d", got)
	}
	if got := queryMemory(300); got != 300<<20 {
		t.Errorf("what the operator says: %d", got)
	}
}
