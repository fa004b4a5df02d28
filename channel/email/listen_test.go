package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
)

// intake stores in memory what the receiver accepts.
type intake struct {
	mu       sync.Mutex
	accounts map[string]channel.Account
	fail     map[desk.ChannelID]error
	lookup   error
	got      []accepted
	kept     [][]byte
	hold     chan struct{} // if set, Accept waits for it
	holding  chan struct{} // and says so
}

type accepted struct {
	account desk.ChannelID
	raw     channel.Raw
}

func (in *intake) Lookup(_ context.Context, kind, address string) (channel.Account, error) {
	if in.lookup != nil {
		return channel.Account{}, in.lookup
	}
	a, ok := in.accounts[kind+" "+address]
	if !ok {
		return a, desk.Errorf(desk.NotFound, "There is no such address.")
	}
	return a, nil
}

func (in *intake) Accept(ctx context.Context, a channel.Account, raw channel.Raw) error {
	if in.hold != nil {
		in.holding <- struct{}{}
		<-in.hold
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if err := errors.Join(in.fail[a.ID], ctx.Err()); err != nil {
		return err
	}
	in.got = append(in.got, accepted{a.ID, raw})
	return nil
}

// Keep keeps in memory, and gives it a number for a hash.
func (in *intake) Keep(_ context.Context, r io.Reader, limit int64) (channel.Kept, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	in.mu.Lock()
	defer in.mu.Unlock()
	in.kept = append(in.kept, b)
	return channel.Kept{Hash: strconv.Itoa(len(in.kept)), Size: int64(len(b))}, err
}

// body returns all of a mail, wherever it is.
func (in *intake) body(raw channel.Raw) []byte {
	n, err := strconv.Atoi(raw.Kept.Hash)
	if err != nil {
		return raw.Body
	}
	return in.kept[n-1]
}

func (in *intake) stored() []accepted {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.got
}

func twoInboxes() *intake {
	return &intake{accounts: map[string]channel.Account{
		"email support@lindqvist.example": {ID: 1, Kind: Name, Address: "support@lindqvist.example"},
		"email sales@lindqvist.example":   {ID: 2, Kind: Name, Address: "sales@lindqvist.example"},
	}, fail: map[desk.ChannelID]error{}}
}

// serve runs the receiver and returns its SMTP and LMTP addresses, and how to
// stop it and learn what Serve returned.
func serve(t *testing.T, in channel.Intake, o Options) (smtpAddr, lmtpAddr string, stop func() error) {
	t.Helper()
	ready := make(chan []net.Addr, 1)
	o.Key, o.Listen, o.LMTP, o.Hostname, o.Now = key, "127.0.0.1:0", "127.0.0.1:0", "desk.test", now
	o.Ready = func(a []net.Addr) { ready <- a }
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- New(o).Serve(ctx, in) }()
	var once sync.Once
	var result error
	stop = func() error {
		once.Do(func() {
			cancel()
			result = <-done
		})
		return result
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	a := <-ready
	return a[0].String(), a[1].String(), stop
}

func deliverTo(t *testing.T, address, from, body string, to ...string) error {
	t.Helper()
	c, err := smtp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.SendMail(from, to, strings.NewReader(body))
}

func wantCode(t *testing.T, err error, code int) {
	t.Helper()
	if se, ok := errors.AsType[*smtp.SMTPError](err); !ok || se.Code != code {
		t.Errorf("want %d, got %v", code, err)
	}
}

// TestReceive: 250 means stored, with what the envelope said.
func TestReceive(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	to := mail.Sign(key, "support@lindqvist.example", "abc")
	if err := deliverTo(t, address, "anna@example.com", plainMail, to); err != nil {
		t.Fatal(err)
	}
	got := in.stored()
	if len(got) != 1 || got[0].account != 1 {
		t.Fatalf("%+v", got)
	}
	raw := got[0].raw
	if string(raw.Body) != plainMail || raw.ContentType != "message/rfc822" || !raw.At.Equal(now()) || raw.Dedupe != mail.Dedupe([]byte(plainMail)) {
		t.Errorf("%+v", raw)
	}
	e := raw.Envelope
	if e["mail_from"] != "anna@example.com" || e["rcpt_to"] != to || e["helo"] == "" || !strings.HasPrefix(e["remote"], "127.0.0.1:") {
		t.Errorf("%v", e)
	}
}

func TestReceiveUnknownAndUnsure(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	wantCode(t, deliverTo(t, address, "a@example.com", plainMail, "nobody@lindqvist.example"), 550)
	in.lookup = errors.New("the database is down")
	wantCode(t, deliverTo(t, address, "a@example.com", plainMail, "support@lindqvist.example"), 451)
	if len(in.stored()) != 0 {
		t.Error("something was stored")
	}
}

// TestReceiveWhenStoringFails: what is not stored is not acknowledged, and comes again.
func TestReceiveWhenStoringFails(t *testing.T) {
	in := twoInboxes()
	in.fail[1] = errors.New("the disk is full")
	address, lmtp, _ := serve(t, in, Options{})
	wantCode(t, deliverTo(t, address, "a@example.com", plainMail, "support@lindqvist.example"), 451)
	wantCode(t, deliverTo(t, address, "a@example.com", plainMail, "sales@lindqvist.example", "support@lindqvist.example"), 451)
	t.Run("LMTP answers for each recipient", func(t *testing.T) {
		conn, err := net.Dial("tcp", lmtp)
		if err != nil {
			t.Fatal(err)
		}
		c := smtp.NewClientLMTP(conn)
		defer c.Close()
		err = c.SendMail("a@example.com", []string{"support@lindqvist.example", "sales@lindqvist.example"}, strings.NewReader(richMail))
		refused, ok := errors.AsType[smtp.LMTPDataError](err)
		if !ok || len(refused) != 1 || refused["support@lindqvist.example"] == nil || refused["support@lindqvist.example"].Code != 451 {
			t.Errorf("%v", err)
		}
	})
}

func TestReceiveForTwoInboxes(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	err := deliverTo(t, address, "", plainMail, "support@lindqvist.example", "Sales@Lindqvist.example", "support+x@lindqvist.example")
	if got := in.stored(); err != nil || len(got) != 2 || got[0].account == got[1].account || got[0].raw.Dedupe != got[1].raw.Dedupe {
		t.Errorf("%v, %+v", err, got)
	}
	if from, ok := in.stored()[0].raw.Envelope["mail_from"]; from != "" || !ok {
		t.Errorf("the empty sender became %q, %v", from, ok)
	}
}

func TestReceiveTooLarge(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{MaxSize: 10_000})
	wantCode(t, deliverTo(t, address, "a@example.com", plainMail+strings.Repeat("line of a long mail\r\n", 1000), "support@lindqvist.example"), 552)
	// A client that says so before is refused before.
	c, err := smtp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	wantCode(t, c.Mail("a@example.com", &smtp.MailOptions{Size: 10_001}), 552)
	if len(in.stored()) != 0 {
		t.Error("it was stored")
	}
	if err := deliverTo(t, address, "a@example.com", plainMail, "support@lindqvist.example"); err != nil || len(in.stored()) != 1 {
		t.Errorf("a mail of the allowed size: %v", err)
	}
}

// TestReceiveBrokenOff: a mail without its final dot is none.
func TestReceiveBrokenOff(t *testing.T) {
	in := twoInboxes()
	address, _, stop := serve(t, in, Options{})
	c, err := textproto.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"", "HELO x", "MAIL FROM:<a@example.com>", "RCPT TO:<support@lindqvist.example>", "DATA"} {
		if step != "" {
			if err := c.PrintfLine("%s", step); err != nil {
				t.Fatal(err)
			}
		}
		if line, err := c.ReadLine(); err != nil || line[0] != '2' && line[0] != '3' {
			t.Fatalf("%s: %q, %v", step, line, err)
		}
	}
	if _, err := io.WriteString(c.W, plainMail); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.W.Flush(), c.Close()); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil || len(in.stored()) != 0 {
		t.Errorf("%v, stored %d", err, len(in.stored()))
	}
}

func TestReceiveEncrypted(t *testing.T) {
	server, client := certificate(t)
	client.ServerName = "127.0.0.1"
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{TLS: server})
	c, err := smtp.DialStartTLS(address, client)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("a@example.com", []string{"support@lindqvist.example"}, strings.NewReader(plainMail)); err != nil || len(in.stored()) != 1 {
		t.Errorf("%v, stored %d", err, len(in.stored()))
	}
}

// TestReceiveMany: many clients at once, nothing lost, nothing mixed up.
func TestReceiveMany(t *testing.T) {
	in := twoInboxes()
	address, _, _ := serve(t, in, Options{})
	const clients, each = 10, 20
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			c, err := smtp.Dial(address)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for i := range each {
				body := fmt.Sprintf("From: c%d@example.com\r\nMessage-ID: <%d.%d@example.com>\r\nSubject: x\r\n\r\nmail %d of %d\r\n", n, n, i, i, n)
				if err := c.SendMail(fmt.Sprintf("c%d@example.com", n), []string{"support@lindqvist.example"}, strings.NewReader(body)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, g := range in.stored() {
		seen[g.raw.Dedupe] = true
		if !strings.Contains(string(g.raw.Body), "From: "+g.raw.Envelope["mail_from"]) {
			t.Errorf("%q came from %q", g.raw.Body, g.raw.Envelope["mail_from"])
		}
	}
	if len(seen) != clients*each {
		t.Errorf("%d of %d arrived", len(seen), clients*each)
	}
}

// TestStopFinishesMails: a mail that is being stored when we stop is stored and
// acknowledged; who says nothing is cut off at once.
func TestStopFinishesMails(t *testing.T) {
	in := twoInboxes()
	in.hold, in.holding = make(chan struct{}), make(chan struct{})
	address, _, stop := serve(t, in, Options{})
	idle, err := smtp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if err := idle.Hello("idle.test"); err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() {
		c, err := smtp.Dial(address)
		if err != nil {
			sent <- err
			return
		}
		defer c.Close()
		sent <- c.SendMail("a@example.com", []string{"support@lindqvist.example"}, strings.NewReader(plainMail))
	}()
	<-in.holding
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for deadline := time.Now().Add(10 * time.Second); idle.Noop() == nil; {
		if time.Now().After(deadline) {
			t.Fatal("an idle client is still served")
		}
	}
	close(in.hold)
	if err := <-sent; err != nil {
		t.Errorf("the mail was not acknowledged: %v", err)
	}
	if err := <-stopped; err != nil || len(in.stored()) != 1 {
		t.Errorf("%v, stored %d", err, len(in.stored()))
	}
}

func TestServeStoppedAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan error, 1)
	go func() {
		done <- New(Options{Key: key, Listen: "127.0.0.1:0", Now: now}).Serve(ctx, twoInboxes())
	}()
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, context.Canceled) && desk.KindOf(err) != desk.Conflict {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Serve does not return")
	}
}

func TestServeTakenAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = New(Options{Key: key, Listen: "127.0.0.1:0", LMTP: l.Addr().String(), Now: now}).Serve(t.Context(), twoInboxes())
	if desk.KindOf(err) != desk.Conflict {
		t.Errorf("%v", err)
	}
}
