package main

import (
	"strings"
	"testing"
)

// TestMailDelivery: what Postfix says to a mail becomes a state with a reason
// (F3-07; design 17), and a mail is sent again when that can help: once.
func TestMailDelivery(t *testing.T) {
	m := newMailSystem(t)
	m.refuse("gone@customer.test 550 5.1.1 No such user here", "later@customer.test 451 4.7.1 Greylisted, come back", "slow@customer.test sleep 4")
	p := m.program()
	host, port := split(t, m.submission)
	account := func(more map[string]any) (inbox, channel string) {
		config := map[string]any{"smtp_host": host, "smtp_port": port, "smtp_user": m.user, "smtp_password": m.password}
		for k, v := range more {
			config[k] = v
		}
		return p.connect(config)
	}
	support, _ := account(map[string]any{"address": "support@desk.test"})

	t.Run("refused", func(t *testing.T) {
		c := p.write(support, "gone@customer.test", "To who is gone")
		last := p.delivered(c, "failed")
		if !strings.Contains(last.Delivery.Reason, "gone@customer.test") || !strings.Contains(last.Delivery.Reason, "No such user here") || !last.Delivery.CanRetry {
			t.Errorf("%+v", last.Delivery)
		}
		if !p.arrived("To who is gone").Problem {
			t.Error("the conversation shows no problem")
		}
		m.refuse("later@customer.test 451 4.7.1 Greylisted, come back", "slow@customer.test sleep 4")
		p.retry(c, last.ID)
		p.delivered(c, "sent")
		m.arrive("gone@customer.test", "To who is gone", 1)
		if p.arrived("To who is gone").Problem {
			t.Error("the conversation still shows a problem")
		}
	})
	t.Run("returned later", func(t *testing.T) {
		c := p.write(support, "nobody@customer.test", "To nobody") // Postfix takes it, Dovecot does not
		last := p.delivered(c, "failed")
		if !strings.Contains(last.Delivery.Reason, "nobody@customer.test came back") || !strings.Contains(last.Delivery.Reason, "5.1.1") || !p.arrived("To nobody").Problem {
			t.Errorf("%+v", last.Delivery)
		}
	})
	t.Run("deferred", func(t *testing.T) {
		c := p.write(support, "later@customer.test", "To who is greylisted")
		if last := p.delivered(c, "queued"); !strings.Contains(last.Delivery.Reason, "Greylisted, come back") || last.Delivery.CanRetry {
			t.Errorf("%+v", last.Delivery)
		}
		m.refuse("slow@customer.test sleep 4")
		p.delivered(c, "sent")
		raw := m.arrive("later@customer.test", "To who is greylisted", 1)[0]
		if from := checkMIME(t, raw).Header.Get("Return-Path"); !strings.HasPrefix(from, "<support+b") || !strings.HasSuffix(from, "@desk.test>") {
			t.Errorf("word of a mail that does not arrive goes to %s, which names no message", from)
		}
	})
	t.Run("slow", func(t *testing.T) {
		c := p.write(support, "slow@customer.test", "To who is slow")
		p.delivered(c, "sent")
		m.arrive("slow@customer.test", "To who is slow", 1)
	})
	t.Run("down", func(t *testing.T) {
		way := newLine(t, m.submission)
		_, wayPort := split(t, way.addr)
		inbox, _ := account(map[string]any{"address": "down@desk.test", "smtp_port": wayPort})
		c := p.write(inbox, "kim@customer.test", "While Postfix is down")
		if last := p.delivered(c, "queued"); !strings.Contains(last.Delivery.Reason, "cannot be reached") {
			t.Errorf("%+v", last.Delivery)
		}
		way.up()
		p.delivered(c, "sent")
		m.arrive("kim@customer.test", "While Postfix is down", 1)
	})
	t.Run("cut after the mail was handed over", func(t *testing.T) {
		way := newLine(t, m.submission)
		way.cut(100_000)
		way.up()
		_, wayPort := split(t, way.addr)
		inbox, _ := account(map[string]any{"address": "cut@desk.test", "smtp_port": wayPort})
		c := p.write(inbox, "kim@customer.test", "Cut off", p.upload("picture.bin", []byte(strings.Repeat("0123456789", 20_000))))
		last := p.delivered(c, "unknown")
		<-way.broken
		if !strings.Contains(last.Delivery.Reason, "may have arrived") || !last.Delivery.CanRetry {
			t.Errorf("%+v", last.Delivery)
		}
		first := m.arrive("kim@customer.test", "Cut off", 1)[0]
		way.cut(0)
		p.retry(c, last.ID) // a person decides
		p.delivered(c, "sent")
		second := m.arrive("kim@customer.test", "Cut off", 2)[1]
		if a, b := first[strings.Index(first, "\nDate: "):], second[strings.Index(second, "\nDate: "):]; a != b || len(a) < 200_000 {
			t.Errorf("two tries of one message have %d and %d bytes, and are not the same", len(a), len(b))
		}
		if a, b := checkMIME(t, first), checkMIME(t, second); a.Header.Get("Message-Id") != b.Header.Get("Message-Id") || len(way.broken) != 0 {
			t.Errorf("two tries of one message are %q and %q", a.Header.Get("Message-Id"), b.Header.Get("Message-Id"))
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		inbox, channel := account(map[string]any{"address": "wrong@desk.test", "smtp_password": "wrong"})
		c := p.write(inbox, "kim@customer.test", "With a wrong password")
		last := p.delivered(c, "failed")
		if !strings.Contains(last.Delivery.Reason, "refuses our name and password") || p.channelError(channel) == "" {
			t.Errorf("%+v, channel %q", last.Delivery, p.channelError(channel))
		}
		p.must("PATCH", p.ws+"/channels/"+channel, map[string]any{"config": map[string]any{
			"address": "wrong@desk.test", "smtp_host": host, "smtp_port": port, "smtp_user": m.user, "smtp_password": m.password,
		}}, nil)
		p.retry(c, last.ID)
		p.delivered(c, "sent")
		m.arrive("kim@customer.test", "With a wrong password", 1)
		if problem := p.channelError(channel); problem != "" {
			t.Errorf("the channel still has a problem: %s", problem)
		}
	})
	t.Run("TLS from the first byte", func(t *testing.T) {
		_, smtps := split(t, m.smtps)
		inbox, _ := account(map[string]any{"address": "tls@desk.test", "smtp_port": smtps, "smtp_security": "tls"})
		p.delivered(p.write(inbox, "kim@customer.test", "Encrypted at once"), "sent")
		m.arrive("kim@customer.test", "Encrypted at once", 1)
	})
	t.Run("no certificate for that name", func(t *testing.T) {
		inbox, _ := account(map[string]any{"address": "name@desk.test", "smtp_host": "127.0.0.2"})
		way := newLine(t, m.submission)
		way.addr = "127.0.0.2:" + m.submission[strings.LastIndex(m.submission, ":")+1:]
		way.up()
		last := p.delivered(p.write(inbox, "kim@customer.test", "To another name"), "failed")
		if !strings.Contains(last.Delivery.Reason, "certificate") {
			t.Errorf("%+v", last.Delivery)
		}
	})
	t.Run("through the relay", func(t *testing.T) {
		inbox, _ := p.connect(map[string]any{"address": "relay@desk.test"})
		p.delivered(p.write(inbox, "kim@customer.test", "Through the relay"), "sent")
		m.arrive("kim@customer.test", "Through the relay", 1)
	})
}

// TestMailToPrivateAddress: an account's server must not be one inside, unless
// the operator allows its network (SSRF); the relay is the operator's own.
func TestMailToPrivateAddress(t *testing.T) {
	p := newProgram(t, "--smtp", free(t), "--relay", free(t))
	p.run()
	p.begin()
	inbox, channel := p.connect(map[string]any{"address": "support@desk.test", "smtp_host": "127.0.0.1", "smtp_port": 25, "smtp_security": "none"})
	last := p.delivered(p.write(inbox, "kim@customer.test", "Inside"), "failed")
	if !strings.Contains(last.Delivery.Reason, "not public") || p.channelError(channel) == "" {
		t.Errorf("%+v", last.Delivery)
	}
	inbox, _ = p.connect(map[string]any{"address": "relay@desk.test"})
	if last := p.delivered(p.write(inbox, "kim@customer.test", "By the relay"), "queued"); !strings.Contains(last.Delivery.Reason, "cannot be reached") {
		t.Errorf("%+v", last.Delivery)
	}
}

// write begins a conversation with a customer and returns its id.
func (p *program) write(inbox, to, subject string, files ...string) string {
	p.t.Helper()
	var did struct{ Conversation struct{ ID string } }
	p.must("POST", p.ws+"/conversations", map[string]any{
		"inbox_id": inbox, "contact": map[string]string{"email": to}, "subject": subject, "text": "Hello, this is Lindqvist.", "client_id": strings.ReplaceAll(subject, " ", "-"), "attachment_ids": files,
	}, &did)
	return did.Conversation.ID
}

func (p *program) retry(conversation, message string) {
	p.t.Helper()
	p.must("POST", p.ws+"/conversations/"+conversation+"/retry", map[string]string{"message_id": message}, nil)
}

// channelError returns the problem that a channel shows in the settings.
func (p *program) channelError(id string) string {
	p.t.Helper()
	var inboxes struct {
		Items []struct {
			Channels []struct {
				ID        string
				LastError string `json:"last_error"`
			}
		}
	}
	p.must("GET", p.ws+"/inboxes", nil, &inboxes)
	for _, i := range inboxes.Items {
		for _, ch := range i.Channels {
			if ch.ID == id {
				return ch.LastError
			}
		}
	}
	p.t.Fatalf("there is no channel %s", id)
	return ""
}
