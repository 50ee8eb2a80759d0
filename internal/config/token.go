package config

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Token lets its holder write graphs of their own. One of SHA256, Env and File
// says which secret it is.
type Token struct {
	// Name is who writes, for the record: it stands in the ledger, for good.
	Name string `json:"name"`
	// SHA256 is the hash of the secret, hex, as `belfort token` prints it: the
	// file then holds no secret.
	SHA256 string `json:"sha256"`
	// Env names the environment variable that holds the secret, File the file
	// (white space around it is left off).
	Env  string `json:"env"`
	File string `json:"file"`
}

func (t Token) check() error {
	ways := 0
	for _, way := range []string{t.SHA256, t.Env, t.File} {
		if way != "" {
			ways++
		}
	}
	sum, err := hex.DecodeString(t.SHA256)
	switch {
	case t.Name == "" || len(t.Name) > 100 || strings.ContainsFunc(t.Name, func(r rune) bool { return r < ' ' }):
		return errors.New("needs a name of at most 100 bytes")
	case ways != 1:
		return errors.New("needs one of sha256, env and file")
	case t.SHA256 != "" && (err != nil || len(sum) != sha256.Size):
		return errors.New("sha256 is not 64 hexadecimal digits")
	}
	return nil
}

// Keyring knows tokens by the hash of their secret. It keeps no secret, and is
// safe for concurrent use.
type Keyring struct{ keys []key }

type key struct {
	name string
	hash [sha256.Size]byte
}

// minSecret is the length in bytes of the shortest secret that is taken: it must
// be random, not a word.
const minSecret = 20

// NewKeyring makes a keyring of tokens that were checked by Read. secret returns
// the secret of a token with Env or File.
func NewKeyring(tokens []Token, secret func(Token) (string, error)) (*Keyring, error) {
	k := &Keyring{}
	for _, t := range tokens {
		one := key{name: t.Name}
		if t.SHA256 != "" {
			if err := t.check(); err != nil {
				return nil, fmt.Errorf("token %s: %w", t.Name, err)
			}
			_, _ = hex.Decode(one.hash[:], []byte(t.SHA256)) // checked
		} else {
			s, err := secret(t)
			if err != nil {
				return nil, fmt.Errorf("token %s: %w", t.Name, err)
			}
			if s = strings.TrimSpace(s); len(s) < minSecret {
				return nil, fmt.Errorf("token %s: the secret has %d bytes; make one of at least %d with `belfort token`", t.Name, len(s), minSecret)
			}
			one.hash = sha256.Sum256([]byte(s))
		}
		k.keys = append(k.keys, one)
	}
	return k, nil
}

// Holder returns the name of the token with a secret, ok false if there is none.
// It takes as long for a wrong secret as for a right one.
func (k *Keyring) Holder(secret string) (name string, ok bool) {
	hash := sha256.Sum256([]byte(secret))
	for _, one := range k.keys {
		if subtle.ConstantTimeCompare(hash[:], one.hash[:]) == 1 {
			name, ok = one.name, true
		}
	}
	return name, ok
}

// Len returns the number of tokens.
func (k *Keyring) Len() int { return len(k.keys) }

// NewSecret makes a secret of 256 random bits, and the hash for Token.SHA256.
func NewSecret() (secret, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand, since Go 1.24)
	secret = "belfort_" + base64.RawURLEncoding.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(secret))
	return secret, hex.EncodeToString(sum[:])
}
