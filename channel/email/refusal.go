package email

import (
	"crypto/tls"
	"errors"
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"

	"parley/channel"
	"parley/desk"
	"parley/internal/safehttp"
)

// unreachable is an error before anything was said. An address that must not be
// reached stays so until somebody changes a setting.
func unreachable(err error) *channel.SendError {
	if errors.Is(err, safehttp.ErrRefused) {
		return &channel.SendError{Class: channel.Unauth, Reason: "The address of the mail server is not public. Change it in the settings, or let whoever runs Parley allow its network."}
	}
	return &channel.SendError{Class: channel.Retry, Reason: desk.Line("The mail server cannot be reached: "+err.Error(), 300)}
}

// greeting says what an error means before a mail was offered: a refusal is one
// of the account, not of the mail.
func greeting(err error) *channel.SendError {
	code, _, text := status(err)
	se := &channel.SendError{Class: channel.Unauth, Code: codeOf(err), Reason: "The mail server refuses us: " + text}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case untrusted:
		se.Reason = "The certificate of the mail server is not valid: " + err.Error()
	case strings.Contains(err.Error(), "doesn't support STARTTLS"):
		se.Reason = "The mail server offers no STARTTLS. Choose another security in the settings."
	case code == 0:
		return unreachable(err)
	case code < 500:
		se.Class, se.Reason = channel.Retry, "The mail server asks us to wait: "+text
	case code == 530 || code == 534 || code == 535 || code == 538:
		se.Reason = "The mail server refuses our name and password: " + text
	}
	se.Reason = desk.Line(se.Reason, 300)
	return se
}

// before says what an error means while no mail has been handed over. rcpt is the
// recipient it is about, if it is about one.
func before(err error, rcpt string) *channel.SendError {
	code, enhanced, text := status(err)
	if code == 0 {
		return unreachable(err)
	}
	se := byCode(err)
	if code >= 500 && rcpt != "" {
		se.Reason = desk.Line("The mail server refuses "+rcpt+": "+text, 300)
		// RFC 3463, 3.2: the address is bad, there is no such host, it has moved.
		if enhanced[0] == 5 && enhanced[1] == 1 && (enhanced[2] == 1 || enhanced[2] == 2 || enhanced[2] == 3 || enhanced[2] == 6 || enhanced[2] == 10) {
			se.Class, se.Address = channel.Gone, rcpt
			se.Reason = desk.Line("The address "+rcpt+" does not exist: "+text, 300)
		}
	}
	return se
}

// after says what an error means once the final dot was on its way: without a
// code of the server nobody knows whether the mail was taken.
func after(err error) *channel.SendError {
	if code, _, _ := status(err); code != 0 {
		return byCode(err)
	}
	return &channel.SendError{Class: channel.Ambiguous, Reason: "The connection broke when the mail was handed over. It may have arrived."}
}

// byCode reads a reply of the server (RFC 5321, 4.2).
func byCode(err error) *channel.SendError {
	code, enhanced, text := status(err)
	se := &channel.SendError{Class: channel.Reject, Code: codeOf(err), Reason: "The mail server refuses the mail: " + text}
	switch {
	case code < 500:
		se.Class, se.Reason = channel.Retry, "The mail server asks us to wait: "+text
	case code == 530 || code == 535:
		se.Class, se.Reason = channel.Unauth, "The mail server wants us to sign in: "+text
	case code == 552 || enhanced[1] == 3 && enhanced[2] == 4:
		se.Reason = "The mail is too large for the mail server: " + text
	}
	se.Reason = desk.Line(se.Reason, 300)
	return se
}

// status returns the code of the server's reply, or 0 if err is none.
func status(err error) (code int, enhanced smtp.EnhancedCode, text string) {
	if se, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return se.Code, se.EnhancedCode, se.Message
	}
	return 0, smtp.EnhancedCode{}, ""
}

// codeOf returns the reply's codes as people look them up: "550 5.1.1".
func codeOf(err error) string {
	code, e, _ := status(err)
	switch {
	case code == 0:
		return ""
	case e[0] <= 0:
		return strconv.Itoa(code)
	}
	return strconv.Itoa(code) + " " + strconv.Itoa(e[0]) + "." + strconv.Itoa(e[1]) + "." + strconv.Itoa(e[2])
}
