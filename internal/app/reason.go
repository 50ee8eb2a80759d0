package app

import (
	"github.com/belfort-lod/belfort/internal/oogst"
	"github.com/belfort-lod/belfort/rdf"
)

// reason tells a visitor why a page could not be fetched or read.
func reason(failed string) rdf.Text { return oogst.Why("", 0, failed) }

// public is the text of an error without the addresses of machines: fit to
// show, for those who want to know the technical side.
func public(failed string) string { return oogst.Public(failed) }
