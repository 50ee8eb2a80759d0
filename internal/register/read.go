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
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
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
	lines := strings.Count(text, "\n")
	r := &Register{
		eenheden: make(map[string]*Eenheid, lines/5), organen: make(map[string]*Orgaan, lines), concepten: make(map[string]*Concept, 512),
		byEenheid: make(map[string][]*Orgaan, lines/8),
	}
	// What a line refers to may stand below it: the fields that number other
	// lines are kept until all are read.
	type reference struct{ class, of, into string }
	concepten, organen := make([]*Concept, 0, 512), make([]*Orgaan, 0, lines)
	ofEenheden, ofOrganen := make([]reference, 0, lines/5), make([]reference, 0, lines)
	for line := range strings.Lines(text) {
		var fields [11]string
		rest, more := strings.TrimSuffix(line, "\n"), true
		for i := 0; more && i < len(fields); i++ {
			fields[i], rest, more = strings.Cut(rest, "\t")
		}
		switch fields[0] {
		case "c":
			c := &Concept{IRI: expand(fields[2]), Naam: fields[3], Lijst: fields[1]}
			concepten = append(concepten, c)
			r.concepten[c.IRI] = c
		case "e":
			e := &Eenheid{
				IRI: expand(fields[1]), Naam: fields[2], NIS: fields[4], OVO: fields[5], KBO: fields[6], Provincie: fields[7], Sinds: fields[10],
			}
			r.namen = append(r.namen, e)
			r.eenheden[e.IRI] = e
			ofEenheden = append(ofEenheden, reference{fields[3], fields[8], fields[9]})
		case "o":
			o := &Orgaan{IRI: expand(fields[1]), InPeriode: fields[4] != "", Start: fields[5], Einde: fields[6], Naam: fields[7]}
			organen = append(organen, o)
			r.organen[o.IRI] = o
			ofOrganen = append(ofOrganen, reference{fields[2], fields[3], fields[4]})
		}
	}
	for i, e := range r.namen {
		e.Classificatie = at(concepten, ofEenheden[i].class).IRI
		e.Gemeente = at(r.namen, ofEenheden[i].of).IRI
		if into := at(r.namen, ofEenheden[i].into); into.IRI != "" {
			e.OpgegaanIn = into.IRI
			into.Voorgangers = append(into.Voorgangers, e.IRI)
		}
	}
	names := map[[2]string]string{} // of organs, by class and eenheid
	for i, o := range organen {
		ref := ofOrganen[i]
		c, e := at(concepten, ref.class), at(r.namen, ref.of)
		o.Classificatie, o.Eenheid = c.IRI, e.IRI
		if ref.into != "?" {
			o.Van = at(organen, ref.into).IRI
		}
		if o.Naam == "" {
			key := [2]string{ref.class, ref.of}
			if names[key] == "" {
				names[key] = strings.TrimSpace(c.Naam + " " + e.Naam)
			}
			o.Naam = names[key]
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
