// Package app wires the rooms of the house together and gives them a command
// line. It is the only place that names engines; everything it knows how to do
// stands in the packages below it.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// Exit codes that every command keeps to; a command's help says what else its
// codes mean.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitPartly = 3
)

// exit is an error that asks for an exit code. A nil cause says nothing more
// on standard error: the command has said it.
type exit struct {
	code  int
	cause error
}

func (e *exit) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.cause.Error()
}

func (e *exit) Unwrap() error { return e.cause }

// env is what a command has to do with the world.
type env struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	// terminal says that standard error is a person's screen.
	terminal bool
}

// cli is the command line.
type cli struct {
	Demo     demoCommand     `cmd:"" help:"Watch the whole job on the sample municipality Vlavirgem."`
	Serve    serveCommand    `cmd:"" help:"Serve the site and harvest on schedule."`
	Harvest  harvestCommand  `cmd:"" help:"Harvest pages through the whole pipeline."`
	Sources  sourcesCommand  `cmd:"" help:"Check, list and begin files of sources; list governments."`
	Validate validateCommand `cmd:"" help:"Tell what is wrong in pages, at the line."`
	RDF      rdfCommand      `cmd:"" name:"rdf" help:"Work with RDF files."`
	Load     loadCommand     `cmd:"" help:"Load RDF files into the store."`
	Export   exportCommand   `cmd:"" help:"Write the whole store as RDF."`
	Query    queryCommand    `cmd:"" help:"Run a SPARQL query on the store or on files."`
	Search   searchCommand   `cmd:"" help:"Search decisions as on the site."`
	Ledger   ledgerCommand   `cmd:"" help:"Check the chain of evidence."`
	Token    tokenCommand    `cmd:"" help:"Make a token with which somebody may write graphs of their own."`
	Notify   laterCommand    `cmd:"" help:"Notify the portal by hand (not there yet)."`
	Register laterCommand    `cmd:"" help:"Keep a register of publications (not there yet)."`
	Backup   backupCommand   `cmd:"" help:"Copy the data directory, also while a server uses it."`
	Restore  restoreCommand  `cmd:"" help:"Make a data directory from a backup."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

const description = `Belfort turns the decisions that Flemish municipalities publish as annotated HTML into
linked open data, a searchable database, and a notification to the government portal.`

// stop carries an exit code out of kong, which ends the process for --help.
type stop int

// Main runs the command line and returns the exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return Clock{}.Main(args, stdin, stdout, stderr)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case stop:
			code = int(v)
		default: // which is a bug, and must not look like success
			panic(v)
		}
	}()
	var c cli
	parser, err := kong.New(&c,
		kong.Name("belfort"), kong.Description(description), kong.UsageOnError(),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { panic(stop(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "belfort:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "belfort: %v; see belfort --help\n", err)
		return exitUsage
	}
	ctx, cancel := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer cancel()
	e := &env{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, terminal: isTerminal(stderr)}
	return conclude(stderr, parsed.Run(e))
}

// conclude prints an error once, at the top, and returns its exit code.
func conclude(stderr io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	code := exitFailed
	var asked *exit
	if errors.As(err, &asked) {
		code = asked.code
		if asked.cause == nil {
			return code
		}
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "belfort: interrupted; what was done is kept, the same command goes on from there")
		return code
	}
	fmt.Fprintln(stderr, "belfort:", explain(err))
	return code
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// laterCommand stands for commands that the design names and this version does
// not have.
type laterCommand struct {
	Args []string `arg:"" optional:"" passthrough:"" hidden:""`
}

// Run says so.
func (laterCommand) Run(kctx *kong.Context) error {
	return &exit{exitUsage, fmt.Errorf("%s is not there yet in version %s", kctx.Selected().Name, version())}
}

type versionCommand struct{}

// Run prints the version of the program and of Go.
func (versionCommand) Run(e *env) error {
	info, _ := debug.ReadBuildInfo()
	goVersion := ""
	if info != nil {
		goVersion = info.GoVersion
	}
	_, err := fmt.Fprintf(e.stdout, "belfort %s (%s)\n", version(), goVersion)
	return err
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "dev-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "dev"
}
