package email

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"parley/channel"
	"parley/channel/channeltest"
)

var key = []byte("a key of the tests, 32 bytes long")

func now() time.Time { return time.Date(2026, 5, 4, 9, 30, 0, 0, time.UTC) }

// peer is a submission server that a test tells how to behave.
type peer struct {
	mail, rcpt, data error  // what it answers; nil is 250
	cut              bool   // it hangs up after the final dot
	user, password   string // it wants them, by PLAIN over TLS
	only             string // the sender it takes; "" is every one

	mu   sync.Mutex
	got  []received
	host string
	port int
}

type received struct {
	from string
	to   []string
	body []byte
	helo string
	tls  bool
}

// start runs a submission server on this machine for the length of the test.
func (p *peer) start(t *testing.T, tlsConfig *tls.Config, implicit bool) *peer {
	t.Helper()
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &peerSession{peer: p, conn: c}, nil }))
	s.Domain, s.TLSConfig, s.AllowInsecureAuth = "peer.test", tlsConfig, false
	s.ErrorLog = quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	p.host, p.port = "127.0.0.1", addr.Port
	if implicit {
		l = tls.NewListener(l, tlsConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		_ = l.Close() // the server may not have known it yet
		<-done
	})
	return p
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (p *peer) mails() []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.got
}

type peerSession struct {
	peer *peer
	conn *smtp.Conn
	now  received
	in   bool
}

func (s *peerSession) Reset()        { s.now = received{} }
func (s *peerSession) Logout() error { return nil }
func (s *peerSession) AuthMechanisms() []string {
	return []string{sasl.Plain}
}
func (s *peerSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.peer.user || password != s.peer.password {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return nil
	}), nil
}
func (s *peerSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.peer.user != "" && !s.in {
		return smtp.ErrAuthRequired
	}
	_, encrypted := s.conn.TLSConnectionState()
	s.now = received{from: from, helo: s.conn.Hostname(), tls: encrypted}
	if s.peer.only != "" && from != s.peer.only {
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Sender address rejected: not owned by user"}
	}
	return s.peer.mail
}
func (s *peerSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.peer.rcpt == nil {
		s.now.to = append(s.now.to, to)
	}
	return s.peer.rcpt
}
func (s *peerSession) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.peer.data != nil {
		return s.peer.data
	}
	s.now.body = body
	s.peer.mu.Lock()
	s.peer.got = append(s.peer.got, s.now)
	cut := s.peer.cut
	s.peer.mu.Unlock()
	if cut {
		_ = s.conn.Conn().Close()
		return errors.New("cut")
	}
	return nil
}

// certificate returns one for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (server *tls.Config, client *tls.Config) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: k}}}, &tls.Config{RootCAs: pool}
}

func account(t *testing.T, c Config) channel.Account {
	t.Helper()
	if c.Address == "" {
		c.Address = "Support@Lindqvist.example"
	}
	config, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return channel.Account{ID: 7, Inbox: 8, Workspace: 9, Kind: Name, Name: "Lindqvist Cycles", Address: "support@lindqvist.example", Config: config}
}

func through(t *testing.T, p *peer) channel.Account {
	t.Helper()
	return account(t, Config{SMTPHost: p.host, SMTPPort: p.port, SMTPSecurity: "none"})
}

func outbound() channel.Outbound {
	return channel.Outbound{
		Message: 1234567890, Conversation: 9876543210, To: channel.Identity{Kind: "email", ID: "anna@example.com", Name: "Anna Öberg"},
		AuthorName: "Maja", Subject: "Broken wheel", Text: "Hello Anna,\n\nwe send a new one.",
		HTML: "<p>Hello Anna,</p>\n<p>we <strong>send</strong> a new one.</p>\n", At: now(), Try: 1,
		Parents: []string{"mid:root@example.com", "mid:last@example.com"},
	}
}

// TestContract proves what is true of every channel.
func TestContract(t *testing.T) {
	up := func(t *testing.T) channel.Account { return through(t, (&peer{}).start(t, nil, false)) }
	envelope := map[string]string{"mail_from": "anna@example.com", "rcpt_to": "support@lindqvist.example", "remote": "127.0.0.1:9", "helo": "x"}
	var raws []channel.Raw
	for _, body := range []string{plainMail, richMail, oldMail, bounceMail} {
		raws = append(raws, channel.Raw{ContentType: "message/rfc822", Envelope: envelope, Body: []byte(body), At: now()})
	}
	channeltest.Run(t, channeltest.Options{
		Channel: New(Options{Key: key, Hostname: "desk.test", Now: now}),
		Account: account(t, Config{FromName: "Lindqvist", SMTPHost: "smtp.example.com", SMTPPort: 465, SMTPSecurity: "tls", SMTPUser: "u", SMTPPassword: "p"}),
		BadConfigs: []json.RawMessage{
			[]byte(`{}`), []byte(`{"address":"support"}`), []byte(`{"address":"support+x@example.com"}`), []byte(`{"address":"a@b@c"}`),
			[]byte(`{"address":"Maja <support@example.com>"}`), []byte(`{"address":"süpport@example.com"}`), []byte(`{"address":"support@example.com","smtp_port":70000}`),
			[]byte(`{"address":"support@example.com","smtp_security":"ssl"}`), []byte(`{"address":"support@example.com","smtp_user":"u"}`),
			[]byte(`{"address":"support@example.com","smtp_host":"https://smtp.example.com"}`), []byte(`{"address":"support@example.com","from_name":"a\r\nBcc: x@example.com"}`),
			[]byte(`{"address":"support@example.com","smtp_host":"smtp.example.com","smtp_security":"none","smtp_user":"u","smtp_password":"p"}`),
			[]byte(`{"address":"averyverylongaddressthatdoesnotfit@example.com"}`),
		},
		Raws: raws, Outbound: outbound(), Up: up,
		Down: func(t *testing.T) channel.Account {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			port := l.Addr().(*net.TCPAddr).Port
			_ = l.Close()
			return account(t, Config{SMTPHost: "127.0.0.1", SMTPPort: port, SMTPSecurity: "none"})
		},
	})
}

func TestAddressIsFolded(t *testing.T) {
	got, err := New(Options{}).Address(account(t, Config{}).Config)
	if err != nil || got != "support@lindqvist.example" {
		t.Errorf("%q, %v", got, err)
	}
}

var _ channel.Listener = (*Channel)(nil)
