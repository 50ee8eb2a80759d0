package lblod

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

//go:embed questions.txt
var questionsText string

// leidinggevenden is the namespace of the classes of senior officials.
const leidinggevenden = "http://data.lblod.info/vocabularies/leidinggevenden/"

// namespaces are those of questions.txt.
var namespaces = map[string]string{
	"besluit": vocab.Besluit, "foaf": vocab.Foaf, "rdf": vocab.RDF, "eli": vocab.Eli, "prov": vocab.Prov, "dct": vocab.Dct,
	"ext": vocab.Ext, "mandaat": vocab.Mandaat, "skos": vocab.SKOS, "org": vocab.Org, "rdfs": vocab.RDFS,
	"leidinggevenden": leidinggevenden,
}

// question is what is asked of one property.
type question struct {
	name, path  string
	least, most int    // most is -1 for any number
	class       string // of the values, "" for any
	level       int    // 1 or 3, else 0
}

// form is a set of questions that are asked of each subject of a class.
type form struct {
	class     string
	questions []question
}

// forms are the questions of each kind of document; a class may have two.
var forms = sync.OnceValue(func() map[besluit.Soort][]form {
	all := map[besluit.Soort][]form{}
	letters := map[byte]besluit.Soort{'a': besluit.Agenda, 'b': besluit.Besluitenlijst, 'n': besluit.Notulen}
	class, fresh := "", map[besluit.Soort]bool{}
	for line := range strings.Lines(questionsText) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case len(words) == 1:
			class = expand(words[0])
			clear(fresh)
		default:
			q := question{name: words[0], path: expand(words[1]), least: number(words[3]), most: number(words[4]), class: expand(words[5])}
			q.level, _ = strconv.Atoi(words[6])
			for _, letter := range []byte(words[2]) {
				soort := letters[letter]
				if !fresh[soort] {
					fresh[soort] = true
					all[soort] = append(all[soort], form{class: class})
				}
				last := &all[soort][len(all[soort])-1]
				last.questions = append(last.questions, q)
			}
		}
	}
	return all
})

// number reads a bound; "-" is none.
func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		return -1
	}
	return n
}

// expand makes an IRI of a prefixed name; "-" is none.
func expand(name string) string {
	prefix, local, _ := strings.Cut(name, ":")
	if namespace, ok := namespaces[prefix]; ok {
		return namespace + local
	}
	return ""
}

// Short abbreviates an IRI with the usual prefixes.
func Short(iri string) string {
	for prefix, namespace := range namespaces {
		if local, ok := strings.CutPrefix(iri, namespace); ok && prefix != "rdf" && !strings.Contains(local, "/") {
			return prefix + ":" + local
		}
	}
	return strings.Replace(iri, vocab.RDF, "rdf:", 1)
}
