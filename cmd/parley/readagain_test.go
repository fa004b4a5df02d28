package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/channel"
	"parley/channel/email"
	"parley/internal/mbox"
)

// Mails that are read as they were change nothing, however they came.
func TestReadAgainOfImported(t *testing.T) {
	d := apptest.NewMail(t)
	d.Channels = []channel.Channel{email.New(email.Options{Key: []byte("key"), Now: d.Clock.Now})}
	into := d.Account
	into.Config = fmt.Appendf(nil, `{"address": %q}`, apptest.MailAddress)
	const all = 40
	file := listMails(all)
	var out bytes.Buffer
	if _, err := importAll(t.Context(), d.App, into, false, mbox.New(strings.NewReader(file), int64(len(file)), 1<<20), int64(len(file)), &out); err != nil {
		t.Fatal(err)
	}
	n, err := readAll(t.Context(), d.App, into, time.Time{}, &out)
	if err != nil || n != (readMails{same: all}) {
		t.Errorf("%+v, %v\n%s", n, err, out.String())
	}
}
