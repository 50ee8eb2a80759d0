// Package oslo judges published decisions: the OSLO profiles as SHACL, written
// by us, and beside them rules for what shapes cannot say: the faults that
// publishing programs really make, what a page says against the register of
// eenheden and organen, personal data, and what the portal would refuse.
// Validate is the one entry that the command line, the site and the publisher
// share, Meldingen the one for notifications; Rules is the table that the
// documentation is made from.
//
// It reads no page and fetches nothing: quads with their places come in, and
// findings with places go out. Whether a mandataris exists (level 2) it knows
// from a register that the caller passes in, or asks through a function of the
// caller; without either that is "not assessed". How findings are written down
// is the work of package report.
package oslo
