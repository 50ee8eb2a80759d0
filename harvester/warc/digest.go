package warc

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"
)

// Digest returns the labelled SHA-256 of content as it stands in the fields
// WARC-Block-Digest and WARC-Payload-Digest (sections 5.8 and 5.9): in
// hexadecimal, because a SHA-256 in base32 ends in "=", which their grammar does
// not allow.
func Digest(content ...[]byte) string {
	h := sha256.New()
	for _, c := range content {
		h.Write(c)
	}
	return DigestOf(h.Sum(nil))
}

// DigestOf labels a SHA-256 that is known.
func DigestOf(sha256 []byte) string {
	return "sha256:" + hex.EncodeToString(sha256)
}

// SHA256 returns the SHA-256 that a labelled digest holds; ok is false if it is
// of another kind or cannot be read.
func SHA256(digest string) (sum []byte, ok bool) {
	label, value, _ := strings.Cut(digest, ":")
	if !isSHA256(label) {
		return nil, false
	}
	return decodeDigest(value, sha256.Size)
}

func isSHA256(label string) bool {
	return strings.EqualFold(label, "sha256") || strings.EqualFold(label, "sha-256")
}

// CheckDigest compares content with a labelled digest of SHA-1 or SHA-256, in
// base32 or in hexadecimal. Digests of other kinds, and none, are passed over.
func CheckDigest(digest string, content []byte) error {
	label, value, _ := strings.Cut(digest, ":")
	var sum []byte
	switch {
	case isSHA256(label):
		s := sha256.Sum256(content)
		sum = s[:]
	case strings.EqualFold(label, "sha1") || strings.EqualFold(label, "sha-1"):
		s := sha1.Sum(content)
		sum = s[:]
	default:
		return nil
	}
	want, ok := decodeDigest(value, len(sum))
	if !ok {
		return fmt.Errorf("digest %.100q can not be read", digest)
	}
	if !bytes.Equal(want, sum) {
		return fmt.Errorf("content does not have the digest %s", digest)
	}
	return nil
}

// decodeDigest reads a digest of size bytes.
func decodeDigest(value string, size int) ([]byte, bool) {
	var sum []byte
	var err error
	if len(value) == hex.EncodedLen(size) {
		sum, err = hex.DecodeString(value)
	} else {
		sum, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.TrimRight(value, "=")))
	}
	return sum, err == nil && len(sum) == size
}
