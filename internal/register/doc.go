// Package register knows the bestuurseenheden and bestuursorganen of Flanders
// and the code lists that decisions refer to, without asking anybody: they are
// embedded, in a compact form of our own (register.tsv.zst), made from the
// published registers by TestEmbedded with -update. Of mandatarissen it knows
// only what a snapshot tells (Read), or what the web answers (Online).
//
// It judges nothing: package oslo turns what it says into findings. What is not
// in the register may still exist, since the sources are of Date and before.
package register
