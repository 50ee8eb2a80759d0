// Package pgserver runs a PostgreSQL server for one test: a cluster of its own in
// a temporary directory, reached through a Unix socket only, that a test may kill
// and start again. Only tests import it.
package pgserver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server. Its methods end the test where they fail.
type Server struct {
	t         testing.TB
	bin, dir  string
	settings  []string
	owner     *syscall.SysProcAttr
	databases int

	shell *exec.Cmd      // runs the server while its input is open
	input io.WriteCloser // ends when the test binary does, however it does
	ended chan struct{}  // closed when the server has closed its log
}

// starting bounds how long a server may take to start or to end.
const starting = 30 * time.Second

// Start makes a cluster and starts its server, which ends with the test. Settings
// are those of postgresql.conf, "name=value". By default it does not wait for the
// disk, which makes no difference to what survives a kill of the server. Where
// PostgreSQL is not installed the test is skipped, or fails if BELFORT_CI is set.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	bin := installed()
	if bin == "" {
		if os.Getenv("BELFORT_CI") != "" {
			t.Fatal("PostgreSQL is not installed: no initdb in PATH nor in /usr/lib/postgresql")
		}
		t.Skip("PostgreSQL is not installed: no initdb in PATH nor in /usr/lib/postgresql")
	}
	dir, err := os.MkdirTemp("", "pg") // short: the path of a socket is
	s := &Server{t: t, bin: bin, dir: dir, settings: settings}
	s.must("make directory", err)
	t.Cleanup(func() {
		if s.shell != nil {
			s.Stop()
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if os.Geteuid() == 0 { // as whom PostgreSQL refuses to run
		s.owner = somebody(t)
		s.must("give directory away", os.Chown(dir, int(s.owner.Credential.Uid), int(s.owner.Credential.Gid)))
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", s.data(), "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, s.owner
	out, err := initdb.CombinedOutput()
	if err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	s.Restart()
	return s
}

// installed returns the directory of the newest PostgreSQL, "" if there is none.
func installed() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return ""
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }))
}

// somebody is a user without rights.
func somebody(t testing.TB) *syscall.SysProcAttr {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	t.Fatal("PostgreSQL does not run as root, and there is no user postgres or nobody")
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) must(what string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

// Restart starts the server, which must not be running, and waits until it takes
// connections.
func (s *Server) Restart() {
	s.t.Helper()
	deadline := time.Now().Add(starting)
	for {
		log, up := s.start(deadline)
		if up {
			return
		}
		// Processes of a server that was killed may still be ending.
		if !strings.Contains(log, "still in use") && !strings.Contains(log, "already exists") || time.Now().After(deadline) {
			s.t.Fatalf("start PostgreSQL:\n%s", log)
		}
	}
}

// start runs the server under a shell that takes it down when the test binary is
// no more.
func (s *Server) start(deadline time.Time) (log string, up bool) {
	const script = `exec 3<&0; "$@" </dev/null & pid=$!; { read -r _ <&3; kill -QUIT $pid 2>/dev/null; } & wait $pid; kill $! 2>/dev/null; exit 0`
	args := []string{"-c", script, "sh", filepath.Join(s.bin, "postgres"), "-D", s.data(), "-k", s.dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "logging_collector=off", "-c", "log_min_messages=warning"}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	s.shell = exec.Command("sh", args...)
	s.shell.Dir, s.shell.SysProcAttr = s.dir, s.owner
	s.shell.Env = append(os.Environ(), "LC_ALL=C")
	var err error
	s.input, err = s.shell.StdinPipe()
	s.must("start PostgreSQL", err)
	output, err := s.shell.StderrPipe()
	s.must("start PostgreSQL", err)
	s.must("start PostgreSQL", s.shell.Start())
	ready, ended := make(chan bool, 1), make(chan struct{})
	s.ended = ended
	var text strings.Builder // read after ended only
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if text.Len() < 64<<10 {
				text.WriteString(lines.Text() + "\n")
			}
			if strings.Contains(lines.Text(), "ready to accept connections") {
				ready <- true
			}
		}
	}()
	select {
	case <-ready:
		return "", true
	case <-ended:
		s.reap()
		return text.String(), false
	case <-time.After(time.Until(deadline)):
		s.t.Fatal("start PostgreSQL: it does not come up")
		return "", false
	}
}

// reap waits for the shell, whose server has ended.
func (s *Server) reap() {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(starting):
		s.t.Fatal("PostgreSQL does not end")
	}
	_ = s.input.Close()
	s.must("end PostgreSQL", s.shell.Wait())
	s.shell = nil
}

// Kill kills the server with SIGKILL, as a crash would end it.
func (s *Server) Kill() {
	s.t.Helper()
	s.signal(syscall.SIGKILL)
}

// Stop ends the server at once, without saying goodbye (immediate shutdown).
func (s *Server) Stop() {
	s.t.Helper()
	s.signal(syscall.SIGQUIT)
}

func (s *Server) signal(signal syscall.Signal) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	s.must("find PostgreSQL", err)
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	s.must("find PostgreSQL", err)
	s.must("end PostgreSQL", syscall.Kill(pid, signal))
	s.reap()
}

// URL returns the connection URL of a database.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres:///%s?host=%s&user=postgres", database, url.QueryEscape(s.dir))
}

// Database makes an empty database and returns its connection URL.
func (s *Server) Database() string {
	s.t.Helper()
	s.databases++
	name := fmt.Sprintf("test%d", s.databases)
	ctx, cancel := context.WithTimeout(context.Background(), starting)
	defer cancel()
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	s.must("connect", err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, "CREATE DATABASE "+name)
	s.must("make database", err)
	return s.URL(name)
}
