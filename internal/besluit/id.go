package besluit

import (
	"crypto/sha1"
	"encoding/hex"
)

// namespaceURL is the name space for URLs of RFC 9562, section 6.6.
var namespaceURL = [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

// ID returns the identifier that Belfort's addresses use for a subject: the
// UUID version 5 of its IRI in the URL name space (RFC 9562, section 5.5). The
// government's own harvester gives the same value as mu:uuid.
func ID(iri string) string {
	h := sha1.New()
	h.Write(namespaceURL[:])
	h.Write([]byte(iri))
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	x := hex.EncodeToString(u)
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}
