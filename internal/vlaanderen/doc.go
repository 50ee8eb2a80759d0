// Package vlaanderen is a simulated Flanders for tests: some hundreds of governments that publish
// the decisions of their councils on six kinds of platform, day after day, on a web that misbehaves.
// One handler serves all their hosts. It knows, for every moment, what is published and what each
// page states, so that a test can hold a database against it line by line; and it measures how a
// crawler behaves towards it.
//
// The world is made from a seed, without a clock and without chance: what stands on a page is a
// function of the seed and the time. Time comes in days. What happens in the world happens at six
// in the morning; a crawler makes its round once a day, around noon (Ronde).
//
// The six styles are made after the structure of what six Flemish publishing programs put on the
// web; the markup, the names and the texts are of this package. A style is how overviews lead to
// documents (one long list, parts joined by rel=next, a list of each year, sitemaps, a feed, a page
// of each sitting), how statements are written in RDFa, how addresses are dressed (session ids,
// tracking parameters, capitals), which character encoding is said and which is meant, and which
// headers allow a conditional request.
//
// Faults are of two kinds. Some go away when one asks again: errors of the server, broken
// connections, answers that drip. Others last a day: hosts that are down, pages that are not
// themselves, redirects that lead nowhere. In the last days of the world nothing lasts, so that a
// patient crawler has everything in the end.
//
// It is no model of local government, and no measure of speed.
package vlaanderen
