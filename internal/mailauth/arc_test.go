package mailauth

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"strings"
	"testing"
)

// zone is a DNS of text records.
type zone map[string]string

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	if v, ok := z[strings.TrimSuffix(name, ".")]; ok {
		return []string{v}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (zone) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (zone) LookupAddr(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// cases reads examples of a published suite; without them the test is skipped.
func cases[T any](t *testing.T, file string) (all []T) {
	t.Helper()
	data, err := os.ReadFile("../../../shared/examples/auth/" + file)
	if err != nil {
		t.Skip("the examples " + file + " are not here")
	}
	for line := range strings.Lines(string(data)) {
		var c T
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// The suite names no answer for a chain that its last server, or one before,
// sealed as broken: it is broken.
func TestChainsOfTheARCSuite(t *testing.T) {
	type example struct {
		ID     string
		Input  string
		DNS    zone
		Expect struct{ CV string }
		Note   string
	}
	right, all := 0, cases[example](t, "arc_test_suite/cases.jsonl")
	for _, c := range all {
		header, body := split([]byte(c.Input))
		got, _ := chain(t.Context(), c.DNS, header, body)
		want := c.Expect.CV
		if want == "" {
			want = "fail"
		}
		if string(got) != want {
			t.Errorf("%s (%s): the chain is %s, want %s", c.ID, c.Note, got, want)
			continue
		}
		right++
	}
	t.Logf("ARC: %d of %d chains as the suite says", right, len(all))
}
