// Package email is mail: fetched from mailboxes by IMAP, or taken in by a built-in
// SMTP and LMTP receiver; answers through a submission server, threads by signed
// reply address and References.
package email

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/dkim"
	"parley/internal/mailauth"
)

// Name is the channel's name.
const Name = "email"

// Config is what an admin sets.
type Config struct {
	Address      string `json:"address" doc:"The address customers write to, for instance support@example.com" format:"email"`
	SignIn       string `json:"sign_in,omitempty" doc:"How Parley is let into the mailbox and its submission server: by a password, or by what its owner allows at a provider (OAuth)" enum:"password,google,microsoft,custom" default:"password"`
	FromName     string `json:"from_name,omitempty" doc:"The name customers see; by default the name of the inbox" maxLength:"120"`
	SMTPHost     string `json:"smtp_host,omitempty" doc:"Your submission server, for instance smtp.example.com; none uses the install's relay"`
	SMTPPort     int    `json:"smtp_port,omitempty" doc:"587 for STARTTLS, 465 for TLS" default:"587" minimum:"1" maximum:"65535"`
	SMTPSecurity string `json:"smtp_security,omitempty" doc:"How the connection is encrypted; none sends no password but to this machine" enum:"starttls,tls,none" default:"starttls"`
	SMTPUser     string `json:"smtp_user,omitempty" doc:"The user name for your submission server, often the address itself"`
	SMTPPassword string `json:"smtp_password,omitempty" doc:"The password for your submission server"`
	AuthServers  string `json:"auth_servers,omitempty" doc:"Names of your own mail servers whose Authentication-Results you believe, with commas between; none for Microsoft 365, which gives no name" maxLength:"1000"`
	ARCSealers   string `json:"arc_sealers,omitempty" doc:"Domains that hand mail on to you and whose ARC seals you believe, like google.com, with commas between" maxLength:"1000"`

	AttachMB  int `json:"attach_mb,omitempty" doc:"How many MB of files a mail carries; of more the largest are links that whoever gets the mail opens" default:"18" minimum:"1" maximum:"50"`
	LinkDays  int `json:"link_days,omitempty" doc:"For how many days such a link works" default:"30" minimum:"1" maximum:"365"`
	PerMinute int `json:"per_minute,omitempty" doc:"How many mails leave in a minute at most; none is what Google and Microsoft allow, and no limit elsewhere" minimum:"1" maximum:"10000"`
	PerHour   int `json:"per_hour,omitempty" doc:"How many mails leave in an hour at most" minimum:"1" maximum:"100000"`

	Aliases []string `json:"aliases,omitempty" doc:"Other addresses whose mail comes here too: info@example.com, or @example.com for all that have no channel of their own" maxItems:"50"`

	IMAPHost     string   `json:"imap_host,omitempty" doc:"The server to fetch mail from, for instance imap.example.com; none when mail is brought here by SMTP or LMTP"`
	IMAPPort     int      `json:"imap_port,omitempty" doc:"993 for TLS, 143 for STARTTLS" default:"993" minimum:"1" maximum:"65535"`
	IMAPSecurity string   `json:"imap_security,omitempty" doc:"How the connection is encrypted; none sends no password but to this machine" enum:"tls,starttls,none" default:"tls"`
	IMAPUser     string   `json:"imap_user,omitempty" doc:"The user name for your mailbox; by default the address itself"`
	IMAPPassword string   `json:"imap_password,omitempty" doc:"The password for your mailbox"`
	IMAPFolders  []string `json:"imap_folders,omitempty" doc:"The folders to fetch from; by default INBOX" maxItems:"20"`
	IMAPDays     int      `json:"imap_days,omitempty" doc:"How many days of the mail that is there already are fetched at the first look; 0 for none of it" default:"0" minimum:"0" maximum:"3650"`
	IMAPSeen     bool     `json:"imap_seen,omitempty" doc:"Mark fetched mail as read in the mailbox"`
}

// Options are of the install.
type Options struct {
	Key       []byte      // signs reply addresses and message ids
	Listen    string      // where SMTP is taken in; "" nowhere
	LMTP      string      // where LMTP is taken in; "" nowhere
	Hostname  string      // what the server calls itself
	TLS       *tls.Config // lets clients encrypt with STARTTLS; nil does not
	MaxSize   int64       // bytes of a mail; 0 is 50 MB
	Relay     Relay       // what mail goes out through when an account has no server of its own
	ClientTLS *tls.Config // whom submission servers are verified against; nil is the system's list
	// Signing returns the keys with which mail of a domain is signed (DKIM); nil signs none.
	Signing func(ctx context.Context, ws desk.WorkspaceID, domain string) ([]dkim.Key, error)
	// Token returns what proves that a provider lets us into an account, another one
	// than refused, if that is set; the error is an *oauth.Error where it is the
	// provider's. nil knows no providers.
	Token func(ctx context.Context, a channel.Account, refused string) (string, error)
	// Dial reaches the submission servers of accounts, which any admin may enter;
	// nil is the network itself. The relay is the operator's and always reached.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Renew is how long a mailbox is listened to before it is asked anew, so that a
	// connection that nothing comes through any more is noticed; 0 is 7 minutes.
	Renew time.Duration
	// Poll is how often a mailbox is asked whose server does not tell what arrives;
	// 0 is a minute.
	Poll time.Duration
	// Neighbours are networks of mail servers of our own, or of a proxy before us,
	// whose clients are not counted by address; nil is this machine and private networks.
	Neighbours []netip.Prefix
	// DNS is what is asked whether a mail is from whom it says; nil asks nobody.
	DNS mailauth.Resolver
	Log *slog.Logger
	Now func() time.Time
	// Ready, if set, is told the addresses listened on: SMTP, then LMTP.
	Ready func(addresses []net.Addr)
}

// Channel implements channel.Listener.
type Channel struct{ Options }

// New returns the channel.
func New(o Options) *Channel {
	if o.MaxSize == 0 {
		o.MaxSize = 50 << 20
	}
	if o.Hostname == "" {
		o.Hostname = "localhost"
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: dialWithin}).DialContext
	}
	if o.Renew == 0 {
		o.Renew = 7 * time.Minute
	}
	if o.Poll == 0 {
		o.Poll = time.Minute
	}
	if o.Relay.Security == "" {
		o.Relay.Security = "none"
	}
	if o.Neighbours == nil {
		o.Neighbours = private
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Channel{o}
}

// Kind implements channel.Channel. A second try has the same Message-ID, but no
// server must drop a mail for that: when nobody knows whether a mail was taken, a
// person decides whether to send it again.
func (*Channel) Kind() channel.Kind {
	return channel.Kind{
		Name: Name, Title: "E-mail", Description: "An address of yours: mail is fetched from your mailbox or comes in by SMTP, answers go out through your server.", Grouping: desk.PerThread,
		Config: Config{}, Secrets: []string{"smtp_password", "imap_password"},
		Caps: channel.Caps{Subject: true, HTML: true, Receipts: desk.DeliverySent, MaxFileSize: 25 << 20, MaxFiles: 20, Resend: channel.ResendAsk, GiveUp: 48 * time.Hour},
	}
}

// read returns settings with their defaults.
func read(config json.RawMessage) (c Config, err error) {
	c.SMTPPort, c.SMTPSecurity = 587, "starttls"
	c.IMAPPort, c.IMAPSecurity, c.SignIn = 993, "tls", byPassword
	c.AttachMB, c.LinkDays = attachMB, linkDays
	if err = json.Unmarshal(config, &c); err != nil {
		return c, fmt.Errorf("the settings of the mail address cannot be read: %w", err)
	}
	if c.SignIn == "" {
		c.SignIn = byPassword
	}
	if c.IMAPUser == "" {
		c.IMAPUser = c.Address
	}
	if c.SignIn != byPassword && c.SMTPHost != "" && c.SMTPUser == "" {
		c.SMTPUser = c.IMAPUser
	}
	if len(c.IMAPFolders) == 0 {
		c.IMAPFolders = []string{"INBOX"}
	}
	return c, nil
}

// Check implements channel.Channel.
func (*Channel) Check(config json.RawMessage) error {
	c, err := read(config)
	if err != nil {
		return err
	}
	local, domain, _ := strings.Cut(c.Address, "@")
	a, err := mail.ParseAddress(c.Address)
	switch {
	case err != nil || a.Address != c.Address || domain == "" || strings.ContainsFunc(c.Address, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' }):
		return errors.New("the address is not a mail address like support@example.com")
	case strings.Contains(local, "+"):
		return errors.New("the address must not contain a plus: what follows it tells conversations apart")
	case len(local) > 24:
		return errors.New("the part before the @ has at most 24 characters, so that a signed reply address fits")
	case strings.ContainsAny(c.FromName+c.SMTPHost+c.SMTPUser+c.SMTPPassword, "\r\n\x00"):
		return errors.New("a setting contains a line break")
	}
	if c.AttachMB < 1 || c.AttachMB > 50 || c.LinkDays < 1 || c.LinkDays > 365 || c.PerMinute < 0 || c.PerHour < 0 {
		return errors.New("a mail carries 1 to 50 MB, a link works for 1 to 365 days, and limits are no less than none")
	}
	if err := c.checkAliases(); err != nil {
		return err
	}
	if err := c.checkSignIn(); err != nil {
		return err
	}
	if err := c.checkServer(); err != nil {
		return err
	}
	return c.checkMailbox()
}

func (c Config) checkServer() error {
	switch {
	case c.SMTPSecurity != "starttls" && c.SMTPSecurity != "tls" && c.SMTPSecurity != "none":
		return errors.New("the security of the submission server is starttls, tls or none")
	case c.SMTPPort < 1 || c.SMTPPort > 65535:
		return errors.New("the port of the submission server is between 1 and 65535")
	case strings.ContainsAny(c.SMTPHost, " /:@[]"):
		return errors.New("the submission server is a name like smtp.example.com, without port and without https://")
	case c.SMTPHost == "" && c.SMTPUser != "":
		return errors.New("there is a user name but no submission server")
	case c.SMTPUser == "" && c.SMTPPassword != "":
		return errors.New("there is a password but no user name for the submission server")
	case c.SMTPSecurity == "none" && c.SMTPUser != "" && !local(c.SMTPHost):
		return errors.New("without encryption anybody on the way could read the password: choose starttls or tls")
	}
	return nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Address implements channel.Channel: the mail address, folded.
func (*Channel) Address(config json.RawMessage) (string, error) {
	c, err := read(config)
	return strings.ToLower(c.Address), err
}
