package config

import (
	"errors"
	"strings"
	"testing"
)

func TestKeyring(t *testing.T) {
	secret, hash := NewSecret()
	k, err := NewKeyring([]Token{
		{Name: "kaarten", SHA256: hash},
		{Name: "cijfers", Env: "CIJFERS"},
	}, func(t Token) (string, error) { return " een-geheim-van-lengte \n", nil })
	if err != nil || k.Len() != 2 {
		t.Fatal(err)
	}
	for secret, want := range map[string]string{
		secret: "kaarten", "een-geheim-van-lengte": "cijfers", "": "", hash: "", secret + "x": "", secret[:len(secret)-1]: "",
	} {
		if name, ok := k.Holder(secret); name != want || ok != (want != "") {
			t.Errorf("%q is the token of %q, not %q", secret, name, want)
		}
	}
	if other, _ := NewSecret(); other == secret {
		t.Error("two secrets are the same")
	}
	for _, c := range []struct {
		token  Token
		secret string
		err    error
		want   string
	}{
		{Token{Name: "kort", Env: "X"}, "welkom123", nil, "token kort: the secret has 9 bytes"},
		{Token{Name: "weg", File: "x"}, "", errors.New("no such file"), "token weg: no such file"},
		{Token{Name: "fout", SHA256: "abc"}, "", nil, "64 hexadecimal digits"},
	} {
		_, err := NewKeyring([]Token{c.token}, func(Token) (string, error) { return c.secret, c.err })
		if err == nil || !strings.Contains(err.Error(), c.want) || c.secret != "" && strings.Contains(err.Error(), c.secret) {
			t.Errorf("%+v: %v", c.token, err)
		}
	}
}
