// Package all lists the types of channel. A new channel is a folder beside this
// one and a line here.
package all

import (
	"net/http"
	"time"

	"parley/channel"
	"parley/channel/api"
	"parley/channel/email"
	"parley/channel/webchat"
)

// Needs is what channels need of the install.
type Needs struct {
	Client *http.Client // the way out, from package safehttp
	Mail   *email.Channel
	Now    func() time.Time
}

// All returns every type of channel, in the order in which they are offered.
func All(n Needs) []channel.Channel {
	return []channel.Channel{
		webchat.New(),
		n.Mail,
		api.Channel{Client: n.Client, Now: n.Now},
	}
}
