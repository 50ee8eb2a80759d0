// Package quadstore is the embedded engine's durable store of quads, with a
// graph replaced as one atomic step and snapshots that stay still while others
// write. It gives the evaluator its Dataset, with cursors that keep their place.
//
// Most of it is the base: files that never change, mapped into memory, with a
// dictionary of terms and all quads sorted in six orders (pages.go, run.go,
// terms.go, base.go). What was added and taken away since is the delta, logged
// in a Pebble database and kept sorted in memory (delta.go). Readers merge the
// two (cursor.go); when the delta has grown it is folded into a new base
// (build.go, fold.go), which is also how a bulk load ends (load.go).
//
// It parses nothing, knows no query language, and decides nothing about what
// may be published. The format on disk is written down in
// docs/formats/quadstore.md, the reasons in docs/adr/0005.
package quadstore
