package email

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// checkMailbox reports what is wrong with the settings of the mailbox to fetch
// from, for the person who fills in the form.
func (c Config) checkMailbox() error {
	switch {
	case c.IMAPHost == "" && c.IMAPPassword != "" && c.SignIn == byPassword:
		return errors.New("there is a password for a mailbox but no server to fetch mail from")
	case c.IMAPHost == "":
		return nil
	case strings.ContainsAny(c.IMAPHost, " /:@[]\r\n\x00"):
		return errors.New("the server to fetch mail from is a name like imap.example.com, without port and without https://")
	case c.IMAPSecurity != "starttls" && c.IMAPSecurity != "tls" && c.IMAPSecurity != "none":
		return errors.New("the security of the mailbox is tls, starttls or none")
	case c.IMAPPort < 1 || c.IMAPPort > 65535:
		return errors.New("the port of the server to fetch mail from is between 1 and 65535")
	case c.IMAPSecurity == "none" && !local(c.IMAPHost):
		return errors.New("without encryption anybody on the way could read the password of the mailbox: choose tls or starttls")
	case strings.ContainsAny(c.IMAPUser+c.IMAPPassword, "\r\n\x00"):
		return errors.New("the name or the password of the mailbox contains a line break")
	case c.IMAPPassword == "" && c.SignIn == byPassword:
		return errors.New("there is a server to fetch mail from but no password for it")
	case c.IMAPDays < 0 || c.IMAPDays > 3650:
		return errors.New("at most 3650 days of older mail are fetched")
	case len(c.IMAPFolders) > 20:
		return errors.New("at most 20 folders are watched")
	}
	for i, f := range c.IMAPFolders {
		if strings.TrimSpace(f) == "" || strings.ContainsAny(f, "\r\n\x00") || len(f) > 200 {
			return errors.New("the name of a folder is empty or too long")
		}
		if slices.Contains(c.IMAPFolders[:i], f) {
			return fmt.Errorf("the folder %s is named twice", f)
		}
	}
	return nil
}

// Watches implements channel.Watcher.
func (*Channel) Watches(config json.RawMessage) bool {
	c, err := read(config)
	return err == nil && c.IMAPHost != ""
}

// source names the mailbox: the numbers of another one mean nothing in this one.
func (c Config) source() string {
	return c.IMAPUser + " at " + net.JoinHostPort(c.IMAPHost, strconv.Itoa(c.IMAPPort))
}
