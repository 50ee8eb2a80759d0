package app

import (
	"errors"
	"fmt"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/publisher"
)

type ledgerCommand struct {
	Verify verifyCommand `cmd:"" help:"Check that no entry of the ledger was changed."`
}

type verifyCommand struct {
	Data string `default:"data" help:"Data directory."`
}

// Help is shown under the usage.
func (verifyCommand) Help() string {
	return `Example: belfort ledger verify --data data

Walks the whole chain of hashes and checks what it refers to. Exit code 0: the chain is sound.
1: it is broken; the message names the first entry that does not fit.`
}

// Run verifies the chain.
func (c *verifyCommand) Run(e *env) (err error) {
	if err := exists(c.Data); err != nil {
		return err
	}
	cfg := config.Default()
	cfg.Data = c.Data
	h, err := open(e.ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := publisher.Verify(e.ctx, h.publisher.Ledger, h.publisher.Blobs); err != nil {
		return err
	}
	head, err := h.publisher.Ledger.Head(e.ctx)
	if err != nil {
		return err
	}
	last, _, _, err := h.publisher.Ledger.Entry(e.ctx, head)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%d entries, sound; head %s\n", head, last.Hash)
	return err
}
