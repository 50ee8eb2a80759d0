package eval

import (
	"math/big"
	"strings"
)

// maxDigits bounds the length of the numbers that arithmetic makes, so that a
// query can not spend its time on one of them.
const maxDigits = 4096

// divisionDigits is how many digits after the point a quotient has at most
// (XML Schema asks for 18).
const divisionDigits = 24

// decimal is unscaled / 10^scale.
type decimal struct {
	unscaled *big.Int
	scale    int
}

var ten = big.NewInt(10)

func pow10(n int) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }

func parseDecimal(s string) (decimal, bool) {
	body := s
	if body != "" && (body[0] == '+' || body[0] == '-') {
		body = body[1:]
	}
	whole, fraction, _ := strings.Cut(body, ".")
	digits := whole + fraction
	if digits == "" || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" {
		return decimal{}, false
	}
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return decimal{}, false
	}
	if s[0] == '-' {
		n.Neg(n)
	}
	return decimal{n, len(fraction)}, true
}

// normal returns d without zeros at the end of its fraction.
func (d decimal) normal() decimal {
	n, r := new(big.Int).Set(d.unscaled), new(big.Int)
	q := new(big.Int)
	for d.scale > 0 {
		q.QuoRem(n, ten, r)
		if r.Sign() != 0 {
			break
		}
		n.Set(q)
		d.scale--
	}
	return decimal{n, d.scale}
}

// align returns both numbers with the same scale.
func align(a, b decimal) (x, y *big.Int, scale int) {
	x, y, scale = a.unscaled, b.unscaled, max(a.scale, b.scale)
	if a.scale < scale {
		x = new(big.Int).Mul(x, pow10(scale-a.scale))
	}
	if b.scale < scale {
		y = new(big.Int).Mul(y, pow10(scale-b.scale))
	}
	return x, y, scale
}

func (d decimal) cmp(other decimal) int {
	x, y, _ := align(d, other)
	return x.Cmp(y)
}

func (d decimal) arithmetic(op byte, other decimal) (decimal, bool) {
	z := new(big.Int)
	switch op {
	case '*':
		z.Mul(d.unscaled, other.unscaled)
		return decimal{z, d.scale + other.scale}.bounded()
	case '/':
		if other.unscaled.Sign() == 0 {
			return decimal{}, false
		}
		x, y, _ := align(d, other)
		z.Quo(new(big.Int).Mul(x, pow10(divisionDigits)), y)
		return decimal{z, divisionDigits}.normal().bounded()
	}
	x, y, scale := align(d, other)
	if op == '+' {
		z.Add(x, y)
	} else {
		z.Sub(x, y)
	}
	return decimal{z, scale}.bounded()
}

func (d decimal) bounded() (decimal, bool) {
	return d, d.unscaled.BitLen() <= maxDigits*4 && d.scale <= maxDigits
}

func (d decimal) float() float64 {
	f, _ := new(big.Rat).SetFrac(d.unscaled, pow10(d.scale)).Float64()
	return f
}

// String writes d with at least one digit on each side of the point, or
// without a point if it is whole.
func (d decimal) String() string {
	d = d.normal()
	s := d.unscaled.String()
	if d.scale == 0 {
		return s
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for len(s) <= d.scale {
		s = "0" + s
	}
	return sign + s[:len(s)-d.scale] + "." + s[len(s)-d.scale:]
}

// round rounds to a whole number: 'f' down, 'c' up, 'r' to the nearest, halves
// up (XPath Functions, section 4.4).
func (d decimal) round(mode byte) decimal {
	if d.scale == 0 {
		return d
	}
	divisor := pow10(d.scale)
	n := new(big.Int).Set(d.unscaled)
	if mode == 'r' {
		n.Add(n.Mul(n, big.NewInt(2)), divisor)
		divisor = new(big.Int).Mul(divisor, big.NewInt(2))
		mode = 'f'
	}
	q, r := new(big.Int).QuoRem(n, divisor, new(big.Int))
	if mode == 'f' && r.Sign() < 0 {
		q.Sub(q, big.NewInt(1))
	}
	if mode == 'c' && r.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return decimal{unscaled: q}
}
