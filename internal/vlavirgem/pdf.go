package vlavirgem

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// bijlage is an attachment: a PDF.
type bijlage struct {
	pad, titel   string
	gepubliceerd time.Time
	besluit      *besluit
}

func (g *Gemeente) maakBijlage(b *besluit, titel string) *bijlage {
	x := &bijlage{"/bijlagen/" + uuid("bijlage"+b.iri) + ".pdf", titel, b.publicatie, b}
	g.bijlagen[x.pad] = x
	return x
}

// pdf writes the attachment: the articles of the decision on as many A4 pages as they need, in
// Helvetica, which every reader has (ISO 32000-1, 9.6.2.2).
func (x *bijlage) pdf() []byte {
	regels := []string{x.titel, "", "Bijlage bij het besluit van " + x.besluit.zitting.in.orgaan.aanhef + " van " + datum(x.besluit.zitting.gepland) + ":"}
	regels = append(regels, breek(x.besluit.titel, 88)...)
	for i, a := range x.besluit.artikelen {
		regels = append(regels, "", fmt.Sprintf("Artikel %d", i+1))
		regels = append(regels, breek(a.tekst, 88)...)
	}
	const perPagina = 46
	var bladen []string
	for len(regels) > 0 {
		n := min(perPagina, len(regels))
		var s strings.Builder
		s.WriteString("BT /F1 11 Tf 56 780 Td 15 TL\n")
		for _, r := range regels[:n] {
			fmt.Fprintf(&s, "(%s) Tj T*\n", pdfTekst(r))
		}
		s.WriteString("ET")
		bladen = append(bladen, s.String())
		regels = regels[n:]
	}
	var objecten, kinderen []string
	for i, s := range bladen {
		kinderen = append(kinderen, fmt.Sprintf("%d 0 R", 4+2*i))
		objecten = append(objecten,
			fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>", 5+2*i),
			fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(s), s))
	}
	objecten = append([]string{
		"<< /Type /Catalog /Pages 2 0 R /Lang (nl-BE) >>",
		fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kinderen, " "), len(kinderen)),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}, objecten...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	plaats := make([]int, len(objecten))
	for i, o := range objecten {
		plaats[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objecten)+1)
	for _, p := range plaats {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objecten)+1, xref)
	return b.Bytes()
}

// pdfTekst writes text as the inside of a PDF string in WinAnsiEncoding.
func pdfTekst(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '(' || r == ')' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '’':
			b.WriteString(`\222`)
		case r == '€':
			b.WriteString(`\200`)
		case r < 0x80:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\%03o`, r)
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// breek breaks text into lines of at most n characters.
func breek(s string, n int) []string {
	var regels []string
	regel := ""
	for w := range strings.FieldsSeq(s) {
		if regel != "" && len(regel)+1+len(w) > n {
			regels, regel = append(regels, regel), ""
		}
		if regel != "" {
			regel += " "
		}
		regel += w
	}
	return append(regels, regel)
}
