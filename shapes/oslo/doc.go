// Package oslo judges published decisions: the OSLO profiles as SHACL, written
// by us, and beside them rules for the faults that publishing programs really
// make. Validate is the one entry that the command line, the site and the
// publisher share; Rules is the table that the documentation is made from.
//
// It reads no page and fetches nothing: quads with their places come in, and
// findings with places go out. What it says of the register of mandatarissen is
// therefore "not assessed". How findings are written down is the work of
// package report.
package oslo
