// Package harvester finds pages from overview pages, single pages and LDES
// feeds, fetches them with good manners, reads their RDFa, and hands each on
// as a besluit.Publicatie. It keeps its frontier on disk, so that a crash loses
// nothing.
//
// It does not judge, store or publish what it reads.
package harvester
