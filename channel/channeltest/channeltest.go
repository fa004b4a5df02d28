// Package channeltest is the contract of package channel as tests. Every channel
// runs it in its own tests; what is true of all of them is proved once.
package channeltest

import (
	"encoding/json"
	"testing"

	"parley/channel"
)

// Options say what the tests need to know of one channel.
type Options struct {
	Channel channel.Channel
	// Account is configured as an admin would: its Config passes Check and has
	// every secret that the channel knows.
	Account channel.Account
	// BadConfigs are settings that Check must refuse. JSON that is none, and
	// settings of the wrong shape, are tried in any case.
	BadConfigs []json.RawMessage
	// Raws are stored events of which Parse makes at least one message each.
	Raws []channel.Raw
	// Garbage are events of which no message can be made: Parse must refuse them
	// or call the message unreadable. Bytes that mean nothing anywhere are tried
	// in any case.
	Garbage []channel.Raw
	// Outbound is a message that can be sent to somebody.
	Outbound channel.Outbound
	// Up returns an account whose far side takes everything, for the length of
	// the test. A channel that needs nobody outside returns Account.
	Up func(t *testing.T) channel.Account
	// Down returns an account whose far side cannot be reached. nil: the channel
	// needs nobody outside.
	Down func(t *testing.T) channel.Account
}

// Run proves the contract for one channel.
func Run(t *testing.T, o Options) {
	t.Helper()
	if o.Channel == nil || o.Up == nil || len(o.Raws) == 0 || len(o.Account.Config) == 0 {
		t.Fatal("channeltest: Channel, Account.Config, Raws and Up are needed")
	}
	t.Run("kind", o.kind)
	t.Run("schema", o.schema)
	t.Run("settings", o.settings)
	t.Run("bad settings", o.badSettings)
	t.Run("parse", o.parse)
	t.Run("parse beside others", o.parallel)
	t.Run("parse garbage", o.garbage)
	t.Run("parse damaged events", o.damaged)
	t.Run("send", o.send)
	t.Run("send twice", o.sendTwice)
	t.Run("send at the limit", o.sendLimit)
	t.Run("send when cancelled", o.sendCancelled)
	t.Run("send when the far side is down", o.sendDown)
}
