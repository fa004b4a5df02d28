package api_test

import (
	"crypto/rand"
	"testing"
)

// F1-57: where a customer is follows from what their browser says when they write, also
// when they travel; what is no time zone is not kept, and the message is. What the team
// says stays until the team takes it back.
func TestZoneOfAVisitor(t *testing.T) {
	h := chats(t)
	v := h.S.Visitor(h.front.Key)
	write := func(zone string) {
		v.Do("POST", v.Path("/messages"), object{"client_id": rand.Text(), "text": "hello", "time_zone": zone}).Want(200)
	}
	write("Asia/Tokyo")
	var talk struct {
		Contact struct{ ID string } `json:"contact"`
	}
	h.Owner.Do("GET", h.Path("/conversations/"+v.Messages("0").Conversation.ID), nil).Want(200).Read(&talk)
	contact := h.Path("/contacts/" + talk.Contact.ID)
	says := func(zone string) {
		h.Owner.Do("PATCH", contact, object{"time_zone": zone}).Want(200)
	}
	is := func(when, want string) {
		t.Helper()
		var c struct {
			Zone string `json:"time_zone"`
		}
		if h.Owner.Do("GET", contact, nil).Want(200).Read(&c); c.Zone != want {
			t.Errorf("%s they are in %q, not in %q", when, c.Zone, want)
		}
	}
	is("at first", "Asia/Tokyo")
	write("Europe/Stockholm")
	is("on a journey", "Europe/Stockholm")
	for _, zone := range []string{"", "Local", "Mars/Base", "../../etc/passwd", "Europe"} {
		write(zone)
		is("after "+zone, "Europe/Stockholm")
	}
	h.Owner.Do("PATCH", contact, object{"time_zone": "Mars/Base"}).Problem(422)
	says("America/New_York")
	write("Asia/Tokyo")
	is("as the team says", "America/New_York")
	says("")
	is("once the team says nothing", "")
	write("Asia/Tokyo")
	is("as the browser says again", "Asia/Tokyo")
}
