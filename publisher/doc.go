// Package publisher takes a page that was read (a besluit.Publicatie), judges
// it, writes what it saw in an append-only, hash-chained ledger, and lets
// followers carry it to the quad store, the search index and the portal, each
// from its own cursor. It also reads entities back and writes them as linked
// data: descriptions, feeds, LDES and DCAT.
//
// It does not fetch pages, and it knows engines only by the interfaces below.
package publisher
