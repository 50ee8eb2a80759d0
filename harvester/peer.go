package harvester

import (
	"cmp"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"strings"
)

// peerOf is the evidence of who answered, nil without TLS.
func peerOf(state *tls.ConnectionState) *Peer {
	if state == nil || len(state.PeerCertificates) == 0 {
		return nil
	}
	p := certified(state.PeerCertificates[0])
	p.Version = tls.VersionName(state.Version)
	return p
}

// refusedPeer is the evidence of a server whose certificate was not accepted.
func refusedPeer(err error) *Peer {
	var refused *tls.CertificateVerificationError
	if !errors.As(err, &refused) || len(refused.UnverifiedCertificates) == 0 {
		return nil
	}
	return certified(refused.UnverifiedCertificates[0])
}

func certified(c *x509.Certificate) *Peer {
	sum := sha256.Sum256(c.Raw)
	name := c.Subject.CommonName
	if name == "" && len(c.DNSNames) > 0 { // many certificates have no other name
		name = c.DNSNames[0]
	}
	return &Peer{
		Name:     bounded(name),
		Issuer:   bounded(cmp.Or(c.Issuer.CommonName, c.Issuer.String())),
		NotAfter: c.NotAfter.UTC(), Fingerprint: hex.EncodeToString(sum[:]),
	}
}

// maxName is how much of a name in a certificate is kept, in bytes.
const maxName = 256

func bounded(name string) string { return strings.ToValidUTF8(name[:min(len(name), maxName)], "") }
