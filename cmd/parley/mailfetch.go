package main

import (
	"time"

	"parley/channel/email"
	"parley/desk"
)

// fetching is how mail is taken in.
type fetching struct {
	MailSize  int64         `env:"PARLEY_MAIL_SIZE" default:"50" placeholder:"MB" help:"How large a mail may be that is taken in, in megabytes."`
	MailRenew time.Duration `env:"PARLEY_MAIL_RENEW" default:"7m" help:"How long a mailbox is listened to before it is asked anew, so that a dead connection is noticed."`
	MailPoll  time.Duration `env:"PARLEY_MAIL_POLL" default:"1m" help:"How often a mailbox is asked whose server does not tell what arrives."`
}

// apply puts the settings into those of the mail channel, checked.
func (c fetching) apply(o *email.Options) error {
	if c.MailSize < 1 || c.MailSize > 1000 {
		return desk.Errorf(desk.Invalid, "A mail that is taken in has at most 1 to 1000 megabytes.")
	}
	if c.MailRenew < time.Second || c.MailRenew > 25*time.Minute || c.MailPoll < time.Second {
		return desk.Errorf(desk.Invalid, "Mailboxes are asked anew after one second to 25 minutes, and every second at most.")
	}
	o.MaxSize, o.Renew, o.Poll = c.MailSize<<20, c.MailRenew, c.MailPoll
	return nil
}
