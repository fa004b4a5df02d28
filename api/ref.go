package api

import (
	"encoding"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Ref is an id in an address. One that cannot be read names nothing: it becomes
// -1, which no row has, and the answer is 404 like for any other unknown id.
type Ref[T ~int64] struct {
	V    T
	text string
}

// Receiver implements huma.ParamWrapper.
func (r *Ref[T]) Receiver() reflect.Value { return reflect.ValueOf(&r.text).Elem() }

// OnParamSet implements huma.ParamReactor.
func (r *Ref[T]) OnParamSet(isSet bool, _ any) {
	if !isSet {
		return
	}
	id, ok := any(&r.V).(encoding.TextUnmarshaler)
	if !ok || id.UnmarshalText([]byte(r.text)) != nil || r.V == 0 && r.text != "" {
		r.V = -1
	}
}

// Schema implements huma.SchemaProvider.
func (*Ref[T]) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeString} }
