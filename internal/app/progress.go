package app

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/belfort-lod/belfort/harvester"
)

// progress shows on a terminal how far a long step is; elsewhere it is silent.
type progress struct {
	e     *env
	name  string
	begun time.Time

	mu    sync.Mutex
	shown time.Time
	wide  int
}

func newProgress(e *env, name string) *progress {
	return &progress{e: e, name: name, begun: time.Now()}
}

// often is how often a line is drawn again.
const often = 100 * time.Millisecond

func (p *progress) show(line string) {
	if !p.e.terminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.shown) < often {
		return
	}
	p.shown = time.Now()
	line = fmt.Sprintf("%-10s %s", p.name, line)
	fmt.Fprintf(p.e.stderr, "\r%s%s", line, strings.Repeat(" ", max(0, p.wide-len(line))))
	p.wide = len(line)
}

// done ends the line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.e.terminal && p.wide > 0 {
		fmt.Fprintf(p.e.stderr, "\r%s\r", strings.Repeat(" ", p.wide))
		p.wide = 0
	}
}

func (p *progress) harvested(ev harvester.Event) {
	url := ev.URL
	if len(url) > 60 {
		url = "…" + url[len(url)-59:]
	}
	p.show(fmt.Sprintf("%d pages, %d failed  %s", ev.Totals.Pages, ev.Totals.Failed, url))
}

func (p *progress) followed(follower string, at, head uint64) {
	const width = 30
	full := 0
	if head > 0 {
		full = int(at * width / head)
	}
	p.show(fmt.Sprintf("%-7s [%s%s] %d of %d", follower, strings.Repeat("█", full), strings.Repeat("░", width-full), at, head))
}
