package api_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/desk"
)

// F2-34: a picture within a mail of ours is seen where it stands by who may read the
// conversation, and by nobody else.
func TestPictureWithinOurMail(t *testing.T) {
	h := chats(t)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	id := h.Owner.Do("POST", h.Path("/attachments"), apitest.File{Name: "key.png", Data: b.String()}).Want(201).ID()
	var did struct {
		Message struct {
			HTML        string
			Attachments []struct {
				Inline bool
				URL    string
			}
		}
	}
	start := object{"inbox_id": h.front.ID, "channel_id": h.front.Mail, "contact": object{"email": "kim@customer.example"}, "text": "Turn ![the key](" + id + ").", "attachment_ids": []string{id}}
	var seen struct{ HTML, Text string }
	h.Owner.Do("POST", h.Path("/conversations/preview"), start).Want(200).Read(&seen)
	if !strings.Contains(seen.HTML, `<img src="`+h.Path("/attachments/"+id)+`" alt="the key" width="30"`) && !strings.Contains(seen.HTML, "/attachments/"+id+`" alt="the key"`) {
		t.Errorf("the preview is %q", seen.HTML)
	}
	h.Owner.Do("POST", h.Path("/conversations"), start).Want(201).Read(&did)
	m := did.Message
	if len(m.Attachments) != 1 || !m.Attachments[0].Inline || strings.TrimSpace(m.HTML) != `<p>Turn <img src="`+m.Attachments[0].URL+`" alt="the key" width="30" height="20">.</p>` {
		t.Fatalf("%+v", m)
	}
	if a := h.target.Do("GET", m.Attachments[0].URL, nil).Want(200); a.Header.Get("Content-Type") != "image/png" {
		t.Errorf("it is a %s", a.Header.Get("Content-Type"))
	}
	h.Join("stranger", desk.RoleAgent).Do("GET", m.Attachments[0].URL, nil).Want(404)
	h.Owner.Do("POST", h.Path("/conversations/"+h.fresh().ID+"/reply"), object{"text": "![the key](" + id + ")"}).Problem(422)
}
