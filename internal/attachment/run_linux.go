package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// apart is whether tools can be given namespaces of their own here; found out
// once, by trying.
var apart atomic.Int32 // 0: not tried, 1: yes, -1: no

// run runs a tool on input. It is started without a shell, in a session and an
// empty folder of its own, with nothing in its environment, and where the system
// allows in namespaces without a network. Its limits are set before it is given
// the first byte of input: what is hostile in there finds them in place. It ends
// with this process, and whatever it started ends with it.
func run(ctx context.Context, path string, args []string, input []byte) (output []byte, exit int, err error) {
	dir, err := os.MkdirTemp("", "belfort-bijlage-")
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(dir)
	// A process that is to end with its parent ends with the thread that
	// started it (prctl(2), PR_SET_PDEATHSIG).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	timed, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	var stdin io.WriteCloser
	var stdout io.ReadCloser
	start := func(flags uintptr) (*exec.Cmd, error) {
		cmd := exec.CommandContext(timed, path, args...)
		cmd.Dir = dir
		cmd.Env = []string{"LANG=C.UTF-8", "HOME=" + dir, "TMPDIR=" + dir, "OMP_THREAD_LIMIT=1"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL, Cloneflags: flags}
		if flags != 0 {
			const nobody = 65534
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Geteuid(), Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getegid(), Size: 1}}
		}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		cmd.WaitDelay = time.Second
		var err error
		if stdin, err = cmd.StdinPipe(); err != nil {
			return nil, err
		}
		if stdout, err = cmd.StdoutPipe(); err != nil {
			return nil, err
		}
		return cmd, cmd.Start()
	}
	const namespaces = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS
	var cmd *exec.Cmd
	if apart.Load() >= 0 {
		cmd, err = start(namespaces)
		if apart.Load() == 0 {
			if err == nil {
				apart.Store(1)
			} else {
				apart.Store(-1)
			}
		}
	}
	if cmd == nil || err != nil {
		if cmd, err = start(0); err != nil {
			return nil, 0, fmt.Errorf("start %s: %w", path, err)
		}
	}
	defer syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind
	if err := limit(cmd.Process.Pid); err != nil {
		_ = cmd.Cancel()
		_ = cmd.Wait()
		return nil, 0, fmt.Errorf("limit %s: %w", path, err)
	}
	go func() {
		_, _ = stdin.Write(input) // a tool need not read to the end
		_ = stdin.Close()
	}()
	output, err = io.ReadAll(io.LimitReader(stdout, maxOutput+1))
	isLong := len(output) > maxOutput
	if isLong {
		output = output[:maxOutput]
		_ = cmd.Cancel()
	}
	waited := cmd.Wait()
	var ended *exec.ExitError
	switch {
	case isLong:
		return output, 0, errOutput
	case timed.Err() != nil:
		return nil, 0, errTime
	case errors.As(waited, &ended):
		return output, 1, nil // a signal, such as that of a limit, included
	case waited != nil:
		return nil, 0, fmt.Errorf("run %s: %w", path, waited)
	}
	return output, 0, err
}

// limit sets the limits of a process (prlimit(2)). The memory limit is one on
// data, not on addresses: some runtimes reserve far more of those than they use.
func limit(pid int) error {
	for _, l := range []struct {
		resource uintptr
		most     uint64
	}{
		{syscall.RLIMIT_CPU, uint64(maxCPU / time.Second)},
		{syscall.RLIMIT_DATA, maxMemory},
		{syscall.RLIMIT_FSIZE, maxFile},
		{syscall.RLIMIT_NOFILE, maxOpen},
		{syscall.RLIMIT_CORE, 0},
	} {
		v := syscall.Rlimit{Cur: l.most, Max: l.most}
		if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), l.resource, uintptr(unsafe.Pointer(&v)), 0, 0, 0); errno != 0 {
			return errno
		}
	}
	return nil
}
