package eval

import (
	"fmt"
	"regexp"
)

// Regexp compiles a regular expression of XPath (Functions and Operators,
// section 5.6.1) with the flags s, m, i, x and q, as REGEX does: for shapes that
// ask a pattern, which is to match whatever REGEX would. RE2 runs in linear
// time; what it lacks (back references, subtraction of character classes) is an
// error.
func Regexp(pattern, flags string) (*regexp.Regexp, error) {
	for _, f := range flags {
		switch f {
		case 's', 'm', 'i', 'x', 'q':
		default:
			return nil, fmt.Errorf("unknown flag %q", f)
		}
	}
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("the pattern is longer than %d bytes", maxPattern)
	}
	if m := compileRegexp(pattern, flags); m != nil {
		return m.Regexp, nil
	}
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("not a pattern of XPath: %q", pattern)
}
