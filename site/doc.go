// Package site is the web: pages for people, embeds and feeds for other
// websites, the validator, the interface for programs, and the documentation.
//
// It reads what the publisher wrote and asks the search and the endpoint; it
// never writes, and it knows no engine. Whatever was harvested or uploaded is
// hostile here: it reaches a page through html/template or a sanitizer, never
// otherwise. All words on the pages stand in messages.go; harvested text keeps
// its own language.
package site
