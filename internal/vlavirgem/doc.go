// Package vlavirgem is the sample municipality: Vlavirgem, the 309th municipality of Flanders, which
// does not exist. It writes the website on which Vlavirgem publishes the decisions of its four
// bodies (gemeenteraad, college van burgemeester en schepenen, raad voor maatschappelijk welzijn,
// vast bureau) as annotated HTML, and it knows the truth about that website: how many sittings,
// decisions and votes there are, and on which line each deliberate mistake stands. The demo
// harvests it, and tests compare what was harvested with that truth.
//
// The text is written for this package and generated without a clock and without chance: the same
// base address gives the same bytes. People, associations, firms and streets are invented. Only
// law is real: the legal grounds carry the addresses of the texts that they name.
//
// It is not a model of local government and not a library for writing pages: nothing outside the
// demo and the tests should import it.
//
// # What a crawler finds
//
// The home page describes the bestuurseenheden and bestuursorganen and links to the overview of each
// body (with rel=next pages). The councils publish an agenda, a besluitenlijst and notulen of each
// sitting and an uittreksel of each decision; college and vast bureau publish their besluitenlijst,
// and an uittreksel of each decision that has a BesluitType. A decision has the same IRI on each of
// these pages. Ten extra sittings have one page with one fault each; see Fout.
//
// One decision was withdrawn later: its uittreksel answers 410, although the besluitenlijst of its
// sitting still links to it. One was corrected later; eli:corrects and eli:corrected_by join the two.
// The home page links to one page below /intern/, which robots.txt disallows.
package vlavirgem
