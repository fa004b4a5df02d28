package mail

import (
	"strings"
	"testing"
)

// bounces are notifications in the forms that servers write, most of them without a
// machine's part.
var bounces = []struct {
	name, mail string
	want       Bounce // of Reason a part
}{
	{"exim", "From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: kim@customer.example\nSubject: Mail delivery failed: returning message to sender\n\n" +
		"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n" +
		"  kim@customer.example\n    host mx.customer.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<kim@customer.example>:\n    550 5.1.1 User unknown\n\n------ This is a copy of the message's headers. ------\n\nMessage-ID: <c1.m2.x@desk.example>\n",
		Bounce{BounceFailed, "c1.m2.x@desk.example", "kim@customer.example", "5.1.1", "User unknown"}},
	{"qmail", "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<kim@customer.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 sorry, no mailbox here by that name\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <x@desk.example>\nMessage-ID: <c1.m2.x@desk.example>\n",
		Bounce{BounceFailed, "c1.m2.x@desk.example", "kim@customer.example", "", "550 sorry, no mailbox here"}},
	{"sendmail", "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: Returned mail: see transcript for details\n\n   ----- The following addresses had permanent fatal errors -----\n<kim@customer.example>\n    (reason: 550 5.2.2 Over quota)\n\n   ----- Transcript of session follows -----\n... while talking to mx.customer.example.:\n>>> DATA\n<<< 550 5.2.2 Over quota\n",
		Bounce{BounceFailed, "", "kim@customer.example", "5.2.2", "Over quota"}},
	{"words alone", "From: postmaster@mx.example\nSubject: Undeliverable: Your order\n\nDelivery to the following recipients failed.\n\n       kim@customer.example\n\nThe recipient's mailbox is full.\n",
		Bounce{BounceFailed, "", "kim@customer.example", "5.2.2", "mailbox is full"}},
	{"a domain that is gone", "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail\n\n<kim@customer.example>: Host or domain name not found. Name service error for name=customer.example\n",
		Bounce{BounceFailed, "", "kim@customer.example", "5.1.2", "domain name not found"}},
	{"delayed, in words", "From: MAILER-DAEMON@mx.example\nSubject: Warning: message 1x delayed 24 hours\n\nThis message has not yet been delivered:\n\n  kim@customer.example\n\nNo action is required on your part. Delivery attempts will continue.\n",
		Bounce{BounceDelayed, "", "kim@customer.example", "", ""}},
	{"delayed, with a code", "From: MAILER-DAEMON@mx.example\nSubject: Delivery Status Notification (Delay)\n\nkim@customer.example: 451 4.7.1 Greylisted\n",
		Bounce{BounceDelayed, "", "kim@customer.example", "4.7.1", "Greylisted"}},
	{"delayed, by the machine", "From: MAILER-DAEMON@mx.example\nSubject: Delayed Mail\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt is late.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; kim@customer.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; connect timed out\n--b--\n",
		Bounce{BounceDelayed, "", "kim@customer.example", "4.4.1", "timed out"}},
	{"international", "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNo.\n--b\nContent-Type: message/global-delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: utf-8; käte@customer.example\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/global-headers\n\nMessage-ID: <c1.m2.x@desk.example>\n--b--\n",
		Bounce{BounceFailed, "c1.m2.x@desk.example", "käte@customer.example", "5.1.1", "5.1.1"}},
	{"a complaint", "From: fbl@provider.example\nSubject: FW: Your order\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nThis is an abuse report.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: FBL/1\nVersion: 1\nOriginal-Rcpt-To: Kim@customer.example\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <c1.m2.x@desk.example>\nSubject: Your order\n\nHello\n--b--\n",
		Bounce{BounceComplaint, "c1.m2.x@desk.example", "kim@customer.example", "", "abuse"}},
}

// Notifications are understood in the forms that servers write them (RFC 3464, 6533,
// 5965, and words).
func TestBounces(t *testing.T) {
	for _, c := range bounces {
		m := parsed(t, c.mail)
		got, ok := m.Bounce()
		reason := got.Reason
		got.Reason = c.want.Reason
		if !ok || got != c.want || !strings.Contains(reason, c.want.Reason) {
			t.Errorf("%s: %v %+v %q\nwant %+v", c.name, ok, got, reason, c.want)
		}
	}
	for _, s := range []string{
		"From: kim@customer.example\nSubject: failure notice\n\n550 5.1.1 User unknown\n",
		"From: MAILER-DAEMON@mx.example\nSubject: Delivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt arrived.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; kim@customer.example\nAction: delivered\nStatus: 2.0.0\n--b--\n",
	} {
		if b, ok := parsed(t, s).Bounce(); ok {
			t.Errorf("it is no bounce: %+v of %q", b, s)
		}
	}
}

// Whatever a notification holds, what is read of it is on one line, and an address is one.
func FuzzBounce(f *testing.F) {
	for _, c := range bounces {
		f.Add([]byte(c.mail))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(t.Context(), raw)
		if err != nil {
			return
		}
		b, ok := m.Bounce()
		if !ok {
			return
		}
		if strings.ContainsAny(b.Reason+b.Recipient+b.Status+b.MessageID, "\r\n\x00") || b.Recipient != "" && !isAddress(b.Recipient) || b.Kind == "" {
			t.Errorf("%+v", b)
		}
	})
}

// Only an address that we signed names a message, whatever it looks like.
func FuzzBounceOf(f *testing.F) {
	key := []byte("key")
	f.Add(SignBounce(key, "support@desk.example", "0abc"))
	f.Add("support+b0abc.x@desk.example")
	f.Add("+b.@")
	f.Add(Sign(key, "support@desk.example", "0abc"))
	f.Fuzz(func(t *testing.T, address string) {
		message := BounceOf(key, address)
		if message == "" {
			return
		}
		local, _, _ := strings.Cut(strings.TrimSpace(address), "@")
		_, domain, _ := strings.Cut(strings.TrimSpace(address), "@")
		before, _, _ := strings.Cut(local, "+")
		if !strings.EqualFold(SignBounce(key, before+"@"+domain, message), strings.TrimSpace(address)) {
			t.Errorf("%q names %q", address, message)
		}
	})
}
