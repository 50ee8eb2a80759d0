package register

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// registerFile is the embedded register: zstd over lines of fields with tabs
// between them. A line of "c" is a concept: code list, IRI, name. "e" is an
// eenheid: IRI, name, class, NIS, OVO, KBO, province, municipality, merged
// into, since. "o" is an organ: IRI, class, eenheid, organ that it is a period
// of ("?" if that is unknown), start, end, name where it is not simply that of
// its class and its eenheid. Classes, eenheden and organs are the number of
// their line among those of their kind. IRIs are shortened by iriPrefixes.
//
//go:embed register.tsv.zst
var registerFile []byte

// iriPrefixes are what the first letter of a shortened IRI stands for, A and on.
var iriPrefixes = [...]string{
	"http://data.lblod.info/id/bestuursorganen/",
	"http://data.lblod.info/id/bestuurseenheden/",
	"http://data.lblod.info/id/besturenVanDeEredienst/",
	"http://data.lblod.info/id/centraleBesturenVanDeEredienst/",
	"https://data.vlaanderen.be/id/concept/",
	"http://data.vlaanderen.be/id/concept/",
	"http://data.lblod.info/id/concept/",
	"http://lblod.data.gift/concepts/",
}

// Embedded returns the register that comes with the program. It is read at the
// first call, in some tens of milliseconds.
func Embedded() *Register { return embedded() }

var embedded = sync.OnceValue(decode)

func decode() *Register {
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		panic("register: " + err.Error())
	}
	defer decoder.Close()
	text, err := decoder.DecodeAll(registerFile, nil)
	if err != nil {
		panic("register: " + err.Error()) // a fault in our own file
	}
	return load(string(text))
}

// load reads the text of the embedded register. Its faults are ours, and show
// as panics.
func load(text string) *Register {
	r := &Register{
		eenheden: map[string]*Eenheid{}, organen: map[string]*Orgaan{}, concepten: map[string]*Concept{},
		byEenheid: map[string][]*Orgaan{},
	}
	var concepten []*Concept
	var organen []*Orgaan
	var rows [][]string
	for line := range strings.Lines(text) {
		fields := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), make([]string, 11)...)
		iri := expand(fields[1])
		switch fields[0] {
		case "c":
			c := &Concept{IRI: expand(fields[2]), Naam: fields[3], Lijst: fields[1]}
			concepten = append(concepten, c)
			r.concepten[c.IRI] = c
		case "e":
			r.namen = append(r.namen, &Eenheid{
				IRI: iri, Naam: fields[2], NIS: fields[4], OVO: fields[5], KBO: fields[6], Provincie: fields[7], Sinds: fields[10],
			})
			r.eenheden[iri] = r.namen[len(r.namen)-1]
			rows = append(rows, fields)
		case "o":
			organen = append(organen, &Orgaan{
				IRI: iri, InPeriode: fields[4] != "", Start: fields[5], Einde: fields[6], Naam: fields[7],
			})
			r.organen[iri] = organen[len(organen)-1]
			rows = append(rows, fields)
		}
	}
	class := func(field string) *Concept { return at(concepten, field) }
	for i, e := range r.namen {
		e.Classificatie = class(rows[i][3]).IRI
		e.Gemeente = at(r.namen, rows[i][8]).IRI
		if into := at(r.namen, rows[i][9]); into.IRI != "" {
			e.OpgegaanIn = into.IRI
			into.Voorgangers = append(into.Voorgangers, e.IRI)
		}
	}
	for i, o := range organen {
		row := rows[len(r.namen)+i]
		c, e := class(row[2]), at(r.namen, row[3])
		o.Classificatie, o.Eenheid = c.IRI, e.IRI
		if row[4] != "?" {
			o.Van = at(organen, row[4]).IRI
		}
		if o.Naam == "" {
			o.Naam = strings.TrimSpace(c.Naam + " " + e.Naam)
		}
		r.byEenheid[o.Eenheid] = append(r.byEenheid[o.Eenheid], o)
	}
	return r
}

// at returns the entry that a field numbers, an empty one for an empty field.
func at[T any](list []*T, field string) *T {
	if field == "" {
		return new(T)
	}
	n, err := strconv.Atoi(field)
	if err != nil {
		panic("register: " + err.Error())
	}
	return list[n]
}

func expand(s string) string {
	if s != "" && 'A' <= s[0] && int(s[0]-'A') < len(iriPrefixes) {
		return iriPrefixes[s[0]-'A'] + s[1:]
	}
	return s
}
