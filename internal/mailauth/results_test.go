package mailauth

import (
	"strings"
	"testing"
)

func TestAuthenticationResultsOfTheSuite(t *testing.T) {
	type example struct {
		ID     string
		Input  string
		Expect struct {
			Identifier string
			Results    []struct{ Method, Value string }
		}
	}
	right, all := 0, cases[example](t, "go-msgauth/cases.jsonl")
	for _, c := range all {
		server, methods := Results(c.Input)
		same := server == c.Expect.Identifier && len(methods) == len(c.Expect.Results)
		for i := 0; same && i < len(methods); i++ {
			// The suite writes sender-id as one word.
			same = strings.ReplaceAll(methods[i].Name, "-", "") == c.Expect.Results[i].Method && methods[i].Value == c.Expect.Results[i].Value
		}
		if !same {
			t.Errorf("%s: %q is read as %q with %v, want %+v", c.ID, c.Input, server, methods, c.Expect)
			continue
		}
		right++
	}
	t.Logf("Authentication-Results: %d of %d headers as the suite says", right, len(all))
}

// What real servers write: Microsoft 365 gives no name, Google puts the policy
// into a comment, and a comment may hold anything.
func TestAuthenticationResultsOfRealServers(t *testing.T) {
	server, all := Results(" spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=example.com; dkim=none (message not signed)\r\n header.d=none;dmarc=fail action=oreject\r\n header.from=example.com;compauth=pass reason=109")
	if server != "" || len(all) != 4 || all[0].Properties["smtp.mailfrom"] != "example.com" || policyOf(all[2]) != "reject" || all[3].Properties["reason"] != "109" {
		t.Errorf("Microsoft's header is read as %q, %+v", server, all)
	}
	server, all = Results(` mx.google.com; dkim=pass header.i=@example.com header.s=a header.b="ab;c="; spf=pass (google.com: domain of a@example.com designates 192.0.2.7 as permitted sender; really) smtp.mailfrom=a@example.com; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com`)
	if server != "mx.google.com" || len(all) != 3 || all[0].Properties["header.b"] != "ab;c=" || all[1].Properties["smtp.mailfrom"] != "a@example.com" || policyOf(all[2]) != "reject" {
		t.Errorf("Google's header is read as %q, %+v", server, all)
	}
}

func FuzzResults(f *testing.F) {
	f.Add("example.com 1; none")
	f.Add(`a; dkim=pass (x \) ( ) header.i="@a;b" ; spf = fail`)
	f.Fuzz(func(t *testing.T, s string) {
		_, all := Results(s)
		for _, m := range all {
			if m.Name == "" || m.Value == "" || strings.ToLower(m.Value) != m.Value {
				t.Errorf("%q gives a result without a name or a value, or not folded: %+v", s, m)
			}
		}
	})
}
