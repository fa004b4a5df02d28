package email

import (
	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
)

// Preview implements channel.Previewer.
func (ch *Channel) Preview(a channel.Account, m channel.Outbound) (p channel.Preview, err error) {
	c, err := read(a.Config)
	if err != nil {
		return p, desk.Errorf(desk.Invalid, "%s", err)
	}
	out, err := ch.compose(c, a, m)
	if err != nil {
		return p, desk.Errorf(desk.Invalid, "The mail cannot be written: %s", err)
	}
	people := func(all []mail.Address) (is []desk.Address) {
		for _, one := range all {
			is = append(is, desk.Address(one))
		}
		return is
	}
	return channel.Preview{From: desk.Address(out.From), To: people(out.To), Cc: people(out.Cc), Subject: out.Subject, Text: out.Text, HTML: out.HTML}, nil
}
