// Package oogst judges the harvest: is what a government published here, and if
// not, why not. It reads the evidence of fetches and the sittings in the store,
// and makes of them one verdict for each government with its problems, what they
// mean and what to do about them. It fetches nothing, changes nothing, and
// leaves how all this is shown to others.
package oogst
