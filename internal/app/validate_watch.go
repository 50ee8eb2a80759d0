package app

import (
	"fmt"
	"os"
	"time"

	"github.com/belfort-lod/belfort/shapes/report"
)

// everySecond looks for changes often enough for somebody who just saved a file.
func everySecond() (<-chan time.Time, func()) {
	ticker := time.NewTicker(500 * time.Millisecond)
	return ticker.C, ticker.Stop
}

// stamp tells whether a file changed.
type stamp struct {
	size int64
	time time.Time
}

// watch judges, and again what changed whenever something did: a file, or which
// files there are. It ends when the context does, which is how one stops it and
// no failure.
func (v *validation) watch() error {
	for _, source := range v.Source {
		if source == "-" || isAddress(source) {
			return &exit{exitUsage, fmt.Errorf("--watch %s: only files and folders can be watched", source)}
		}
	}
	ticks, stop := v.ticks()
	defer stop()
	judged := map[string]report.Document{}
	stamps := map[string]stamp{}
	trouble := "" // the last one that was told
	for {
		targets, err := expand(v.Source)
		if err != nil && trouble != err.Error() {
			trouble = err.Error()
			fmt.Fprintf(v.e.stderr, "belfort: %v\n", err)
		}
		if err == nil {
			trouble = ""
			if err := v.again(targets, stamps, judged); err != nil {
				return err
			}
		}
		select {
		case <-v.e.ctx.Done():
			return nil
		case <-ticks:
		}
	}
}

// again judges the targets that changed since their stamps, and writes the
// report of all if any did or one is gone.
func (v *validation) again(targets []target, stamps map[string]stamp, judged map[string]report.Document) error {
	var changed []target
	present := map[string]bool{}
	for _, t := range targets {
		present[t.name] = true
		now := stampOf(t.name)
		if before, known := stamps[t.name]; !known || before != now {
			stamps[t.name] = now
			delete(judged, t.name)
			changed = append(changed, t)
		}
	}
	gone := false
	for t := range stamps {
		if !present[t] {
			delete(stamps, t)
			delete(judged, t)
			gone = true
		}
	}
	if len(changed) == 0 && !gone {
		return nil
	}
	fresh, _ := v.judge(changed)
	for _, d := range fresh {
		judged[d.Verdict.Source] = d
	}
	documents := make([]report.Document, 0, len(targets))
	for _, t := range targets {
		if d, ok := judged[t.name]; ok {
			documents = append(documents, d)
		}
	}
	if isTerminal(v.e.stdout) {
		fmt.Fprint(v.e.stdout, "\x1b[H\x1b[2J\x1b[3J")
	}
	if err := v.write(documents); err != nil {
		return err
	}
	if isTerminal(v.e.stdout) {
		fmt.Fprintf(v.e.stdout, "\n%s  (Ctrl-C)\n", time.Now().Format(time.TimeOnly))
	}
	return nil
}

// stampOf is the zero stamp for a file that is not there.
func stampOf(name string) stamp {
	info, err := os.Stat(name)
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime()}
}
