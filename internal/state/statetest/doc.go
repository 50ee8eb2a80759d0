// Package statetest is the contract kit of Belfort's state: tests that every
// implementation of the ledger, the outbox, the cursors, the blobs and the
// frontier must pass. Only tests import it.
package statetest
