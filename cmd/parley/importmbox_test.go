package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/channel"
	"parley/channel/email"
	"parley/internal/mbox"
	"parley/store"
)

// listMails is an mbox of so many mails of a mailing list, in threads, as various
// programs write them; the same at every call.
func listMails(n int) string {
	var b strings.Builder
	r := rand.New(rand.NewPCG(7, 7))
	at := time.Date(2023, 1, 2, 8, 0, 0, 0, time.UTC)
	for i := range n {
		at = at.Add(time.Duration(r.IntN(5*60)) * time.Minute)
		who := r.IntN(40)
		fmt.Fprintf(&b, "From person%d@example.com %s\nFrom: Person %d <person%d@example.com>\nTo: %s\nDate: %s\nMessage-ID: <m%d@list.example>\nList-Id: <talk.list.example>\n",
			who, at.Format(time.ANSIC), who, who, apptest.MailAddress, at.Format(time.RFC1123Z), i)
		thread := i / 4
		if i%4 == 0 {
			fmt.Fprintf(&b, "Subject: [talk] Topic %d\n", thread)
		} else {
			fmt.Fprintf(&b, "Subject: Re: [talk] Topic %d\nIn-Reply-To: <m%d@list.example>\nReferences: <m%d@list.example>\n", thread, i-1, thread*4)
		}
		switch i % 3 {
		case 0:
			fmt.Fprintf(&b, "Content-Type: text/plain; charset=utf-8\n\nHello all,\n\n>From the %d of them I like one.\n\n-- \nPerson %d\n\n", i, who)
		case 1:
			fmt.Fprintf(&b, "Content-Type: multipart/alternative; boundary=b%d\n\n--b%d\nContent-Type: text/plain\n\nPlain %d\n--b%d\nContent-Type: text/html\n\n<p>Formatted <b>%d</b></p>\n--b%d--\n\n", i, i, i, i, i, i)
		default:
			fmt.Fprintf(&b, "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe %d\n\n> quoted\n\n", i)
		}
	}
	return b.String()
}

// A thousand mails of a list become the conversations of their threads; a run that was
// interrupted goes on, and one that is repeated takes in nothing.
func TestImportMbox(t *testing.T) {
	d := apptest.NewMail(t)
	d.Channels = []channel.Channel{email.New(email.Options{Key: []byte("key"), Now: d.Clock.Now})}
	into := d.Account
	into.Config = fmt.Appendf(nil, `{"address": %q}`, apptest.MailAddress)
	const all = 1000
	file := listMails(all) + "From broken\n\n"
	run := func(ctx context.Context, from io.ReaderAt) (n imported, said string, err error) {
		var out bytes.Buffer
		n, err = importAll(ctx, d.App, into, false, mbox.New(from, int64(len(file)), 1<<20), int64(len(file)), &out)
		return n, out.String(), err
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	first, _, err := run(ctx, cut{strings.NewReader(file), int64(len(file) / 2), stop})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the first run ended with %v after %d mails", err, first.mails)
	}
	second, said, err := run(t.Context(), strings.NewReader(file))
	if err != nil || second.mails != all || second.left != 0 || second.there < first.taken || second.there+second.taken != all {
		t.Fatalf("%+v after %+v: %v\n%s", second, first, err, said)
	}
	third, _, err := run(t.Context(), strings.NewReader(file))
	if err != nil || third.there != all || third.taken != 0 {
		t.Errorf("again: %+v, %v", third, err)
	}
	found := d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabClosed, Limit: 500})
	if len(found) != all/4 {
		t.Errorf("%d conversations", len(found))
	}
	for _, c := range found {
		if c.Messages != 4 || !strings.HasPrefix(c.Subject, "[talk] Topic") {
			t.Errorf("%s has %d messages: %q", c.ID, c.Messages, c.Subject)
		}
	}
	if n, err := d.WorkNow(t.Context()); n != 0 || err != nil {
		t.Errorf("%d jobs followed, %v", n, err)
	}
}

// cut is a file that tells when it was read up to somewhere.
type cut struct {
	io.ReaderAt
	at   int64
	tell func()
}

func (c cut) ReadAt(b []byte, off int64) (int, error) {
	if off >= c.at {
		c.tell()
	}
	return c.ReaderAt.ReadAt(b, off)
}
