package email

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"strings"
)

// Aliases implements channel.Aliased.
func (*Channel) Aliases(config json.RawMessage) (all []string) {
	c, err := read(config)
	if err != nil {
		return nil
	}
	for _, a := range c.Aliases {
		all = append(all, strings.ToLower(strings.TrimSpace(a)))
	}
	return all
}

// checkAliases reports what is wrong with the other addresses of an account.
func (c Config) checkAliases() error {
	if len(c.Aliases) > 50 {
		return fmt.Errorf("there are at most 50 other addresses")
	}
	seen := map[string]bool{strings.ToLower(c.Address): true}
	for _, a := range c.Aliases {
		folded := strings.ToLower(strings.TrimSpace(a))
		whole := folded
		if strings.HasPrefix(folded, "@") {
			whole = "all" + folded
		}
		parsed, err := mail.ParseAddress(whole)
		switch {
		case err != nil || parsed.Address != whole || strings.ContainsFunc(whole, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' }):
			return fmt.Errorf("%q is not an address like info@example.com, nor a domain like @example.com", a)
		case strings.Contains(folded, "+"):
			return fmt.Errorf("%s must not contain a plus: what follows one is left out anyway", a)
		case seen[folded]:
			return fmt.Errorf("%s is named twice", a)
		}
		seen[folded] = true
	}
	return nil
}
