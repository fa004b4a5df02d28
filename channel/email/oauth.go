package email

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"parley/channel"
	"parley/desk"
	"parley/internal/oauth"
)

// byPassword is how an account signs in for which no provider was chosen.
const byPassword = "password"

// xoauth2 is the mechanism of before RFC 7628, the only one that Microsoft knows.
const xoauth2 = "XOAUTH2"

// bearer implements sasl.Client for both mechanisms that show a token.
type bearer struct {
	mech, user, token, host string
	port                    int
	said                    string // by a server that refuses: JSON (RFC 7628, 3.2.2)
}

// showing returns how a token is shown to a server, or nil when it has no way.
func showing(supports func(mech string) bool, user, token, host string, port int) *bearer {
	for _, mech := range []string{sasl.OAuthBearer, xoauth2} {
		if supports(mech) {
			return &bearer{mech: mech, user: user, token: token, host: host, port: port}
		}
	}
	return nil
}

// saslName writes a name as RFC 5801, 4 wants it.
var saslName = strings.NewReplacer("=", "=3D", ",", "=2C")

// Start implements sasl.Client.
func (b *bearer) Start() (string, []byte, error) {
	if b.mech == sasl.OAuthBearer {
		return sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: saslName.Replace(b.user), Token: b.token, Host: b.host, Port: b.port}).Start()
	}
	return xoauth2, []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

// Next implements sasl.Client. A server that refuses says why first, and then wants
// to be answered, before it says no. An empty answer would be sent as "=", which some
// take for a fault.
func (b *bearer) Next(challenge []byte) ([]byte, error) {
	b.said = string(challenge)
	return []byte{1}, nil
}

// reason is what a server says beside its no.
func (b *bearer) reason(text string) string {
	var said struct {
		Status any `json:"status"` // a text, or a number
	}
	if json.Unmarshal([]byte(b.said), &said) != nil {
		return text
	}
	switch status := said.Status.(type) {
	case string:
		return strings.TrimSpace(text + " (" + status + ")")
	case float64:
		return strings.TrimSpace(text + " (" + strconv.Itoa(int(status)) + ")")
	}
	return text
}

// noToken is the error of a mailbox for which there is no token.
func noToken(err error) *channel.WatchError {
	we := &channel.WatchError{Class: channel.Retry, Reason: "Parley could not look up how it is let into the mailbox; the log says why. It goes on by itself.", Err: err}
	if said, ok := errors.AsType[*oauth.Error](err); ok {
		if we.Reason = said.Reason; said.Stays {
			we.Class = channel.Unauth
		}
	}
	return we
}

// askToken returns a token for an account, another one than refused.
func (ch *Channel) askToken(ctx context.Context, a channel.Account, refused string) (string, error) {
	if ch.Token == nil {
		return "", errors.New("there is nobody to ask for tokens")
	}
	return ch.Token(ctx, a, refused)
}

// loginBearer signs in by a token. shown is what was said no to.
func (c *imapClient) loginBearer(account Config, token string) (shown bool, err error) {
	caps := c.Caps()
	b := showing(func(mech string) bool { return caps.Has(imap.AuthCap(mech)) }, account.IMAPUser, token, account.IMAPHost, account.IMAPPort)
	if b == nil {
		return false, &channel.WatchError{Class: channel.Unauth, Reason: "The mail server lets nobody in by a provider (OAuth) on this connection. Choose another security, or a password."}
	}
	err = c.Authenticate(b)
	if err == nil {
		return false, nil
	}
	said, ok := errors.AsType[*imap.Error](err)
	switch {
	case !ok:
		return false, noMailbox(err)
	case busy(said):
		return false, &channel.WatchError{Class: channel.Retry, Reason: desk.Line("The mail server asks us to wait: "+said.Text, 300), Err: err}
	}
	return true, &channel.WatchError{Class: channel.Unauth, Reason: desk.Line("The mail server does not accept the permission for "+account.IMAPUser+". Press Reconnect in the settings, and see that IMAP is switched on for this account. It says: "+b.reason(said.Text), 300), Err: err}
}

// busy reports whether a server refuses for now only.
func busy(said *imap.Error) bool {
	return said.Code == imap.ResponseCodeUnavailable || said.Code == imap.ResponseCodeInUse || said.Code == imap.ResponseCodeLimit
}

// authBearer signs in by a token at a submission server.
func authBearer(client *smtp.Client, s server, token string) error {
	b := showing(client.SupportsAuth, s.user, token, s.host, s.port)
	if b == nil {
		return &channel.SendError{Class: channel.Unauth, Reason: "The mail server lets nobody in by a provider (OAuth) on this connection. Choose another security, or a password."}
	}
	err := client.Auth(b)
	code, _, text := status(err)
	if err == nil || code < 500 {
		return err
	}
	return &channel.SendError{Class: channel.Unauth, Code: codeOf(err), Reason: desk.Line("The mail server does not accept the permission for "+s.user+". Press Reconnect in the settings. It says: "+b.reason(text), 300)}
}

// Provider implements channel.Granted.
func (*Channel) Provider(config json.RawMessage) (provider, mailbox string) {
	c, err := read(config)
	if err != nil || c.SignIn == byPassword {
		return "", ""
	}
	return c.SignIn, c.IMAPUser
}

// Admits implements channel.Granted: it signs in with a token where mail is fetched,
// or else where it is handed over.
func (ch *Channel) Admits(ctx context.Context, a channel.Account, token string) error {
	c, err := read(a.Config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()
	with := *ch
	with.Token = func(context.Context, channel.Account, string) (string, error) { return token, nil }
	if c.IMAPHost == "" {
		s, err := with.server(a, c)
		if err != nil {
			return err
		}
		return with.tryServer(ctx, s)
	}
	client, err := with.signIn(ctx, a, c)
	if err != nil {
		return err
	}
	client.end()
	return nil
}

// checkSignIn reports what is wrong with how an account signs in.
func (c Config) checkSignIn() error {
	at := oauth.ServersOf(c.SignIn)
	switch {
	case c.SignIn == byPassword:
		return nil
	case c.SignIn != oauth.Google && c.SignIn != oauth.Microsoft && c.SignIn != oauth.Custom:
		return errors.New("an account signs in by password, google, microsoft or custom")
	case c.IMAPHost == "" && c.SMTPHost == "":
		return errors.New("there is no server to sign in at: enter where mail is fetched from, or where it goes out")
	case strings.ContainsFunc(c.IMAPUser+c.SMTPUser, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("the name of the mailbox contains a character that nobody can type")
	case c.SignIn == oauth.Custom:
		return nil
	case c.IMAPHost != "" && !strings.EqualFold(c.IMAPHost, at.IMAPHost), c.SMTPHost != "" && !strings.EqualFold(c.SMTPHost, at.SMTPHost):
		return errors.New("with this provider mail is fetched from " + at.IMAPHost + " and goes out through " + at.SMTPHost + "; what it allows must go to nobody else")
	}
	return nil
}
