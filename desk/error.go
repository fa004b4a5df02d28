package desk

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about an error. The words are the `code` of a
// problem in the HTTP API.
type Kind string

// The kinds of error.
const (
	Invalid         Kind = "invalid"         // fix the request
	Unauthenticated Kind = "unauthenticated" // sign in again
	Forbidden       Kind = "forbidden"       // ask somebody with permission
	NotFound        Kind = "not_found"       // it is gone, or never was, or is not yours to see
	Conflict        Kind = "conflict"        // reload and try again
	TooLarge        Kind = "too_large"       // send less
	RateLimited     Kind = "rate_limited"    // wait
	Unavailable     Kind = "unavailable"     // try again in a moment
	Internal        Kind = "internal"        // our fault; details are in the log
)

// Error is an error whose message is safe to show to the person who caused it:
// one sentence that says what to do.
type Error struct {
	Kind    Kind
	Message string
	Fields  []FieldError // which fields of the request are at fault, if any
	Details any          // what the caller needs to resolve a conflict, if any; it is shown to the caller
}

// FieldError says what is wrong with one field, by its path in the request.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Message }

// Errorf returns an *Error.
func Errorf(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...)}
}

// KindOf returns the kind of err; anything that is not an *Error is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
