// Package statetest is the contract kit of Belfort's state: tests that every
// implementation of the ledger, the outbox, the cursors, the blobs, the frontier
// and the visits must pass. Only tests import it.
package statetest
