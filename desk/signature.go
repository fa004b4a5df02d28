package desk

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// MailSettings say how a mail of an inbox ends, and how long it is kept as it came.
type MailSettings struct {
	Signature       string   `json:"signature,omitempty" maxLength:"2000" doc:"What stands under a mail: Markdown with variables of the agent, the inbox and the workspace, like {{agent.name}} or {{agent.title|Support}}"`
	SignedBy        SignedBy `json:"signed_by,omitempty" enum:"agent,inbox,nobody" doc:"Whose signature stands under a mail: the agent's own, and this one where they have none; always this one; or none"`
	OriginalDays    int      `json:"original_days,omitempty" minimum:"0" maximum:"3650" doc:"For how many days it is kept as what a message arrived: its headers, its source. What it says and its files stay. 0 keeps it"`
	QuotingDisabled bool     `json:"quoting_disabled,omitempty" doc:"Whether an answer by mail leaves out the mail that it answers"`
}

// SignedBy says whose signature stands under a mail.
type SignedBy string

// The values of MailSettings.SignedBy; "" is that of the agent.
const (
	SignedByAgent  SignedBy = "agent"
	SignedByInbox  SignedBy = "inbox"
	SignedByNobody SignedBy = "nobody"
)

// maxOriginalDays is the longest that an end is set for: ten years.
const maxOriginalDays = 3650

// MaxSignature is how long a signature may be, in characters.
const MaxSignature = 2000

// SignatureVariables are the variables that a signature may have: it is written once,
// for every customer.
var SignatureVariables = []string{"agent.name", "agent.first_name", "agent.title", "agent.email", "inbox.name", "workspace.name"}

func (s MailSettings) check() error {
	switch s.SignedBy {
	case "", SignedByAgent, SignedByInbox, SignedByNobody:
	default:
		return settingError("signed_by", "A mail is signed by the agent, the inbox or nobody.")
	}
	if s.OriginalDays < 0 || s.OriginalDays > maxOriginalDays {
		return settingError("original_days", "Originals are kept for 1 to 3650 days, or with 0 for ever.")
	}
	if _, err := CleanSignature(s.Signature); err != nil {
		return settingError("signature", err.Error())
	}
	return nil
}

// CleanSignature returns a signature as it is kept, or why it cannot be one: there is
// nobody who could fill in a blank of it.
func CleanSignature(text string) (string, error) {
	text = strings.TrimSpace(Clean(text))
	if n := utf8.RuneCountInString(text); n > MaxSignature {
		return "", Errorf(Invalid, "The signature has %d characters; the most is %d. Make it shorter.", n, MaxSignature)
	}
	if err := CheckTemplate(text); err != nil {
		return "", err
	}
	for _, part := range variable.FindAllStringSubmatch(text, -1) {
		if part[0][0] != '\\' && !slices.Contains(SignatureVariables, part[1]) {
			return "", Errorf(Invalid, "A signature is the same for every customer: {{%s}} cannot stand in it. Use one of %s.", part[1], strings.Join(SignatureVariables, ", "))
		}
	}
	return text, nil
}

// SignatureOf returns what stands under a mail of an inbox, with its variables filled:
// own is the signature of whoever writes, "" for none. known says who that is; a
// machine is nobody, and has the inbox's.
func (s MailSettings) SignatureOf(own string, known Known) string {
	switch {
	case s.SignedBy == SignedByNobody:
		return ""
	case s.SignedBy == SignedByInbox, own == "":
		own = s.Signature
	}
	return known.Sign(own)
}

// Sign fills a signature. What is unknown and has no fallback is left out, and with
// it a line that says nothing else: nobody reads a variable.
func (k Known) Sign(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		filled, missing := k.Fill(strings.TrimRight(line, "\n"))
		for _, name := range missing {
			filled = strings.ReplaceAll(filled, "{{"+name+"}}", "")
		}
		if len(missing) > 0 && strings.Trim(filled, " \t,;|·-–—*_") == "" {
			continue
		}
		lines = append(lines, strings.TrimRight(filled, " \t"))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Quoting says whether one answer quotes the mail that it answers.
type Quoting string

// The values of Quoting; "" is as the inbox says, if everybody whom the answer goes
// to has had that mail.
const (
	QuoteLeaveOut Quoting = "leave_out"
	QuoteInclude  Quoting = "include"
)

// Answered is the mail that an answer answers.
type Answered struct {
	Message MessageID // 0 where there is none
	Seen    []Address // who wrote it, and who got it
}

// UnseenBy returns who of an answer's recipients has not had the mail.
func (a Answered) UnseenBy(to Recipients) (unseen []Address) {
	for _, r := range to.All() {
		if !slices.ContainsFunc(a.Seen, r.Same) {
			unseen = append(unseen, r)
		}
	}
	return unseen
}

// Quotes reports whether an answer to these recipients quotes the mail. Somebody who
// has not had it is shown it only when whoever writes says so.
func (s MailSettings) Quotes(a Answered, to Recipients, says Quoting) bool {
	switch {
	case a.Message == 0 || says == QuoteLeaveOut:
		return false
	case says == QuoteInclude:
		return true
	}
	return !s.QuotingDisabled && len(a.UnseenBy(to)) == 0
}

// dress gives a mail of the team what stands under its text from now on: a signature,
// and the mail that it answers. What goes through another channel stays as it is.
func (m *Message) dress(inbox Inbox, w World, says Quoting) error {
	mail, err := byMail(m.Channel, w)
	if err != nil || !mail {
		return err
	}
	author := m.User
	if m.AuthorKind != AuthorUser {
		author = 0
	}
	if m.Signature, err = w.Signature(inbox, author); err != nil || author == 0 {
		return err
	}
	if m.Kind == KindAside && m.Answers == 0 {
		return nil // below it stands what it forwards
	}
	answered, err := w.AnsweredMail(m.Conversation, m.Answers)
	if err == nil && inbox.Settings.Quotes(answered, m.Recipients, says) {
		m.Quotes = answered.Message
	}
	return err
}
