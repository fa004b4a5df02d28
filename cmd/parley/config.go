package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// unknownSettings says which PARLEY_ variable no setting has, so that a slip of
// the pen is not silently ignored; "" when there is none. Variables of tests are
// left alone.
func unknownSettings(environ []string) string {
	known := settings(reflect.TypeOf(cli{}))
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "PARLEY_") || strings.HasPrefix(name, "PARLEY_TEST_") || slices.Contains(known, name) {
			continue
		}
		slices.Sort(known)
		return fmt.Sprintf("there is no setting %s. The settings are: %s", name, strings.Join(known, ", "))
	}
	return ""
}

// settings returns the variables that a struct's env tags name.
func settings(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if env := f.Tag.Get("env"); env != "" && !slices.Contains(names, env) {
			names = append(names, env)
		}
		if f.Type.Kind() == reflect.Struct {
			for _, n := range settings(f.Type) {
				if !slices.Contains(names, n) {
					names = append(names, n)
				}
			}
		}
	}
	return names
}
