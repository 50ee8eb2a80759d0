package sparql

import "errors"

// serviceError says that another endpoint did not answer.
type serviceError struct{ err error }

func (e *serviceError) Error() string { return e.err.Error() }
func (e *serviceError) Unwrap() error { return e.err }

func serviceFailed(err error) bool {
	var s *serviceError
	return errors.As(err, &s)
}
