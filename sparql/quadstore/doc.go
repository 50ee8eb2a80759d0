// Package quadstore is the embedded engine's durable store of quads: a
// dictionary of terms and sorted orders of quads in one Pebble database, with
// a graph replaced as one atomic step and snapshots that stay still while
// others write. It gives the evaluator its Dataset.
//
// It parses nothing, knows no query language, and decides nothing about what
// may be published. The format on disk is written down in
// docs/formats/quadstore.md.
package quadstore
