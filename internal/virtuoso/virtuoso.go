// Package virtuoso starts a Virtuoso of its own for a test: on loopback, with its
// files in the test's folder. It is for tests only, and knows nothing of ours.
package virtuoso

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Options tune a server. The zero value is good for small data.
type Options struct {
	// Buffers is how many pages of 8 KiB it keeps in memory; 0 means 10,000.
	Buffers int
	// MaxRows is the most rows that it answers with; 0 means 10,000, as Debian
	// configures it.
	MaxRows int
	// Readable are folders with files that it may load.
	Readable []string
}

// Server is a running Virtuoso.
type Server struct {
	Endpoint, Update, GraphStore string // addresses; writing asks for Digest
	User, Password               string
	Dir                          string // of its files
	PID                          int

	sql string
}

// Start starts a server, which ends with the test. Where Virtuoso is not
// installed the test is skipped, by that name, or fails when the environment sets
// BELFORT_CI.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	for _, name := range []string{"virtuoso-t", "isql-vt"} {
		if _, err := exec.LookPath(name); err == nil {
			continue
		}
		if os.Getenv("BELFORT_CI") != "" {
			t.Fatalf("%s is missing: install the Debian package virtuoso-opensource-7-bin", name)
		}
		t.Skipf("needs Virtuoso (%s), which is not installed", name)
	}
	if o.Buffers == 0 {
		o.Buffers = 10_000
	}
	if o.MaxRows == 0 {
		o.MaxRows = 10_000
	}
	dir := t.TempDir()
	s := &Server{User: "dba", Password: "dba", Dir: dir, sql: free(t)}
	web := free(t)
	s.Endpoint, s.Update, s.GraphStore = "http://"+web+"/sparql", "http://"+web+"/sparql-auth", "http://"+web+"/sparql-graph-crud-auth"
	ini := fmt.Sprintf(configuration, dir, s.sql, o.Buffers, o.Buffers*3/4, strings.Join(append(o.Readable, dir), ", "), web, o.MaxRows)
	if err := os.WriteFile(filepath.Join(dir, "virtuoso.ini"), []byte(ini), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("virtuoso-t", "+configfile", "virtuoso.ini", "+foreground")
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.PID = cmd.Process.Pid
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended does not matter: its data are the test's
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if conn, err := net.Dial("tcp", web); err == nil {
			_ = conn.Close()
			return s
		}
		select {
		case <-ended:
			t.Fatalf("virtuoso ended:\n%s", s.log())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("virtuoso does not answer:\n%s", s.log())
		}
	}
}

// SQL runs a statement of Virtuoso's own, and returns what isql prints.
func (s *Server) SQL(t testing.TB, statement string) string {
	t.Helper()
	out, err := exec.Command("isql-vt", s.sql, s.User, s.Password, "BANNER=OFF", "VERBOSE=OFF", "exec="+statement).CombinedOutput()
	if err != nil || strings.Contains(string(out), "*** Error") {
		t.Fatalf("virtuoso: %s: %v\n%s", statement, err, out)
	}
	return string(out)
}

func (s *Server) log() string {
	text, _ := os.ReadFile(filepath.Join(s.Dir, "virtuoso.log"))
	return string(text)
}

// free returns an address that was free a moment ago.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

const configuration = `[Database]
DatabaseFile = %[1]s/virtuoso.db
ErrorLogFile = %[1]s/virtuoso.log
LockFile = %[1]s/virtuoso.lck
TransactionFile = %[1]s/virtuoso.trx
xa_persistent_file = %[1]s/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = %[1]s/temporary.db
TransactionFile = %[1]s/temporary.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = %[2]s
DisableUnixSocket = 1
ServerThreads = 24
CheckpointInterval = 60
NumberOfBuffers = %[3]d
MaxDirtyBuffers = %[4]d
DirsAllowed = %[5]s
VectorSize = 1000
ThreadsPerQuery = 2
DefaultIsolation = 2
[HTTPServer]
ServerPort = %[6]s
ServerRoot = %[1]s
ServerThreads = 20
MaxKeepAlives = 20
KeepAliveTimeout = 60
EnabledDavVSP = 0
[SPARQL]
ResultSetMaxRows = %[7]d
MaxQueryExecutionTime = 300
[URIQA]
DynamicLocal = 0
DefaultHost = %[6]s
`
