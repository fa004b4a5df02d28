package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// asJSON stores and scans *v as JSON text.
func asJSON[T any](v *T) *jsonText[T] { return &jsonText[T]{v} }

type jsonText[T any] struct{ v *T }

// Value implements driver.Valuer.
func (j *jsonText[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(*j.v)
	return string(b), err
}

// Scan implements sql.Scanner.
func (j *jsonText[T]) Scan(src any) error {
	var b []byte
	switch s := src.(type) {
	case nil:
		return nil
	case string:
		b = []byte(s)
	case []byte:
		b = s
	default:
		return fmt.Errorf("JSON is text, not %T", src)
	}
	if len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, j.v)
}

// listText is a list as JSON text, "" when it is empty: comparable, and short
// where nearly every row has none.
func listText[T any](all []T) string {
	if len(all) == 0 {
		return ""
	}
	b, err := json.Marshal(all)
	if err != nil {
		panic(err) // lists of plain values
	}
	return string(b)
}
