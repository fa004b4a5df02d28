package api_test

import (
	"testing"

	"parley/api/apitest"
	"parley/desk"
	"parley/store"
)

// A customer says which of their addresses mail came back from, with the server's
// words, and whether they want mail that nobody asked for; members change that.
func TestWhatIsKnownOfAnAddress(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("standing"))
	var c struct{ Contact struct{ ID string } }
	h.Owner.Do("GET", h.Path("/conversations/"+h.fresh().ID), nil).Want(200).Read(&c)
	path := h.Path("/contacts/" + c.Contact.ID)
	h.write(func(tx *store.WriteTx) error {
		return tx.SaveBounced(desk.BouncedAddress{Address: "gone@customer.example", Hard: true, Times: 1, Reason: "550 5.1.1 no such user", Message: desk.MessageID(h.id("")), At: s.Clock.Now()})
	})
	var known struct {
		Since   string `json:"unsubscribed_at"`
		Bounced []struct{ Address, Reason string }
	}
	h.Owner.Do("PATCH", path, object{"email": "Gone@customer.example", "unsubscribed": true}).Want(200).Read(&known)
	if known.Since == "" || len(known.Bounced) != 1 || known.Bounced[0].Address != "gone@customer.example" || known.Bounced[0].Reason != "550 5.1.1 no such user" {
		t.Errorf("%+v", known)
	}
	h.Owner.Do("DELETE", h.Path("/bounced-addresses?address=gone@customer.example"), nil).Want(204)
	known.Since, known.Bounced = "", nil
	h.Owner.Do("PATCH", path, object{"unsubscribed": false}).Want(200).Read(&known)
	if known.Since != "" || len(known.Bounced) != 0 {
		t.Errorf("taken back, it is %+v", known)
	}
}
